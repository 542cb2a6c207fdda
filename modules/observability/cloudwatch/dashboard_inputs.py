"""Dashboards of CloudWatch, as data: rows of widgets, each of which asks for something that is there."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import Inputs, Rule, choose, count_set, field, is_set, length, unset
from groundplan.framework.constraints import Length

from .alarm_inputs import AlarmName, Metric
from .log_inputs import LogGroupName

__all__ = ["Dashboard", "GraphedMetric", "LogQuery", "Widget"]

Title = Annotated[str, Length(1, 255)]


class GraphedMetric(Metric):
    """A metric that is shown."""

    label: Title | None = field("what the legend calls it; left out, CloudWatch's own words", default=None)
    right_axis: bool = field("whether it is measured by the axis on the right", default=False)


class LogQuery(Inputs):
    """A question to log groups, in the language of Logs Insights."""

    log_group_names: list[LogGroupName] = field("log groups that are asked", min_length=1, max_length=50)
    query: str = field("the question, without SOURCE", min_length=1, max_length=10000)


class Widget(Inputs):
    """A part of a dashboard."""

    title: Title = field("what it shows")
    metrics: list[GraphedMetric] = field("metrics that it shows", default=[], max_length=100)
    view: Literal["timeSeries", "singleValue", "gauge", "bar", "pie"] = field(
        "how metrics are shown", default="timeSeries"
    )
    stacked: bool = field("whether the lines of metrics stand on each other", default=False)
    alarms: list[AlarmName] = field("alarms whose state it shows: names of alarms and composite_alarms", default=[])
    log_query: LogQuery | None = field("a question to log groups, whose answer it shows as a table", default=None)
    markdown: str | None = field("text, in Markdown", default=None, min_length=1, max_length=10000)
    minimum: float | None = field("where the left axis begins; left out, by what is shown", default=None)
    maximum: float | None = field("where the left axis ends; a gauge needs both", default=None)
    width: int = field("how wide it is, of 24 columns", default=12, ge=1, le=24)
    height: int = field("how high it is, in rows of the grid", default=6, ge=1, le=1000)

    rules = (
        Rule(
            "metrics",
            lambda v: _shown(v) == 1,
            "must be given, or alarms, log_query or markdown in their place, and one of them alone",
        ),
        Rule(
            "view",
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
            lambda v: (v.view != "gauge") | (is_set(v.minimum) & is_set(v.maximum)),
            "must have minimum and maximum when it is a gauge",
            shows=("view",),
        ),
        Rule(
            "maximum",
            lambda v: unset(v.maximum) | unset(v.minimum) | (v.maximum > v.minimum),
            "must be more than minimum",
            shows=("minimum", "maximum"),
        ),
    )


def _shown(widget: Widget) -> float:
    """How many kinds of things it shows."""
    lists = [choose(length(each) > 0, 1, 0) for each in (widget.metrics, widget.alarms)]
    return lists[0] + lists[1] + count_set(widget.log_query, widget.markdown)


class Dashboard(Inputs):
    """A dashboard: its widgets stand in the order in which one reads, and CloudWatch wraps them into rows."""

    widgets: list[Widget] = field("what it shows, from left to right and from above", min_length=1, max_length=500)
    period_override: Literal["auto", "inherit"] = field(
        "whether periods follow the time that is shown, or stay as they are given", default="auto"
    )
    start: Annotated[str, Length(1, 40)] = field(
        "how far it goes back at first, such as -PT3H for three hours", default="-PT3H"
    )
