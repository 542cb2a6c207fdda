"""Alarms of objectives: for each burn rate one on a long window, one on a short, and one on both that tells people."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_composite_alarm import CloudwatchCompositeAlarm
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)

from groundplan.building import tags
from groundplan.framework import Module, calculated, each_pair, expression_of

from .channels import Topics
from .inputs import CloudwatchInputs

__all__ = ["objectives"]


def objectives(scope: Module[Any, Any], given: CloudwatchInputs, topics: Topics) -> Any:
    """Makes them, and gives those on both windows. An alarm has one period for all its metrics: two windows are two.

    Their names have a slash, which no other alarm's has, so that none of them is called as another.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    every = each_pair(given.objectives, lambda objective: objective.burn_rates)
    objective, burn = every.value.outer, every.value.inner
    name = f"{given.name}-{every.value.outer_key}/{every.value.inner_key}"
    # the target itself, not what is left of it: one tenth has no end in binary
    said = (
        f'${{trimsuffix({expression_of(objective.description)}, ".")}}: {burn.factor} times more failed than '
        f"a target of {objective.target_percent} % bears"
    )
    windows = {}
    for window, minutes in (("long", burn.long_minutes), ("short", burn.short_minutes)):
        windows[window] = every(
            CloudwatchMetricAlarm,
            scope,
            f"objective_{window}",
            alarm_name=f"{name}/{window}",
            alarm_description=f"{said} within {minutes} minutes. Runbook: {objective.runbook_url}",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=calculated("{factor} * (100 - {target})", factor=burn.factor, target=objective.target_percent),
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            metric_query=[
                CloudwatchMetricAlarmMetricQuery(
                    id="failing",
                    label="failing, in percent",
                    # a period in which nothing failed has no sample of that
                    expression=f"IF(asked >= {objective.minimum_count}, 100 * FILL(failed, 0) / asked, 0)",
                    return_data=True,
                ),
                _query("failed", objective.failed, minutes),
                _query("asked", objective.all, minutes),
            ],
            tags=tags(scope, given),
        )
    told = [topics.arn(burn.severity)]
    return every(
        CloudwatchCompositeAlarm,
        scope,
        "objective",
        alarm_name=name,
        alarm_description=(
            f"{said} within {burn.long_minutes} minutes, and within the last {burn.short_minutes}. "
            f"Runbook: {objective.runbook_url}"
        ),
        alarm_rule=" AND ".join(f'ALARM("{made.here.alarm_name}")' for made in windows.values()),
        alarm_actions=told,
        ok_actions=told,
        tags=tags(scope, given),
    )


def _query(id: str, metric: Any, minutes: Any) -> CloudwatchMetricAlarmMetricQuery:
    return CloudwatchMetricAlarmMetricQuery(
        id=id,
        account_id=metric.account_id,
        metric=CloudwatchMetricAlarmMetricQueryMetric(
            namespace=metric.namespace,
            metric_name=metric.metric_name,
            dimensions=metric.dimensions,
            stat=metric.statistic,
            period=calculated("{minutes} * 60", minutes=minutes),
        ),
        return_data=False,
    )
