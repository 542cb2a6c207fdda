"""What may be set: who is told of what, what is kept of what is said, what rings, and what is shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from groundplan.building import AlarmInputs, Cluster, GivenKey
from groundplan.framework import (
    EachRule,
    Inputs,
    Outputs,
    Rule,
    choose,
    contains,
    every,
    field,
    gathered,
    is_set,
    keys,
    length,
    matches,
    not_empty,
    output,
    picked,
    some,
    unset,
)
from groundplan.framework.constraints import Arn, Length, Pattern, Unique
from groundplan.framework.types import (
    AccountId,
    AddonVersion,
    LogRetentionDays,
    OrganizationId,
    PolicyArn,
    RegionName,
    ResourceName,
    Tags,
    TopicArn,
)

from .alarm_inputs import AlarmName, CompositeAlarm, MetricAlarm, MetricName, MetricNamespace
from .channel_inputs import Channel, Severities, Severity
from .dashboard_inputs import Dashboard
from .log_inputs import FirehoseArn, LogGroup, LogGroupName, PartName
from .objective_inputs import Objective

__all__ = [
    "Application",
    "CloudwatchInputs",
    "CloudwatchOutputs",
    "ContainerInsights",
    "Link",
    "MetricStream",
    "Sink",
]

DashboardName = Annotated[
    str,
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
    Pattern("[A-Za-z0-9_-]{1,200}", "at most 200 letters, digits and _ -"),
]
SinkArn = Annotated[
    str,
    Arn("oam", "sink/[0-9a-zA-Z-]+", "arn:aws:oam:us-east-1:111122223333:sink/00000000-0000-4000-8000-000000000000"),
]
SharedType = Literal["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup", "AWS::XRay::Trace"]
SharedTypes = Annotated[list[SharedType], Unique()]
EVERYTHING: list[SharedType] = ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup", "AWS::XRay::Trace"]


class ContainerInsights(Inputs):
    """The EKS add-on amazon-cloudwatch-observability: the CloudWatch agent and Fluent Bit on every node.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
    """

    addon_version: AddonVersion = field(
        "exact version of the add-on, as `aws eks describe-addon-versions` lists it for the cluster's Kubernetes"
    )
    enhanced_observability: bool = field(
        "whether every container and the control plane are measured too: costs by observation",
        default=True,
    )
    application_signals: bool = field(
        "whether applications that ask for it by annotation are instrumented, and their calls measured: costs by call",
        default=False,
    )
    container_logs: bool = field(
        "whether Fluent Bit writes what containers and nodes say: off where another collector reads it",
        default=True,
    )
    metrics_collection_interval_seconds: int = field(
        "how often the agent measures, in seconds", default=60, ge=10, le=3600
    )
    memory_limit_mebibytes: int = field(
        "memory of the agent on a node, in MiB: what many pods a node need more of", default=512, ge=256, le=8192
    )


class Application(Inputs):
    """An application with metrics of its own."""

    namespace: MetricNamespace = field("namespace of its metrics, which nobody else is let publish to by it")
    emf_log_group: LogGroupName | None = field(
        "log group, among log_groups, that it writes records in the embedded metric format to, of which CloudWatch "
        "makes metrics; left out, it calls PutMetricData",
        default=None,
    )

    rules = (
        Rule(
            "namespace",
            lambda v: ~matches(v.namespace, "AWS/.*"),
            "must not begin with AWS/, which is for AWS's own",
            shows=("namespace",),
        ),
    )


class MetricStream(Inputs):
    """Metrics that leave CloudWatch as they come, by a Firehose: a quarter of an hour quicker than asking for them."""

    firehose_arn: FirehoseArn = field("ARN of the Firehose that gets them")
    output_format: Literal["json", "opentelemetry0.7", "opentelemetry1.0"] = field(
        "how they are written", default="opentelemetry1.0"
    )
    namespaces: dict[MetricNamespace, Annotated[list[MetricName], Unique()]] = field(
        "namespaces that leave, each with the metrics of it that do, all where there are none; each metric costs",
        min_length=1,
        max_length=1000,
    )
    linked_accounts: bool = field("whether metrics of the accounts that share theirs leave too", default=False)


class Sink(Inputs):
    """Lets other accounts share what they measure with this one, in this region."""

    organization_id: OrganizationId | None = field(
        "organization whose accounts may share theirs; left out, those of account_ids", default=None
    )
    account_ids: Annotated[list[AccountId], Unique()] = field("accounts that may share theirs", default=[])
    resource_types: SharedTypes = field("what they may share", default=EVERYTHING, min_length=1)

    rules = (
        Rule(
            "account_ids",
            lambda v: is_set(v.organization_id) | (length(v.account_ids) > 0),
            "must have an account, or organization_id must be given",
        ),
    )


class Link(Inputs):
    """Shares what this account measures with another one, in this region."""

    sink_arn: SinkArn = field("ARN of the sink of the account that watches")
    label_template: Annotated[str, Length(1, 64)] = field("what this account is called there", default="$AccountName")
    resource_types: SharedTypes = field("what is shared", default=EVERYTHING, min_length=1)


class CloudwatchInputs(AlarmInputs):
    """Who is told of what, what is kept, what rings, and what is shown."""

    name: ResourceName = field(
        "prefix of the names of everything the module makes, by custom <environment>-cloudwatch", max_length=40
    )
    severities: Severities = field(
        "how bad things may be: an SNS topic each, <name>-<severity>", default=["critical", "warning"], min_length=1
    )
    channels: dict[PartName, Channel] = field(
        "who is told, each of one or more severities; each severity must have one, and there are none with topic_arns"
    )
    topic_arns: dict[Severity, TopicArn] = field(
        "ARN of the topic of each severity, where another call of the module has made topics and channels: then this "
        "one makes none",
        default={},
    )
    topic_regions: Annotated[list[RegionName], Unique()] = field(
        "other regions that have a topic of each severity too, with the same channels: an alarm reaches only topics of "
        "its own region",
        default=[],
    )
    own_severity: Severity = field("who is told of what the module itself watches", default="critical")
    log_groups: dict[LogGroupName, LogGroup] = field("log groups, by their names", default={})
    alarms: dict[AlarmName, MetricAlarm] = field("alarms on metrics, each called <name>-<its own>", default={})
    composite_alarms: dict[AlarmName, CompositeAlarm] = field("alarms on several of alarms together", default={})
    objectives: dict[AlarmName, Objective] = field(
        "objectives of services, each with an alarm a burn rate, called <name>-<its own>/<burn rate>", default={}
    )
    dashboards: dict[DashboardName, Dashboard] = field("dashboards, each called <name>-<its own>", default={})
    applications: dict[PartName, Application] = field("applications with metrics of their own", default={})
    container_insights: ContainerInsights | None = field(
        "what is measured of the cluster and its containers; left out, nothing by this module", default=None
    )
    cluster: Cluster | None = field(
        "the EKS cluster, for container_insights; with identity pod_identity it needs the agent of that",
        default=None,
    )
    metric_stream: MetricStream | None = field("metrics that leave by a Firehose; left out, none", default=None)
    sink: Sink | None = field("lets other accounts share theirs with this one; left out, none may", default=None)
    link: Link | None = field("shares what this account measures with another; left out, with none", default=None)
    kms_key: GivenKey | None = field(
        "key that encrypts topics and log groups: its policy must let CloudWatch, EventBridge and CloudWatch Logs use "
        "it; left out, the module makes its own with yearly rotation",
        default=None,
    )
    permissions_boundary_arn: PolicyArn | None = field(
        "ARN of the IAM policy that bounds every role of the module; left out, roles have no boundary", default=None
    )
    log_retention_days: LogRetentionDays = field(
        "how long log groups keep records that say nothing else, in days", default=365
    )
    tags: Tags = field("tags on everything that takes them, over those of the provider's default_tags", default={})

    rules = (
        Rule(
            "channels",
            lambda v: (length(v.topic_arns) == 0) | ((length(v.channels) == 0) & (length(v.topic_regions) == 0)),
            "must be left out with topic_arns, and topic_regions too: who made those topics says who hears of them",
        ),
        Rule(
            "channels",
            lambda v: not_empty(v.topic_arns) | every(v.severities, lambda _, severity: _heard(v, severity)),
            "must have one for each severity: an alarm of the others would tell nobody",
            finds=lambda v: picked(
                v.severities, lambda _, severity: severity, lambda _, severity: ~_heard(v, severity)
            ),
        ),
        EachRule(
            "channels",
            lambda v, _, channel: every(channel.severities, lambda _, severity: contains(v.severities, severity)),
            "must be among the module's severities",
            inside="severities",
            shows=("severities",),
            beside=("severities",),
        ),
        Rule(
            "own_severity",
            lambda v: _told(v, v.own_severity),
            "must be a severity that has a topic: one of severities, or of topic_arns where these are given",
            shows=("own_severity",),
        ),
        EachRule(
            "alarms",
            lambda v, _, alarm: unset(alarm.severity) | _told(v, alarm.severity),
            "must be a severity that has a topic: one of severities, or of topic_arns where these are given",
            inside="severity",
            shows=("severity",),
        ),
        # said of composite_alarms, which looks at alarms: Terraform lets two settings not look at each other
        Rule(
            "composite_alarms",
            lambda v: every(
                v.alarms,
                lambda name, alarm: is_set(alarm.severity) | some(v.composite_alarms, lambda _, c: _asks(c, name)),
            ),
            "must ask each alarm of alarms that has no severity of its own: else it tells nobody",
            finds=lambda v: picked(
                v.alarms,
                lambda name, _: name,
                lambda name, alarm: ~(is_set(alarm.severity) | some(v.composite_alarms, lambda _, c: _asks(c, name))),
            ),
        ),
        EachRule(
            "composite_alarms",
            lambda v, _, alarm: _told(v, alarm.severity),
            "must be a severity that has a topic: one of severities, or of topic_arns where these are given",
            inside="severity",
            shows=("severity",),
        ),
        EachRule(
            "composite_alarms",
            lambda v, _, alarm: (
                every(alarm.any_of, lambda _, name: contains(keys(v.alarms), name))
                & every(alarm.all_of, lambda _, name: contains(keys(v.alarms), name))
                & every(alarm.none_of, lambda _, name: contains(keys(v.alarms), name))
                & (unset(alarm.quiet_while) | contains(keys(v.alarms), alarm.quiet_while))
            ),
            "must name alarms of the input alarms alone",
            finds=lambda v, _, alarm: gathered(
                *((True, _strangers(v, names)) for names in (alarm.any_of, alarm.all_of, alarm.none_of))
            ),
        ),
        EachRule(
            "composite_alarms",
            lambda v, name, _: ~contains(keys(v.alarms), name),
            "must have another name than one of alarms: both would be called alike",
        ),
        EachRule(
            "objectives",
            lambda v, _, objective: every(objective.burn_rates, lambda _, burn: _told(v, burn.severity)),
            "must have a topic for each severity: one of severities, or of topic_arns where these are given",
            inside="burn_rates",
            finds=lambda v, _, objective: picked(
                objective.burn_rates, lambda name, _: name, lambda _, burn: ~_told(v, burn.severity)
            ),
        ),
        EachRule(
            "dashboards",
            lambda v, _, dashboard: every(
                dashboard.widgets,
                lambda _, widget: every(
                    widget.alarms,
                    lambda _, name: contains(keys(v.alarms), name) | contains(keys(v.composite_alarms), name),
                ),
            ),
            "must show alarms of the inputs alarms and composite_alarms alone",
            inside="widgets",
        ),
        EachRule(
            "applications",
            lambda v, _, one: (
                unset(one.emf_log_group)
                | some(
                    v.log_groups,
                    lambda name, group: (name == one.emf_log_group) & (group.log_group_class == "STANDARD"),
                )
            ),
            "must be one of log_groups, of the class STANDARD: CloudWatch makes no metrics of others",
            inside="emf_log_group",
            shows=("emf_log_group",),
        ),
        Rule(
            "container_insights",
            lambda v: is_set(v.cluster) | unset(v.container_insights),
            "must be left out without cluster: it is what is measured",
        ),
    )


def _heard(inputs: Any, severity: Any) -> Any:
    return some(inputs.channels, lambda _, channel: contains(channel.severities, severity))


def _told(inputs: Any, severity: Any) -> Any:
    return choose(
        not_empty(inputs.topic_arns), contains(keys(inputs.topic_arns), severity), contains(inputs.severities, severity)
    )


def _asks(composite: Any, name: Any) -> Any:
    return contains(composite.any_of, name) | contains(composite.all_of, name) | contains(composite.none_of, name)


def _strangers(inputs: Any, names: Any) -> Any:
    return picked(names, lambda _, name: name, lambda _, name: ~contains(keys(inputs.alarms), name))


class CloudwatchOutputs(Outputs):
    """What others ring with, write to, and let others read."""

    topic_arns: dict[str, str] = output("ARN of the topic of each severity, in the module's region")
    regional_topic_arns: dict[str, str] = output(
        "ARN of each topic in another region, by <region>/<severity>; empty without topic_regions"
    )
    publish_policies: dict[str, str] = output(
        "policy, as JSON, of who publishes to the topic of each severity itself, such as Mimir's Alertmanager; empty "
        "where the topics are given"
    )
    kms_key_arn: str = output("ARN of the key that encrypts topics and log groups")
    log_group_names: dict[str, str] = output(
        "name of each of log_groups, by itself: who takes it from here waits for it"
    )
    alarm_arns: dict[str, str] = output(
        "ARN of each alarm of alarms and composite_alarms, by its own name, and of objectives by <its own>/<burn rate>"
    )
    dashboard_names: list[str] = output("names of the dashboards, as CloudWatch has them")
    application_policies: dict[str, str] = output(
        "policy, as JSON, of each application: what it needs to publish its metrics, and nothing else"
    )
    container_insights_role_arn: str | None = output(
        "ARN of the role of the agent and of Fluent Bit; null without container_insights"
    )
    metric_stream_name: str | None = output("name of the metric stream; null without")
    sink_arn: str | None = output("ARN of the sink, which other accounts link to; null without")
