"""Tempo: traces of a cluster, by tenant, in S3."""

from .inputs import (
    Autoscaled,
    ExternalSecret,
    Gateway,
    Images,
    Ingesters,
    Limits,
    Metrics,
    MetricsGenerator,
    Receivers,
    Replicated,
    Storage,
    TempoInputs,
    Tenant,
    User,
    UserSecret,
)
from .module import Tempo, TempoOutputs

__all__ = [
    "Autoscaled",
    "ExternalSecret",
    "Gateway",
    "Images",
    "Ingesters",
    "Limits",
    "Metrics",
    "MetricsGenerator",
    "Receivers",
    "Replicated",
    "Storage",
    "Tempo",
    "TempoInputs",
    "TempoOutputs",
    "Tenant",
    "User",
    "UserSecret",
]
