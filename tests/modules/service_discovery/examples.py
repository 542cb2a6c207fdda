"""Inputs of the tests: everything switched on, as little as there can be, and a cluster whose kube-proxy uses ipvs."""

from __future__ import annotations

from groundplan.building import Cluster, CrdUpgrade
from modules.dns.service_discovery import (
    AutoScaling,
    Cache,
    CoreDns,
    Endpoint,
    ExternalDns,
    HeadlessPort,
    HeadlessService,
    Mesh,
    MeshPort,
    MeshService,
    NodeLocalDns,
    Prometheus,
    Rewrite,
    ServiceDiscoveryInputs,
    StubDomain,
)

CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
BOUNDARY = "arn:aws:iam::111122223333:policy/workload-boundary"
PUBLIC_ZONE = "Z0PUBLIC000000000001"
PRIVATE_ZONE = "Z0PRIVATE00000000001"
OTHER_ZONE = "Z0OTHER0000000000001"

PUBLIC = ExternalDns(
    zone_ids=[PUBLIC_ZONE],
    zone_type="public",
    domain_filters=["apps.example.com"],
    exclude_domains=["legacy.apps.example.com"],
    sources=["service", "ingress", "istio-gateway", "istio-virtualservice"],
    annotation_filter="alb.ingress.kubernetes.io/scheme in (internet-facing)",
)
PRIVATE = ExternalDns(
    zone_ids=[PRIVATE_ZONE, OTHER_ZONE],
    zone_type="private",
    domain_filters=["internal.example.com"],
    policy="sync",
    owner_id="prod-private",
    txt_prefix="owner",
    interval_seconds=120,
    watch_events=True,
)
COREDNS = CoreDns(
    addon_version="v1.12.4-eksbuild.1",
    auto_scaling=AutoScaling(min_replicas=3, max_replicas=30),
    zone_spread="DoNotSchedule",
    cache=Cache(success_seconds=60, denial_seconds=10, serve_stale_seconds=7200),
    stub_domains={
        "corp.example.com": StubDomain(servers=["10.0.0.2", "10.0.0.3"], force_tcp=True),
        "ad.example.com": StubDomain(servers=["10.9.0.2"], cache_seconds=5),
    },
    rewrites={
        "mesh.example.com": Rewrite(to="svc.cluster.local", match="suffix"),
        "rates.mesh.example.com": Rewrite(to="istio-egressgateway.istio-system.svc.cluster.local"),
        "partner.example.com": Rewrite(to="istio-egressgateway.istio-system.svc.cluster.local", match="below"),
    },
    query_log="errors",
)

FULL = ServiceDiscoveryInputs(
    name="prod-dns",
    alarm_topic_arn=TOPIC,
    crd_upgrade=CrdUpgrade(),
    permissions_boundary_arn=BOUNDARY,
    cluster=CLUSTER,
    coredns=COREDNS,
    node_local_dns=NodeLocalDns(kube_proxy_mode="iptables", cluster_dns_ip="172.20.0.10"),
    external_dns={"public": PUBLIC, "private": PRIVATE},
    headless_services={
        "claims-store": HeadlessService(
            namespace="claims",
            selector={"app.kubernetes.io/name": "claims-store"},
            ports={"grpc": HeadlessPort(port=7000, target_port="grpc", app_protocol="grpc")},
            publish_not_ready_addresses=True,
        )
    },
    mesh=Mesh(
        services={
            "rates": MeshService(
                namespace="claims",
                hosts=["rates.mesh.example.com"],
                ports={"https": MeshPort(number=443, protocol="TLS")},
                resolution="STATIC",
                endpoints={"first": Endpoint(address="10.8.0.4", locality="us-east-1/us-east-1a", weight=2)},
            ),
            "partner": MeshService(
                namespace="claims",
                hosts=["api.partner.example.com"],
                ports={"https": MeshPort(number=443, protocol="TLS")},
            ),
        }
    ),
    prometheus=Prometheus(labels={"release": "monitoring"}, interval_seconds=60),
    alarm_after_minutes=20,
    extra_values={"extraArgs": {"aws-batch-change-interval": "2s"}, "nodeSelector": {"workload": "platform"}},
)

SMALL = ServiceDiscoveryInputs(
    name="dev-dns",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    coredns=CoreDns(addon_version="v1.12.4-eksbuild.1", replicas=2),
    external_dns={
        "public": ExternalDns(zone_ids=[PUBLIC_ZONE], zone_type="public", domain_filters=["dev.example.com"])
    },
)

IPVS = ServiceDiscoveryInputs(
    name="test-dns",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER,
    node_local_dns=NodeLocalDns(kube_proxy_mode="ipvs", cluster_dns_ip="10.100.0.10"),
)
