"""prod is told of in Slack as well, finance gets mail, and what looks idle has a month to show that it is not."""

from environments.families.cost import CostFamily
from modules.cost.budgets import Budget, BudgetsInputs, Slack
from modules.cost.cleanup import CleanupInputs, Deletion
from modules.cost.savings import SavingsInputs, SavingsPlans, Watch

COST = CostFamily(
    budgets=BudgetsInputs(
        budgets={"account": Budget(emails=["finance@example.com"])},
        slack=Slack(team_id="T012ABCDEFG", channel_id="C012ABCDEFG"),
    ),
    cleanup=CleanupInputs(idle_days=30, newest_images=25, deletion=Deletion(grace_days=30)),
    # what is asked about once a month; reserved databases would be entries of savings.reserved_instances, and are off
    # until somebody decides to pay for a year of them
    savings=SavingsInputs(
        savings_plans=SavingsPlans(bucket_name="prod-savings-111122223333", most_hourly_commitment="2.50"),
        watches={"plans": Watch(kind="SAVINGS_PLANS_UTILIZATION", least_percent=90)},
    ),
    family_limits={"gateway": 2_500, "observability": 6_000, "secrets": 2_000},
)
