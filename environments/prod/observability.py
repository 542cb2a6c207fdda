"""prod's buckets have the names that its Loki and Tempo were given first, without the environment's; three Grafanas."""

from environments.families.observability import CHUNKS, TRACES, ObservabilityFamily
from groundplan.building import PostgresInstance
from modules.observability.buckets import BucketsInputs, Store
from modules.observability.grafana import GrafanaInputs, Persistence
from modules.observability.tempo import TempoInputs

OBSERVABILITY = ObservabilityFamily(
    buckets=BucketsInputs(
        stores={
            CHUNKS: Store(bucket_name="monitoring-loki-data"),
            TRACES: Store(bucket_name="monitoring-tempo-traces", expire_after_days=60),
        }
    ),
    grafana=GrafanaInputs(
        replicas=3,
        persistence=Persistence(storage_class="gp3"),
        database=PostgresInstance(backup_retention_days=35, client_security_groups={"nodes": "sg-0a1b2c3d4e5f60002"}),
    ),
    tempo=TempoInputs(retention_days=30),
)
