"""Loki: logs of a cluster, by tenant, in S3."""

from .inputs import (
    Autoscaled,
    Cache,
    ExternalSecret,
    Gateway,
    Images,
    Ingesters,
    LokiInputs,
    Metrics,
    Replicated,
    Ruler,
    Storage,
    Stored,
    User,
    UserSecret,
)
from .limit_inputs import Limits, StreamRetention, Tenant
from .module import Loki, LokiOutputs

__all__ = [
    "Autoscaled",
    "Cache",
    "ExternalSecret",
    "Gateway",
    "Images",
    "Ingesters",
    "Limits",
    "Loki",
    "LokiInputs",
    "LokiOutputs",
    "Metrics",
    "Replicated",
    "Ruler",
    "Storage",
    "Stored",
    "StreamRetention",
    "Tenant",
    "User",
    "UserSecret",
]
