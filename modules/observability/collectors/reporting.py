"""How one learns that something is not collected: a report to CloudWatch with alarms, and Prometheus's rules.

A collector that is gone tells nobody of it by the metrics that it would have to collect: so a small CronJob tells
CloudWatch how many pods of each are missing, and an alarm takes its silence as bad news.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1Rule

from groundplan.building import MISSING_REPLICAS, cluster_report, custom_resources, metric_alarm, prometheus_alert
from groundplan.framework import Module, all_of, calculated, choose, concat, is_set, join, present

from . import access
from .chart import LOGS, METRICS, TRACES, XRAY, receives_traces
from .cloudwatch import CLOUDWATCH
from .inputs import CollectorsInputs

__all__ = ["alarms", "prometheus_rule", "status"]

_MINUTES = 5
_KINDS = {
    LOGS: "daemonset",
    METRICS: "statefulset",
    TRACES: "deployment",
    XRAY: "deployment",
    CLOUDWATCH: "statefulset",
}
_EFFECTS = {
    LOGS: "Logs of the nodes without a pod of it wait there, and are lost when their files are rotated away.",
    METRICS: "Metrics are missing, and with them the alerts that ask for them.",
    TRACES: "Applications lose traces that they cannot send.",
    XRAY: "X-Ray gets no traces; those for Tempo are not touched by it.",
    CLOUDWATCH: "CloudWatch lacks the metrics of its share of the pods; those in Mimir are not touched by it.",
}


def _wanted(given: CollectorsInputs) -> dict[str, Any]:
    return {
        LOGS: is_set(given.loki),
        METRICS: is_set(given.mimir),
        TRACES: receives_traces(given),
        XRAY: is_set(given.xray),
        CLOUDWATCH: is_set(given.cloudwatch),
    }


def status(scope: Module[Any, Any], given: CollectorsInputs, *, after: Sequence[Any]) -> None:
    """Reports how many pods each collector misses."""
    workloads = [
        choose(wanted, [f"{given.namespace}/{_KINDS[release]}/{release}"], [])
        for release, wanted in _wanted(given).items()
    ]
    cluster_report(
        scope,
        "status",
        given,
        name=f"{given.name}-status",
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=f"*/{_MINUTES} * * * *",
        script=MISSING_REPLICAS,
        environment={"CLUSTER": given.cluster.name, "WORKLOADS": join(" ", concat(*workloads))},
        rules=[RoleV1Rule(api_groups=["apps"], resources=["daemonsets", "deployments", "statefulsets"], verbs=["get"])],
        metric_namespace=access.METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
    )


def alarms(scope: Module[Any, Any], given: CollectorsInputs) -> None:
    """One alarm a collector: pods are missing for too long, or nobody says that they are not."""
    for release, wanted in _wanted(given).items():
        what = release.rpartition("-")[2]
        metric_alarm(
            scope,
            what,
            given,
            name=f"{given.name}-{what}-unavailable",
            description=(
                f"Pods of {release} in the cluster {given.cluster.name} are missing, or the CronJob "
                f"{given.name}-status in {given.namespace} does not report, for {given.alarm_after_minutes} minutes. "
                f"{_EFFECTS[release]} See: kubectl --namespace {given.namespace} get pods, and the README of the "
                "module."
            ),
            namespace=access.METRIC_NAMESPACE,
            metric="MissingReplicas",
            dimensions={"Cluster": given.cluster.name, "Workload": f"{given.namespace}/{release}"},
            statistic="Minimum",
            period_seconds=_MINUTES * 60,
            periods=calculated(f"ceil({{minutes}} / {_MINUTES})", minutes=given.alarm_after_minutes),
            missing_data="breaching",
            only_when=wanted,
        )


def prometheus_rule(scope: Module[Any, Any], given: CollectorsInputs, *, after: Sequence[Any]) -> None:
    """Alerts on what the collectors say of themselves. The metrics are those of Alloy 1.18 and ADOT 0.49."""
    ruled = all_of(is_set(given.mimir), is_set(present(given.mimir).ruler_url))
    custom_resources(
        scope,
        "prometheus_rule",
        name="collectors-prometheus-rule",
        namespace=given.namespace,
        after=after,
        objects={
            "rule": {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {
                    "name": "collectors",
                    "namespace": given.namespace,
                    "labels": given.metrics.monitor_labels,
                },
                "spec": {"groups": [{"name": "collectors", "rules": _alerts(given)}]},
            }
        },
        only_when=ruled,
    )


def _alerts(given: CollectorsInputs) -> list[dict[str, Any]]:
    here = f'namespace="{given.namespace}"'
    # with and without the suffix that OpenTelemetry gives a counter
    failed = "otelcol_exporter_send_failed_spans(_total)?"
    return [
        prometheus_alert(
            given,
            "collectors",
            "component_unhealthy",
            name="CollectorComponentUnhealthy",
            expression=f'sum by (pod) (alloy_component_controller_running_components{{{here},health_type!="healthy"}}) '
            "> 0",
            lasting="15m",
            severity="warning",
            summary="a component of Alloy is not well: what it collects or sends may be missing",
        ),
        prometheus_alert(
            given,
            "collectors",
            "logs_dropped",
            name="CollectorLogsDropped",
            expression=f"sum by (reason) (rate(loki_write_dropped_entries_total{{{here}}}[5m])) > 0",
            lasting="15m",
            severity="critical",
            summary="logs are lost: Loki refuses them, or has not taken them for too long",
        ),
        prometheus_alert(
            given,
            "collectors",
            "metrics_failed",
            name="CollectorMetricsFailed",
            expression=f"sum(rate(prometheus_remote_storage_samples_failed_total{{{here}}}[5m])) > 0",
            lasting="15m",
            severity="critical",
            summary="metrics are lost: Mimir refuses them",
        ),
        prometheus_alert(
            given,
            "collectors",
            "metrics_late",
            name="CollectorMetricsLate",
            expression=(
                f"max by (pod) (prometheus_remote_storage_queue_highest_timestamp_seconds{{{here}}} "
                f"- prometheus_remote_storage_queue_highest_sent_timestamp_seconds{{{here}}}) > 300"
            ),
            lasting="15m",
            severity="warning",
            summary="Mimir has metrics five minutes late or more: alerts are as late",
        ),
        prometheus_alert(
            given,
            "collectors",
            "traces_failed",
            name="CollectorTracesFailed",
            expression=f'sum by (pod) (rate({{__name__=~"{failed}",{here}}}[5m])) > 0',
            lasting="15m",
            severity="warning",
            summary="traces are lost on their way to Tempo or X-Ray",
        ),
        prometheus_alert(
            given,
            "collectors",
            "rules_not_loaded",
            name="CollectorRulesNotLoaded",
            expression=f"increase(mimir_rules_events_failed_total{{{here}}}[15m]) > 0",
            lasting="15m",
            severity="critical",
            summary="PrometheusRules of the cluster are not in Mimir's ruler: their alerts do not ring",
        ),
        prometheus_alert(
            given,
            "collectors",
            "cluster_split",
            name="CollectorClusterSplit",
            expression=(
                f'min(cluster_node_peers{{{here},state="participant"}}) '
                f'!= max(cluster_node_peers{{{here},state="participant"}})'
            ),
            lasting="15m",
            severity="warning",
            summary="pods of the metrics collector do not see each other: metrics are read twice",
        ),
    ]
