"""Alarms and events that reach people through an SNS topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm

from groundplan.framework import jsonencode
from groundplan.framework.hcl import expression_of
from groundplan.framework.module import Module, part_id

from .account import region, tags
from .parts import maker
from .runbooks import runbook, with_runbook

__all__ = ["event_alarm", "metric_alarm", "prometheus_alert", "topic_of_the_region"]


def topic_of_the_region(scope: Module[Any, Any]) -> None:
    """Has Terraform refuse an `alarm_topic_arn` of another region than the provider's, said once however often asked.

    CloudWatch refuses such an alarm when it is applied ("Invalid region ... specified"), and of an EventBridge rule's
    targets only a bus may be in another region.
    https://github.com/cds-snc/notification-terraform/pull/128
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
    """
    here = region(scope)
    scope.validate(
        "alarm_topic_arn",
        # one that is left out, or no ARN, is another matter
        condition=f'${{try(split(":", var.alarm_topic_arn)[3] == {expression_of(here)}, true)}}',
        message=f"alarm_topic_arn: must be a topic in {here}, where the module's alarms are, "
        "got ${jsonencode(var.alarm_topic_arn)}: "
        "an alarm reaches no topic of another region",
    )


def metric_alarm(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    name: str,
    description: str,
    namespace: str,
    metric: str,
    dimensions: Mapping[str, str] | None = None,
    statistic: Literal["Sum", "Average", "Maximum", "Minimum", "SampleCount"] = "Sum",
    period_seconds: float = 300,
    periods: float = 1,
    comparison: Literal[
        "GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"
    ] = "GreaterThanOrEqualToThreshold",
    threshold: float = 1,
    missing_data: Literal["breaching", "notBreaching", "ignore", "missing"] = "notBreaching",
    topic_arn: str | None = None,
    in_region: str | None = None,
    only_when: Any = None,
) -> CloudwatchMetricAlarm:
    """An alarm on one metric, to the module's `alarm_topic_arn` or another topic. `description` says what happened.

    What to do stands in docs/runbooks/<module>/<id>.md, which the description leads to. The alarm is where its metric
    is: in the provider's region, or `in_region`; so must the topic be.
    """
    if in_region is None and topic_arn is None:
        topic_of_the_region(scope)
    told = given.alarm_topic_arn if topic_arn is None else topic_arn
    return maker(only_when)(
        CloudwatchMetricAlarm,
        scope,
        part_id("alarm", id),
        alarm_name=name,
        alarm_description=with_runbook(description, given, scope.name, id),
        namespace=namespace,
        metric_name=metric,
        dimensions=dimensions,
        statistic=statistic,
        period=period_seconds,
        evaluation_periods=periods,
        comparison_operator=comparison,
        threshold=threshold,
        treat_missing_data=missing_data,
        alarm_actions=[told],
        ok_actions=[told],
        region=in_region,
        tags=tags(scope, given),
    )


def event_alarm(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    name: str,
    description: str,
    pattern: Mapping[str, Any],
    read_only_calls: bool = False,
    topic_arn: str | None = None,
    in_region: str | None = None,
    only_when: Any = None,
) -> CloudwatchEventRule:
    """An EventBridge rule that sends matching events to the module's `alarm_topic_arn`, or to another topic.

    What to do stands in docs/runbooks/<module>/<id>.md, which the description leads to. The rule is where its events
    are: in the provider's region, or `in_region`; so must the topic be. The topic's policy must let
    events.amazonaws.com publish. `read_only_calls` lets the rule see the calls of CloudTrail that only read, which it
    is not told of otherwise.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
    """
    if in_region is None and topic_arn is None:
        topic_of_the_region(scope)
    rule = maker(only_when)(
        CloudwatchEventRule,
        scope,
        part_id("event", id),
        name=name,
        description=with_runbook(description, given, scope.name, id),
        event_pattern=jsonencode(pattern),
        state="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" if read_only_calls else None,
        region=in_region,
        tags=tags(scope, given),
    )
    maker(only_when)(
        CloudwatchEventTarget,
        scope,
        part_id("target", id),
        rule=rule.name,
        arn=given.alarm_topic_arn if topic_arn is None else topic_arn,
        region=in_region,
    )
    return rule


def prometheus_alert(
    given: Any,
    module: str,
    page: str,
    *,
    name: str,
    expression: str,
    summary: str,
    severity: Literal["critical", "warning"],
    lasting: str = "0m",
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An alert of a PrometheusRule, `lasting` so long before it rings; what to do stands in docs/runbooks.

    https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Rule
    """
    return {
        "alert": name,
        "expr": expression,
        "for": lasting,
        "labels": {"severity": severity, **(labels or {})},
        "annotations": {"summary": summary, "runbook_url": runbook(given, module, page)},
    }
