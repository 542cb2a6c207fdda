"""How one learns that logs are lost or not found: a report to CloudWatch with alarms, and Prometheus's rules.

Loki has Prometheus's metrics only, and whoever reads those may be what has failed: so a small CronJob tells CloudWatch
how many replicas are missing, and an alarm takes its silence as bad news.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1Rule

from groundplan.building import (
    MISSING_BY_PART,
    cluster_report,
    custom_resources,
    metric_alarm,
    prometheus_alert,
)
from groundplan.framework import Module, calculated, choose, equals, is_set, present

from . import access
from .chart import LOKI, ROLLOUT_OPERATOR
from .inputs import LokiInputs

__all__ = ["alarms", "prometheus_rule", "status"]

_MINUTES = 5
_ZONES = ",".join(f"statefulset/{LOKI}-ingester-zone-{zone}" for zone in "abc")
_PARTS = {
    "writing": f"deployment/{LOKI}-gateway,deployment/{LOKI}-distributor,{_ZONES}",
    "reading": (
        f"deployment/{LOKI}-query-frontend,deployment/{LOKI}-query-scheduler,deployment/{LOKI}-querier,"
        f"statefulset/{LOKI}-index-gateway"
    ),
    "keeping": f"statefulset/{LOKI}-compactor,statefulset/{LOKI}-ruler,deployment/{ROLLOUT_OPERATOR}",
}
_MONOLITH = f"statefulset/{LOKI}"
_EFFECTS = {
    "writing": "Logs may be refused; collectors hold them for a while, and then they are lost.",
    "reading": "Logs are kept, and may not be found.",
    "keeping": "Logs are kept for longer than they may be, or rules over logs alarm nobody.",
}


def status(scope: Module[Any, Any], given: LokiInputs, *, after: Sequence[Any]) -> None:
    """Reports how many replicas what writes, what reads and what keeps logs misses."""
    several = " ".join(f"{part}={workloads}" for part, workloads in _PARTS.items())
    single = " ".join(f"{part}={_MONOLITH}" for part in _PARTS)
    cluster_report(
        scope,
        "status",
        given,
        name=f"{given.name}-status",
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=f"*/{_MINUTES} * * * *",
        script=MISSING_BY_PART,
        environment={
            "CLUSTER": given.cluster.name,
            "NAMESPACE": given.namespace,
            "PARTS": choose(equals(given.mode, "distributed"), several, single),
        },
        rules=[RoleV1Rule(api_groups=["apps"], resources=["deployments", "statefulsets"], verbs=["get"])],
        metric_namespace=access.METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
    )


def alarms(scope: Module[Any, Any], given: LokiInputs) -> None:
    """One alarm a part: replicas are missing for too long, or nobody says that they are not."""
    for part, effect in _EFFECTS.items():
        metric_alarm(
            scope,
            part,
            given,
            name=f"{given.name}-{part}-unavailable",
            description=(
                f"Replicas of what does Loki's {part} in the cluster {given.cluster.name} are missing, or the CronJob "
                f"{given.name}-status in {given.namespace} does not report, for {given.alarm_after_minutes} minutes. "
                f"{effect} See: kubectl --namespace {given.namespace} get pods, and the README of the module."
            ),
            namespace=access.METRIC_NAMESPACE,
            metric="MissingReplicas",
            dimensions={"Cluster": given.cluster.name, "Part": f"{given.namespace}/{part}"},
            statistic="Minimum",
            period_seconds=_MINUTES * 60,
            periods=calculated(f"ceil({{minutes}} / {_MINUTES})", minutes=given.alarm_after_minutes),
            missing_data="breaching",
        )


def prometheus_rule(scope: Module[Any, Any], given: LokiInputs, *, after: Sequence[Any]) -> None:
    """Alerts on what Loki says of itself. The metrics are those of Loki 3.7, of pkg/ at v3.7.6."""
    custom_resources(
        scope,
        "prometheus_rule",
        name="loki-prometheus-rule",
        namespace=given.namespace,
        after=after,
        objects={
            "rule": {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {"name": LOKI, "namespace": given.namespace, "labels": present(given.metrics).labels},
                "spec": {"groups": [{"name": LOKI, "rules": _alerts(given)}]},
            }
        },
        only_when=is_set(given.metrics),
    )


def _alerts(given: LokiInputs) -> list[dict[str, Any]]:
    here = f'namespace="{given.namespace}"'
    requests = f"loki_request_duration_seconds_count{{{here}"
    return [
        prometheus_alert(
            given,
            "loki",
            "request_errors",
            name="LokiRequestErrors",
            expression=f'sum by (route) (rate({requests},status_code=~"5.."}}[5m])) '
            f"/ sum by (route) (rate({requests}}}[5m])) > 0.05",
            lasting="10m",
            severity="critical",
            summary="Loki answers more than one request in twenty to a route with an error",
        ),
        prometheus_alert(
            given,
            "loki",
            "panics",
            name="LokiPanics",
            expression=f"increase(loki_panic_total{{{here}}}[15m]) > 0",
            lasting="0m",
            severity="warning",
            summary="a component of Loki ran into a fault of its own",
        ),
        prometheus_alert(
            given,
            "loki",
            "chunks_not_flushed",
            name="LokiChunksNotFlushed",
            expression=f"increase(loki_ingester_chunks_flush_failures_total{{{here}}}[15m]) > 0",
            lasting="15m",
            severity="critical",
            summary="an ingester cannot write logs to S3: they are on its volume alone",
        ),
        prometheus_alert(
            given,
            "loki",
            "volume_full",
            name="LokiVolumeFull",
            expression=f"increase(loki_ingester_wal_disk_full_failures_total{{{here}}}[5m]) > 0",
            lasting="0m",
            severity="critical",
            summary="an ingester's volume is full: logs that it takes now are lost when it restarts",
        ),
        prometheus_alert(
            given,
            "loki",
            "logs_discarded",
            name="LokiLogsDiscarded",
            expression=f"sum by (tenant, reason) (rate(loki_discarded_samples_total{{{here}}}[5m])) > 0",
            lasting="15m",
            severity="warning",
            summary="Loki refuses logs of a tenant, by its limits or because they are malformed",
        ),
        prometheus_alert(
            given,
            "loki",
            "retention_stopped",
            name="LokiRetentionStopped",
            expression="time() - loki_compactor_apply_retention_last_successful_run_timestamp_seconds"
            f"{{{here}}} > 86400",
            lasting="60m",
            severity="warning",
            summary="nothing was deleted by its age for a day: logs are kept for longer than they may be",
        ),
        prometheus_alert(
            given,
            "loki",
            "rules_failing",
            name="LokiRulesFailing",
            expression="sum by (user, rule_group) "
            f"(increase(loki_prometheus_rule_evaluation_failures_total{{{here}}}[15m])) > 0",
            lasting="15m",
            severity="warning",
            summary="rules over logs cannot be evaluated, and alarm nobody",
        ),
        prometheus_alert(
            given,
            "loki",
            "alerts_not_delivered",
            name="LokiAlertsNotDelivered",
            expression=f"sum by (user) (increase(loki_prometheus_notifications_dropped_total{{{here}}}[15m])) > 0",
            lasting="0m",
            severity="critical",
            summary="the Alertmanager does not take alerts of a tenant's rules over logs: nobody hears of them",
        ),
    ]
