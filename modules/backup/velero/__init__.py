"""Velero: backups of an EKS cluster's objects and volumes, and restores that are known to work."""

from .inputs import (
    ExpectedResource,
    Images,
    Metrics,
    NativeSnapshots,
    NodeAgent,
    ObjectLock,
    ReadOnlyLocation,
    Replica,
    Resources,
    Restore,
    RestoreDrill,
    Schedule,
    VeleroInputs,
)
from .module import Velero, VeleroOutputs

__all__ = [
    "ExpectedResource",
    "Images",
    "Metrics",
    "NativeSnapshots",
    "NodeAgent",
    "ObjectLock",
    "ReadOnlyLocation",
    "Replica",
    "Resources",
    "Restore",
    "RestoreDrill",
    "Schedule",
    "Velero",
    "VeleroInputs",
    "VeleroOutputs",
]
