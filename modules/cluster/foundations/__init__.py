"""What a cluster needs before anything else runs in it: credentials, storage, snapshots, metrics."""

from .inputs import (
    EbsCsiDriver,
    FoundationsInputs,
    Images,
    MetricsServer,
    PodIdentityAgent,
    Prometheus,
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
    "MetricsServer",
    "PodIdentityAgent",
    "Prometheus",
    "SnapshotClass",
    "SnapshotController",
    "StorageClass",
]
