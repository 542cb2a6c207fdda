"""What a cluster needs before anything else runs in it: credentials, storage, snapshots, metrics."""

from .inputs import (
    EbsCsiDriver,
    FoundationsInputs,
    Images,
    KubeStateMetrics,
    MetricsServer,
    Namespace,
    NodeExporter,
    PodIdentityAgent,
    PriorityClass,
    Prometheus,
    Quota,
    SnapshotClass,
    SnapshotController,
    StorageClass,
)
from .module import Foundations, FoundationsOutputs

__all__ = [
    "EbsCsiDriver",
    "Foundations",
    "FoundationsInputs",
    "FoundationsOutputs",
    "Images",
    "KubeStateMetrics",
    "MetricsServer",
    "Namespace",
    "NodeExporter",
    "PodIdentityAgent",
    "PriorityClass",
    "Prometheus",
    "Quota",
    "SnapshotClass",
    "SnapshotController",
    "StorageClass",
]
