"""What a cluster needs before anything else runs in it: credentials, storage, snapshots, metrics."""

from .inputs import (
    EbsCsiDriver,
    ExternalSecrets,
    FoundationsInputs,
    Images,
    Karpenter,
    KubeStateMetrics,
    MetricsServer,
    Namespace,
    NodeExporter,
    PodIdentityAgent,
    PriorityClass,
    Prometheus,
    Quota,
    SecretStore,
    SnapshotClass,
    SnapshotController,
    StorageClass,
)
from .module import Foundations, FoundationsOutputs

__all__ = [
    "EbsCsiDriver",
    "ExternalSecrets",
    "Foundations",
    "FoundationsInputs",
    "FoundationsOutputs",
    "Images",
    "Karpenter",
    "KubeStateMetrics",
    "MetricsServer",
    "Namespace",
    "NodeExporter",
    "PodIdentityAgent",
    "PriorityClass",
    "Prometheus",
    "Quota",
    "SecretStore",
    "SnapshotClass",
    "SnapshotController",
    "StorageClass",
]
