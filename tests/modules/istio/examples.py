"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster
from modules.mesh.istio import (
    ControlPlane,
    Gateway,
    GatewayCertificate,
    IstioInputs,
    LoadBalancer,
    MeshNamespace,
    Prometheus,
    Resources,
    Scale,
    Server,
    Tracing,
)

CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
BOUNDARY = "arn:aws:iam::111122223333:policy/workload-boundary"
ONE = Scale(min_replicas=1, max_replicas=1)

FULL = IstioInputs(
    name="prod-mesh",
    alarm_topic_arn=TOPIC,
    permissions_boundary_arn=BOUNDARY,
    cluster=CLUSTER,
    trust_domain="claims.example.com",
    revisions={
        "1-30-3": ControlPlane(scale=Scale(min_replicas=3, max_replicas=9)),
        "canary": ControlPlane(version="1.30.2", scale=Scale(min_replicas=2, max_replicas=2)),
    },
    default_revision="1-30-3",
    namespaces={
        "claims": MeshNamespace(create=True),
        "payments": MeshNamespace(revision="canary"),
        "batch": MeshNamespace(injected=False),
    },
    sidecar=Resources(cpu_request="50m", memory_request="64Mi", memory_limit="256Mi"),
    gateways={
        "public": Gateway(
            load_balancer=LoadBalancer(
                scheme="internet-facing", source_ranges=["203.0.113.0/24"], subnet_ids=["subnet-0a1b2c3d4e5f60001"]
            ),
            servers={
                "claims": Server(hosts=["claims.example.com", "*.claims.example.com"], secret_name="claims-tls"),
                "partners": Server(hosts=["partners.example.com"], mode="MUTUAL", secret_name="partners-tls"),
                "vault": Server(hosts=["vault.example.com"], mode="PASSTHROUGH"),
            },
        ),
        "egress": Gateway(direction="egress", scale=Scale(min_replicas=2, max_replicas=2)),
    },
    certificates={
        "claims-tls": GatewayCertificate(
            hosts=["claims.example.com", "*.claims.example.com"],
            issuer_name="internal",
            issuer_kind="AWSPCAClusterIssuer",
            issuer_group="awspca.cert-manager.io",
        )
    },
    certificate_authority="cert-manager-istio-csr.cert-manager.svc:443",
    dns_proxying=True,
    tracing=Tracing(service="collector.observability.svc.cluster.local", sampling_percent=5),
    prometheus=Prometheus(labels={"release": "monitoring"}),
    alarm_after_minutes=20,
    extra_values={"global": {"meshID": "claims"}},
    gateway_extra_values={"terminationGracePeriodSeconds": 60},
)

SMALL = IstioInputs(
    name="dev-mesh",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    revisions={"1-30-3": ControlPlane(scale=ONE)},
    default_revision="1-30-3",
    gateways={"inside": Gateway(scale=ONE)},
    default_deny=False,
    access_logs=False,
    network_policies=False,
    outbound="ALLOW_ANY",
)
