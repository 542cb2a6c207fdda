"""Grafanas for the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster, GivenKey, PostgresInstance
from modules.observability.grafana import (
    Account,
    CloudWatchSource,
    Credentials,
    DataSources,
    ExistingDatabase,
    GrafanaInputs,
    Ingress,
    Metrics,
    Oidc,
    Persistence,
    SecretStore,
    SecretValue,
    TenantSource,
)

CLUSTER = Cluster(
    name="test",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
ROLE_ELSEWHERE = "arn:aws:iam::444455556666:role/grafana-reader"
LOG_GROUPS = "arn:aws:logs:us-east-1:111122223333:log-group:/platform/*"
DATABASE = PostgresInstance(
    vpc_id="vpc-0123456789abcdef0",
    subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    client_security_groups={"nodes": "sg-0123456789abcdef0"},
)

FULL = GrafanaInputs(
    name="prod-grafana",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER,
    domain="grafana.example.com",
    admin=Credentials(remote_key="prod/grafana-admin"),
    encryption_key=SecretValue(remote_key="prod/grafana-encryption-key"),
    secret_store=SecretStore(name="secrets-manager"),
    database=DATABASE,
    database_ca_config_map="rds-authorities",
    data_sources=DataSources(
        cloudwatch=CloudWatchSource(
            log_group_arns=[LOG_GROUPS],
            accounts={
                "payments": Account(role_arn=ROLE_ELSEWHERE, external_id="grafana", default_region="us-west-2"),
            },
        ),
        loki=TenantSource(
            url="http://loki-gateway.loki.svc",
            tenant="prod",
            credentials=Credentials(remote_key="prod/loki-reader"),
        ),
        tempo=TenantSource(url="http://tempo-gateway.tempo.svc", tenant="prod"),
        mimir=TenantSource(url="http://mimir-gateway.mimir.svc/prometheus", tenant="prod|shared"),
    ),
    oidc=Oidc(
        client_id="grafana",
        client_secret=SecretValue(remote_key="prod/grafana-oidc", key="client_secret"),
        auth_url="https://login.example.com/authorize",
        token_url="https://login.example.com/token",
        api_url="https://login.example.com/userinfo",
        admin_groups=["platform"],
        editor_groups=["Claims Engineers", "policies"],
        viewer_groups=["everybody"],
    ),
    ingress=Ingress(class_name="kong", tls_secret_name="grafana-tls"),
    metrics=Metrics(labels={"release": "monitoring"}, credentials=Credentials(remote_key="prod/grafana-metrics")),
    dashboard_namespaces=["claims"],
    priority_class_name="platform",
    permissions_boundary_arn="arn:aws:iam::111122223333:policy/workload-boundary",
    extra_values={"podAnnotations": {"example.com/team": "platform"}},
)

SMALL = GrafanaInputs(
    name="dev-grafana",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(identity="pod_identity"),
    domain="grafana.dev.example.com",
    admin=Credentials(secret_name="grafana-admin", username_key="admin-user", password_key="admin-password"),
    encryption_key=SecretValue(secret_name="grafana-encryption"),
    replicas=1,
    namespace="monitoring",
    create_namespace=False,
    release_name="looks",
    data_sources=DataSources(mimir=TenantSource(url="http://mimir-gateway.mimir.svc/prometheus", tenant="dev")),
    dashboards=["certificates", "grafana"],
    network_policies=False,
)

GIVEN = SMALL.but(
    kms_key=GivenKey(arn="arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"),
    replicas=3,
    existing_database=ExistingDatabase(
        host="shared.example.com", credentials=Credentials(secret_name="grafana-database", username_key="user")
    ),
    persistence=Persistence(claims="shared", storage_class="efs", access_mode="ReadWriteMany"),
    data_sources=DataSources(tempo=TenantSource(url="http://tempo-gateway.tempo.svc", tenant="dev")),
)
"""Another's database, files of EFS that all replicas share, and traces alone."""
