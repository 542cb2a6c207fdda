"""Claims, from their arrival to their payment: what an insurer is asked for most.

    intake -> validation -> reserve -> fraud check -> (adjuster) -> payment -> record -> notification

Money is set aside before anybody decides, and paid under the claim's own key, so that no try pays twice. Whatever
fails afterwards is undone in the other direction: the payment is reversed, the reserve is released. What cannot be
undone goes to a queue that people work on, and the execution fails, which rings.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundplan.states import Catcher, Choice, ChoiceRule, Fail, Pass, Retrier, StateMachine, Succeed, Task
from groundplan.states.integrations import (
    TOKEN,
    call_api,
    change_item,
    invoke_function,
    put_events,
    put_item,
    send_message,
)

__all__ = ["ClaimPlaces", "claim_processing"]

WEEK_SECONDS = 7 * 86_400
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
FUNCTION_BUSY = Retrier(
    error_equals=[
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.SdkClientException",
        "Lambda.ServiceException",
        "Lambda.TooManyRequestsException",
    ],
    interval_seconds=1,
    max_attempts=4,
    jitter_strategy="FULL",
)
# https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#connect-http-task-errors
API_BUSY = Retrier(
    error_equals=[
        "States.Http.StatusCode.429",
        "States.Http.StatusCode.502",
        "States.Http.StatusCode.503",
        "States.Http.StatusCode.504",
        "States.Http.Socket",
        "States.Timeout",
    ],
    interval_seconds=2,
    max_attempts=3,
    max_delay_seconds=60,
    jitter_strategy="FULL",
)
TRY_AGAIN = Retrier(error_equals=["States.TaskFailed"], interval_seconds=2, max_attempts=3, jitter_strategy="FULL")


@dataclass(frozen=True)
class ClaimPlaces:
    """Where claims are worked on. ARNs are those of the account that the machine runs in."""

    intake_function_arn: str
    validation_function_arn: str
    fraud_api_url: str
    fraud_connection_arn: str
    payments_api_url: str
    """Takes a payment once for each Idempotency-Key."""
    reversals_api_url: str
    """Reverses what was paid under a key, and answers well where nothing was."""
    payments_connection_arn: str
    reserves_table_arn: str
    adjusters_queue_url: str
    exceptions_queue_url: str
    bus_arn: str
    partition: str = "aws"
    paid_unseen_up_to_cents: int = 50_000
    """What is paid without an adjuster, where the fraud check finds nothing: of a claim's amount, in cents."""


