"""What may be set: where metrics are kept and for how long, what runs how often, who gets in, who hears of alerts."""

from __future__ import annotations

from typing import Annotated

from groundplan.building import (
    AlarmInputs,
    Autoscaled,
    Cluster,
    CrdUpgrade,
    ExternalSecret,
    Replicated,
    UserSecret,
    Workload,
)
from groundplan.building import Gateway as TenantGateway
from groundplan.framework import Inputs, Rule, equals, field, length, matches, unset
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
    "Alerts",
    "Autoscaled",
    "Cache",
    "ExternalSecret",
    "Gateway",
    "Images",
    "Ingesters",
    "Kafka",
    "KafkaSecret",
    "Keda",
    "Metrics",
    "MimirInputs",
    "Replicated",
    "Storage",
    "StoreGateways",
    "Stored",
    "Workload",
]

TenantName = Annotated[
    str,
    # the name of a user of the gateway too, and the value of a header
    # https://grafana.com/docs/mimir/latest/configure/about-tenant-ids/
    Pattern("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "at most 63 of a-z, 0-9 and -, with no - at its beginning or end"),
]
ZoneName = Annotated[
    str, Pattern("[a-z]{2}(-[a-z]+)+-[0-9][a-z]", "the name of an availability zone, such as us-east-1a")
]
Url = Annotated[str, Pattern("https?://[!-~]+", "a URL without spaces that begins with http:// or https://")]
BrokerAddress = Annotated[
    str,
    Pattern("[a-z0-9]([a-z0-9.-]*[a-z0-9])?:[0-9]{2,5}", "the host and port of a broker, such as b-1.example.com:9096"),
]
TopicName = Annotated[str, Pattern("[A-Za-z0-9._-]{1,249}", "at most 249 of A-Z, a-z, 0-9, ., _ and -")]


class Stored(Replicated):
    """Pods with a volume each."""

    volume_gib: int = field("size of the volume of each, in GiB", default=20, ge=1, le=16000)


class Ingesters(Workload):
    """What takes metrics in, holds them for hours, and writes them to S3; each sample is in three of them."""

    replicas: int = field("how many there are in all zones together", default=3, ge=1, le=300)
    volume_gib: int = field("size of the volume of each, for what is not in S3 yet, in GiB", default=50, ge=1, le=16000)
    memory_mebibytes: int = field("memory that each is sure of, and stopped at, in MiB", default=4096, ge=256)


class StoreGateways(Workload):
    """What reads blocks in S3 for queriers; each block is in the care of three of them."""

    replicas: int = field("how many there are in all zones together", default=3, ge=1, le=300)
    volume_gib: int = field(
        "size of the volume of each, for the indexes of its blocks, in GiB", default=20, ge=1, le=16000
    )
    memory_mebibytes: int = field("memory that each is sure of, and stopped at, in MiB", default=2048, ge=256)


class Cache(Inputs):
    """memcached, which spares S3 and queriers the same work twice."""

    replicas: int = field("how many there are", default=3, ge=1, le=20)
    memory_mebibytes: int = field(
        "what each may hold, in MiB; its pod asks for a fifth more, and 100 MiB", default=1024, ge=64
    )


class Storage(Inputs):
    """The buckets, which another module makes."""

    blocks_bucket_name: BucketName = field("name of the bucket of blocks: the metrics, and their indexes")
    ruler_bucket_name: BucketName = field("name of the bucket of alert and recording rules")
    alertmanager_bucket_name: BucketName = field("name of the bucket of silences, and of what was told to whom")
    kms_key_arn: KmsKeyArn = field("ARN of the key that all three are encrypted with")
    region: RegionName | None = field("region of all three; left out, the provider's", default=None)

    rules = (
        Rule(
            "ruler_bucket_name",
            lambda v: v.ruler_bucket_name != v.blocks_bucket_name,
            "must be another one than blocks_bucket_name: Mimir does not start with both in one place, and a lifecycle "
            "that ends metrics would end rules too",
            shows=("ruler_bucket_name",),
        ),
        Rule(
            "alertmanager_bucket_name",
            lambda v: (
                (v.alertmanager_bucket_name != v.blocks_bucket_name)
                & (v.alertmanager_bucket_name != v.ruler_bucket_name)
            ),
            "must be another one than blocks_bucket_name and ruler_bucket_name: Mimir does not start with two in one "
            "place",
            shows=("alertmanager_bucket_name",),
        ),
    )


class Alerts(Inputs):
    """Who hears of an alert, by its label severity: SNS topics, the same that alarms of CloudWatch lead to."""

    critical_topic_arn: TopicArn = field("ARN of the topic of critical alerts, which wake somebody")
    warning_topic_arn: TopicArn = field(
        "ARN of the topic of warnings, which can wait for the morning, and of alerts without a severity that is known"
    )
    info_topic_arn: TopicArn | None = field(
        "ARN of the topic of alerts with the severity info; left out, that of warnings", default=None
    )
    kms_key_arn: KmsKeyArn | None = field(
        "ARN of the key that the topics are encrypted with; left out, they have no key of their own", default=None
    )
    group_wait_seconds: int = field(
        "how long the first alert of a group waits for others, in seconds", default=30, ge=1, le=600
    )
    repeat_hours: int = field("after how many hours what still rings is told again", default=4, ge=1, le=168)


class Gateway(TenantGateway):
    """The one way in, for who writes and who reads: a user is a tenant, and can be no other."""

    writers: Annotated[list[TenantName], Unique()] = field(
        "users that are no tenants and write in the name of any, by the header X-Scope-OrgID, such as Tempo, which "
        "makes metrics of the traces of all; left out, nobody does",
        default=[],
    )
    rulers: Annotated[list[TenantName], Unique()] = field(
        "users that are no tenants and ring in the name of any, by the header X-Scope-OrgID, such as Loki's ruler, "
        "which evaluates the rules of all; left out, nobody does",
        default=[],
    )


class KafkaSecret(UserSecret):
    """A secret of AWS Secrets Manager with a user of MSK, as MSK wants it: a JSON object of username and password.

    https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html
    """

    key: Annotated[
        str, Pattern("AmazonMSK_[A-Za-z0-9/_+=.@-]{1,502}", "a name that begins with AmazonMSK_, as MSK asks for")
    ] = field("name of the secret in Secrets Manager")
    refresh_minutes: int = field("after how many minutes it is read again", default=60, ge=1, le=1440)


class Kafka(Inputs):
    """An MSK that metrics pass through on their way in: by TLS, with a user and SCRAM-SHA-512.

    https://grafana.com/docs/mimir/latest/configure/configure-kafka-backend/
    """

    brokers: Annotated[list[BrokerAddress], Unique()] = field(
        "hosts and ports of brokers to begin with: MSK's bootstrap_brokers_sasl_scram, at port 9096", min_length=1
    )
    topic: TopicName = field("name of the topic, which takes messages of 16000000 bytes", default="mimir-ingest")
    partitions: int = field(
        "how many partitions the topic has, or gets when it is not there: as many as ingesters of a zone, or more",
        default=100,
        ge=1,
        le=10000,
    )
    secret: KafkaSecret = field("the user that Mimir signs in with")


class Keda(Inputs):
    """KEDA, by which the chart gives distributors, queriers, query frontends and rulers more replicas with their work.

    https://grafana.com/docs/helm-charts/mimir-distributed/latest/configure/configure-autoscaling/
    """

    prometheus_url: Url = field(
        "address that is asked for the containers' CPU and memory, and Mimir's own metrics, in PromQL"
    )
    secret_name: KubernetesName | None = field(
        "name of a Secret of the namespace, whose keys username and password the address asks for; left out, it asks "
        "for none",
        default=None,
    )
    polling_seconds: int = field("how often it is asked, in seconds", default=30, ge=5, le=600)


class Metrics(Inputs):
    """How Mimir's own metrics and alert rules are found; needs the Prometheus operator's kinds."""

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


class MimirInputs(AlarmInputs):
    """Metrics of one cluster or of many, by tenant.

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
    storage: Storage = field("where metrics, rules and silences are kept")
    gateway: Gateway = field("the way in, and who gets in")
    alerts: Alerts = field("who hears of alerts, of all tenants")
    zones: Annotated[list[ZoneName], Unique()] = field(
        "the three availability zones of ingesters and store gateways, which nodes must be in; left out, these are "
        "anywhere, and a sample is in one ingester alone: for environments without metrics of value",
        default=[],
    )
    retention_days: int = field("how long metrics are kept, in days", default=400, ge=1, le=3650)
    limits: Limits = field("what every tenant may send and ask for", default=Limits())
    tenants: dict[TenantName, Tenant] = field("what differs for a tenant, by its name; left out, nothing", default={})
    kafka: Kafka | None = field(
        "an MSK that samples pass through, from distributors to ingesters; left out, ingesters take them directly",
        default=None,
    )
    keda: Keda | None = field(
        "how the number of replicas follows the work; left out, there are always as many as min_replicas says, and "
        "only the gateway has more with its work",
        default=None,
    )
    storage_class: KubernetesName = field("class of the volumes: encrypted gp3", default="gp3")
    ingesters: Ingesters = field("what takes metrics in", default=Ingesters())
    distributors: Autoscaled = field("what checks samples, and hands them to ingesters", default=Autoscaled())
    queriers: Autoscaled = field("what computes queries", default=Autoscaled(memory_mebibytes=2048))
    query_frontends: Autoscaled = field(
        "what cuts queries into parts", default=Autoscaled(min_replicas=3, max_replicas=6)
    )
    query_schedulers: Replicated = field("the queue of parts of queries", default=Replicated(memory_mebibytes=256))
    store_gateways: StoreGateways = field("what reads blocks in S3", default=StoreGateways())
    compactors: Stored = field(
        "what makes few large blocks of many small ones, and deletes what has been kept for long enough",
        default=Stored(volume_gib=50, memory_mebibytes=2048),
    )
    rulers: Autoscaled = field(
        "what evaluates alert and recording rules",
        default=Autoscaled(min_replicas=3, max_replicas=6, memory_mebibytes=1024),
    )
    alertmanagers: Stored = field(
        "what groups alerts, silences them and tells the topics", default=Stored(volume_gib=2, memory_mebibytes=256)
    )
    chunks_cache: Cache | None = field("memory for samples of S3; left out, each query reads from S3", default=None)
    index_cache: Cache | None = field(
        "memory for indexes of S3; left out, each store gateway keeps some in its own", default=None
    )
    metadata_cache: Cache | None = field(
        "memory for what there is in S3; left out, its lists are read again and again", default=None
    )
    results_cache: Cache | None = field(
        "memory for what was answered; left out, each query is computed anew", default=None
    )
    exporter_cpu_request: CpuQuantity = field("CPU that the exporter of the tenants' limits is sure of", default="50m")
    namespace: NamespaceName = field("the namespace that Mimir runs in", default="mimir")
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
    extra_values: PassedThrough = field("further values of the mimir-distributed chart", default={})
    rollout_operator_extra_values: PassedThrough = field(
        "further values of the rollout-operator chart, which rolls ingesters and store gateways zone by zone",
        default={},
    )

    rules = (
        Rule(
            "zones",
            lambda v: equals(length(v.zones), 0) | equals(length(v.zones), 3),
            "must be three, or none: each sample is kept in one ingester of each",
            shows=("zones",),
        ),
        Rule(
            "ingesters",
            lambda v: equals(length(v.zones), 0) | equals(v.ingesters.replicas % 3, 0),
            "must have as many replicas in each of the three zones",
            shows=("ingesters.replicas",),
        ),
        Rule(
            "store_gateways",
            lambda v: equals(length(v.zones), 0) | equals(v.store_gateways.replicas % 3, 0),
            "must have as many replicas in each of the three zones",
            shows=("store_gateways.replicas",),
        ),
        Rule(
            "kafka",
            # https://grafana.com/docs/mimir/latest/configure/configure-kafka-backend/#configure-ingest-storage
            lambda v: unset(v.kafka) | (v.kafka.partitions * 3 >= v.ingesters.replicas),
            "must have as many partitions as a zone has ingesters, or more: an ingester without one takes nothing",
            shows=("kafka.partitions", "ingesters.replicas"),
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
