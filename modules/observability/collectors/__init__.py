"""Collectors: what takes a cluster's logs, metrics and traces to where they are kept."""

from .inputs import (
    Autoscaled,
    CollectorsInputs,
    Destination,
    ExternalSecret,
    Images,
    LogCollector,
    MetricsCollector,
    Mimir,
    Password,
    Replicated,
    TraceCollector,
    XRay,
)
from .module import Collectors, CollectorsOutputs

__all__ = [
    "Autoscaled",
    "Collectors",
    "CollectorsInputs",
    "CollectorsOutputs",
    "Destination",
    "ExternalSecret",
    "Images",
    "LogCollector",
    "MetricsCollector",
    "Mimir",
    "Password",
    "Replicated",
    "TraceCollector",
    "XRay",
]
