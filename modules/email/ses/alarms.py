"""What people are told: that AWS is about to look into the account's mail, and that what came back is not taken."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm

from groundplan.building import Function, metric_alarm, tags, with_runbook
from groundplan.framework import Module, each, first_set, part_id

from .inputs import SesInputs

__all__ = ["feedback_alarms", "reputation_alarms"]

REVIEW = {
    "bounce_rate": ("Reputation.BounceRate", 0.05, "hard bounces are 5 percent of the account's mail or more"),
    "complaint_rate": ("Reputation.ComplaintRate", 0.001, "complaints are 0.1 percent of the account's mail or more"),
}
"""From when on AWS puts an account under review: at twice the bounces, and five times the complaints, it may stop it.

https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html
https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
"""
HOUR = 3600


def reputation_alarms(scope: Module[Any, Any], given: SesInputs) -> None:
    """An alarm on each rate in each region, where its metric is."""
    regions = each(given.regions)
    topic = first_set(regions.value.alarm_topic_arn, given.alarm_topic_arn)
    for id, (metric, threshold, what) in REVIEW.items():
        regions(
            CloudwatchMetricAlarm,
            scope,
            part_id("alarm", id),
            region=regions.key,
            alarm_name=f"{given.name}-{id.replace('_', '-')}",
            alarm_description=with_runbook(
                f"In {regions.key} {what}: AWS reviews such accounts, and may stop them from sending.",
                given,
                scope.name,
                id,
            ),
            namespace="AWS/SES",
            metric_name=metric,
            statistic="Average",
            period=HOUR,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=threshold,
            # the rate is of a volume of mail, and is not told while none is sent
            treat_missing_data="ignore",
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=tags(scope, given),
        )


def feedback_alarms(scope: Module[Any, Any], given: SesInputs, function: Function) -> None:
    """What came back and was not taken, and what waits too long."""
    metric_alarm(
        scope,
        "feedback_dead_letters",
        given,
        name=f"{given.name}-feedback-dead-letters",
        description="A bounce or complaint could not be recorded, so its address may be mailed again",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": function.dead_letters.name},
        statistic="Maximum",
    )
    metric_alarm(
        scope,
        "feedback_delayed",
        given,
        name=f"{given.name}-feedback-delayed",
        description="A bounce or complaint has waited for an hour, while its address may be mailed again",
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": f"{given.name}-feedback"},
        statistic="Maximum",
        threshold=HOUR,
    )
