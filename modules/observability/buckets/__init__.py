"""Buckets: where logs, traces and metrics are kept."""

from .inputs import AccessLogs, BucketsInputs, Replica, Store
from .module import Buckets, BucketsOutputs

__all__ = ["AccessLogs", "Buckets", "BucketsInputs", "BucketsOutputs", "Replica", "Store"]
