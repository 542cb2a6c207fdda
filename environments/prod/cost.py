"""prod is told of in a channel of Slack as well, and finance gets mail."""

from environments.families.cost import CostFamily
from modules.cost.budgets import Budget, BudgetsInputs, Slack

COST = CostFamily(
    budgets=BudgetsInputs(
        budgets={"account": Budget(emails=["finance@example.com"])},
        slack=Slack(team_id="T012ABCDEFG", channel_id="C012ABCDEFG"),
    ),
    family_limits={"gateway": 2_500, "observability": 6_000, "secrets": 2_000},
)
