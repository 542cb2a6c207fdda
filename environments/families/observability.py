"""Observability: logs, traces and metrics, what keeps them, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from environments.families.alerting import Alerting
from environments.families.certificates import INTERNAL_ISSUER
from environments.families.cluster import PLATFORM_STORE, Cluster
from environments.families.workflow import claims_machine_arn
from environments.platform import Platform, PlatformFamily
from groundplan.building import ExternalSecret, Gateway, PostgresInstance, User, UserSecret
from groundplan.framework import field
from groundplan.problems import Problem
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.observability.buckets import Buckets, BucketsInputs, Replica, Store
from modules.observability.cloudwatch import (
    Application,
    Cloudwatch,
    CloudwatchInputs,
    ContainerInsights,
    Dashboard,
    GraphedMetric,
    LogGroup,
    Metric,
    MetricAlarm,
    Objective,
    Widget,
)
from modules.observability.collectors import (
    CloudWatch,
    Collectors,
    CollectorsInputs,
    Destination,
    LogCollector,
    MetricsCollector,
    Password,
    PublishedMetrics,
    TraceCollector,
    XRay,
)
from modules.observability.collectors import ExternalSecret as CollectorsExternalSecret
from modules.observability.collectors import Mimir as ToMimir
from modules.observability.grafana import (
    CloudWatchSource,
    Credentials,
    DataSources,
    Grafana,
    GrafanaInputs,
    Ingress,
    Oidc,
    Persistence,
    SecretStore,
    SecretValue,
    TenantSource,
)
from modules.observability.grafana import Metrics as GrafanaMetrics
from modules.observability.loki import Cache, Limits, Loki, LokiInputs, Metrics, Ruler, Storage
from modules.observability.mimir import Alerts, Ingesters, Mimir, MimirInputs, Stored, StoreGateways
from modules.observability.mimir import Autoscaled as MimirAutoscaled
from modules.observability.mimir import Cache as MimirCache
from modules.observability.mimir import Gateway as MimirGateway
from modules.observability.mimir import Metrics as MimirMetrics
from modules.observability.mimir import Replicated as MimirReplicated
from modules.observability.mimir import Storage as MimirStorage
from modules.observability.tempo import Autoscaled as TempoAutoscaled
from modules.observability.tempo import Ingesters as TempoIngesters
from modules.observability.tempo import Metrics as TempoMetrics
from modules.observability.tempo import MetricsGenerator, Tempo, TempoInputs
from modules.observability.tempo import Replicated as TempoReplicated
from modules.observability.tempo import Storage as TempoStorage

__all__ = ["ObservabilityFamily"]

CHUNKS, LOKI_RULES, TRACES = "loki-chunks", "loki-ruler", "tempo-traces"
BLOCKS, MIMIR_RULES, ALERTS = "mimir-blocks", "mimir-ruler", "mimir-alertmanager"
"""The buckets, by what is in them."""

TRACES_WRITER, LOGS_RULER = "tempo", "loki"
"""Users of Mimir's gateway: one that writes metrics of the traces of every tenant, one that rings of logs of each."""

NET_DAYS = 30
"""How long S3 still keeps what a compactor should have deleted: time to notice that it does not."""


MESH = "Mesh"
"""The namespace of the mesh's metrics in CloudWatch."""


def _log_group_of_mesh(env: Platform) -> str:
    """The records that CloudWatch makes these metrics of."""
    return f"/{env.name}/mesh"


def _of_mesh(metric: str, statistic: str, env: Platform, **labels: str) -> GraphedMetric:
    """A metric of the requests to the workloads of a namespace."""
    return GraphedMetric(
        namespace=MESH,
        metric_name=metric,
        dimensions={"ClusterName": env.cluster.name, **labels},
        statistic=statistic,
    )


def _login(env: Platform, store: str) -> Password:
    """The password of the environment's tenant at the gateway of a store."""
    return Password(
        external_secret=CollectorsExternalSecret(store=PLATFORM_STORE, key=f"{env.name}/collectors/{store}")
    )


def _signs_in(key: str) -> User:
    """Who signs in at Mimir's gateway for a service, out of a secret of Secrets Manager."""
    return User(external_secret=UserSecret(store=PLATFORM_STORE, key=key))


def _of_cluster(metric: str, statistic: str, env: Platform) -> GraphedMetric:
    """A metric of Container Insights of the whole cluster."""
    return GraphedMetric(
        namespace="ContainerInsights",
        metric_name=metric,
        dimensions={"ClusterName": env.cluster.name},
        statistic=statistic,
    )


