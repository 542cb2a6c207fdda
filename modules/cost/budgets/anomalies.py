"""Detection of costs that are unlike what they were: what is watched, and who is told.

https://docs.aws.amazon.com/cost-management/latest/userguide/manage-ad.html
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.ce_anomaly_monitor import CeAnomalyMonitor
from cdktf_cdktf_provider_aws.ce_anomaly_subscription import (
    CeAnomalySubscription,
    CeAnomalySubscriptionSubscriber,
    CeAnomalySubscriptionThresholdExpression,
    CeAnomalySubscriptionThresholdExpressionAnd,
    CeAnomalySubscriptionThresholdExpressionAndDimension,
)

from groundplan.building import tags
from groundplan.framework import (
    Module,
    all_of,
    choose,
    concat,
    each,
    is_set,
    jsonencode,
    not_empty,
    part_id,
    present,
    texts,
    unset,
    when,
)
from groundplan.framework.references import MapReference

from .inputs import BudgetsInputs, TagFilter

__all__ = ["anomalies"]


def anomalies(scope: Module[Any, Any], given: BudgetsInputs, topic_arn: str, policy: Any) -> str:
    """The monitors, and who is told of what they find; gives the ARN of the monitor of all services, null without."""
    wanted, asked = is_set(given.anomalies), present(given.anomalies)
    services = when(all_of(wanted, unset(asked.service_monitor)))(
        CeAnomalyMonitor,
        scope,
        part_id("monitor", "services"),
        name=f"{given.name}-services",
        monitor_type="DIMENSIONAL",
        monitor_dimension="SERVICE",
        tags=tags(scope, given),
    )
    tagged = each(choose(wanted, asked.tags, MapReference("{}")))
    by_tag = tagged(
        CeAnomalyMonitor,
        scope,
        part_id("monitor", "tag"),
        name=f"{given.name}-{tagged.key}",
        monitor_type="CUSTOM",
        monitor_specification=jsonencode(_everything_of(tagged.value)),
        tags=tags(scope, given),
    )
    given_monitor = all_of(wanted, is_set(asked.service_monitor))
    service_monitor = choose(given_monitor, present(asked.service_monitor).arn, services.one.arn)
    watched = concat(texts("compact", [service_monitor]), by_tag.list("arn"))
    threshold = CeAnomalySubscriptionThresholdExpression(
        and_=[
            _at_least("ANOMALY_TOTAL_IMPACT_ABSOLUTE", asked.threshold_amount),
            _at_least("ANOMALY_TOTAL_IMPACT_PERCENTAGE", asked.threshold_percent),
        ]
    )
    # a topic is told of each anomaly at once and of nothing else, an address once a day:
    # https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalySubscription.html
    when(wanted)(
        CeAnomalySubscription,
        scope,
        part_id("subscription", "topic"),
        name=f"{given.name}-topic",
        frequency="IMMEDIATE",
        monitor_arn_list=watched,
        subscriber=[CeAnomalySubscriptionSubscriber(type="SNS", address=topic_arn)],
        threshold_expression=threshold,
        tags=tags(scope, given),
        depends_on=[policy],
    )
    when(all_of(wanted, not_empty(given.emails)))(
        CeAnomalySubscription,
        scope,
        part_id("subscription", "emails"),
        name=f"{given.name}-emails",
        frequency="DAILY",
        monitor_arn_list=watched,
        subscriber=[],
        threshold_expression=threshold,
        tags=tags(scope, given),
    ).having("subscriber", given.emails, lambda address: CeAnomalySubscriptionSubscriber(type="EMAIL", address=address))
    return service_monitor


def _at_least(key: str, value: int) -> CeAnomalySubscriptionThresholdExpressionAnd:
    return CeAnomalySubscriptionThresholdExpressionAnd(
        dimension=CeAnomalySubscriptionThresholdExpressionAndDimension(
            key=key, match_options=["GREATER_THAN_OR_EQUAL"], values=[f"{value}"]
        )
    )


def _everything_of(tag: TagFilter) -> dict[str, Any]:
    """AWS gives back what was not said as null, and the provider compares the texts.

    https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/ce_anomaly_monitor#custom-example
    """
    nothing = dict.fromkeys(("And", "CostCategories", "Dimensions", "Not", "Or"))
    return {**nothing, "Tags": {"Key": tag.key, "MatchOptions": None, "Values": tag.values}}
