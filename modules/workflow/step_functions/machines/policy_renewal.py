"""Policies that run out: each gets a quote, a notice, time to answer, and is bound again or lapses.

A schedule starts it once a day. Each policy is an execution of its own, as it waits for weeks, and one that fails stops
no other.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundplan.states import (
    Catcher,
    Choice,
    ChoiceRule,
    Fail,
    ItemProcessor,
    Map,
    ProcessorConfig,
    StateMachine,
    Succeed,
    Task,
    Wait,
)
from groundplan.states.integrations import call_api, change_item, invoke_function, put_events, send_message

from .claim_processing import API_BUSY, FUNCTION_BUSY, TRY_AGAIN

__all__ = ["RenewalPlaces", "policy_renewal"]

LONGEST_SECONDS = 60 * 86_400
"""Of an execution: the time to answer, and what comes before and after it."""


@dataclass(frozen=True)
class RenewalPlaces:
    """Where policies are renewed."""

    due_function_arn: str
    answer_function_arn: str
    bind_function_arn: str
    rating_api_url: str
    rating_connection_arn: str
    policies_table_arn: str
    exceptions_queue_url: str
    bus_arn: str
    partition: str = "aws"
    policies_at_once: int = 100


def policy_renewal(places: RenewalPlaces) -> StateMachine:
    """The machine. Its input is what the schedule says: `{"due_in_days": 30}`."""
    return StateMachine(
        comment="Quote, notice, time to answer, then bound again or lapsed: for each policy that runs out",
        start_at="Find policies that run out",
        timeout_seconds=LONGEST_SECONDS,
        states={
            "Find policies that run out": Task(
                **invoke_function(places.due_function_arn, "{% $states.input %}"),
                timeout_seconds=300,
                output="{% $states.result.Payload %}",
                retry=[FUNCTION_BUSY],
                catch=[Catcher(next="Not renewed")],
                next="Renew each",
            ),
            "Renew each": Map(
                items="{% $states.input.policies %}",
                max_concurrency=places.policies_at_once,
                tolerated_failure_percentage=100,
                label="policies",
                item_processor=_one(places),
                retry=[TRY_AGAIN.model_copy(update={"error_equals": ["StepFunctions.SdkClientException"]})],
                catch=[Catcher(next="Not renewed")],
                output={},
                next="All seen",
            ),
            "All seen": Succeed(),
            "Not renewed": Fail(error="RenewalStopped", cause="No policy of this day was renewed after this error"),
        },
    )


def _one(places: RenewalPlaces) -> ItemProcessor:
    key = {"policy_id": {"S": "{% $policy.id %}"}}
    report = [Catcher(assign={"failure": "{% $states.errorOutput %}"}, next="Ask people to renew")]
    return ItemProcessor(
        processor_config=ProcessorConfig(mode="DISTRIBUTED", execution_type="STANDARD"),
        start_at="Quote",
        states={
            "Quote": Task(
                **call_api(
                    places.rating_api_url,
                    method="POST",
                    connection_arn=places.rating_connection_arn,
                    body={"policy_id": "{% $states.input.id %}"},
                ),
                timeout_seconds=60,
                assign={
                    "policy": "{% $states.input %}",
                    "premium_cents": "{% $states.result.ResponseBody.premium_cents %}",
                    "failure": {},
                },
                retry=[API_BUSY],
                catch=[
                    Catcher(
                        assign={"policy": "{% $states.input %}", "failure": "{% $states.errorOutput %}"},
                        next="Ask people to renew",
                    )
                ],
                next="Give notice",
            ),
            "Give notice": Task(
                **put_events(
                    places.bus_arn,
                    source="policies",
                    detail_type="Renewal Offered",
                    detail={
                        "policy_id": "{% $policy.id %}",
                        "premium_cents": "{% $premium_cents %}",
                        "answer_by": "{% $policy.answer_by %}",
                    },
                ),
                retry=[TRY_AGAIN],
                catch=report,
                next="Time to answer",
            ),
            "Time to answer": Wait(timestamp="{% $policy.answer_by %}", next="Read the answer"),
            "Read the answer": Task(
                **invoke_function(places.answer_function_arn, {"policy_id": "{% $policy.id %}"}),
                timeout_seconds=60,
                output="{% $states.result.Payload %}",
                retry=[FUNCTION_BUSY],
                catch=report,
                next="Is it accepted",
            ),
            "Is it accepted": Choice(
                choices=[ChoiceRule(comment="accepted", condition="{% $states.input.accepted %}", next="Bind")],
                default="Lapse",
            ),
            "Bind": Task(
                **invoke_function(
                    places.bind_function_arn,
                    {"policy_id": "{% $policy.id %}", "premium_cents": "{% $premium_cents %}"},
                ),
                timeout_seconds=60,
                retry=[FUNCTION_BUSY],
                catch=report,
                next="Tell that it is bound",
            ),
            "Tell that it is bound": Task(
                **put_events(
                    places.bus_arn,
                    source="policies",
                    detail_type="Policy Renewed",
                    detail={"policy_id": "{% $policy.id %}"},
                ),
                retry=[TRY_AGAIN],
                catch=report,
                next="Renewed",
            ),
            "Renewed": Succeed(output={"policy_id": "{% $policy.id %}", "outcome": "renewed"}),
            "Lapse": Task(
                **change_item(
                    places.policies_table_arn,
                    key,
                    "SET lapsed = :yes",
                    {":yes": {"BOOL": True}},
                    condition="attribute_exists(policy_id)",
                ),
                retry=[TRY_AGAIN],
                catch=report,
                next="Tell that it lapsed",
            ),
            "Tell that it lapsed": Task(
                **put_events(
                    places.bus_arn,
                    source="policies",
                    detail_type="Policy Lapsed",
                    detail={"policy_id": "{% $policy.id %}"},
                ),
                retry=[TRY_AGAIN],
                catch=report,
                next="Lapsed",
            ),
            "Lapsed": Succeed(output={"policy_id": "{% $policy.id %}", "outcome": "lapsed"}),
            "Ask people to renew": Task(
                **send_message(
                    places.exceptions_queue_url,
                    {"policy": "{% $policy %}", "failure": "{% $failure %}"},
                    partition=places.partition,
                ),
                retry=[TRY_AGAIN],
                catch=[Catcher(next="Neither bound nor lapsed")],
                next="Neither bound nor lapsed",
            ),
            "Neither bound nor lapsed": Fail(
                error="PolicyNotRenewed", cause="The exceptions queue has the policy and the error"
            ),
        },
    )