def _of_claims(metric: str, env: Platform) -> Metric:
    """A metric of the machine that processes claims."""
    return Metric(namespace="AWS/States", metric_name=metric, dimensions={"StateMachineArn": claims_machine_arn(env)})


def _measured(env: Platform) -> CloudwatchInputs:
    """Nodes, containers and claims in CloudWatch, which tells of them when Mimir and Grafana are what is down."""
    return CloudwatchInputs(
        log_groups={_log_group_of_mesh(env): LogGroup()},
        # what containers say is Loki's
        container_insights=ContainerInsights(addon_version="v6.2.0-eksbuild.1", container_logs=False),
        alarms={
            "nodes-failed": MetricAlarm(
                severity="critical",
                description=f"Nodes of the cluster {env.cluster.name} have failed for a quarter of an hour.",
                runbook_url=f"{env.runbooks_url}/platform/nodes_failed.md",
                metrics={
                    "failed": Metric(
                        namespace="ContainerInsights",
                        metric_name="cluster_failed_node_count",
                        dimensions={"ClusterName": env.cluster.name},
                        statistic="Maximum",
                    )
                },
                threshold=1,
                periods=3,
            )
        },
        objectives={
            "claims-processed": Objective(
                description="Claims are not processed to their end.",
                runbook_url=f"{env.runbooks_url}/platform/claims_not_processed.md",
                target_percent=99.5,
                failed=_of_claims("ExecutionsFailed", env),
                all=_of_claims("ExecutionsStarted", env),
            )
        },
        dashboards={
            "cluster": Dashboard(
                widgets=[
                    Widget(title="Alarms", alarms=["nodes-failed"], width=24, height=3),
                    Widget(
                        title="Nodes",
                        metrics=[
                            _of_cluster("cluster_node_count", "Maximum", env),
                            _of_cluster("cluster_failed_node_count", "Maximum", env),
                        ],
                    ),
                    Widget(
                        title="Use of nodes, in percent",
                        minimum=0,
                        metrics=[
                            _of_cluster("node_cpu_utilization", "Average", env),
                            _of_cluster("node_memory_utilization", "Average", env),
                            _of_cluster("node_filesystem_utilization", "Maximum", env),
                        ],
                    ),
                    Widget(
                        title="Requests in the mesh that claims answered with 500 or 503",
                        minimum=0,
                        metrics=[
                            _of_mesh(
                                "istio_requests_total",
                                "Sum",
                                env,
                                destination_workload_namespace="claims",
                                response_code=code,
                            )
                            for code in ("500", "503")
                        ],
                    ),
                    Widget(
                        title="How long claims took to answer in the mesh, in milliseconds",
                        minimum=0,
                        metrics=[
                            _of_mesh(
                                "istio_request_duration_milliseconds",
                                "Average",
                                env,
                                destination_workload_namespace="claims",
                            )
                        ],
                    ),
                    Widget(
                        title="Alarms that reached nobody",
                        metrics=[
                            GraphedMetric(
                                namespace="AWS/SNS",
                                metric_name="NumberOfNotificationsFailed",
                                dimensions={"TopicName": arn.rpartition(":")[2]},
                            )
                            for arn in dict.fromkeys(env.topics_by_severity.values())
                        ],
                    ),
                ]
            )
        },
    )


def _compactors_are_first(settings: ObservabilityFamily) -> Iterable[Problem]:
    """S3 must not end what a service still has in its index."""
    loki, tempo = settings.loki, settings.tempo
    streams = [one.days for tenant in loki.tenants.values() for one in tenant.streams]
    logs = [loki.retention_days, *streams, *(tenant.retention_days or 0 for tenant in loki.tenants.values())]
    traces = [tempo.retention_days, *(tenant.retention_days for tenant in tempo.tenants.values())]
    mimir = settings.mimir
    metrics = [mimir.retention_days, *(tenant.retention_days or 0 for tenant in mimir.tenants.values())]
    for store, who, days in (
        (CHUNKS, "Loki keeps logs", max(logs)),
        (TRACES, "Tempo keeps traces", max(traces)),
        (BLOCKS, "Mimir keeps metrics", max(metrics)),
    ):
        expires = settings.buckets.stores[store].expire_after_days
        if expires is not None and expires <= days:
            yield Problem(
                f'buckets.stores["{store}"].expire_after_days',
                f"must be more than {days}, as many days as {who} of some tenant, got {expires}",
                "Keep the bucket's objects for longer, or what is in them for less.",
            )


