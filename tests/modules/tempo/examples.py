"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster, CrdUpgrade
from modules.observability.tempo import (
    Autoscaled,
    ExternalSecret,
    Gateway,
    Ingesters,
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

KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000003"
CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

FULL = TempoInputs(
    name="prod-tempo",
    alarm_topic_arn=TOPIC,
    crd_upgrade=CrdUpgrade(),
    cluster=CLUSTER,
    storage=Storage(bucket_name="monitoring-tempo-traces", kms_key_arn=KEY, region="us-east-1"),
    gateway=Gateway(external_secret=ExternalSecret(store="aws", key="prod/tempo/users")),
    zones=["us-east-1a", "us-east-1b", "us-east-1c"],
    receivers=Receivers(jaeger_thrift_http=True, zipkin=True),
    retention_days=30,
    tenants={"claims": Tenant(retention_days=7, rate_limit_mb=30, burst_size_mb=60)},
    metrics_generator=MetricsGenerator(
        remote_write_url="http://mimir-gateway.mimir.svc.cluster.local/api/v1/push",
        writer=User(external_secret=UserSecret(store="aws", key="prod/tempo/mimir")),
    ),
    metrics=Metrics(),
    extra_values={"global": {"priorityClassName": "system-cluster-critical"}},
)

ONE = Autoscaled(min_replicas=1, max_replicas=1)
SMALL = TempoInputs(
    name="dev-tempo",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    storage=Storage(bucket_name="dev-monitoring-tempo-traces", kms_key_arn=KEY),
    gateway=Gateway(secret_name="tempo-users", min_replicas=1, max_replicas=1),
    retention_days=2,
    ingesters=Ingesters(replicas=1, volume_gib=5, memory_mebibytes=512),
    distributors=ONE,
    queriers=ONE,
    query_frontends=ONE,
    compactors=Replicated(replicas=1),
    memcached=Replicated(replicas=1, memory_mebibytes=256),
)
