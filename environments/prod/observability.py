"""prod's buckets have the names that its Loki and Tempo were given first, without the environment's."""

from environments.families.observability import CHUNKS, TRACES, ObservabilityFamily
from modules.observability.buckets import BucketsInputs, Store

OBSERVABILITY = ObservabilityFamily(
    buckets=BucketsInputs(
        stores={
            CHUNKS: Store(bucket_name="monitoring-loki-data"),
            TRACES: Store(bucket_name="monitoring-tempo-traces", expire_after_days=60),
        }
    )
)
