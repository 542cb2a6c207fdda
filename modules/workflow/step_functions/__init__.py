"""AWS Step Functions: state machines with no right but what their definitions need."""

from .inputs import (
    Access,
    Machine,
    Rollout,
    Schedule,
    StepFunctionsInputs,
    StepFunctionsOutputs,
    UsedKey,
    machine,
)
from .module import StepFunctions

__all__ = [
    "Access",
    "Machine",
    "Rollout",
    "Schedule",
    "StepFunctions",
    "StepFunctionsInputs",
    "StepFunctionsOutputs",
    "UsedKey",
    "machine",
]
