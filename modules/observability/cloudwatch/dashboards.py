"""Dashboards: what is given as data, as CloudWatch's JSON has it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard

from groundplan.building import region
from groundplan.framework import Module, each, expression_of, hcl
from groundplan.framework.references import TextReference

from .alarms import alarm_arn
from .inputs import CloudwatchInputs

__all__ = ["dashboards"]


def dashboards(scope: Module[Any, Any], given: CloudwatchInputs) -> Any:
    """A dashboard each. Widgets have no place of their own, so CloudWatch puts them one after the other into rows."""
    every = each(given.dashboards)
    it = every.value
    widgets = expression_of(it.widgets)
    here = expression_of(region(scope))
    arn = hcl(alarm_arn(scope, f"{given.name}-${{name}}"))
    # a JSON object has no order, and what is null is left out: each kind of widget has its own settings
    bounds = "{for word, value in {min = w.minimum, max = w.maximum} : word => value if value != null}"
    said = "{for word, value in {%s} : word => value if value != null}"
    metric = (
        "[for m in w.metrics : concat([m.namespace, m.metric_name], flatten([for key in keys(m.dimensions) : "
        "[key, m.dimensions[key]]]), ["
        + said
        % (
            "stat = m.statistic, period = tostring(m.period_seconds), label = m.label, accountId = m.account_id, "
            'yAxis = m.right_axis ? "right" : null'
        )
        + "])]"
    )
    graph = (
        f"{{title = w.title, region = {here}, view = w.view, stacked = w.stacked, metrics = {metric}, "
        f"yAxis = {{left = {bounds}}}}}"
    )
    alarm = f"{{title = w.title, alarms = [for name in w.alarms : {arn}]}}"
    sources = 'join(" | ", [for name in w.log_query.log_group_names : "SOURCE \'${name}\'"])'
    log = f'{{title = w.title, region = {here}, view = "table", query = "${{{sources}}} | ${{w.log_query.query}}"}}'
    shown = (
        'w.markdown != null ? jsonencode({type = "text", properties = {markdown = w.markdown}, %s}) : '
        'w.log_query != null ? jsonencode({type = "log", properties = ' + log + ", %s}) : "
        'length(w.alarms) > 0 ? jsonencode({type = "alarm", properties = ' + alarm + ", %s}) : "
        'jsonencode({type = "metric", properties = ' + graph + ", %s})"
    )
    size = "width = w.width, height = w.height"
    listed = f"[for w in {widgets} : jsondecode({shown.replace('%s', size)})]"
    start, period = expression_of(it.start), expression_of(it.period_override)
    body = f"jsonencode({{start = {start}, periodOverride = {period}, widgets = {listed}}})"
    return every(
        CloudwatchDashboard,
        scope,
        "dashboard",
        dashboard_name=f"{given.name}-{every.key}",
        dashboard_body=TextReference(body),
    )
