"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster
from modules.mesh.istio import (
    Allowed,
    CircuitBreaker,
    Cni,
    ControlPlane,
    Cookie,
    ExternalAuthorizer,
    ExternalCheck,
    Gateway,
    GatewayCertificate,
    HeaderRoute,
    IstioInputs,
    Jwt,
    Kiali,
    KialiIngress,
    LoadBalancer,
    LoadBalancing,
    MeshNamespace,
    MeshService,
    Prometheus,
    Resources,
    Retries,
    RetryBudget,
    Scale,
    Server,
    Subset,
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
        "claims": MeshNamespace(create=True, network_closed=True),
        "payments": MeshNamespace(revision="canary", network_closed=True),
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
    services={
        "claims-api": MeshService(
            namespace="claims",
            service="claims-api",
            gateways=["public"],
            hosts=["claims.example.com"],
            port=8080,
            subsets={
                "v1": Subset(labels={"version": "v1"}, weight=90),
                "v2": Subset(labels={"version": "v2"}, weight=10),
            },
            header_routes={"x-canary": HeaderRoute(value="yes", subset="v2")},
            timeout_milliseconds=3000,
            retries=Retries(attempts=2, per_try_milliseconds=1000, on=["connect-failure", "5xx"], other_zones=False),
            retry_budget=RetryBudget(percent=25, min_concurrency=5),
            circuit_breaker=CircuitBreaker(consecutive_errors=3, max_connections=100),
            load_balancing=LoadBalancing(algorithm="LEAST_REQUEST", local=True, warmup_seconds=60),
        ),
        "sessions": MeshService(
            namespace="claims",
            service="sessions",
            load_balancing=LoadBalancing(hash_cookie=Cookie(name="session", ttl_seconds=3600)),
        ),
        "documents": MeshService(namespace="claims", service="documents"),
    },
    allowed={
        "portal-reads-claims": Allowed(
            namespace="claims",
            workload_labels={"app": "claims-api"},
            callers=["portal/portal", "payments/worker"],
            caller_namespaces=["reporting"],
            gateways=["public"],
            token_identities=["https://login.example.com/*"],
            methods=["GET", "HEAD"],
            paths=["/claims/*"],
            ports=[8080],
        ),
        "batch-asks-documents": Allowed(namespace="claims", caller_namespaces=["batch"]),
        "whoever-has-a-token": Allowed(namespace="payments", token_identities=["https://login.example.com/*"]),
    },
    jwt={
        "login": Jwt(
            namespace="claims",
            workload_labels={"app": "claims-api"},
            issuer="https://login.example.com",
            jwks_uri="https://login.example.com/keys",
            audiences=["claims"],
            forward=True,
        ),
        "partners": Jwt(
            namespace="payments", issuer="https://partners.example.com", audiences=["payments"], required=False
        ),
    },
    external_authorizers={
        "opa": ExternalAuthorizer(service="opa.identity.svc.cluster.local", port=9191, timeout_milliseconds=250),
        "legacy": ExternalAuthorizer(
            protocol="http",
            service="auth.identity.svc.cluster.local",
            port=8000,
            request_headers=["authorization"],
            headers_upstream=["x-user"],
        ),
    },
    collector_namespace="observability",
    external_checks={
        "payments": ExternalCheck(namespace="payments", authorizer="opa", except_paths=["/healthz"]),
        "claims": ExternalCheck(namespace="claims", workload_labels={"app": "claims-api"}, authorizer="legacy"),
    },
    certificate_authority="cert-manager-istio-csr.cert-manager.svc:443",
    dns_proxying=True,
    cni=Cni(excluded_namespaces=["kube-system", "velero"]),
    kiali=Kiali(
        replicas=3,
        issuer_url="https://login.example.com",
        client_id="kiali",
        secret_store="secrets-manager",
        remote_key="prod/kiali",
        prometheus_url="http://mimir-gateway.observability.svc.cluster.local/prometheus",
        prometheus_tenant="platform",
        prometheus_user="platform",
        tempo_url="http://tempo-query-frontend.observability.svc.cluster.local:3200",
        tempo_user="platform",
        grafana_url="http://grafana.observability.svc.cluster.local",
        ingress=KialiIngress(
            domain="kiali.example.com",
            class_name="kong",
            annotations={"cert-manager.io/cluster-issuer": "internal"},
            tls_secret_name="kiali-tls",  # a Secret's name
        ),
    ),
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
