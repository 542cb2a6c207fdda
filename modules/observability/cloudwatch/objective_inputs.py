"""Objectives of services: how much may fail, and how quickly what may fail is used up before somebody is told."""

from __future__ import annotations

from groundplan.framework import EachRule, Inputs, Rule, field

from .alarm_inputs import AlarmName, Metric, Rings
from .channel_inputs import Severity

__all__ = ["BurnRate", "Objective"]


class BurnRate(Inputs):
    """Rings while what may fail is used up this much too quickly, over a long window and over a short one.

    The long window keeps a moment's fault from waking anybody, the short one ends the alarm soon after the fault.
    https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
    """

    severity: Severity = field("who is told, by the module's channels")
    factor: float = field("how many times too quickly: at 1 a month's budget lasts for a month", ge=0.1, le=1000)
    # one period of a week is the longest that an alarm looks back on
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    long_minutes: int = field(
        "the long window, in minutes; CloudWatch looks at one of more than a day once an hour", ge=10, le=10_080
    )
    # what comes late is counted as nothing failed, which in a window of a minute is all of it
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#using-metric-math-functions
    short_minutes: int = field("the short window, in minutes: a twelfth of the long one by custom", ge=5, le=1440)

    rules = (
        Rule(
            "short_minutes",
            lambda v: v.short_minutes < v.long_minutes,
            "must be less than long_minutes",
            shows=("short_minutes", "long_minutes"),
        ),
    )


class Objective(Rings):
    """An objective of a service: of what is asked, so much must go well."""

    target_percent: float = field("how much must go well over a month, in percent", ge=50, le=99.999)
    failed: Metric = field("what went wrong, as a count; its period is that of each window")
    all: Metric = field("everything that was asked, as a count; its period is that of each window")
    minimum_count: int = field(
        "how much must have been asked in a window for it to ring: one failure of two is no burning month",
        default=10,
        ge=1,
    )
    burn_rates: dict[AlarmName, BurnRate] = field(
        "how quickly, and who is told; left out, as Google's workbook has it: 2 % of a month's budget in an hour and "
        "5 % in six hours wake somebody, 10 % in three days waits for the morning",
        default={
            "fast": BurnRate(severity="critical", factor=14.4, long_minutes=60, short_minutes=5),
            "slow": BurnRate(severity="critical", factor=6, long_minutes=6 * 60, short_minutes=30),
            "steady": BurnRate(severity="warning", factor=1, long_minutes=3 * 24 * 60, short_minutes=6 * 60),
        },
        min_length=1,
        max_length=4,
    )

    rules = (
        EachRule(
            "burn_rates",
            lambda v, _, burn: burn.factor * (100 - v.target_percent) < 100,
            "must be less than 100 when multiplied by what may fail, which is 100 less target_percent: more than "
            "everything cannot fail",
            inside="factor",
            shows=("factor",),
            beside=("target_percent",),
        ),
    )
