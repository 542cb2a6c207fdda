"""Savings: what is reserved, what a savings plan would save and who approves it, what bills are told by."""

from .inputs import (
    Bills,
    Export,
    NodePool,
    ReservedInstances,
    ReservedNodes,
    SavingsInputs,
    SavingsPlans,
    SpotNodes,
    Watch,
)
from .module import Savings, SavingsOutputs

__all__ = [
    "Bills",
    "Export",
    "NodePool",
    "ReservedInstances",
    "ReservedNodes",
    "Savings",
    "SavingsInputs",
    "SavingsOutputs",
    "SavingsPlans",
    "SpotNodes",
    "Watch",
]
