"""What may be set: what is collected, where it goes and as whom, and what the collectors may use."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import AlarmInputs, Autoscaled, Cluster, Replicated, SecretSource, Workload
from groundplan.framework import EachRule, Inputs, Rule, count_set, equals, field, matches
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import (
    ImageReference,
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

from .cloudwatch_inputs import CloudWatch, LabelName, PublishedMetrics

__all__ = [
    "Autoscaled",
    "CloudWatch",
    "CollectorsInputs",
    "Destination",
    "ExternalSecret",
    "Images",
    "LogCollector",
    "MetricsCollector",
    "Mimir",
    "Password",
    "PublishedMetrics",
    "Replicated",
    "TraceCollector",
    "XRay",
]

TenantName = Annotated[
    str,
    # the name of a user of the gateways too, and the value of a header
    # https://grafana.com/docs/mimir/latest/configure/about-tenant-ids/
    Pattern("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "at most 63 of a-z, 0-9 and -, with no - at its beginning or end"),
]
Url = Annotated[str, Pattern("https?://[!-~]+", "a URL without spaces that begins with http:// or https://")]
MetricPattern = Annotated[
    str, Pattern("[a-zA-Z0-9_:.*+?|()\\[\\]^$-]{1,200}", "a regular expression of names of metrics")
]


class ExternalSecret(SecretSource):
    """A secret of AWS Secrets Manager that the External Secrets operator keeps in the cluster."""

    property: str = field("key of that object whose value is the password", default="password", min_length=1)


class Password(Inputs):
    """The password of the tenant's user at a gateway, which never passes through Terraform."""

    secret_name: KubernetesName | None = field(
        "name of a Secret of the namespace that is there already, whose key password it is; left out, external_secret "
        "says where it is",
        default=None,
    )
    external_secret: ExternalSecret | None = field(
        "where it is in AWS Secrets Manager; left out, secret_name says where it is", default=None
    )

    rules = (
        Rule(
            "secret_name",
            lambda v: equals(count_set(v.secret_name, v.external_secret), 1),
            "must be given when external_secret is not, and only then",
            shows=("secret_name",),
        ),
    )


class Destination(Inputs):
    """Where something is kept, as the gateway of its store has it."""

    url: Url = field(
        "where it is sent: for logs the address that ends in /loki/api/v1/push, for metrics the one that ends in "
        "/api/v1/push, for traces the address before /v1/traces"
    )
    password: Password | None = field(
        "the password of the user that is called as the tenant is; left out, none is sent, for a store that lets "
        "everybody in",
        default=None,
    )


class Mimir(Destination):
    """Where metrics are kept, and rules over them."""

    ruler_url: Url | None = field(
        "address of Mimir without a path, to which the cluster's PrometheusRules are taken; left out, they are read by "
        "nobody here",
        default=None,
    )


class LogCollector(Workload):
    """What reads logs: one pod on each node."""

    pods_by: Literal["api", "files"] = field(
        "how logs of pods are read: api, through the API server, which needs nothing of the node; files, from "
        "/var/log/pods of the node, as root, which spares the API server and misses nothing while it is away",
        default="api",
    )
    journal: bool = field(
        "whether the journal of each node is read too, the kubelet's and the container runtime's logs in it; needs "
        "/var/log of the node, as root",
        default=False,
    )
    excluded_namespaces: Annotated[list[NamespaceName], Unique()] = field(
        "namespaces whose pods' logs are not collected", default=[]
    )
    extra_configuration: str = field(
        "further blocks of Alloy's configuration; loki.process.kept.receiver takes logs on their way to Loki",
        default="",
        max_length=20000,
    )


class MetricsCollector(Replicated):
    """What reads metrics, rules and events: several pods that share the work."""

    memory_mebibytes: int = field("memory that each is sure of, and stopped at, in MiB", default=2048, ge=256)
    volume_gib: int = field(
        "size of the volume of each, for what Mimir has not taken yet, in GiB", default=10, ge=1, le=1000
    )
    storage_class: KubernetesName = field("class of the volumes: encrypted gp3", default="gp3")
    interval_seconds: int = field(
        "how often metrics are read whose monitor does not say, in seconds", default=60, ge=5, le=300
    )
    monitor_labels: Labels = field(
        "labels by which ServiceMonitors, PodMonitors, Probes and PrometheusRules are selected, in all namespaces; an "
        "empty map selects all",
        default={"release": "prometheus"},
    )
    monitor_secrets: dict[NamespaceName, list[KubernetesName]] = field(
        "Secrets that monitors name for what they read, by namespace; left out, the collector may read none",
        default={},
    )
    kubelet: bool = field("whether the metrics of kubelets and of containers (cAdvisor) are read", default=True)
    api_server: bool = field("whether the metrics of the API server are read", default=True)
    events: bool = field("whether events of Kubernetes are taken to Loki as logs; needs loki too", default=True)
    dropped_metrics: Annotated[list[MetricPattern], Unique()] = field(
        "regular expressions of names of metrics that are not kept, such as apiserver_request_body_.*", default=[]
    )
    extra_configuration: str = field(
        "further blocks of Alloy's configuration; prometheus.relabel.kept.receiver takes metrics on their way to Mimir",
        default="",
        max_length=20000,
    )


