"""What people are told: executions that failed or ran out of time, starts that were not taken.

https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
"""

from __future__ import annotations

from typing import Any

from groundplan.building import metric_alarm
from groundplan.framework import Module, each

from .access import machine_arn
from .inputs import StepFunctionsInputs

__all__ = ["alarms"]


def alarms(module: Module[Any, Any], given: StepFunctionsInputs) -> None:
    """Three of each machine."""
    machines = each(given.machines)
    name = f"{given.name}-{machines.key}"
    common: dict[str, Any] = {
        "namespace": "AWS/States",
        "dimensions": {"StateMachineArn": machine_arn(module, name)},
        "only_when": machines,
    }
    metric_alarm(
        module,
        "failed",
        given,
        name=f"{name}-failed",
        description=f"Executions of {name} failed: what they left undone is in their history, and in its log",
        metric="ExecutionsFailed",
        threshold=machines.value.failed_executions,
        **common,
    )
    metric_alarm(
        module,
        "timed_out",
        given,
        name=f"{name}-timed-out",
        description=f"An execution of {name} took longer than its definition allows, and was stopped where it was",
        metric="ExecutionsTimedOut",
        **common,
    )
    metric_alarm(
        module,
        "throttled",
        given,
        name=f"{name}-throttled",
        description=f"Starts or steps of {name} were held back in three of three times 5 minutes: it asks for too much",
        metric="ExecutionThrottled",
        periods=3,
        **common,
    )
