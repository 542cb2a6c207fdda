"""How one learns that traces are lost or not found: a report to CloudWatch with alarms, and Prometheus's rules.

Tempo has Prometheus's metrics only, and whoever reads those may be what has failed: so a small CronJob tells CloudWatch
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
from groundplan.framework import Module, calculated, choose, is_set, present

from . import access
from .chart import ROLLOUT_OPERATOR, TEMPO, zoned
from .inputs import TempoInputs

__all__ = ["alarms", "prometheus_rule", "status"]

_MINUTES = 5
_ZONES = ",".join(f"statefulset/{TEMPO}-ingester-zone-{zone}" for zone in "abc")
_ANYWHERE = f"statefulset/{TEMPO}-ingester"
_READING = f"deployment/{TEMPO}-query-frontend,deployment/{TEMPO}-querier"
_EFFECTS = {
    "writing": "Traces may be refused; collectors hold them for a while, and then they are lost.",
    "reading": "Traces are kept, and may not be found.",
    "keeping": "Traces are kept for longer than they may be, searches grow slower, or no metrics are made of traces.",
}


def _parts(given: TempoInputs) -> str:
    ingesters = choose(zoned(given), _ZONES, _ANYWHERE)
    operator = choose(zoned(given), f",deployment/{ROLLOUT_OPERATOR}", "")
    generator = choose(is_set(given.metrics_generator), f",deployment/{TEMPO}-metrics-generator", "")
    return (
        f"writing=deployment/{TEMPO}-gateway,deployment/{TEMPO}-distributor,{ingesters} reading={_READING} "
        f"keeping=deployment/{TEMPO}-compactor{operator}{generator}"
    )


def status(scope: Module[Any, Any], given: TempoInputs, *, after: Sequence[Any]) -> None:
    """Reports how many replicas what writes, what reads and what keeps traces misses."""
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


def alarms(scope: Module[Any, Any], given: TempoInputs) -> None:
    """One alarm a part: replicas are missing for too long, or nobody says that they are not."""
    for part, effect in _EFFECTS.items():
        metric_alarm(
            scope,
            part,
            given,
            name=f"{given.name}-{part}-unavailable",
            description=(
                f"Replicas of what does Tempo's {part} in the cluster {given.cluster.name} are missing, or the CronJob "
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


def prometheus_rule(scope: Module[Any, Any], given: TempoInputs, *, after: Sequence[Any]) -> None:
    """Alerts on what Tempo says of itself. The metrics are those of Tempo 2.10."""
    custom_resources(
        scope,
        "prometheus_rule",
        name="tempo-prometheus-rule",
        namespace=given.namespace,
        after=after,
        objects={
            "rule": {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {"name": TEMPO, "namespace": given.namespace, "labels": present(given.metrics).labels},
                "spec": {"groups": [{"name": TEMPO, "rules": _alerts(given)}]},
            }
        },
        only_when=is_set(given.metrics),
    )


def _alerts(given: TempoInputs) -> list[dict[str, Any]]:
    here = f'namespace="{given.namespace}"'
    requests = f"tempo_request_duration_seconds_count{{{here}"
    return [
        prometheus_alert(
            given,
            "tempo",
            "request_errors",
            name="TempoRequestErrors",
            expression=f'sum by (route) (rate({requests},status_code=~"5.."}}[5m])) '
            f"/ sum by (route) (rate({requests}}}[5m])) > 0.05",
            lasting="10m",
            severity="critical",
            summary="Tempo answers more than one request in twenty to a route with an error",
        ),
        prometheus_alert(
            given,
            "tempo",
            "blocks_not_flushed",
            name="TempoBlocksNotFlushed",
            expression=f"increase(tempo_ingester_failed_flushes_total{{{here}}}[15m]) > 0",
            lasting="15m",
            severity="critical",
            summary="an ingester cannot write traces to S3: they are on its volume alone",
        ),
        prometheus_alert(
            given,
            "tempo",
            "spans_discarded",
            name="TempoSpansDiscarded",
            expression=f"sum by (tenant, reason) (rate(tempo_discarded_spans_total{{{here}}}[5m])) > 0",
            lasting="15m",
            severity="warning",
            summary="Tempo refuses spans of a tenant, by its limits or because they are malformed",
        ),
        prometheus_alert(
            given,
            "tempo",
            "compaction_failing",
            name="TempoCompactionFailing",
            expression=f"increase(tempodb_compaction_errors_total{{{here}}}[1h]) > 2",
            lasting="60m",
            severity="warning",
            summary="blocks are not made fewer: searches grow slower, and S3 is asked more often",
        ),
        prometheus_alert(
            given,
            "tempo",
            "retention_failing",
            name="TempoRetentionFailing",
            expression=f"increase(tempodb_retention_errors_total{{{here}}}[1h]) > 2",
            lasting="60m",
            severity="warning",
            summary="traces cannot be deleted when their time is over",
        ),
        prometheus_alert(
            given,
            "tempo",
            "blocklist_stale",
            name="TempoBlocklistStale",
            expression=f"increase(tempodb_blocklist_poll_errors_total{{{here}}}[15m]) > 0",
            lasting="30m",
            severity="warning",
            summary="a component cannot list the blocks in S3: new traces are not found",
        ),
        prometheus_alert(
            given,
            "tempo",
            "metrics_not_written",
            name="TempoMetricsNotWritten",
            expression=f"increase(tempo_metrics_generator_registry_collections_failed_total{{{here}}}[15m]) > 0",
            lasting="15m",
            severity="warning",
            summary="metrics that are made of traces are not written",
        ),
    ]
