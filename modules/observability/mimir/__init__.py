"""Mimir: metrics of a cluster, by tenant, in S3, and the alerts that are made of them."""

from .inputs import (
    Alerts,
    Autoscaled,
    Cache,
    ExternalSecret,
    Gateway,
    Images,
    Ingesters,
    Kafka,
    KafkaSecret,
    Keda,
    Metrics,
    MimirInputs,
    Replicated,
    Storage,
    Stored,
    StoreGateways,
)
from .limit_inputs import Limits, Tenant
from .module import Mimir, MimirOutputs

__all__ = [
    "Alerts",
    "Autoscaled",
    "Cache",
    "ExternalSecret",
    "Gateway",
    "Images",
    "Ingesters",
    "Kafka",
    "KafkaSecret",
    "Keda",
    "Limits",
    "Metrics",
    "Mimir",
    "MimirInputs",
    "MimirOutputs",
    "Replicated",
    "Storage",
    "StoreGateways",
    "Stored",
    "Tenant",
]
