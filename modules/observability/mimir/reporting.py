"""How one learns that metrics are lost, or that alerts reach nobody: a report to CloudWatch with alarms, and rules.

Mimir has Prometheus's metrics only, and whoever reads those may be what has failed: so a small CronJob tells CloudWatch
how many replicas are missing, and an alarm takes its silence as bad news.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1Rule

from groundplan.building import (
    MISSING_BY_PART,
    cluster_report,
    custom_resources,
    metric_alarm,
    prometheus_alert,
)
from groundplan.framework import Module, calculated, choose, is_set, present

from . import access
from .chart import MIMIR, ROLLOUT_OPERATOR, zoned
from .inputs import MimirInputs

__all__ = ["alarms", "prometheus_rule", "status"]

_MINUTES = 5
_EFFECTS = {
    "writing": "Metrics may be refused; collectors hold them for a while, and then they are lost.",
    "reading": "Metrics are kept, and may not be found; rules over them fail.",
    "keeping": "Metrics are kept for longer than they may be, and queries grow slower.",
    "alerting": "Alerts may reach nobody.",
}


def _parts(given: MimirInputs) -> str:
    by_zone = zoned(given)

    def stateful(component: str) -> str:
        zones = ",".join(f"statefulset/{MIMIR}-{component}-zone-{zone}" for zone in "abc")
        return choose(by_zone, zones, f"statefulset/{MIMIR}-{component}")

    deployments = {
        component: f"deployment/{MIMIR}-{component}"
        for component in ("gateway", "distributor", "query-frontend", "query-scheduler", "querier", "ruler")
    }
    operator = choose(by_zone, f",deployment/{ROLLOUT_OPERATOR}", "")
    return (
        f"writing={deployments['gateway']},{deployments['distributor']},{stateful('ingester')} "
        f"reading={deployments['query-frontend']},{deployments['query-scheduler']},{deployments['querier']},"
        f"{stateful('store-gateway')} "
        f"keeping=statefulset/{MIMIR}-compactor{operator} "
        f"alerting={deployments['ruler']},statefulset/{MIMIR}-alertmanager"
    )


def status(scope: Module[Any, Any], given: MimirInputs, *, after: Sequence[Any]) -> None:
    """Reports how many replicas what writes, what reads, what keeps and what alerts misses."""
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
            "PARTS": _parts(given),
        },
        rules=[RoleV1Rule(api_groups=["apps"], resources=["deployments", "statefulsets"], verbs=["get"])],
        metric_namespace=access.METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
    )


def alarms(scope: Module[Any, Any], given: MimirInputs) -> None:
    """One alarm a part: replicas are missing for too long, or nobody says that they are not."""
    for part, effect in _EFFECTS.items():
        metric_alarm(
            scope,
            part,
            given,
            name=f"{given.name}-{part}-unavailable",
            description=(
                f"Replicas of what does Mimir's {part} in the cluster {given.cluster.name} are missing, or the CronJob "
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


def prometheus_rule(scope: Module[Any, Any], given: MimirInputs, *, after: Sequence[Any]) -> None:
    """Alerts and records of what Mimir says of itself. The metrics are those of Mimir 3.2."""
    custom_resources(
        scope,
        "prometheus_rule",
        name="mimir-prometheus-rule",
        namespace=given.namespace,
        after=after,
        objects={
            "rule": {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {"name": MIMIR, "namespace": given.namespace, "labels": present(given.metrics).labels},
                "spec": {
                    "groups": [
                        {"name": f"{MIMIR}-records", "rules": _records(given)},
                        {"name": MIMIR, "rules": _alerts(given)},
                    ]
                },
            }
        },
        only_when=is_set(given.metrics),
    )


def _records(given: MimirInputs) -> list[dict[str, Any]]:
    """What dashboards would else compute each time anew. Names: level, metric, operations.

    https://prometheus.io/docs/practices/rules/
    """
    here = f'namespace="{given.namespace}"'
    requests = f"cortex_request_duration_seconds_bucket{{{here}}}"
    return [
        {
            "record": "namespace_route:cortex_request_duration_seconds:p99",
            "expr": f"histogram_quantile(0.99, sum by (le, namespace, route) (rate({requests}[5m])))",
        },
        {
            "record": "namespace_user:cortex_distributor_received_samples:rate5m",
            "expr": f"sum by (namespace, user) (rate(cortex_distributor_received_samples_total{{{here}}}[5m]))",
        },
        {
            # each series is in as many ingesters as there are copies
            "record": "namespace_user:cortex_ingester_active_series:sum",
            "expr": f"sum by (namespace, user) (cortex_ingester_active_series{{{here}}}) "
            f"/ on (namespace) group_left () max by (namespace) (cortex_distributor_replication_factor{{{here}}})",
        },
    ]


def _alerts(given: MimirInputs) -> list[dict[str, Any]]:
    here = f'namespace="{given.namespace}"'
    requests = f'cortex_request_duration_seconds_count{{{here},route!~"ready|debug_pprof"'

    def alert(page: str, expression: str, lasting: str, severity: Literal["critical", "warning"], summary: str) -> Any:
        name = "Mimir" + "".join(word.capitalize() for word in page.split("_"))
        return prometheus_alert(
            given, "mimir", page, name=name, expression=expression, lasting=lasting, severity=severity, summary=summary
        )

    return [
        alert(
            "request_errors",
            f'sum by (route) (rate({requests},status_code=~"5.."}}[5m])) '
            f"/ sum by (route) (rate({requests}}}[5m])) > 0.05",
            "10m",
            "critical",
            "Mimir answers more than one request in twenty to a route with an error",
        ),
        alert(
            "ring_unhealthy",
            f'max by (name) (cortex_ring_members{{{here},state="Unhealthy"}}) > 0',
            "15m",
            "warning",
            "members of a ring are taken for dead: what they had is in fewer hands",
        ),
        alert(
            "blocks_not_shipped",
            f"increase(cortex_ingester_shipper_upload_failures_total{{{here}}}[30m]) > 0",
            "30m",
            "critical",
            "an ingester cannot write blocks to S3: they are on its volume alone",
        ),
        alert(
            "wal_failing",
            f"increase(cortex_ingester_tsdb_wal_writes_failed_total{{{here}}}[5m]) > 0",
            "0m",
            "critical",
            "an ingester cannot write to its volume: samples that it takes now are lost when it restarts",
        ),
        alert(
            "samples_discarded",
            f"sum by (user, reason) (rate(cortex_discarded_samples_total{{{here}}}[5m])) > 0",
            "15m",
            "warning",
            "Mimir refuses samples of a tenant, by its limits or because they are malformed",
        ),
        alert(
            "compaction_stopped",
            # 0 is a compactor that has not run yet
            f"time() - max(cortex_compactor_last_successful_run_timestamp_seconds{{{here}}} > 0) > 86400",
            "60m",
            "warning",
            "blocks have not been made fewer for a day: queries grow slower, and S3 is asked more often",
        ),
        alert(
            "retention_stopped",
            f"time() - max(cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds{{{here}}} > 0) > 21600",
            "60m",
            "warning",
            "nothing was deleted by its age for six hours: metrics are kept for longer than they may be",
        ),
        alert(
            "blocks_not_synced",
            f"time() - min by (pod) (cortex_bucket_stores_blocks_last_successful_sync_timestamp_seconds{{{here}}} > 0) "
            "> 1800",
            "5m",
            "critical",
            "a store gateway does not see what is in S3: queries of older metrics fail",
        ),
        alert(
            "rules_failing",
            "sum by (user, rule_group) "
            f"(increase(cortex_prometheus_rule_evaluation_failures_total{{{here}}}[15m])) > 0",
            "15m",
            "warning",
            "rules cannot be evaluated, and alarm nobody",
        ),
        alert(
            "notifications_failing",
            f"sum by (user, integration) (increase(cortex_alertmanager_notifications_failed_total{{{here}}}[10m])) > 0",
            "10m",
            "critical",
            "the Alertmanager cannot tell a topic: an alert that rings reaches nobody",
        ),
    ]
