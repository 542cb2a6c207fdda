"""What may be set: which costs have a limit, at which share of it people are told, and what else is unlike usual."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import ServiceInputs
from groundplan.framework import (
    EachRule,
    Inputs,
    Rule,
    any_of,
    distinct,
    field,
    length,
    overlap,
    some,
    together,
)
from groundplan.framework.constraints import Arn, Length, Pattern, Unique, Unlike
from groundplan.framework.types import AccountId, EmailAddress, PolicyArn
from groundplan.grammars.tags import LONGEST_KEY, RESERVED

__all__ = ["Action", "Anomalies", "Budget", "BudgetsInputs", "GivenMonitor", "Slack", "TagFilter", "Threshold"]

MOST_NOTIFICATIONS = 5
"""Of a budget: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateNotification.html"""
MOST_EMAILS = 10
"""Of a notification, beside one topic: .../API_budgets_NotificationWithSubscribers.html, as the page above."""

BudgetName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,38}[a-z0-9]", "2 to 40 lower-case letters, digits and hyphens, beginning with a letter"),
]
TagKey = Annotated[
    str,
    Pattern(f"[A-Za-z][A-Za-z0-9_.:/=+@-]{{0,{LONGEST_KEY - 1}}}", "the key of a tag"),
    Unlike(RESERVED, "not begin with aws:, which AWS keeps for itself"),
]
RoleName = Annotated[str, Pattern("[A-Za-z0-9_+=,.@-]{1,64}", "the name of an IAM role, without its path")]


class TagFilter(Inputs):
    """Costs of what carries a tag. The tag must be activated as a cost allocation tag, or nothing ever counts."""

    key: TagKey = field("key of the tag, such as Service")
    values: Annotated[list[str], Unique(), Length(1, None, "items")] = field("values of it, any of which counts")


class Threshold(Inputs):
    """A share of the limit at which people are told."""

    percent: int = field("share of the limit, in percent", ge=1, le=1000)
    kind: Literal["ACTUAL", "FORECASTED"] = field(
        "whether costs must have reached it, or are forecast to reach it in the budget's time; AWS forecasts after "
        "about five weeks of usage",
        default="ACTUAL",
    )


class Action(Inputs):
    """What AWS does by itself, or when somebody approves it: attach a policy, such as one that denies new resources."""

    percent: int = field("share of the limit at which it is done, in percent of actual costs", ge=1, le=1000)
    policy_arn: PolicyArn = field("ARN of the policy that is attached to the roles, such as a denial")
    role_names: Annotated[list[RoleName], Unique(), Length(1, 10, "items")] = field(
        "names of the roles that it is attached to; roles without a path"
    )
    approval: Literal["MANUAL", "AUTOMATIC"] = field(
        "whether somebody must approve it in AWS Budgets first", default="MANUAL"
    )


class Budget(Inputs):
    """A limit of what something may cost in a time, and who is told on the way there."""

    limit_amount: int = field("what it may cost in a time_unit, in limit_unit", ge=1, le=1_000_000_000)
    limit_unit: Literal["USD", "CNY"] = field("currency of the limit: that of the account's bills", default="USD")
    time_unit: Literal["DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"] = field(
        "how long until it begins anew", default="MONTHLY"
    )
    tag: TagFilter | None = field("counts what carries a tag; left out, whatever tags it has", default=None)
    services: Annotated[list[str], Unique()] = field(
        "counts these services of AWS alone, by their names in Cost Explorer, such as Amazon Relational Database "
        "Service; left out, all",
        default=[],
    )
    linked_accounts: Annotated[list[AccountId], Unique()] = field(
        "counts these member accounts alone, where the module runs in the management account; left out, all that the "
        "account sees, which is itself for a member account",
        default=[],
    )
    amortized: bool = field(
        "whether what was paid in advance counts day by day, and not on the day of its purchase", default=False
    )
    thresholds: Annotated[list[Threshold], Length(1, MOST_NOTIFICATIONS, "items")] = field(
        "shares of the limit at which people are told; left out, 80 and 100 percent reached, and 100 forecast",
        default=[Threshold(percent=80), Threshold(percent=100), Threshold(percent=100, kind="FORECASTED")],
    )
    emails: Annotated[list[EmailAddress], Unique()] = field("who gets mail besides emails of the module", default=[])
    action: Action | None = field("what is done when costs go on; left out, people are told only", default=None)

    rules = (
        Rule(
            "thresholds",
            lambda v: distinct(v.thresholds, lambda _, t: together(t.kind, t.percent)),
            "must each be there once: AWS takes no two notifications that are alike",
        ),
        Rule(
            "thresholds",
            lambda v: any_of(v.time_unit != "DAILY", ~some(v.thresholds, lambda _, t: t.kind == "FORECASTED")),
            "must all be ACTUAL where time_unit is DAILY: AWS forecasts no single day",
            shows=("time_unit",),
        ),
    )


class Slack(Inputs):
    """A channel of Slack, told by Amazon Q Developer in chat applications, which somebody let into the workspace."""

    team_id: Annotated[str, Pattern("[0-9A-Z]{1,255}", "the id of a Slack workspace, such as T012ABCDEFG")] = field(
        "id of the workspace, authorized once in the console of Amazon Q Developer in chat applications"
    )
    channel_id: Annotated[str, Pattern("[A-Za-z0-9]{1,256}", "the id of a channel, such as C012ABCDEFG")] = field(
        "id of the channel; a private one must invite the app"
    )


class GivenMonitor(Inputs):
    """A monitor of Cost Anomaly Detection that is there already."""

    arn: Annotated[
        str,
        Arn(
            "ce",
            "anomalymonitor/[0-9a-f-]+",
            "arn:aws:ce::111122223333:anomalymonitor/0d6c1c2e-0000-4000-8000-000000000000",
        ),
    ] = field("ARN of the monitor, such as the output service_monitor_arn of another call")


class Anomalies(Inputs):
    """AWS Cost Anomaly Detection: costs of a service of AWS that are unlike what they were."""

    threshold_amount: int = field("what an anomaly costs at least to be told, in the currency of the bills", ge=0)
    threshold_percent: int = field(
        "and how far it is at least above what was expected, in percent", default=20, ge=0, le=10000
    )
    service_monitor: GivenMonitor | None = field(
        "the account's monitor of all services, of which AWS allows one and makes new accounts one by itself; left "
        "out, the module makes it",
        default=None,
    )
    tags: dict[BudgetName, TagFilter] = field(
        "further monitors, each of what carries a tag, by a name of yours: for the management account alone; left "
        "out, there are none",
        default={},
    )


class BudgetsInputs(ServiceInputs):
    """Limits of costs, who is told, and what is unlike usual."""

    budgets: Annotated[dict[BudgetName, Budget], Length(1, None, "entries")] = field(
        "limits by name, such as environment, or one for each family"
    )
    emails: Annotated[list[EmailAddress], Unique(), Length(0, MOST_EMAILS, "items")] = field(
        "who gets mail of every budget, and of anomalies once a day; left out, only the topic is told", default=[]
    )
    slack: Slack | None = field("channel of Slack that is told what the topic is; left out, none", default=None)
    anomalies: Anomalies | None = field("detection of anomalies; left out, there is none", default=None)

    rules = (
        EachRule(
            "budgets",
            lambda v, _, budget: length(v.emails) + length(budget.emails) <= MOST_EMAILS,
            f"must be at most {MOST_EMAILS} addresses with those of the module: AWS takes no more for a notification, "
            "a list of recipients takes many",
            inside="emails",
            shows=("emails",),
        ),
        EachRule(
            "budgets",
            lambda v, _, budget: ~overlap(v.emails, budget.emails),
            "must not repeat an address of the module's emails, which gets mail of every budget",
            inside="emails",
            shows=("emails",),
        ),
    )
