"""prod is told of in Slack as well, finance gets mail, and what looks idle has a month to show that it is not."""

from environments.families.cost import CostFamily
from modules.cost.budgets import Budget, BudgetsInputs, Slack
from modules.cost.cleanup import CleanupInputs, Deletion

COST = CostFamily(
    budgets=BudgetsInputs(
        budgets={"account": Budget(emails=["finance@example.com"])},
        slack=Slack(team_id="T012ABCDEFG", channel_id="C012ABCDEFG"),
    ),
    cleanup=CleanupInputs(idle_days=30, newest_images=25, deletion=Deletion(grace_days=30)),
    family_limits={"gateway": 2_500, "observability": 6_000, "secrets": 2_000},
)