class ObservabilityFamily(PlatformFamily):
    """What is kept of what the platform says of itself, for how long, and where."""

    checks = (_compactors_are_first,)

    buckets: BucketsInputs = field("where logs, traces and metrics are kept")
    loki: LokiInputs = field("logs")
    tempo: TempoInputs = field("traces")
    mimir: MimirInputs = field("metrics, and who hears of what they tell")
    grafana: GrafanaInputs = field("what shows them to people")
    collectors: CollectorsInputs = field("what brings them")
    cloudwatch: CloudwatchInputs = field("what is measured and kept in CloudWatch, and what rings there")

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
        # metrics are worth keeping as long as logs are
        stores[BLOCKS] = stores[BLOCKS].but(expire_after_days=env.log_retention_days + NET_DAYS)
        return cls(
            cloudwatch=CloudwatchInputs(
                log_groups={f"/{env.name}/claims": LogGroup(masked=["CreditCardNumber", "EmailAddress"])},
                applications={"claims": Application(namespace="Claims", emf_log_group=f"/{env.name}/claims")},
            ),
            buckets=BucketsInputs(stores=stores),
            loki=LokiInputs(retention_days=env.log_retention_days, limits=Limits(max_query_length_days=31)),
            tempo=TempoInputs(metrics_generator=MetricsGenerator()),
            mimir=MimirInputs(
                retention_days=env.log_retention_days,
                gateway=MimirGateway(writers=[TRACES_WRITER], rulers=[LOGS_RULER]),
                # the topics of CloudWatch's alarms
                alerts=Alerts(
                    critical_topic_arn=env.topics_by_severity["critical"],
                    warning_topic_arn=env.topics_by_severity["warning"],
                ),
            ),
            grafana=GrafanaInputs(
                domain=f"grafana.{env.private_domain}",
                persistence=Persistence(storage_class="gp3"),
                data_sources=DataSources(
                    cloudwatch=CloudWatchSource(),
                    loki=TenantSource(tenant=env.name),
                    tempo=TenantSource(tenant=env.name),
                    mimir=TenantSource(tenant=env.name),
                ),
            ),
            # of the tenant that Grafana asks as
            collectors=CollectorsInputs(tenant=env.name, labels={"environment": env.name, "region": env.region}),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """Gone with the environment, and a day after they were deleted."""
        one = TempoAutoscaled(min_replicas=1, max_replicas=1)
        stores = {store: Store(keep_deleted_days=1) for store in (CHUNKS, TRACES, BLOCKS)}
        return cls(
            buckets=BucketsInputs(stores=stores, force_destroy=True),
            # one replica keeps a file, and secrets are those that people put there
            grafana=GrafanaInputs(
                replicas=1,
                admin=Credentials(secret_name="grafana-admin"),  # a Secret's name
                encryption_key=SecretValue(secret_name="grafana-encryption-key"),  # as above
                memory_mebibytes=512,
                dashboards=["grafana", "kubernetes", "observability"],
                data_sources=DataSources(
                    loki=TenantSource(credentials=Credentials(secret_name="grafana-loki")),  # a Secret's name
                    tempo=TenantSource(credentials=Credentials(secret_name="grafana-tempo")),  # as above
                    mimir=TenantSource(credentials=Credentials(secret_name="grafana-mimir")),  # as above
                ),
            ),
            loki=LokiInputs(
                mode="monolithic",
                gateway=Gateway(secret_name="loki-users", min_replicas=1, max_replicas=1),
                ruler=Ruler(alertmanager_user=User(secret_name="loki-mimir")),  # a Secret's name
            ),
            tempo=TempoInputs(
                retention_days=2,
                gateway=Gateway(secret_name="tempo-users", min_replicas=1, max_replicas=1),
                ingesters=TempoIngesters(replicas=1, volume_gib=5, memory_mebibytes=512),
                distributors=one,
                queriers=one,
                query_frontends=one,
                compactors=TempoReplicated(replicas=1),
                memcached=TempoReplicated(replicas=1, memory_mebibytes=256),
                metrics_generator=MetricsGenerator(replicas=1, writer=User(secret_name="tempo-mimir")),
            ),
            mimir=MimirInputs(
                gateway=MimirGateway(secret_name="mimir-users", min_replicas=1, max_replicas=1),
                ingesters=Ingesters(replicas=1, volume_gib=10, memory_mebibytes=1024),
                store_gateways=StoreGateways(replicas=1, volume_gib=5, memory_mebibytes=512),
                distributors=MimirAutoscaled(min_replicas=1, max_replicas=1),
                queriers=MimirAutoscaled(min_replicas=1, max_replicas=1),
                query_frontends=MimirAutoscaled(min_replicas=1, max_replicas=1),
                query_schedulers=MimirReplicated(replicas=1, memory_mebibytes=128),
                compactors=Stored(replicas=1, volume_gib=10),
                rulers=MimirAutoscaled(min_replicas=1, max_replicas=1),
                alertmanagers=Stored(replicas=1, volume_gib=1, memory_mebibytes=128),
            ),
            # no metrics, and nothing to X-Ray; the passwords are those that people put there
            collectors=CollectorsInputs(
                loki=Destination(password=Password(secret_name="loki-login")),  # a Secret's name
                tempo=Destination(password=Password(secret_name="tempo-login")),  # as above
                traces=TraceCollector(min_replicas=1, max_replicas=1),
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
            cloudwatch=_measured(env),
            grafana=GrafanaInputs(
                replicas=3,
                database=PostgresInstance(instance_class="db.t4g.medium"),
                secret_store=SecretStore(name=PLATFORM_STORE),
                admin=Credentials(remote_key=f"{env.name}/grafana/admin"),
                encryption_key=SecretValue(remote_key=f"{env.name}/grafana/encryption-key"),
                data_sources=DataSources(
                    loki=TenantSource(credentials=Credentials(remote_key=f"{env.name}/grafana/loki")),
                    tempo=TenantSource(credentials=Credentials(remote_key=f"{env.name}/grafana/tempo")),
                    mimir=TenantSource(credentials=Credentials(remote_key=f"{env.name}/grafana/mimir")),
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
                metrics=GrafanaMetrics(
                    labels={"release": "prometheus"},
                    credentials=Credentials(remote_key=f"{env.name}/grafana/metrics"),
                ),
            ),
            loki=LokiInputs(
                zones=env.network.availability_zones,
                gateway=Gateway(external_secret=ExternalSecret(store=PLATFORM_STORE, key=f"{env.name}/loki/users")),
                ruler=Ruler(alertmanager_user=_signs_in(f"{env.name}/loki/mimir")),
                chunks_cache=Cache(),
                results_cache=Cache(memory_mebibytes=512),
                metrics=Metrics(),
            ),
            tempo=TempoInputs(
                zones=env.network.availability_zones,
                gateway=Gateway(external_secret=ExternalSecret(store=PLATFORM_STORE, key=f"{env.name}/tempo/users")),
                metrics_generator=MetricsGenerator(writer=_signs_in(f"{env.name}/tempo/mimir")),
                metrics=TempoMetrics(),
            ),
            mimir=MimirInputs(
                zones=env.network.availability_zones,
                gateway=MimirGateway(
                    external_secret=ExternalSecret(store=PLATFORM_STORE, key=f"{env.name}/mimir/users")
                ),
                chunks_cache=MimirCache(memory_mebibytes=2048),
                index_cache=MimirCache(),
                metadata_cache=MimirCache(memory_mebibytes=256),
                results_cache=MimirCache(memory_mebibytes=512),
                metrics=MimirMetrics(),
            ),
            collectors=CollectorsInputs(
                loki=Destination(password=_login(env, "loki")),
                mimir=ToMimir(password=_login(env, "mimir")),
                tempo=Destination(password=_login(env, "tempo")),
                xray=XRay(sampling_percent=5),
                cloudwatch=CloudWatch(
                    namespace=MESH,
                    metrics={
                        "requests": PublishedMetrics(
                            names=["istio_requests_total"],
                            dimensions=["destination_workload_namespace", "response_code"],
                        ),
                        "durations": PublishedMetrics(
                            names=["istio_request_duration_milliseconds"],
                            dimensions=["destination_workload_namespace"],
                        ),
                    },
                    pods_of=["claims", "payments"],
                ),
                logs=LogCollector(pods_by="files", journal=True),
                metrics=MetricsCollector(),
            ),
        )

    def made_once(self, env: Platform) -> Iterable[Once]:
        """Log groups, whose names are one in a region, and buckets, whose names are one in the world."""
        for name in self.cloudwatch.log_groups:
            yield Once(
                f'the log group "{name}"',
                env.region,
                f'cloudwatch.log_groups["{name}"]',
                "Call the log group of one of the two otherwise.",
            )
        for store, it in self.buckets.stores.items():
            yield Once(
                f'the bucket "{it.bucket_name}"',
                "",
                f'buckets.stores["{store}"].bucket_name',
                "Give the bucket of one of the two another name.",
            )

    def compose(self, stack: Stack, env: Platform, _cluster: Cluster, alerting: Alerting) -> None:
        """The stack `<environment>-observability`."""
        named = BucketsInputs(name=f"{env.name}-monitoring")
        buckets = Buckets(stack, "buckets", stack.wired(self.buckets, named)).outputs
        names = buckets.bucket_names
        series = MimirStorage(
            blocks_bucket_name=names[BLOCKS],
            ruler_bucket_name=names[MIMIR_RULES],
            alertmanager_bucket_name=names[ALERTS],
            kms_key_arn=buckets.kms_key_arn,
            region=env.region,
        )
        kept = MimirInputs(name=f"{env.name}-mimir", storage=series)
        if not env.alarm_topics:
            # of topics that others make, whoever gives their ARNs gives their key too
            kept = kept.but(alerts=Alerts(kms_key_arn=alerting.kms_key_arn))
        mimir = Mimir(stack, "mimir", stack.wired(self.mimir, kept)).outputs
        logs = Storage(
            bucket_name=names[CHUNKS],
            ruler_bucket_name=names[LOKI_RULES],
            kms_key_arn=buckets.kms_key_arn,
            region=env.region,
        )
        rules = Ruler(alertmanager_url=mimir.alertmanager_url)
        logged = LokiInputs(name=f"{env.name}-loki", storage=logs, ruler=rules)
        loki = Loki(stack, "loki", stack.wired(self.loki, logged)).outputs
        traces = TempoStorage(bucket_name=names[TRACES], kms_key_arn=buckets.kms_key_arn, region=env.region)
        wanted = TempoInputs(name=f"{env.name}-tempo", storage=traces)
        if self.tempo.metrics_generator is not None:
            wanted = wanted.but(metrics_generator=MetricsGenerator(remote_write_url=mimir.push_url))
        tempo = Tempo(stack, "tempo", stack.wired(self.tempo, wanted)).outputs
        brought = CollectorsInputs(
            name=f"{env.name}-collectors", loki=Destination(url=loki.push_url), tempo=Destination(url=tempo.url)
        )
        if self.collectors.mimir is not None:
            brought = brought.but(mimir=ToMimir(url=mimir.push_url, ruler_url=mimir.rules_url))
        asked = DataSources(
            loki=TenantSource(url=loki.url), tempo=TenantSource(url=tempo.url), mimir=TenantSource(url=mimir.query_url)
        )
        shown = GrafanaInputs(name=f"{env.name}-grafana", data_sources=asked)
        if self.grafana.database is not None:
            placed = PostgresInstance(vpc_id=env.network.vpc_id, subnet_ids=env.network.private_subnet_ids)
            shown = shown.but(database=placed)
        grafana = Grafana(stack, "grafana", stack.wired(self.grafana, shown))
        if self.grafana.metrics is not None and self.collectors.metrics is not None:
            # by the output, whose namespace is there before the right to read in it
            seen = {grafana.outputs.namespace: ["grafana-metrics"]}
            brought = brought.but(metrics=MetricsCollector(monitor_secrets=seen))
        watched = CloudwatchInputs(channels={}, topic_arns=env.topics_by_severity)
        cloudwatch = Cloudwatch(stack, "cloudwatch", stack.wired(self.cloudwatch, watched))
        if self.collectors.cloudwatch is not None:
            # by the output: who writes to the log group waits until it is there
            written = CloudWatch(log_group_name=cloudwatch.outputs.log_group_names[_log_group_of_mesh(env)])
            brought = brought.but(cloudwatch=written)
        collectors = Collectors(stack, "collectors", stack.wired(self.collectors, brought))
        stack.tell(grafana.outputs, "url", "database_secret_arn")
        stack.tell(collectors.outputs, "otlp_grpc_endpoint", "otlp_http_url")
        stack.tell(cloudwatch.outputs, "application_policies", "log_group_names")
