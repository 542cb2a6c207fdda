"""staging keeps traces for a week."""

from environments.families.observability import TRACES, ObservabilityFamily
from groundplan.building import PostgresInstance
from modules.observability.buckets import BucketsInputs, Store
from modules.observability.grafana import GrafanaInputs
from modules.observability.tempo import TempoInputs

OBSERVABILITY = ObservabilityFamily(
    buckets=BucketsInputs(stores={TRACES: Store(expire_after_days=14)}),
    grafana=GrafanaInputs(
        database=PostgresInstance(
            instance_class="db.t4g.small",
            connections_alarm=150,
            client_security_groups={"nodes": "sg-0c1d2e3f4a5b60001"},
        )
    ),
    tempo=TempoInputs(retention_days=7),
)
