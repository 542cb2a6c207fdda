"""What rings: alarms on metrics, on metric math, on what is unusual, and on several alarms together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from groundplan.framework import EachRule, Inputs, Rule, count_set, field, is_set, length, unset
from groundplan.framework.constraints import Length, Pattern, Unique, Unlike
from groundplan.framework.references import is_opaque
from groundplan.framework.types import AccountId, HttpsUrl
from groundplan.grammars.metric_math import MetricMath, MetricMathFault
from groundplan.problems import Problem

from . import errors
from .channel_inputs import Severity

__all__ = ["AlarmName", "Anomaly", "CompositeAlarm", "Metric", "MetricAlarm", "MetricNamespace", "Rings"]

BAND, RESULT = "band", "result"
"""The ids of the queries that the module makes itself."""

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
AlarmName = Annotated[
    str, Pattern("[a-z][a-z0-9-]{0,78}[a-z0-9]", "at most 80 lower-case letters, digits and hyphens, after a letter")
]
QueryId = Annotated[
    str,
    Pattern("[a-z][A-Za-z0-9_]{0,99}", "a lower-case letter, then letters, digits and _"),
    Unlike(f"{BAND}|{RESULT}", "differ from band and result, which the module has for its own"),
]
MetricNamespace = Annotated[
    str,
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Namespace
    Pattern(r"[0-9A-Za-z._/#-][0-9A-Za-z._/#: -]{0,254}", "a namespace of metrics, such as AWS/RDS or claims"),
]
MetricName = Annotated[str, Pattern("[ -~]{1,255}", "the name of a metric: at most 255 printable characters")]
Statistic = Annotated[
    str,
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    Pattern(
        r"Average|IQM|Maximum|Minimum|SampleCount|Sum|(p|tm|wm|tc|ts)([0-9]{1,2}(\.[0-9]{1,10})?|100)",
        "a statistic of CloudWatch, such as Sum, Average or p99.9",
    ),
]
Sentence = Annotated[str, Length(1, 500)]
AlarmNames = Annotated[list[AlarmName], Unique()]

LONGEST_WINDOW_SECONDS, LONGEST_WINDOW_OF_HOURS_SECONDS = 86_400, 604_800
"""Of all periods together: a day, and a week for periods of an hour and more."""


class Metric(Inputs):
    """A metric of CloudWatch, by all its dimensions: CloudWatch adds nothing up."""

    namespace: MetricNamespace = field("namespace of the metric")
    metric_name: MetricName = field("name of the metric")
    dimensions: dict[str, str] = field("dimensions of the metric, all that it has", default={}, max_length=30)
    statistic: Statistic = field("what of the samples of a period counts", default="Sum")
    period_seconds: Literal[10, 30, 60, 300, 900, 3600, 21600, 86400] = field(
        "over how long samples are taken together, in seconds", default=300
    )
    account_id: AccountId | None = field(
        "account whose metric it is, which shares it with this one; left out, this one", default=None
    )


class Anomaly(Inputs):
    """What is unusual: outside of the band that CloudWatch learns from the last two weeks."""

    standard_deviations: float = field("half the width of the band, in standard deviations", default=2, ge=0.1, le=100)
    direction: Literal["above", "below", "outside"] = field("which side of the band rings", default="outside")


class Rings(Inputs):
    """What every alarm says to people."""

    description: Sentence = field("what has happened when it rings, for whoever gets it")
    runbook_url: HttpsUrl = field("address of the page that says what to look at and what to do")


def _not_metric_math(alarm: MetricAlarm) -> Iterator[Problem]:
    """What metric math would refuse of the expression: it is read when the alarm is made, and not before."""
    if alarm.expression is None or is_opaque(alarm.expression) or is_opaque(alarm.metrics):
        return
    try:
        read = MetricMath.read(alarm.expression)
    except MetricMathFault as fault:
        yield errors.not_metric_math("expression", str(fault), alarm.expression)
        return
    for name in sorted(read.names - set(alarm.metrics)):
        yield errors.no_such_metric("expression", name, sorted(alarm.metrics), alarm.expression)
    if "METRICS" not in read.functions:
        for name in sorted(set(alarm.metrics) - read.names):
            yield errors.metric_unused(f'metrics["{name}"]', name, alarm.expression)


class MetricAlarm(Rings):
    """An alarm on a metric, or on what metric math makes of several."""

    severity: Severity | None = field(
        "who is told, by the module's channels; left out, nobody, and a composite alarm must ask it", default=None
    )
    metrics: dict[QueryId, Metric] = field("what is looked at, by the ids that expression has for them", min_length=1)
    expression: str | None = field(
        "metric math over the ids, such as 100 * errors / requests; left out, the one metric itself",
        default=None,
        min_length=1,
        max_length=2048,
    )
    comparison: Literal[
        "GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"
    ] = field("how the value is compared with threshold", default="GreaterThanOrEqualToThreshold")
    threshold: float | None = field("the value that rings; left out, give anomaly", default=None)
    anomaly: Anomaly | None = field("rings for what is unusual, in place of a threshold", default=None)
    periods: int = field("how many periods are looked at", default=1, ge=1, le=1440)
    periods_to_alarm: int | None = field("how many of them must be beyond; left out, all", default=None, ge=1, le=1440)
    missing_data: Literal["breaching", "notBreaching", "ignore"] = field(
        "what a period without samples counts as", default="notBreaching"
    )

    rules = (
        Rule(
            "threshold",
            lambda v: count_set(v.threshold, v.anomaly) == 1,
            "must be given, or anomaly in its place, and not both",
            shows=("threshold",),
        ),
        Rule(
            "expression",
            lambda v: is_set(v.expression) | (length(v.metrics) == 1),
            "must say what becomes of the metrics, as there are several",
        ),
        Rule(
            "periods_to_alarm",
            lambda v: unset(v.periods_to_alarm) | (v.periods_to_alarm <= v.periods),
            "must not be more than periods",
            shows=("periods_to_alarm", "periods"),
        ),
        EachRule(
            "metrics",
            lambda v, _, metric: (
                (metric.period_seconds * v.periods <= LONGEST_WINDOW_SECONDS)
                | (
                    (metric.period_seconds >= 3600)
                    & (metric.period_seconds * v.periods <= LONGEST_WINDOW_OF_HOURS_SECONDS)
                )
            ),
            "must end within a day when multiplied by periods, and within a week from 3600 on",
            inside="period_seconds",
            shows=("period_seconds",),
            beside=("periods",),
        ),
        EachRule(
            "metrics",
            lambda v, _, metric: (metric.period_seconds >= 60) | unset(v.anomaly),
            "must be 60 or more for anomaly: no band is learnt of shorter ones",
            inside="period_seconds",
            shows=("period_seconds",),
        ),
    )

    checks = (_not_metric_math,)


class CompositeAlarm(Rings):
    """Rings for several alarms together, so that one fault wakes people once."""

    severity: Severity = field("who is told, by the module's channels")
    any_of: AlarmNames = field("rings while one of these alarms does", default=[])
    all_of: AlarmNames = field("and while each of these does", default=[])
    none_of: AlarmNames = field("and while none of these does", default=[])
    quiet_while: AlarmName | None = field(
        "alarm of alarms during which nobody is told, such as one of a maintenance; left out, none", default=None
    )
    quiet_wait_seconds: int = field(
        "how long it waits for quiet_while to ring before it tells, in seconds", default=120, ge=1, le=3600
    )
    quiet_extension_seconds: int = field(
        "how long it stays quiet after quiet_while has ended, in seconds", default=180, ge=1, le=3600
    )

    rules = (
        Rule(
            "any_of",
            lambda v: length(v.any_of) + length(v.all_of) > 0,
            "must name an alarm, or all_of must",
        ),
        Rule(
            "all_of",
            lambda v: length(v.any_of) + length(v.all_of) + length(v.none_of) <= 100,
            "must be 100 at most, together with any_of and none_of",
        ),
    )
