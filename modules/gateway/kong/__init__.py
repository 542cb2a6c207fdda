"""Kong: the gateway in front of the platform's APIs, with a database of its own."""

from .inputs import Admin, Autoscaling, BackupCopy, Images, KongInputs, LoadBalancer, Metrics
from .module import Kong, KongOutputs

__all__ = [
    "Admin",
    "Autoscaling",
    "BackupCopy",
    "Images",
    "Kong",
    "KongInputs",
    "KongOutputs",
    "LoadBalancer",
    "Metrics",
]
