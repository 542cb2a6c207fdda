"""What tells that something that was bought is not used, or that too little of what runs is covered.

https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.budgets_budget import (
    BudgetsBudget,
    BudgetsBudgetCostTypes,
    BudgetsBudgetNotification,
)

from groundplan.building import tags
from groundplan.framework import Module, choose, each, is_set, part_id, present

from .inputs import SavingsInputs

__all__ = ["watches"]


def watches(scope: Module[Any, Any], given: SavingsInputs) -> None:
    """A budget for each: of percent, so that it is told when less than that is used or covered."""
    watched = each(given.watches)
    watch = watched.value
    watched(
        BudgetsBudget,
        scope,
        part_id("budget", "watch"),
        name=f"{given.name}-{watched.key}",
        budget_type=watch.kind,
        limit_amount="100",
        limit_unit="PERCENTAGE",
        time_unit=watch.time_unit,
        # AWS takes no others of these: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CostTypes.html
        cost_types=BudgetsBudgetCostTypes(
            include_credit=False,
            include_discount=False,
            include_other_subscription=False,
            include_recurring=False,
            include_refund=False,
            include_subscription=True,
            include_support=False,
            include_tax=False,
            include_upfront=False,
            use_blended=False,
        ),
        notification=[
            BudgetsBudgetNotification(
                comparison_operator="LESS_THAN",
                notification_type="ACTUAL",
                threshold=watch.least_percent,
                threshold_type="PERCENTAGE",
                subscriber_email_addresses=given.emails,
                subscriber_sns_topic_arns=choose(is_set(given.topic_arn), [present(given.topic_arn)], []),
            )
        ],
        tags=tags(scope, given),
    ).having("cost_filter", is_set(watch.service), lambda _: {"name": "Service", "values": [present(watch.service)]})