class TraceCollector(Autoscaled):
    """What takes traces in from applications and proxies, by OTLP at the ports 4317 (gRPC) and 4318 (HTTP)."""

    jaeger: bool = field("whether Jaeger's gRPC (14250) and Thrift over HTTP (14268) are taken too", default=False)
    zipkin: bool = field("whether Zipkin's spans (9411) are taken too", default=False)
    extra_configuration: str = field(
        "further blocks of Alloy's configuration; otelcol.processor.memory_limiter.traces.input takes traces on their "
        "way to Tempo",
        default="",
        max_length=20000,
    )


class XRay(Autoscaled):
    """The ADOT collector, which takes traces to AWS X-Ray."""

    region: RegionName | None = field("region that traces are kept in; left out, the provider's", default=None)
    sampling_percent: float = field(
        "how many of a hundred traces X-Ray gets, which are paid for each; Tempo gets all", default=100, ge=0.01, le=100
    )
    indexed_attributes: Annotated[list[str], Unique()] = field(
        "attributes of spans that traces can be searched by in X-Ray, 50 at most a trace", default=[], max_length=50
    )


class Images(Inputs):
    """Container images of the ADOT collectors and the status report; Alloy's is the chart's own."""

    adot: ImageReference = field(
        "the ADOT collector", default="public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0"
    )
    kubectl: ImageReference = field("an image with kubectl and a shell", default="docker.io/alpine/kubectl:1.34.2")
    aws_cli: ImageReference = field(
        "an image with the AWS CLI, which publishes what was found", default="public.ecr.aws/aws-cli/aws-cli:2.36.46"
    )


class CollectorsInputs(AlarmInputs):
    """What is collected of one cluster, and where it goes.

    There is no key and no log group of its own: what is collected is kept elsewhere, and on volumes of a storage class.
    """

    name: ResourceName = field(
        "prefix of the names of everything the module makes in AWS, by custom <environment>-<service>", max_length=40
    )
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic that alarms go to")
    permissions_boundary_arn: PolicyArn | None = field(
        "ARN of the IAM policy that bounds every role of the module; left out, roles have no boundary", default=None
    )
    tags: Tags = field("tags on everything that takes them, over those of the provider's default_tags", default={})
    cluster: Cluster = field("the EKS cluster, whose name is the label cluster of all that is collected")
    tenant: TenantName = field("the tenant that all of it belongs to, and the name of its user at the gateways")
    labels: dict[LabelName, str] = field("labels of all logs and metrics beside cluster", default={})
    loki: Destination | None = field("where logs and events go; left out, none are collected", default=None)
    mimir: Mimir | None = field("where metrics and rules go; left out, none are collected", default=None)
    tempo: Destination | None = field("where traces go; left out, not to Tempo", default=None)
    xray: XRay | None = field("what takes traces to AWS X-Ray as well; left out, X-Ray gets none", default=None)
    cloudwatch: CloudWatch | None = field(
        "which metrics of pods CloudWatch gets as well; left out, it gets none", default=None
    )
    logs: LogCollector = field("what reads logs", default=LogCollector(memory_mebibytes=256, cpu_request="50m"))
    metrics: MetricsCollector = field("what reads metrics, rules and events", default=MetricsCollector())
    traces: TraceCollector = field("what takes traces in", default=TraceCollector())
    namespace: NamespaceName = field("the namespace that the collectors run in", default="monitoring")
    create_namespace: bool = field(
        "whether the module makes and owns the namespace; otherwise it must exist", default=True
    )
    network_policies: bool = field(
        "whether NetworkPolicies let nothing in but traces, and collectors to each other; false where somebody else "
        "makes them",
        default=True,
    )
    alarm_after_minutes: int = field(
        "for how many minutes replicas may be missing, or the status report silent, before the alarm",
        default=15,
        ge=10,
        le=240,
    )
    images: Images = field("container images", default=Images())
    logs_extra_values: PassedThrough = field("further values of the alloy chart for what reads logs", default={})
    metrics_extra_values: PassedThrough = field("further values of the alloy chart for what reads metrics", default={})
    traces_extra_values: PassedThrough = field("further values of the alloy chart for what takes traces", default={})
    xray_extra_values: PassedThrough = field(
        "further values of the opentelemetry-collector chart for what takes traces to X-Ray", default={}
    )
    cloudwatch_extra_values: PassedThrough = field(
        "further values of the opentelemetry-collector chart for what takes metrics to CloudWatch", default={}
    )

    rules = (
        Rule(
            "loki",
            lambda v: count_set(v.loki, v.mimir, v.tempo, v.xray, v.cloudwatch) >= 1,
            "must be given where mimir, tempo, xray and cloudwatch are not: nothing would be collected",
            shows=("loki",),
        ),
        EachRule(
            "labels",
            lambda _, name, __: ~matches(name, "cluster"),
            "must have another name: the module sets cluster itself, by the name of the cluster",
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
