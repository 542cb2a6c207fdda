"""What may be set: where logs are kept and for how long, what runs how often, who gets in."""

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
from groundplan.framework import Inputs, Rule, equals, field, is_set, length, matches, unset
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import (
    BucketName,
    CpuQuantity,
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

from .limit_inputs import Limits, Tenant

__all__ = [
    "Autoscaled",
    "Cache",
    "ExternalSecret",
    "Gateway",
    "Images",
    "Ingesters",
    "LokiInputs",
    "Metrics",
    "Replicated",
    "Ruler",
    "Storage",
    "Stored",
    "User",
    "UserSecret",
    "Workload",
]

TenantName = Annotated[
    str,
    # the name of a user of the gateway too, and the value of a header
    # https://grafana.com/docs/loki/latest/operations/multi-tenancy/
    Pattern("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "at most 63 of a-z, 0-9 and -, with no - at its beginning or end"),
]
Day = Annotated[str, Pattern("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "a day, such as 2025-01-01")]
ZoneName = Annotated[
    str, Pattern("[a-z]{2}(-[a-z]+)+-[0-9][a-z]", "the name of an availability zone, such as us-east-1a")
]
Url = Annotated[str, Pattern("https?://[!-~]+", "a URL without spaces that begins with http:// or https://")]


class Stored(Replicated):
    """Pods with a volume each."""

    volume_gib: int = field("size of the volume of each, in GiB", default=10, ge=1, le=1000)


class Ingesters(Workload):
    """What takes logs in, holds them for some hours, and writes them to S3; each line is in three of them."""

    replicas: int = field("how many there are in all zones together; a multiple of three", default=3, ge=3, le=99)
    volume_gib: int = field("size of the volume of each, for what is not in S3 yet, in GiB", default=20, ge=1, le=1000)
    memory_mebibytes: int = field("memory that each is sure of, and stopped at, in MiB", default=2048, ge=256)

    rules = (
        Rule(
            "replicas",
            lambda v: equals(v.replicas % 3, 0),
            "must be a multiple of three: as many in each zone",
            shows=("replicas",),
        ),
    )


class Cache(Inputs):
    """memcached, which spares S3 and queriers the same work twice."""

    replicas: int = field("how many there are", default=3, ge=1, le=20)
    memory_mebibytes: int = field("what each may hold, in MiB; its pod asks for a fifth more", default=1024, ge=64)
    cpu_request: CpuQuantity = field("CPU that a replica is sure of", default="250m")


class Storage(Inputs):
    """The buckets, which another module makes."""

    bucket_name: BucketName = field("name of the bucket of logs and their index")
    ruler_bucket_name: BucketName = field("name of the bucket of alert and recording rules")
    kms_key_arn: KmsKeyArn = field("ARN of the key that both are encrypted with")
    region: RegionName | None = field("region of both; left out, the provider's", default=None)
    schema_from: Day = field(
        "first day of the index's schema (v13, TSDB), in UTC; in the past for a new bucket, and never changed after",
        default="2025-01-01",
    )

    rules = (
        Rule(
            "ruler_bucket_name",
            lambda v: v.ruler_bucket_name != v.bucket_name,
            "must be another one than bucket_name: a lifecycle that ends logs would end rules too",
            shows=("ruler_bucket_name",),
        ),
    )


class Ruler(Stored):
    """What evaluates rules over logs, and tells an Alertmanager."""

    alertmanager_url: Url | None = field(
        "address of the Alertmanager, such as Mimir's gateway with its path; left out, rules are evaluated and nobody "
        "is told",
        default=None,
    )
    alertmanager_user: User | None = field(
        "whom that address lets in: at Mimir's gateway one of its rulers, which rings in the name of the tenant that a "
        "rule is of; its password is made of letters, digits and - . _ ~; left out, the address asks for nobody",
        default=None,
    )

    rules = (
        Rule(
            "alertmanager_user",
            lambda v: is_set(v.alertmanager_url) | unset(v.alertmanager_user),
            "must be left out without alertmanager_url: nobody asks for it",
        ),
    )


class Metrics(Inputs):
    """How Loki's metrics and alert rules are found; needs the Prometheus operator's kinds."""

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


class LokiInputs(AlarmInputs):
    """Logs of one cluster or of many, by tenant.

    There is no key and no log group: what is kept is in buckets that another module makes, and on volumes of a storage
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
    storage: Storage = field("where logs and rules are kept")
    gateway: Gateway = field("the way in, and who gets in")
    mode: Literal["distributed", "monolithic"] = field(
        "every component for itself, over three zones; or all in one pod, for environments without logs of value",
        default="distributed",
    )
    zones: Annotated[list[ZoneName], Unique()] = field(
        "the three availability zones of the ingesters, which nodes must be in; left out, only in monolithic mode",
        default=[],
    )
    retention_days: int = field("how long logs are kept, in days", default=31, ge=1, le=3650)
    limits: Limits = field("what every tenant may send and ask for", default=Limits())
    log_deletion: bool = field(
        "whether a tenant may have its own logs deleted before their time, by the API; who writes logs can then "
        "unwrite them",
        default=False,
    )
    tenants: dict[TenantName, Tenant] = field("what differs for a tenant, by its name; left out, nothing", default={})
    storage_class: KubernetesName = field("class of the volumes: encrypted gp3", default="gp3")
    ingesters: Ingesters = field("what takes logs in", default=Ingesters())
    distributors: Autoscaled = field("what checks logs, and hands them to ingesters", default=Autoscaled())
    queriers: Autoscaled = field("what looks for logs", default=Autoscaled(memory_mebibytes=2048))
    query_frontends: Autoscaled = field(
        "what cuts queries into parts", default=Autoscaled(min_replicas=3, max_replicas=6)
    )
    query_schedulers: Replicated = field("the queue of parts of queries", default=Replicated(memory_mebibytes=256))
    index_gateways: Stored = field("what reads the index for queriers", default=Stored(memory_mebibytes=1024))
    compactor: Stored = field(
        "what compacts the index and deletes what has been kept for long enough: one, always",
        default=Stored(replicas=1, volume_gib=20, memory_mebibytes=2048),
    )
    ruler: Ruler = field("what evaluates rules over logs", default=Ruler())
    monolith: Stored = field(
        "the one pod of monolithic mode", default=Stored(replicas=1, volume_gib=10, memory_mebibytes=1024)
    )
    chunks_cache: Cache | None = field(
        "memory for what was read from S3; left out, each query reads from S3", default=None
    )
    results_cache: Cache | None = field(
        "memory for what was answered; left out, each query is computed anew", default=None
    )
    namespace: NamespaceName = field("the namespace that Loki runs in", default="loki")
    create_namespace: bool = field(
        "whether the module makes and owns the namespace; otherwise it must exist", default=True
    )
    collector_namespace: NamespaceName = field(
        "the namespace whose pods read metrics: they alone get past the gateway, as each component serves its metrics "
        "and its API on one port",
        default="monitoring",
    )
    network_policies: bool = field(
        "whether NetworkPolicies let nothing in but by the gateway, and nothing out but to S3, STS, DNS and the "
        "Alertmanager; false where somebody else makes them",
        default=True,
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
    extra_values: PassedThrough = field("further values of the loki chart", default={})
    rollout_operator_extra_values: PassedThrough = field(
        "further values of the rollout-operator chart, which rolls ingesters zone by zone", default={}
    )

    rules = (
        Rule(
            "zones",
            lambda v: equals(v.mode, "monolithic") | equals(length(v.zones), 3),
            "must be three in distributed mode: each line is kept in one ingester of each",
            shows=("zones",),
        ),
        Rule(
            "compactor",
            lambda v: equals(v.compactor.replicas, 1),
            "must have one replica: two would delete what the other is compacting",
            shows=("compactor.replicas",),
        ),
        Rule(
            "monolith",
            lambda v: equals(v.monolith.replicas, 1),
            "must have one replica; for more there is distributed mode",
            shows=("monolith.replicas",),
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
