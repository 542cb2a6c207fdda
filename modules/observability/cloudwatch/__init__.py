"""CloudWatch: who is told of what, log groups, alarms, dashboards, and what is measured of the cluster."""

from .alarm_inputs import Anomaly, CompositeAlarm, Metric, MetricAlarm
from .channel_inputs import Channel, Slack, Teams
from .dashboard_inputs import Dashboard, GraphedMetric, LogQuery, Widget
from .inputs import (
    Application,
    CloudwatchInputs,
    CloudwatchOutputs,
    ContainerInsights,
    Link,
    MetricStream,
    Sink,
)
from .log_inputs import LogGroup, MetricFilter, Subscription
from .module import Cloudwatch
from .objective_inputs import BurnRate, Objective

__all__ = [
    "Anomaly",
    "Application",
    "BurnRate",
    "Channel",
    "Cloudwatch",
    "CloudwatchInputs",
    "CloudwatchOutputs",
    "CompositeAlarm",
    "ContainerInsights",
    "Dashboard",
    "GraphedMetric",
    "Link",
    "LogGroup",
    "LogQuery",
    "Metric",
    "MetricAlarm",
    "MetricFilter",
    "MetricStream",
    "Objective",
    "Sink",
    "Slack",
    "Subscription",
    "Teams",
    "Widget",
]
