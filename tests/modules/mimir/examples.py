"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster, CrdUpgrade
from modules.observability.mimir import (
    Alerts,
    Autoscaled,
    Cache,
    ExternalSecret,
    Gateway,
    Ingesters,
    Kafka,
    KafkaSecret,
    Keda,
    Limits,
    Metrics,
    MimirInputs,
    Replicated,
    Storage,
    Stored,
    StoreGateways,
    Tenant,
)

KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000003"
TOPIC_KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000004"
CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
CRITICAL = "arn:aws:sns:us-east-1:111122223333:prod-critical"

FULL = MimirInputs(
    name="prod-mimir",
    alarm_topic_arn=TOPIC,
    crd_upgrade=CrdUpgrade(),
    cluster=CLUSTER,
    storage=Storage(
        blocks_bucket_name="prod-monitoring-mimir-blocks",
        ruler_bucket_name="prod-monitoring-mimir-ruler",
        alertmanager_bucket_name="prod-monitoring-mimir-alertmanager",
        kms_key_arn=KEY,
        region="us-east-1",
    ),
    gateway=Gateway(
        external_secret=ExternalSecret(store="aws", key="prod/mimir/users"), writers=["tempo"], rulers=["loki"]
    ),
    alerts=Alerts(critical_topic_arn=CRITICAL, warning_topic_arn=TOPIC, kms_key_arn=TOPIC_KEY),
    zones=["us-east-1a", "us-east-1b", "us-east-1c"],
    retention_days=730,
    limits=Limits(max_query_length_days=365),
    tenants={
        "claims": Tenant(retention_days=90, ingestion_rate=100000, ingestion_burst_size=1000000),
        "platform": Tenant(max_query_length_days=730),
    },
    kafka=Kafka(
        brokers=["b-1.example.com:9096", "b-2.example.com:9096"],
        secret=KafkaSecret(store="aws", key="AmazonMSK_prod-mimir"),
    ),
    keda=Keda(prometheus_url="http://mimir-gateway.mimir.svc/prometheus", secret_name="mimir-keda"),
    chunks_cache=Cache(memory_mebibytes=4096),
    index_cache=Cache(),
    metadata_cache=Cache(memory_mebibytes=512),
    results_cache=Cache(),
    metrics=Metrics(),
    extra_values={"global": {"podAnnotations": {"example.com/team": "platform"}}},
)

ONE = Autoscaled(min_replicas=1, max_replicas=1)
SMALL = MimirInputs(
    name="dev-mimir",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    storage=Storage(
        blocks_bucket_name="dev-monitoring-mimir-blocks",
        ruler_bucket_name="dev-monitoring-mimir-ruler",
        alertmanager_bucket_name="dev-monitoring-mimir-alertmanager",
        kms_key_arn=KEY,
    ),
    gateway=Gateway(secret_name="mimir-users", min_replicas=1, max_replicas=1),
    alerts=Alerts(critical_topic_arn=TOPIC, warning_topic_arn=TOPIC),
    retention_days=7,
    ingesters=Ingesters(replicas=1, volume_gib=10, memory_mebibytes=1024),
    store_gateways=StoreGateways(replicas=1, volume_gib=5, memory_mebibytes=512),
    distributors=ONE,
    queriers=ONE,
    query_frontends=ONE,
    query_schedulers=Replicated(replicas=1),
    compactors=Stored(replicas=1, volume_gib=10),
    rulers=ONE,
    alertmanagers=Stored(replicas=1, volume_gib=1),
)
