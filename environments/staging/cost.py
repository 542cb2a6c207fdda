"""staging costs a third of what prod does."""

from environments.families.cost import CostFamily
from modules.cost.budgets import Anomalies, Budget, BudgetsInputs

COST = CostFamily(
    budgets=BudgetsInputs(
        budgets={"account": Budget(limit_amount=7_000), "environment": Budget(limit_amount=5_000)},
        anomalies=Anomalies(threshold_amount=50),
    ),
    family_limits={"cluster": 1_500, "observability": 1_500},
)
