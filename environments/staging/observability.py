"""staging keeps traces for a week."""

from environments.families.observability import TRACES, ObservabilityFamily
from modules.observability.buckets import BucketsInputs, Store

OBSERVABILITY = ObservabilityFamily(buckets=BucketsInputs(stores={TRACES: Store(expire_after_days=14)}))
