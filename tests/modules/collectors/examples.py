"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster
from modules.observability.collectors import (
    CloudWatch,
    CollectorsInputs,
    Destination,
    ExternalSecret,
    LogCollector,
    MetricsCollector,
    Mimir,
    Password,
    PublishedMetrics,
    TraceCollector,
    XRay,
)

CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"


def _password(store: str) -> Password:
    return Password(external_secret=ExternalSecret(store="aws", key=f"prod/collectors/{store}"))


FULL = CollectorsInputs(
    name="prod-collectors",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER,
    tenant="prod",
    labels={"environment": "prod"},
    loki=Destination(url="http://loki-gateway.loki.svc.cluster.local:80/loki/api/v1/push", password=_password("loki")),
    mimir=Mimir(
        url="http://mimir-gateway.mimir.svc.cluster.local:80/api/v1/push",
        ruler_url="http://mimir-gateway.mimir.svc.cluster.local:80",
        password=_password("mimir"),
    ),
    tempo=Destination(url="http://tempo-gateway.tempo.svc.cluster.local:80", password=_password("tempo")),
    xray=XRay(sampling_percent=10, indexed_attributes=["http.route"], min_replicas=2),
    cloudwatch=CloudWatch(
        namespace="Mesh",
        log_group_name="/prod/mesh",
        metrics={
            "requests": PublishedMetrics(
                names=["istio_requests_total"], dimensions=["destination_workload_namespace", "response_code"]
            ),
            "durations": PublishedMetrics(
                names=["istio_request_duration_milliseconds"], dimensions=["destination_workload_namespace"]
            ),
        },
        pods_of=["claims", "payments"],
    ),
    logs=LogCollector(pods_by="files", journal=True, excluded_namespaces=["kube-node-lease"]),
    metrics=MetricsCollector(
        replicas=3,
        monitor_secrets={"grafana": ["grafana-metrics"]},
        dropped_metrics=["apiserver_request_body_.*", "go_gc_.*"],
    ),
    traces=TraceCollector(min_replicas=3, jaeger=True, zipkin=True),
    logs_extra_values={"controller": {"podLabels": {"team": "platform"}}},
)

SMALL = CollectorsInputs(
    name="dev-collectors",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    tenant="dev",
    loki=Destination(url="http://loki-gateway.loki.svc.cluster.local/loki/api/v1/push"),
)
