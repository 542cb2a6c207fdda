"""Log groups: how long records stay, what is hidden in them, what is counted, and where they go from there."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import Inputs, Rule, count_set, field, length, matches, unset
from groundplan.framework.constraints import Arn, Length, Pattern, Unique
from groundplan.framework.types import FunctionArn, LogRetentionDays

from .alarm_inputs import MetricName, MetricNamespace

__all__ = ["FirehoseArn", "LogGroup", "LogGroupName", "MetricFilter", "Subscription"]

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
LogGroupName = Annotated[
    str, Pattern("[A-Za-z0-9_/.#-]{1,512}", "the name of a log group: at most 512 letters, digits and _ / . # -")
]
PartName = Annotated[
    str, Pattern("[a-z][a-z0-9-]{0,62}[a-z0-9]", "2 to 64 lower-case letters, digits and hyphens, after a letter")
]
FirehoseArn = Annotated[
    str,
    Arn("firehose", "deliverystream/[A-Za-z0-9_.-]{1,64}", "arn:aws:firehose:us-east-1:111122223333:deliverystream/x"),
]
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/protect-sensitive-log-data-types.html
DataIdentifier = Annotated[
    str,
    Pattern(
        "[A-Z][A-Za-z]+(-[A-Z]{2})?",
        "a managed data identifier of CloudWatch Logs, such as CreditCardNumber or BankAccountNumber-DE",
    ),
]
FilterPattern = Annotated[str, Length(0, 1024)]


class MetricFilter(Inputs):
    """A metric that is made of records."""

    pattern: FilterPattern = field('which records count, such as { $.level = "error" }; empty, all')
    namespace: MetricNamespace = field("namespace of the metric")
    metric_name: MetricName = field("name of the metric")
    value: Annotated[str, Length(1, 100)] = field(
        "what a record adds: a number, or a field such as $.duration_ms", default="1"
    )
    default_value: float | None = field(
        "what is told of a minute with records of which none counts; left out, nothing", default=None
    )
    dimensions: dict[str, str] = field(
        "dimensions, each with the field that it is taken of, such as $.route: each value of it is a metric that costs",
        default={},
        max_length=3,
    )
    unit: Literal["None", "Count", "Seconds", "Milliseconds", "Bytes", "Percent"] = field(
        "unit of the metric", default="None"
    )

    rules = (
        Rule(
            "default_value",
            # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html
            lambda v: unset(v.default_value) | (length(v.dimensions) == 0),
            "must be left out with dimensions: CloudWatch would not know of which",
            shows=("default_value",),
        ),
        Rule(
            "namespace",
            lambda v: ~matches(v.namespace, "AWS/.*"),
            "must not begin with AWS/, which is for AWS's own",
            shows=("namespace",),
        ),
    )


class Subscription(Inputs):
    """Where records go as they come: to a Firehose, or to a function, such as one that writes to Loki."""

    pattern: FilterPattern = field("which records go; empty, all", default="")
    firehose_arn: FirehoseArn | None = field("ARN of the Firehose that gets them, in batches", default=None)
    function_arn: FunctionArn | None = field(
        "ARN of the function that gets them, such as Loki's lambda-promtail; the module lets CloudWatch Logs call it",
        default=None,
    )

    rules = (
        Rule(
            "firehose_arn",
            lambda v: count_set(v.firehose_arn, v.function_arn) == 1,
            "must be given, or function_arn in its place, and not both",
            shows=("firehose_arn", "function_arn"),
        ),
    )


class LogGroup(Inputs):
    """A log group that several may write to."""

    retention_days: LogRetentionDays | None = field(
        "how long records stay, in days; left out, as long as log_retention_days", default=None
    )
    log_group_class: Literal["STANDARD", "INFREQUENT_ACCESS"] = field(
        "INFREQUENT_ACCESS costs half, and can neither be counted, hidden in nor sent on; cannot be changed later",
        default="STANDARD",
    )
    masked: Annotated[list[DataIdentifier], Unique()] = field(
        "what is hidden from whoever may not logs:Unmask, in what comes from then on", default=[], max_length=100
    )
    metric_filters: dict[PartName, MetricFilter] = field("metrics that are made of its records", default={})
    subscriptions: dict[PartName, Subscription] = field("where its records go", default={}, max_length=2)

    rules = (
        Rule(
            "log_group_class",
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
            lambda v: (
                (v.log_group_class == "STANDARD")
                | ((length(v.masked) == 0) & (length(v.metric_filters) == 0) & (length(v.subscriptions) == 0))
            ),
            "must be STANDARD with masked, metric_filters or subscriptions",
            shows=("log_group_class",),
        ),
    )
