"""What may be set: how many replicas share which database, what they ask, who gets in and as what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from groundplan.building import Cluster, PostgresInstance, ServiceInputs
from groundplan.framework import Inputs, Rule, equals, field, matches, unset
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import (
    CpuQuantity,
    DnsName,
    HttpsUrl,
    ImageReference,
    KubernetesName,
    Labels,
    NamespaceName,
    PassedThrough,
)

from .source_inputs import (
    Account,
    CloudWatchSource,
    Credentials,
    DataSources,
    SecretStore,
    SecretValue,
    TenantSource,
)

__all__ = [
    "Account",
    "CloudWatchSource",
    "Credentials",
    "DataSources",
    "ExistingDatabase",
    "GrafanaInputs",
    "Images",
    "Ingress",
    "Metrics",
    "Oidc",
    "Persistence",
    "SecretStore",
    "SecretValue",
    "TenantSource",
]

Hostname = Annotated[str, Pattern("[a-z0-9]([a-z0-9.-]*[a-z0-9])?", "the name of a host, such as db.example.com")]
Scope = Annotated[str, Pattern("[!#-\\[\\]-~]+", "a scope of OAuth, without spaces")]
# it stands in quotes within an expression, in a line of an ini file
GroupName = Annotated[
    str, Pattern("[A-Za-z0-9][A-Za-z0-9 _./:@+-]*", "the name of a group: letters, digits, spaces and _ . / : @ + -")
]
Claim = Annotated[str, Pattern("[A-Za-z_][A-Za-z0-9_]*", "the name of a claim, such as groups")]
Dashboard = Literal[
    "backups", "certificates", "dns", "gateway", "grafana", "kubernetes", "mesh", "observability", "secrets"
]
ReleaseName = Annotated[
    str,
    # the chart adds what it makes of it; a host's name is the limit
    Pattern("[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "at most 40 of a-z, 0-9 and -, a letter first and no - at its end"),
]


class ExistingDatabase(Inputs):
    """A PostgreSQL database that is there already, and asks for TLS."""

    host: Hostname = field("host of the database")
    port: int = field("port of the database", default=5432, ge=1, le=65535)
    name: str = field("name of the database, which is Grafana's alone", default="grafana", min_length=1, max_length=63)
    credentials: Credentials = field("its user, who may make tables in it, and the password")


class Persistence(Inputs):
    """Volumes of the pods, for plugins and what is cached: what people make is in the database."""

    claims: Literal["per_replica", "shared"] = field(
        "a volume for each replica, or one that all of them mount", default="per_replica"
    )
    storage_class: KubernetesName = field("class of the volumes: encrypted gp3", default="gp3")
    access_mode: Literal["ReadWriteOnce", "ReadWriteMany"] = field(
        "whether nodes mount a volume one at a time, as EBS has it, or together, as EFS does", default="ReadWriteOnce"
    )
    size_gib: int = field("size of each volume, in GiB", default=10, ge=1, le=1000)


class Oidc(Inputs):
    """Single sign-on by OpenID Connect."""

    name: str = field("what the button to sign in says", default="Single sign-on", min_length=1, max_length=60)
    client_id: str = field("id of Grafana as a client of the identity provider", min_length=1)
    client_secret: SecretValue = field("where the client's secret is")
    auth_url: HttpsUrl = field("the provider's authorization endpoint")
    token_url: HttpsUrl = field("the provider's token endpoint")
    api_url: HttpsUrl | None = field("the provider's userinfo endpoint; left out, the id token tells all", default=None)
    scopes: Annotated[list[Scope], Unique()] = field(
        "what is asked for", default=["openid", "profile", "email"], min_length=1
    )
    groups_claim: Claim = field("claim that names the groups of who signs in", default="groups")
    admin_groups: list[GroupName] = field("groups whose members are administrators of the organization", default=[])
    editor_groups: list[GroupName] = field("groups whose members may make dashboards and alerts", default=[])
    viewer_groups: list[GroupName] = field(
        "groups whose members may look; left out, everybody may whom the provider lets in", default=[]
    )
    auto_login: bool = field("whether people are sent to the provider without a click", default=False)


class Ingress(Inputs):
    """How browsers reach Grafana."""

    class_name: KubernetesName = field("class of the Ingress, such as alb or kong")
    annotations: dict[str, str] = field("annotations that the class's controller reads", default={})
    tls_secret_name: KubernetesName | None = field(
        "name of the Secret with the certificate; left out, the load balancer before it ends TLS", default=None
    )


class Metrics(Inputs):
    """How Grafana's own metrics are read; needs the Prometheus operator's kinds."""

    labels: Labels = field("labels by which the collector chooses its ServiceMonitors and PrometheusRules", default={})
    interval_seconds: int = field("how often the metrics are read, in seconds", default=60, ge=5, le=300)
    credentials: Credentials | None = field(
        "user and password that /metrics asks for; left out, whoever reaches Grafana reads them", default=None
    )


class Images(Inputs):
    """Container images of the status report, each with an exact version; those of the chart are its own."""

    kubectl: ImageReference = field("an image with kubectl, awk and a shell", default="docker.io/alpine/kubectl:1.34.2")
    aws_cli: ImageReference = field(
        "an image with the AWS CLI, which publishes what was found", default="public.ecr.aws/aws-cli/aws-cli:2.36.46"
    )


def _local(sources: Any, name: str) -> Any:
    """Whether a source asks for no password, or for one that is in the namespace already."""
    source = getattr(sources, name)
    return unset(source) | unset(source.credentials) | unset(source.credentials.remote_key)


def _brought(setting: str, is_there: Callable[[Any], Any]) -> Rule:
    """Nothing of AWS Secrets Manager comes into the cluster by itself."""
    return Rule(
        setting,
        lambda v: ~unset(v.secret_store) | is_there(v),
        "must have its secret in the namespace already, or secret_store, which brings it from AWS Secrets Manager",
    )


class GrafanaInputs(ServiceInputs):
    """Grafana in a cluster: what it shows, who may look, and where what people make is kept."""

    cluster: Cluster = field("the EKS cluster")
    domain: DnsName = field("host by which people reach Grafana, over HTTPS")
    admin: Credentials = field("the administrator that there is from the beginning")
    encryption_key: SecretValue = field(
        "secret that Grafana encrypts the secrets in its database with; whoever changes it makes them unreadable"
    )
    secret_store: SecretStore | None = field(
        "how secrets of AWS Secrets Manager come into the cluster; left out, every secret is in the namespace already",
        default=None,
    )
    replicas: int = field("how many pods there are; one where there is no database to share", default=3, ge=1, le=20)
    database: PostgresInstance | None = field(
        "RDS instance that the module makes; left out, existing_database, or a file on the volume of the only replica",
        default=None,
    )
    existing_database: ExistingDatabase | None = field(
        "database that is there already; left out, database, or a file", default=None
    )
    database_ca_config_map: KubernetesName | None = field(
        "name of a ConfigMap of the namespace whose ca.crt has the authorities of the database's certificate, such as "
        "AWS's bundle of the region; left out, connections are encrypted, and the host's certificate is not looked at",
        default=None,
    )
    persistence: Persistence = field("volumes of the pods", default=Persistence())
    data_sources: DataSources = field("what is asked for metrics, logs and traces", default=DataSources())
    oidc: Oidc | None = field("single sign-on; left out, people sign in with users of Grafana", default=None)
    ingress: Ingress | None = field("how browsers reach it; left out, within the cluster alone", default=None)
    metrics: Metrics | None = field("objects of the Prometheus operator; left out, there are none", default=None)
    dashboards: Annotated[list[Dashboard], Unique()] = field(
        "which of the module's dashboards there are: those of what the cluster has; those of others always are",
        default=[
            "backups",
            "certificates",
            "dns",
            "gateway",
            "grafana",
            "kubernetes",
            "mesh",
            "observability",
            "secrets",
        ],
    )
    dashboard_namespaces: Annotated[list[NamespaceName], Unique()] = field(
        'further namespaces whose ConfigMaps with the label grafana_dashboard: "1" are dashboards; left out, none',
        default=[],
    )
    namespace: NamespaceName = field("the namespace that Grafana runs in", default="grafana")
    create_namespace: bool = field(
        "whether the module makes and owns the namespace; otherwise it must exist", default=True
    )
    release_name: ReleaseName = field("name of the release, the service and the pods", default="grafana")
    cpu_request: CpuQuantity = field("CPU that a replica is sure of", default="250m")
    memory_mebibytes: int = field("memory that a replica is sure of, and stopped at, in MiB", default=1024, ge=256)
    priority_class_name: str = field("priority class of the pods; empty: none", default="")
    network_policies: bool = field(
        "whether a NetworkPolicy lets in nothing but Grafana's own port, and its replicas to one another", default=True
    )
    images: Images = field("container images of the status report", default=Images())
    extra_values: PassedThrough = field("further values of the grafana chart", default={})

    rules = (
        Rule(
            "existing_database",
            lambda v: unset(v.database) | unset(v.existing_database),
            "must not be given together with database: remove one of them",
        ),
        Rule(
            "replicas",
            lambda v: equals(v.replicas, 1) | ~(unset(v.database) & unset(v.existing_database)),
            "must be 1 without a database that the replicas share, or each has users and dashboards of its own: "
            "give database or existing_database",
            shows=("replicas",),
        ),
        # https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
        Rule(
            "persistence",
            lambda v: (
                equals(v.replicas, 1)
                | equals(v.persistence.claims, "per_replica")
                | equals(v.persistence.access_mode, "ReadWriteMany")
            ),
            "must not be one ReadWriteOnce volume for several replicas, which only one node can mount: set claims to "
            "per_replica, or access_mode to ReadWriteMany with a class of EFS",
            shows=("replicas", "persistence.claims", "persistence.access_mode", "persistence.storage_class"),
        ),
        _brought("database", lambda v: unset(v.database)),
        _brought(
            "existing_database",
            lambda v: unset(v.existing_database) | unset(v.existing_database.credentials.remote_key),
        ),
        _brought("admin", lambda v: unset(v.admin.remote_key)),
        _brought("encryption_key", lambda v: unset(v.encryption_key.remote_key)),
        _brought("oidc", lambda v: unset(v.oidc) | unset(v.oidc.client_secret.remote_key)),
        _brought(
            "metrics",
            lambda v: unset(v.metrics) | unset(v.metrics.credentials) | unset(v.metrics.credentials.remote_key),
        ),
        _brought(
            "data_sources",
            lambda v: (
                _local(v.data_sources, "loki") & _local(v.data_sources, "tempo") & _local(v.data_sources, "mimir")
            ),
        ),
        Rule(
            "metrics",
            lambda v: unset(v.metrics) | unset(v.ingress) | ~unset(v.metrics.credentials),
            "must have credentials together with ingress: /metrics would be open to whoever reaches it",
        ),
        Rule(
            "create_namespace",
            # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
            lambda v: ~v.create_namespace | ~matches(v.namespace, "default|kube-.*"),
            "must be false for default, which every cluster has, and for names that begin with kube-, which are "
            "Kubernetes' own",
            shows=("namespace",),
        ),
    )
