"""How a savings plan is bought: recommended, approved by somebody, bought, and nothing of it by itself."""

from __future__ import annotations

from groundplan.states import Catcher, Choice, ChoiceRule, Fail, Retrier, StateMachine, Succeed, Task

__all__ = ["approval"]

DAY_SECONDS = 86_400
# https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
BUSY = Retrier(
    error_equals=[
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    ],
    interval_seconds=5,
    max_attempts=5,
)
INVOKE = "arn:{partition}:states:::lambda:invoke"


def approval(recommend_arn: str, buy_arn: str, *, partition: str = "aws") -> StateMachine:
    """The machine; it has no input. It waits a week for an answer, and takes none for a no."""
    invoke = INVOKE.format(partition=partition)
    return StateMachine(
        comment="A Compute Savings Plan: recommended, approved by somebody, bought",
        start_at="Recommend",
        timeout_seconds=8 * DAY_SECONDS,
        states={
            "Recommend": Task(
                resource=invoke,
                arguments={"FunctionName": recommend_arn, "Payload": {"action": "recommend"}},
                timeout_seconds=120,
                assign={"plan": "{% $states.result.Payload %}"},
                retry=[BUSY],
                catch=[Catcher(next="Nobody was asked")],
                next="Is it worth it",
            ),
            "Is it worth it": Choice(
                choices=[ChoiceRule(comment="worth it", condition="{% $plan.worth_it %}", next="Ask people")],
                default="Not worth it",
            ),
            "Ask people": Task(
                resource=f"{invoke}.waitForTaskToken",
                arguments={
                    "FunctionName": recommend_arn,
                    "Payload": {
                        "action": "ask",
                        "plan": "{% $plan %}",
                        "token": "{% $states.context.Task.Token %}",
                    },
                },
                timeout_seconds=7 * DAY_SECONDS,
                assign={"approval": "{% $states.result %}"},
                retry=[BUSY],
                catch=[
                    Catcher(error_equals=["Refused", "States.Timeout"], next="Not approved"),
                    Catcher(next="Nobody was asked"),
                ],
                next="Buy",
            ),
            "Buy": Task(
                resource=invoke,
                arguments={
                    "FunctionName": buy_arn,
                    "Payload": {
                        "plan": "{% $plan %}",
                        "approval": "{% $approval %}",
                        "execution": "{% $states.context.Execution.Name %}",
                    },
                },
                timeout_seconds=60,
                # asked twice by one execution, AWS buys once
                retry=[BUSY],
                catch=[Catcher(next="Not bought")],
                output="{% $states.result.Payload %}",
                next="Bought",
            ),
            "Bought": Succeed(),
            "Not worth it": Succeed(output={"outcome": "not worth it", "why": "{% $plan.why %}"}),
            "Not approved": Succeed(output={"outcome": "not approved"}),
            "Nobody was asked": Fail(error="NobodyWasAsked", cause="The function's log group tells why"),
            "Not bought": Fail(error="NotBought", cause="It was approved; the function's log group tells why"),
        },
    )
