"""Workflow: what its services are given in every environment, and how they are called."""

from __future__ import annotations

from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.synth.stack import Stack
from modules.workflow.step_functions import StepFunctions, StepFunctionsInputs

__all__ = ["WorkflowFamily"]


class WorkflowFamily(PlatformFamily):
    """What the services of workflow are given."""

    step_functions: StepFunctionsInputs = field("step_functions, by its own inputs")

    def compose(self, stack: Stack, _env: Platform) -> None:
        """The stack `<environment>-workflow`."""
        StepFunctions(stack, "step_functions", stack.wired(self.step_functions))
