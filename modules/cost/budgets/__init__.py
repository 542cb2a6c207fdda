"""Budgets: who is told when costs reach a limit, or are unlike themselves."""

from .inputs import Action, Anomalies, Budget, BudgetsInputs, GivenMonitor, Slack, TagFilter, Threshold
from .module import Budgets, BudgetsOutputs

__all__ = [
    "Action",
    "Anomalies",
    "Budget",
    "Budgets",
    "BudgetsInputs",
    "BudgetsOutputs",
    "GivenMonitor",
    "Slack",
    "TagFilter",
    "Threshold",
]