def claim_processing(places: ClaimPlaces) -> StateMachine:
    """The machine. Its input is a claim as it arrived; it ends well when that is paid, or refused with a reason."""
    reserve = {"claim_id": {"S": "{% $claim.id %}"}}
    undo = [Catcher(assign={"failure": "{% $states.errorOutput %}"}, next="Release the reserve")]
    reverse = [Catcher(assign={"failure": "{% $states.errorOutput %}"}, next="Reverse the payment")]
    report = [Catcher(assign={"failure": "{% $states.errorOutput %}"}, next="Ask people to look")]
    return StateMachine(
        comment="Claims from arrival to payment, undone in the other direction when a step fails",
        start_at="Intake",
        # adjusters have a week, and everything else is a matter of minutes
        timeout_seconds=WEEK_SECONDS + 86_400,
        states={
            "Intake": Task(
                **invoke_function(places.intake_function_arn, "{% $states.input %}"),
                timeout_seconds=60,
                assign={"claim": "{% $states.result.Payload %}", "failure": {}},
                retry=[FUNCTION_BUSY],
                catch=[
                    Catcher(
                        assign={"claim": "{% $states.input %}", "failure": "{% $states.errorOutput %}"},
                        next="Ask people to look",
                    )
                ],
                next="Validate",
            ),
            "Validate": Task(
                **invoke_function(places.validation_function_arn, "{% $claim %}"),
                timeout_seconds=60,
                output="{% $states.result.Payload %}",
                retry=[FUNCTION_BUSY],
                catch=report,
                next="Is it covered",
            ),
            "Is it covered": Choice(
                choices=[
                    ChoiceRule(
                        comment="covered",
                        condition="{% $states.input.valid %}",
                        next="Reserve the amount",
                    )
                ],
                default="Tell that it is refused",
            ),
            "Reserve the amount": Task(
                **put_item(
                    places.reserves_table_arn,
                    {
                        **reserve,
                        "amount_cents": {"N": "{% $string($claim.amount_cents) %}"},
                        "execution_arn": {"S": "{% $states.context.Execution.Id %}"},
                    },
                    # a second start of one claim stops here; a second try of this one does not
                    condition="attribute_not_exists(claim_id) OR execution_arn = :this",
                    values={":this": {"S": "{% $states.context.Execution.Id %}"}},
                ),
                retry=[
                    Retrier(
                        error_equals=["DynamoDB.ConditionalCheckFailedException"], interval_seconds=1, max_attempts=0
                    ),
                    TRY_AGAIN,
                ],
                # what is reserved already is another execution's
                catch=report,
                next="Check for fraud",
            ),
            "Check for fraud": Task(
                **call_api(
                    places.fraud_api_url,
                    method="POST",
                    connection_arn=places.fraud_connection_arn,
                    body={"claim_id": "{% $claim.id %}", "amount_cents": "{% $claim.amount_cents %}"},
                ),
                timeout_seconds=60,
                output={"score": "{% $states.result.ResponseBody.score %}"},
                retry=[API_BUSY],
                # without a score a person decides
                catch=[Catcher(output={"score": 100}, next="Who decides")],
                next="Who decides",
            ),
            "Who decides": Choice(
                choices=[
                    ChoiceRule(
                        comment="small and not suspicious",
                        condition="{% $states.input.score < 30 and $claim.amount_cents <= "
                        f"{places.paid_unseen_up_to_cents} %}}",
                        next="Pay",
                    )
                ],
                default="Ask an adjuster",
            ),
            "Ask an adjuster": Task(
                **send_message(
                    places.adjusters_queue_url,
                    {"claim": "{% $claim %}", "score": "{% $states.input.score %}", "reply_to": TOKEN},
                    token=True,
                    partition=places.partition,
                ),
                timeout_seconds=WEEK_SECONDS,
                retry=[TRY_AGAIN.model_copy(update={"error_equals": ["SQS.SdkClientException"]})],
                catch=[
                    Catcher(error_equals=["Refused"], output={"reason": "adjuster"}, next="Release after refusal"),
                    *undo,
                ],
                next="Pay",
            ),
            "Pay": Task(
                **call_api(
                    places.payments_api_url,
                    method="POST",
                    connection_arn=places.payments_connection_arn,
                    headers={"Idempotency-Key": "{% $claim.id %}"},
                    body={"amount_cents": "{% $claim.amount_cents %}", "payee": "{% $claim.payee %}"},
                ),
                timeout_seconds=60,
                assign={"payment_id": "{% $states.result.ResponseBody.id %}"},
                retry=[API_BUSY],
                # an answer that did not come may be of a payment that was made: the reversal is for both cases
                catch=reverse,
                next="Record the payment",
            ),
            "Record the payment": Task(
                **change_item(
                    places.reserves_table_arn,
                    reserve,
                    "SET payment_id = :payment",
                    {":payment": {"S": "{% $payment_id %}"}},
                    condition="attribute_exists(claim_id)",
                ),
                retry=[TRY_AGAIN],
                catch=reverse,
                next="Tell that it is paid",
            ),
            "Tell that it is paid": Task(
                **put_events(
                    places.bus_arn,
                    source="claims",
                    detail_type="Claim Paid",
                    detail={"claim_id": "{% $claim.id %}", "payment_id": "{% $payment_id %}"},
                ),
                retry=[TRY_AGAIN],
                # it is paid: what is left is to tell, which people can do
                catch=report,
                next="Paid",
            ),
            "Paid": Succeed(output={"claim_id": "{% $claim.id %}", "outcome": "paid"}),
            "Release after refusal": Task(
                **change_item(
                    places.reserves_table_arn,
                    reserve,
                    "SET released = :yes",
                    {":yes": {"BOOL": True}},
                    condition="attribute_exists(claim_id)",
                ),
                retry=[TRY_AGAIN],
                catch=report,
                output="{% $states.input %}",
                next="Tell that it is refused",
            ),
            "Tell that it is refused": Task(
                **put_events(
                    places.bus_arn,
                    source="claims",
                    detail_type="Claim Refused",
                    detail={"claim_id": "{% $claim.id %}", "reason": "{% $states.input.reason %}"},
                ),
                retry=[TRY_AGAIN],
                catch=report,
                next="Refused",
            ),
            "Refused": Succeed(output={"claim_id": "{% $claim.id %}", "outcome": "refused"}),
            "Reverse the payment": Task(
                **call_api(
                    places.reversals_api_url,
                    method="POST",
                    connection_arn=places.payments_connection_arn,
                    headers={"Idempotency-Key": "{% $claim.id & '-reversal' %}"},
                    body={"of_key": "{% $claim.id %}"},
                ),
                timeout_seconds=60,
                retry=[API_BUSY],
                catch=report,
                next="Release the reserve",
            ),
            "Release the reserve": Task(
                **change_item(
                    places.reserves_table_arn,
                    reserve,
                    "SET released = :yes",
                    {":yes": {"BOOL": True}},
                    condition="attribute_exists(claim_id)",
                ),
                retry=[TRY_AGAIN],
                catch=report,
                next="Undone",
            ),
            "Undone": Pass(output={"undone": True}, next="Ask people to look"),
            "Ask people to look": Task(
                **send_message(
                    places.exceptions_queue_url,
                    {
                        "claim": "{% $claim %}",
                        "failure": "{% $failure %}",
                        "undone": "{% $states.input.undone = true %}",
                        "execution": "{% $states.context.Execution.Id %}",
                    },
                    partition=places.partition,
                ),
                retry=[TRY_AGAIN],
                catch=[Catcher(next="Failed")],
                next="Failed",
            ),
            "Failed": Fail(error="ClaimNotPaid", cause="The exceptions queue and this execution's history tell why"),
        },
    )
