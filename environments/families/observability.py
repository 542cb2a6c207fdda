"""Observability: logs, traces and metrics, what keeps them, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from environments.families.certificates import INTERNAL_ISSUER
from environments.platform import Platform, PlatformFamily
from groundplan.building import PostgresInstance
from groundplan.framework import field
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.observability.buckets import Buckets, BucketsInputs, Replica, Store
from modules.observability.grafana import (
    CloudWatchSource,
    Credentials,
    DataSources,
    Grafana,
    GrafanaInputs,
    Ingress,
    Metrics,
    Oidc,
    Persistence,
    SecretStore,
    SecretValue,
    TenantSource,
)

__all__ = ["ObservabilityFamily"]

CHUNKS, LOKI_RULES, TRACES = "loki-chunks", "loki-ruler", "tempo-traces"
BLOCKS, MIMIR_RULES, ALERTS = "mimir-blocks", "mimir-ruler", "mimir-alertmanager"
"""The buckets, by what is in them."""

STORE = "aws-secrets-manager"
"""The ClusterSecretStore by which the cluster reads AWS Secrets Manager."""

NET_DAYS = 30
"""How long S3 still keeps what a compactor should have deleted: time to notice that it does not."""


class ObservabilityFamily(PlatformFamily):
    """What is kept of what the platform says of itself, for how long, and where."""

    buckets: BucketsInputs = field("where logs, traces and metrics are kept")
    grafana: GrafanaInputs = field("what shows them to people")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """A bucket for each thing, named after the environment: a name of S3's is taken in all accounts."""
        names = {
            CHUNKS: "loki-data",
            LOKI_RULES: "loki-ruler",
            TRACES: "tempo-traces",
            BLOCKS: "mimir-blocks",
            MIMIR_RULES: "mimir-ruler",
            ALERTS: "mimir-alertmanager",
        }
        stores = {store: Store(bucket_name=f"{env.name}-monitoring-{name}") for store, name in names.items()}
        stores[CHUNKS] = stores[CHUNKS].but(expire_after_days=env.log_retention_days + NET_DAYS)
        return cls(
            buckets=BucketsInputs(stores=stores),
            grafana=GrafanaInputs(
                domain=f"grafana.{env.private_domain}",
                persistence=Persistence(storage_class="gp3"),
                data_sources=DataSources(
                    cloudwatch=CloudWatchSource(),
                    loki=TenantSource(url="http://loki-gateway.loki.svc", tenant=env.name),
                    tempo=TenantSource(url="http://tempo-gateway.tempo.svc", tenant=env.name),
                    mimir=TenantSource(url="http://mimir-gateway.mimir.svc/prometheus", tenant=env.name),
                ),
            ),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """Gone with the environment, and a day after they were deleted."""
        stores = {store: Store(keep_deleted_days=1) for store in (CHUNKS, TRACES, BLOCKS)}
        return cls(
            buckets=BucketsInputs(stores=stores, force_destroy=True),
            # one replica keeps a file, and secrets are those that people put there
            grafana=GrafanaInputs(
                replicas=1,
                admin=Credentials(secret_name="grafana-admin"),  # a Secret's name
                encryption_key=SecretValue(secret_name="grafana-encryption-key"),  # as above
                memory_mebibytes=512,
            ),
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """Logs, metrics and rules in the other region too; traces are worth less than their transfer."""
        return cls(
            buckets=BucketsInputs(
                stores={
                    CHUNKS: Store(tier_after_days=30),
                    BLOCKS: Store(tier_after_days=30),
                    TRACES: Store(replicated=False),
                    **{store: Store(keep_deleted_days=90) for store in (LOKI_RULES, MIMIR_RULES, ALERTS)},
                },
                replica=Replica(region=env.dr_region),
                force_destroy=False,
            ),
            grafana=GrafanaInputs(
                replicas=3,
                database=PostgresInstance(instance_class="db.t4g.medium"),
                secret_store=SecretStore(name=STORE),
                admin=Credentials(remote_key=f"{env.name}/grafana/admin"),
                encryption_key=SecretValue(remote_key=f"{env.name}/grafana/encryption-key"),
                data_sources=DataSources(
                    loki=TenantSource(credentials=Credentials(remote_key=f"{env.name}/grafana/loki"))
                ),
                oidc=Oidc(
                    client_id=f"grafana-{env.name}",
                    client_secret=SecretValue(remote_key=f"{env.name}/grafana/oidc"),
                    auth_url="https://login.example.com/oauth2/authorize",
                    token_url="https://login.example.com/oauth2/token",  # an address
                    api_url="https://login.example.com/oauth2/userinfo",
                    admin_groups=[env.owner],
                    editor_groups=["engineers"],
                    viewer_groups=["employees"],
                ),
                ingress=Ingress(
                    class_name="kong",
                    annotations={"cert-manager.io/cluster-issuer": INTERNAL_ISSUER},
                    tls_secret_name="grafana-tls",  # a Secret's name
                ),
                metrics=Metrics(
                    labels={"release": "prometheus"},
                    credentials=Credentials(remote_key=f"{env.name}/grafana/metrics"),
                ),
            ),
        )

    def made_once(self, _env: Platform) -> Iterable[Once]:
        """Buckets, whose names are one in the world."""
        for store, it in self.buckets.stores.items():
            yield Once(
                f'the bucket "{it.bucket_name}"',
                "",
                f'buckets.stores["{store}"].bucket_name',
                "Give the bucket of one of the two another name.",
            )

    def compose(self, stack: Stack, env: Platform) -> None:
        """The stack `<environment>-observability`."""
        named = BucketsInputs(name=f"{env.name}-monitoring")
        Buckets(stack, "buckets", stack.wired(self.buckets, named))
        shown = GrafanaInputs(name=f"{env.name}-grafana")
        if self.grafana.database is not None:
            placed = PostgresInstance(vpc_id=env.network.vpc_id, subnet_ids=env.network.private_subnet_ids)
            shown = shown.but(database=placed)
        grafana = Grafana(stack, "grafana", stack.wired(self.grafana, shown))
        stack.tell(grafana.outputs, "url", "database_secret_arn")
