"""dev keeps traces for two days."""

from environments.families.observability import TRACES, ObservabilityFamily
from modules.observability.buckets import BucketsInputs, Store

OBSERVABILITY = ObservabilityFamily(buckets=BucketsInputs(stores={TRACES: Store(expire_after_days=9)}))
