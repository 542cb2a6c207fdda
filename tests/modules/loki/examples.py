"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster, CrdUpgrade
from modules.observability.loki import (
    Cache,
    ExternalSecret,
    Gateway,
    Limits,
    LokiInputs,
    Metrics,
    Ruler,
    Storage,
    StreamRetention,
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

FULL = LokiInputs(
    name="prod-loki",
    alarm_topic_arn=TOPIC,
    crd_upgrade=CrdUpgrade(),
    cluster=CLUSTER,
    storage=Storage(
        bucket_name="monitoring-loki-data",
        ruler_bucket_name="monitoring-loki-ruler",
        kms_key_arn=KEY,
        region="us-east-1",
    ),
    gateway=Gateway(external_secret=ExternalSecret(store="aws", key="prod/loki/users")),
    zones=["us-east-1a", "us-east-1b", "us-east-1c"],
    retention_days=400,
    limits=Limits(max_query_length_days=92),
    tenants={
        "claims": Tenant(
            retention_days=90,
            streams=[StreamRetention(selector='{container="audit"}', days=3650, priority=10)],
            ingestion_rate_mb=20,
            ingestion_burst_size_mb=40,
        ),
        "platform": Tenant(max_query_length_days=400),
    },
    ruler=Ruler(
        alertmanager_url="http://mimir-gateway.mimir.svc.cluster.local/alertmanager",
        alertmanager_user=User(external_secret=UserSecret(store="aws", key="prod/loki/mimir")),
    ),
    chunks_cache=Cache(memory_mebibytes=4096),
    results_cache=Cache(),
    metrics=Metrics(),
    extra_values={"global": {"priorityClassName": "system-cluster-critical"}},
)

SMALL = LokiInputs(
    name="dev-loki",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    storage=Storage(
        bucket_name="dev-monitoring-loki-data", ruler_bucket_name="dev-monitoring-loki-ruler", kms_key_arn=KEY
    ),
    gateway=Gateway(secret_name="loki-users", min_replicas=1, max_replicas=1),
    mode="monolithic",
    ruler=Ruler(
        alertmanager_url="http://mimir-gateway.mimir.svc.cluster.local/alertmanager",
        alertmanager_user=User(secret_name="loki-mimir"),
    ),
    retention_days=7,
)
