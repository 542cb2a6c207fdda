"""Collectors: what takes a cluster's logs, metrics and traces to where they are kept."""

from .inputs import (
    Autoscaled,
    CloudWatch,
    CollectorsInputs,
    Destination,
    ExternalSecret,
    Images,
    LogCollector,
    MetricsCollector,
    Mimir,
    Password,
    PublishedMetrics,
    Replicated,
    TraceCollector,
    XRay,
)
from .module import Collectors, CollectorsOutputs

__all__ = [
    "Autoscaled",
    "CloudWatch",
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
    "PublishedMetrics",
    "Replicated",
    "TraceCollector",
    "XRay",
]
