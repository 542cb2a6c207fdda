"""How a savings plan is bought: two functions, the machine between them, its schedule, its alarms, its topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.sfn_state_machine import (
    SfnStateMachine,
    SfnStateMachineEncryptionConfiguration,
    SfnStateMachineLoggingConfiguration,
    SfnStateMachineTracingConfiguration,
)
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from groundplan.building import (
    Key,
    account_id,
    function,
    log_group,
    maker,
    metric_alarm,
    partition,
    region,
    service_role,
    tags,
)
from groundplan.framework import Module, choose, dependable, is_set, jsonencode, part_id, present, text
from groundplan.iam import document

from . import access
from .approval import approval
from .inputs import SavingsInputs

__all__ = ["Plans", "plans"]

METRICS = "Platform/Savings"
LOOKBACK = {"7": "SEVEN_DAYS", "30": "THIRTY_DAYS", "60": "SIXTY_DAYS"}
"""https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetSavingsPlansPurchaseRecommendation.html"""
LOGS = "/aws/vendedlogs/states/"
"""Groups below it need no room in the account's resource policies of CloudWatch Logs.

https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
"""


@dataclass(frozen=True)
class Plans:
    """The machine's ARN, its topic's, and the policy of who may answer; null without savings plans."""

    machine_arn: str
    topic_arn: str
    answerer_policy: str


def plans(scope: Module[Any, Any], given: SavingsInputs, key: Key, bucket: Any) -> Plans:
    """All of it, there only when asked for."""
    wanted = is_set(given.savings_plans)
    part = maker(wanted)
    here = f"{region(scope)}:{account_id(scope)}"
    name = f"{given.name}-approval"
    machine_arn = f"arn:{partition(scope)}:states:{here}:stateMachine:{name}"
    topic = part(
        SnsTopic, scope, "questions", name=f"{given.name}-questions", kms_master_key_id=key.arn, tags=tags(scope, given)
    )
    functions = _functions(scope, given, key, bucket, topic)
    logs = log_group(scope, "approval", given, name=f"{LOGS}{name}", key=key, only_when=wanted)
    role = service_role(
        scope,
        "approval",
        given,
        name=name,
        service="states.amazonaws.com",
        statements=access.works(*functions, key.arn),
        only_when=wanted,
    )
    part(
        SfnStateMachine,
        scope,
        "approval",
        name=name,
        definition=jsonencode(approval(*functions, partition=partition(scope)).document()),
        role_arn=role.arn,
        encryption_configuration=SfnStateMachineEncryptionConfiguration(
            type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=key.arn, kms_data_key_reuse_period_seconds=300
        ),
        logging_configuration=SfnStateMachineLoggingConfiguration(
            level="ALL", include_execution_data=True, log_destination=f"{logs.arn}:*"
        ),
        tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
        tags=tags(scope, given),
        # Step Functions tries the log when the machine is made
        depends_on=[dependable(role.policy)],
    )
    _schedule(scope, given, key, machine_arn, name)
    metric_alarm(
        scope,
        "approval_failed",
        given,
        name=f"{name}-failed",
        description=(
            "Nobody could be asked about a savings plan, or what was approved was not bought: the execution says which."
        ),
        # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
        namespace="AWS/States",
        metric="ExecutionsFailed",
        dimensions={"StateMachineArn": machine_arn},
        only_when=wanted,
    )
    answerer = jsonencode(document(*access.answers(machine_arn, key.arn)))
    nothing: Any = None
    return Plans(choose(wanted, machine_arn, nothing), topic.arn, choose(wanted, answerer, nothing))


def _functions(scope: Module[Any, Any], given: SavingsInputs, key: Key, bucket: Any, topic: Any) -> tuple[str, str]:
    """The two functions; gives their ARNs, made of names and so known when Terraform plans."""
    wanted, said = is_set(given.savings_plans), present(given.savings_plans)
    years: Any = said.term_years
    function(
        scope,
        "recommend_savings_plan",
        given,
        folder="recommend_savings_plan",
        name=f"{given.name}-recommend",
        description="Asks AWS what to commit to, and people whether to buy it",
        statements=access.recommends(bucket.arn, topic.arn),
        key=key,
        handler="recommend_savings_plan.handler.handle",
        environment={
            "SETTINGS": jsonencode(
                {
                    "bucket": bucket.name,
                    "topic_arn": topic.arn,
                    "term": choose(years < 2, "ONE_YEAR", "THREE_YEARS"),
                    "payment": said.payment,
                    "lookback": text("lookup", LOOKBACK, f"{said.lookback_days}", "THIRTY_DAYS"),
                    "most_hourly_commitment": said.most_hourly_commitment,
                    "least_monthly_savings": said.least_monthly_savings,
                }
            )
        },
        metrics_namespace=METRICS,
        only_when=wanted,
    )
    function(
        scope,
        "buy_savings_plan",
        given,
        folder="buy_savings_plan",
        name=f"{given.name}-buy",
        description="Buys the savings plan that somebody approved",
        statements=access.buys(partition(scope), account_id(scope)),
        key=key,
        handler="buy_savings_plan.handler.handle",
        environment={
            "SETTINGS": jsonencode({"most_hourly_commitment": said.most_hourly_commitment, "tags": tags(scope, given)})
        },
        metrics_namespace=METRICS,
        only_when=wanted,
    )
    where = f"arn:{partition(scope)}:lambda:{region(scope)}:{account_id(scope)}:function"
    return f"{where}:{given.name}-recommend", f"{where}:{given.name}-buy"


def _schedule(scope: Module[Any, Any], given: SavingsInputs, key: Key, machine_arn: str, name: str) -> None:
    wanted, said = is_set(given.savings_plans), present(given.savings_plans)
    role = service_role(
        scope,
        "approval_schedule",
        given,
        name=f"{name}-schedule",
        service="scheduler.amazonaws.com",
        statements=access.starts(machine_arn, key.arn),
        only_when=wanted,
    )
    maker(wanted)(
        SchedulerSchedule,
        scope,
        part_id("schedule", "approval"),
        name=name,
        description=f"Starts {name}",
        schedule_expression=said.schedule,
        schedule_expression_timezone="UTC",
        kms_key_arn=key.arn,
        flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
        target=SchedulerScheduleTarget(
            arn=machine_arn,
            role_arn=role.arn,
            retry_policy=SchedulerScheduleTargetRetryPolicy(
                maximum_event_age_in_seconds=3600, maximum_retry_attempts=3
            ),
        ),
        depends_on=[dependable(role.policy)],
    )
