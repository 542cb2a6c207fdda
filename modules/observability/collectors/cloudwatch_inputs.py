"""What may be set of metrics that CloudWatch gets: whose, which, and what tells them apart there."""

from __future__ import annotations

from typing import Annotated

from groundplan.building import Replicated
from groundplan.framework import EachRule, Inputs, Rule, contains, field, matches
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import NamespaceName, RegionName

__all__ = ["CloudWatch", "LabelName", "PublishedMetrics"]

LabelName = Annotated[
    # https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
    str, Pattern("[a-zA-Z_][a-zA-Z0-9_]*", "letters, digits and _, not beginning with a digit")
]
MetricName = Annotated[
    # as above
    str, Pattern("[a-zA-Z_:][a-zA-Z0-9_:]*", "a name of Prometheus's: letters, digits, _ and :, no digit first")
]
PartName = Annotated[
    str, Pattern("[a-z][a-z0-9-]{0,62}[a-z0-9]", "2 to 64 lower-case letters, digits and hyphens, after a letter")
]


class PublishedMetrics(Inputs):
    """Metrics that are told apart by the same labels."""

    names: Annotated[list[MetricName], Unique()] = field(
        "their names; of a histogram without _bucket, _count and _sum: CloudWatch gets its count and its sum",
        min_length=1,
        max_length=50,
    )
    dimensions: Annotated[list[LabelName], Unique()] = field(
        "labels that CloudWatch tells them apart by, beside ClusterName: each combination of values is a metric that "
        "is paid for, and what differs in other labels is added up; a metric that lacks one is not published",
        # of ten with ClusterName, more the exporter leaves out
        # https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/exporter/awsemfexporter/metric_declaration.go
        max_length=9,
    )


class CloudWatch(Replicated):
    """Metrics of pods that say where they have them (prometheus.io/scrape, port and path), in CloudWatch as well.

    ADOT reads them by itself and writes them as records in the embedded metric format, so they are there when Mimir is
    what is down. Each replica reads its share of the pods.
    """

    namespace: Annotated[
        str,
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Namespace
        Pattern(r"[0-9A-Za-z._/#-][0-9A-Za-z._/#: -]{0,254}", "a namespace of metrics, such as Mesh"),
    ] = field("namespace of the metrics in CloudWatch")
    log_group_name: Annotated[
        str,
        Pattern("[A-Za-z0-9_/.#-]{1,512}", "the name of a log group: at most 512 letters, digits and _ / . # -"),
    ] = field("the log group, which must be there, that the records are written to")
    metrics: dict[PartName, PublishedMetrics] = field("what is published, in groups", min_length=1)
    pods_of: Annotated[list[NamespaceName], Unique()] = field(
        "namespaces whose pods are read; an empty list reads all", default=[]
    )
    interval_seconds: int = field("how often they are read, in seconds", default=60, ge=10, le=300)
    region: RegionName | None = field("region of the log group; left out, the provider's", default=None)

    rules = (
        Rule(
            "namespace",
            lambda v: ~matches(v.namespace, "AWS/.*"),
            "must not begin with AWS/, which is for AWS's own",
            shows=("namespace",),
        ),
        EachRule(
            "metrics",
            lambda _, __, one: ~contains(one.dimensions, "ClusterName"),
            "must not name ClusterName among its dimensions: every metric has it",
        ),
    )
