"""What may be set: where traces are kept and for how long, what runs how often, who gets in, what is made of traces."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import (
    AlarmInputs,
    Autoscaled,
    Cluster,
    CrdUpgrade,
    ExternalSecret,
    Gateway,
    Replicated,
    User,
    UserSecret,
    Workload,
)
from groundplan.framework import Inputs, Rule, any_of, equals, field, length, matches
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import (
    BucketName,
    ImageReference,
    KmsKeyArn,
    KubernetesName,
    Labels,
    NamespaceName,
    PassedThrough,
    PolicyArn,
    RegionName,
    ResourceName,
    Tags,
    TopicArn,
)

__all__ = [
    "Autoscaled",
    "ExternalSecret",
    "Gateway",
    "Images",
    "Ingesters",
    "Limits",
    "Metrics",
    "MetricsGenerator",
    "Receivers",
    "Replicated",
    "Storage",
    "TempoInputs",
    "Tenant",
    "User",
    "UserSecret",
]

TenantName = Annotated[
    str,
    # the name of a user of the gateway too, and the value of a header
    # https://grafana.com/docs/tempo/latest/operations/manage-advanced-systems/multitenancy/
    Pattern("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "at most 63 of a-z, 0-9 and -, with no - at its beginning or end"),
]
ZoneName = Annotated[
    str, Pattern("[a-z]{2}(-[a-z]+)+-[0-9][a-z]", "the name of an availability zone, such as us-east-1a")
]
Url = Annotated[str, Pattern("https?://[!-~]+", "a URL without spaces that begins with http:// or https://")]


class Ingesters(Workload):
    """What takes traces in, holds them until they are whole, and writes them to S3; each is in three of them."""

    replicas: int = field("how many there are in all zones together", default=3, ge=1, le=99)
    volume_gib: int = field("size of the volume of each, for what is not in S3 yet, in GiB", default=20, ge=1, le=1000)
    memory_mebibytes: int = field("memory that each is sure of, and stopped at, in MiB", default=2048, ge=256)


class Storage(Inputs):
    """The bucket, which another module makes."""

    bucket_name: BucketName = field("name of the bucket of traces")
    kms_key_arn: KmsKeyArn = field("ARN of the key that it is encrypted with")
    region: RegionName | None = field("region of the bucket; left out, the provider's", default=None)


class Receivers(Inputs):
    """In which forms traces may come, all of them by the gateway."""

    otlp_grpc: bool = field("OTLP over gRPC, at port 4317", default=True)
    otlp_http: bool = field("OTLP over HTTP, at /v1/traces", default=True)
    jaeger_thrift_http: bool = field("Jaeger's Thrift over HTTP, at /jaeger/api/traces", default=False)
    zipkin: bool = field("Zipkin's JSON, at /zipkin/spans", default=False)

    rules = (
        Rule(
            "otlp_grpc",
            lambda v: any_of(v.otlp_grpc, v.otlp_http, v.jaeger_thrift_http, v.zipkin),
            "must be true where no other receiver is: traces would have no way in",
            shows=("otlp_grpc",),
        ),
    )


class MetricsGenerator(Replicated):
    """Metrics that are made of traces: how often services call each other, how long it takes, how often it fails."""

    remote_write_url: Url = field("where they are written to, such as Mimir's, under the tenant that the traces are of")
    writer: User | None = field(
        "whom the address lets in: one that may write in the name of every tenant; left out, it asks for nobody",
        default=None,
    )
    processors: Annotated[list[Literal["service-graphs", "span-metrics"]], Unique()] = field(
        "what is made of every tenant's traces", default=["service-graphs", "span-metrics"], min_length=1
    )


class Limits(Inputs):
    """Limits of every tenant that has none of its own.

    https://grafana.com/docs/tempo/latest/configuration/#overrides
    """

    rate_limit_mb: int = field("how much a tenant may send, in MB a second", default=15, ge=1, le=1000)
    burst_size_mb: int = field("how much it may send at once, in MB", default=20, ge=1, le=2000)
    max_traces_per_user: int = field(
        "how many traces of a tenant an ingester may be waiting for", default=10000, ge=100, le=10000000
    )
    max_mb_per_trace: int = field("how large a trace may be, in MB; the rest of it is refused", default=5, ge=1, le=200)
    max_search_hours: int = field("how long a time a search may be about, in hours", default=168, ge=1, le=8760)

    rules = (
        Rule(
            "burst_size_mb",
            lambda v: v.burst_size_mb >= v.rate_limit_mb,
            "must be rate_limit_mb or more, or the rate is never reached",
            shows=("burst_size_mb", "rate_limit_mb"),
        ),
    )


class Tenant(Limits):
    """A tenant with limits of its own: all of them, since Tempo takes none from the others then."""

    retention_days: int = field("how long its traces are kept, in days", default=14, ge=1, le=365)


class Metrics(Inputs):
    """How Tempo's metrics and alert rules are found; needs the Prometheus operator's kinds."""

    labels: Labels = field("labels that monitors and rules are selected by", default={"release": "prometheus"})
    interval_seconds: int = field("how often the metrics are read, in seconds", default=30, ge=5, le=300)


class Images(Inputs):
    """Container images of the status report, each with an exact version; those of the chart are its own."""

    kubectl: ImageReference = field(
        "an image with kubectl and a shell, for crd_upgrade with wget, awk, sha256sum and tar too, as Alpine's has",
        default="docker.io/alpine/kubectl:1.34.2",
    )
    aws_cli: ImageReference = field(
        "an image with the AWS CLI, which publishes what was found", default="public.ecr.aws/aws-cli/aws-cli:2.36.46"
    )


class TempoInputs(AlarmInputs):
    """Traces of one cluster or of many, by tenant.

    There is no key and no log group: what is kept is in a bucket that another module makes, and on volumes of a storage
    class.
    """

    name: ResourceName = field(
        "prefix of the names of everything the module makes in AWS, by custom <environment>-<service>", max_length=40
    )
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic that alarms go to")
    permissions_boundary_arn: PolicyArn | None = field(
        "ARN of the IAM policy that bounds every role of the module; left out, roles have no boundary", default=None
    )
    tags: Tags = field("tags on everything that takes them, over those of the provider's default_tags", default={})
    cluster: Cluster = field("the EKS cluster")
    storage: Storage = field("where traces are kept")
    gateway: Gateway = field("the way in, and who gets in")
    zones: Annotated[list[ZoneName], Unique()] = field(
        "the three availability zones of the ingesters, which nodes must be in; left out, ingesters are anywhere, and "
        "a trace is in one of them alone: for environments without traces of value",
        default=[],
    )
    receivers: Receivers = field("in which forms traces may come", default=Receivers())
    retention_days: int = field("how long traces are kept, in days", default=14, ge=1, le=365)
    limits: Limits = field("what every tenant may send and ask for", default=Limits())
    tenants: dict[TenantName, Tenant] = field("tenants with limits of their own, by name; left out, none", default={})
    metrics_generator: MetricsGenerator | None = field(
        "metrics that are made of traces; left out, none are", default=None
    )
    storage_class: KubernetesName = field("class of the volumes: encrypted gp3", default="gp3")
    ingesters: Ingesters = field("what takes traces in", default=Ingesters())
    distributors: Autoscaled = field("what checks traces, and hands them to ingesters", default=Autoscaled())
    queriers: Autoscaled = field("what looks for traces", default=Autoscaled(memory_mebibytes=1024))
    query_frontends: Autoscaled = field(
        "what cuts searches into parts", default=Autoscaled(min_replicas=3, max_replicas=6)
    )
    compactors: Replicated = field(
        "what makes few large blocks of many small ones, and deletes what has been kept for long enough",
        default=Replicated(memory_mebibytes=1024),
    )
    memcached: Replicated = field("what keeps answers of S3 for a while", default=Replicated(memory_mebibytes=1024))
    namespace: NamespaceName = field("the namespace that Tempo runs in", default="tempo")
    create_namespace: bool = field(
        "whether the module makes and owns the namespace; otherwise it must exist", default=True
    )
    collector_namespace: NamespaceName = field(
        "the namespace whose pods read metrics: they alone get past the gateway, as each component serves its metrics "
        "and its API on one port",
        default="monitoring",
    )
    network_policies: bool = field(
        "whether NetworkPolicies let nothing in but by the gateway; false where somebody else makes them", default=True
    )
    metrics: Metrics | None = field(
        "objects of the Prometheus operator; left out, CloudWatch alone raises alarms", default=None
    )
    alarm_after_minutes: int = field(
        "for how many minutes replicas may be missing, or the status report silent, before the alarm",
        default=15,
        ge=10,
        le=240,
    )
    images: Images = field("container images of the status report", default=Images())
    crd_upgrade: CrdUpgrade | None = field(
        "brings the definitions of the rollout operator's kinds to the version of the "
        "rollout-operator chart before each upgrade, as Helm does not; left out, a person does, as the README says",
        default=None,
    )
    extra_values: PassedThrough = field("further values of the tempo-distributed chart", default={})
    rollout_operator_extra_values: PassedThrough = field(
        "further values of the rollout-operator chart, which rolls ingesters zone by zone", default={}
    )

    rules = (
        Rule(
            "zones",
            lambda v: equals(length(v.zones), 0) | equals(length(v.zones), 3),
            "must be three, or none: each trace is kept in one ingester of each",
            shows=("zones",),
        ),
        Rule(
            "ingesters",
            lambda v: equals(length(v.zones), 0) | equals(v.ingesters.replicas % 3, 0),
            "must have as many replicas in each of the three zones",
            shows=("ingesters.replicas",),
        ),
        Rule(
            "namespace",
            # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
            lambda v: ~v.create_namespace | ~matches(v.namespace, "default|kube-.*"),
            "must be another one where create_namespace is true: every cluster has default, and names that begin with "
            "kube- are Kubernetes' own",
            shows=("namespace",),
        ),
    )
