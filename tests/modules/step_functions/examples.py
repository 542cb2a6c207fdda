"""Inputs that the tests of the module share: the three machines that an insurer needs first."""

from __future__ import annotations

from groundplan.states import StateMachine
from modules.workflow.step_functions import (
    Rollout,
    Schedule,
    StepFunctionsInputs,
    UsedKey,
    machine,
)
from modules.workflow.step_functions.machines import (
    BatchPlaces,
    ClaimPlaces,
    RenewalPlaces,
    batch_orchestration,
    claim_processing,
    policy_renewal,
)

ACCOUNT, REGION = "111122223333", "us-east-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0d6c1c2e-0000-4000-8000-000000000001"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/insurance"
EXCEPTIONS = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/exceptions"


def function(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def connection(name: str) -> str:
    return f"arn:aws:events:{REGION}:{ACCOUNT}:connection/{name}/0a1b2c3d-0000-4000-8000-000000000001"


CLAIMS = ClaimPlaces(
    intake_function_arn=function("claims-intake"),
    validation_function_arn=function("claims-validation"),
    fraud_api_url="https://fraud.example.com/v1/scores",
    fraud_connection_arn=connection("fraud"),
    payments_api_url="https://payments.example.com/v1/payments",
    reversals_api_url="https://payments.example.com/v1/reversals",
    payments_connection_arn=connection("payments"),
    reserves_table_arn=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/reserves",
    adjusters_queue_url=f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/adjusters",
    exceptions_queue_url=EXCEPTIONS,
    bus_arn=BUS,
)
RENEWAL = RenewalPlaces(
    due_function_arn=function("policies-due"),
    answer_function_arn=function("policies-answer"),
    bind_function_arn=function("policies-bind"),
    rating_api_url="https://rating.example.com/v1/quotes",
    rating_connection_arn=connection("rating"),
    policies_table_arn=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/policies",
    exceptions_queue_url=EXCEPTIONS,
    bus_arn=BUS,
)
BATCH = BatchPlaces(
    records_bucket="insurance-records",
    results_bucket="insurance-results",
    record_function_arn=function("batch-record"),
    cluster_arn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/batch",
    report_task_definition_arn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/report:7",
    report_task_role_arn=f"arn:aws:iam::{ACCOUNT}:role/batch-report",
    report_execution_role_arn=f"arn:aws:iam::{ACCOUNT}:role/batch-report-start",
    subnet_ids=["subnet-0a1b2c3d4e5f60001"],
    security_group_ids=["sg-0a1b2c3d4e5f60001"],
    exceptions_queue_url=EXCEPTIONS,
    bus_arn=BUS,
)
MACHINES: dict[str, StateMachine] = {
    "claims": claim_processing(CLAIMS),
    "renewal": policy_renewal(RENEWAL),
    "batch": batch_orchestration(BATCH),
}

FULL = StepFunctionsInputs(
    name="prod-workflow",
    alarm_topic_arn=f"arn:aws:sns:{REGION}:{ACCOUNT}:prod-alarms",
    machines={
        "claims": machine(
            MACHINES["claims"],
            rollout=Rollout(percent=10, earlier_version=3),
            used_keys=[UsedKey(arn=KEY, services=["dynamodb", "sqs"])],
            log_execution_data=False,
        ),
        "renewal": machine(
            MACHINES["renewal"],
            schedules={
                "daily": Schedule(
                    expression="cron(0 6 * * ? *)",
                    time_zone="America/New_York",
                    input='{"due_in_days":30}',
                    flexible_minutes=15,
                )
            },
            failed_executions=5,
        ),
        "batch": machine(
            MACHINES["batch"],
            schedules={"nightly": Schedule(expression="cron(0 2 * * ? *)", input='{"key":"records.csv"}')},
        ),
    },
)
