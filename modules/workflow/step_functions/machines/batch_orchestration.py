"""Files of many records, each batch of them by a function, and a report of them all by a container.

The records are read out of S3 by Step Functions itself. So many batches run at once, so many records may fail before
the rest is stopped, and what came of each is kept in S3, where the report is made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundplan.states import (
    Catcher,
    Fail,
    ItemBatcher,
    ItemProcessor,
    ItemReader,
    Map,
    ProcessorConfig,
    ReaderConfig,
    ResultWriter,
    Retrier,
    StateMachine,
    Succeed,
    Task,
)
from groundplan.states.integrations import (
    invoke_function,
    items_of_object,
    put_events,
    results_in,
    run_container,
    send_message,
)

from .claim_processing import FUNCTION_BUSY, TRY_AGAIN

__all__ = ["BatchPlaces", "batch_orchestration"]


@dataclass(frozen=True)
class BatchPlaces:
    """Where files are worked on."""

    records_bucket: str
    results_bucket: str
    record_function_arn: str
    cluster_arn: str
    report_task_definition_arn: str
    report_task_role_arn: str
    report_execution_role_arn: str
    subnet_ids: Sequence[str]
    security_group_ids: Sequence[str]
    exceptions_queue_url: str
    bus_arn: str
    partition: str = "aws"
    records_in_a_batch: int = 100
    batches_at_once: int = 50
    tolerated_failure_percent: float = 2


def batch_orchestration(places: BatchPlaces) -> StateMachine:
    """The machine. Its input is the file's key in the bucket of records: `{"key": "2026-11-30.csv"}`."""
    report = [Catcher(assign={"failure": "{% $states.errorOutput %}"}, next="Ask people to look")]
    return StateMachine(
        comment="Every record of a file, in batches, and a report of what came of them",
        start_at="Each batch of records",
        timeout_seconds=12 * 3600,
        states={
            "Each batch of records": Map(
                item_reader=ItemReader(
                    **items_of_object(
                        places.records_bucket, "{% 'incoming/' & $states.input.key %}", partition=places.partition
                    ),
                    reader_config=ReaderConfig(input_type="CSV", csv_header_location="FIRST_ROW"),
                ),
                item_batcher=ItemBatcher(max_items_per_batch=places.records_in_a_batch),
                max_concurrency=places.batches_at_once,
                tolerated_failure_percentage=places.tolerated_failure_percent,
                label="records",
                item_processor=ItemProcessor(
                    processor_config=ProcessorConfig(mode="DISTRIBUTED", execution_type="STANDARD"),
                    start_at="Work on a batch",
                    states={
                        "Work on a batch": Task(
                            **invoke_function(places.record_function_arn, "{% $states.input %}"),
                            timeout_seconds=900,
                            output="{% $states.result.Payload %}",
                            retry=[FUNCTION_BUSY],
                            # counted by the map, which stops when too many have failed
                            catch=[Catcher(output="{% $states.errorOutput %}", next="Batch failed")],
                            end=True,
                        ),
                        "Batch failed": Fail(error="{% $states.input.Error %}", cause="{% $states.input.Cause %}"),
                    },
                ),
                result_writer=ResultWriter(
                    **results_in(places.results_bucket, "runs", partition=places.partition),
                ),
                assign={"file": "{% $states.input.key %}", "failure": {}},
                retry=[TRY_AGAIN.model_copy(update={"error_equals": ["States.ItemReaderFailed"]})],
                catch=[
                    Catcher(
                        assign={"file": "{% $states.input.key %}", "failure": "{% $states.errorOutput %}"},
                        next="Ask people to look",
                    )
                ],
                output={"results": "{% $states.result.ResultWriterDetails %}"},
                next="Write the report",
            ),
            "Write the report": Task(
                **run_container(
                    places.report_task_definition_arn,
                    cluster_arn=places.cluster_arn,
                    container="report",
                    environment={
                        "RESULTS_BUCKET": "{% $states.input.results.Bucket %}",
                        "RESULTS_KEY": "{% $states.input.results.Key %}",
                    },
                    task_role_arn=places.report_task_role_arn,
                    execution_role_arn=places.report_execution_role_arn,
                    subnet_ids=places.subnet_ids,
                    security_group_ids=places.security_group_ids,
                ),
                timeout_seconds=3600,
                # Fargate had no room, or the container did not come up: the report is written anew
                retry=[Retrier(error_equals=["ECS.AmazonECSException", "States.TaskFailed"], interval_seconds=30)],
                catch=report,
                next="Tell that it is done",
            ),
            "Tell that it is done": Task(
                **put_events(
                    places.bus_arn, source="batches", detail_type="Batch Done", detail={"file": "{% $file %}"}
                ),
                retry=[TRY_AGAIN],
                catch=report,
                next="Done",
            ),
            "Done": Succeed(output={"file": "{% $file %}"}),
            "Ask people to look": Task(
                **send_message(
                    places.exceptions_queue_url,
                    {"file": "{% $file %}", "failure": "{% $failure %}"},
                    partition=places.partition,
                ),
                retry=[TRY_AGAIN],
                catch=[Catcher(next="Failed")],
                next="Failed",
            ),
            "Failed": Fail(error="BatchFailed", cause="The exceptions queue and this execution's history tell why"),
        },
    )
