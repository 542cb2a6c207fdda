"""What pods of a service ask for, and how many there are."""

from __future__ import annotations

from groundplan.framework.inputs import Inputs, field
from groundplan.framework.rules import Rule
from groundplan.framework.types import CpuQuantity

__all__ = ["Autoscaled", "Replicated", "Workload"]


class Workload(Inputs):
    """What a pod asks of its node."""

    cpu_request: CpuQuantity = field("CPU that a replica is sure of", default="250m")
    memory_mebibytes: int = field("memory that a replica is sure of, and stopped at, in MiB", default=512, ge=64)


class Replicated(Workload):
    """Pods of which there are always as many."""

    replicas: int = field("how many there are", default=3, ge=1, le=30)


class Autoscaled(Workload):
    """Pods that come and go with their work; needs the metrics server."""

    min_replicas: int = field("how many there are at least", default=3, ge=1, le=100)
    max_replicas: int = field("how many there are at most", default=9, ge=1, le=200)
    target_cpu_percent: int = field(
        "how much of its requested CPU a replica uses before there is another, in percent", default=70, ge=10, le=100
    )

    rules = (
        Rule(
            "max_replicas",
            lambda v: v.max_replicas >= v.min_replicas,
            "must be min_replicas or more",
            shows=("max_replicas", "min_replicas"),
        ),
    )
