"""Inputs of the tests: everything that can be told of costs, and one limit of one account."""

from __future__ import annotations

from modules.cost.budgets import Action, Anomalies, Budget, BudgetsInputs, Slack, TagFilter, Threshold

ACCOUNT = "111122223333"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:platform-alarms"
FREEZE = f"arn:aws:iam::{ACCOUNT}:policy/no-new-resources"

FULL = BudgetsInputs(
    name="prod-budgets",
    alarm_topic_arn=TOPIC,
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/platform-boundary",
    emails=["platform@example.com", "finance@example.com"],
    budgets={
        "account": Budget(limit_amount=20_000),
        "environment": Budget(
            limit_amount=15_000,
            tag=TagFilter(key="Environment", values=["prod"]),
            amortized=True,
            emails=["cto@example.com"],
        ),
        "observability": Budget(
            limit_amount=3_000,
            tag=TagFilter(key="Service", values=["loki", "tempo"]),
            thresholds=[Threshold(percent=90), Threshold(percent=110, kind="FORECASTED")],
            action=Action(percent=120, policy_arn=FREEZE, role_names=["claims-api", "sandbox"]),
        ),
        "databases": Budget(
            limit_amount=200,
            time_unit="DAILY",
            services=["Amazon Relational Database Service"],
            linked_accounts=["444455556666"],
            thresholds=[Threshold(percent=100)],
        ),
    },
    slack=Slack(team_id="T012ABCDEFG", channel_id="C012ABCDEFG"),
    anomalies=Anomalies(threshold_amount=100, tags={"payments": TagFilter(key="CostCenter", values=["4711"])}),
)

SMALL = BudgetsInputs(name="dev-budgets", alarm_topic_arn=TOPIC, budgets={"account": Budget(limit_amount=500)})
