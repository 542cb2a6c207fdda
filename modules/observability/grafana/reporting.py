"""How one learns that Grafana is not there: the status report with its alarms, and Prometheus's rules.

Grafana's own metrics are Prometheus's. A small CronJob tells CloudWatch how many replicas are missing, since who lost
Grafana may have lost what reads its metrics too; silence is bad news.
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1Rule

from groundplan.building import MISSING_REPLICAS, cluster_report, metric_alarm, prometheus_alert
from groundplan.framework import Module, choose, equals, present

from .inputs import GrafanaInputs

__all__ = ["METRIC_NAMESPACE", "alarms", "prometheus_rule", "report"]

METRIC_NAMESPACE = "Groundplan/Grafana"
"""The CloudWatch namespace of the report's metrics."""
EVERY_5_MINUTES = "*/5 * * * *"


def report(scope: Module[Any, Any], given: GrafanaInputs, *, after: list[Any]) -> Any:
    """Reports how many replicas are missing."""
    kind = choose(equals(given.persistence.claims, "per_replica"), "statefulset", "deployment")
    return cluster_report(
        scope,
        "status",
        given,
        name=_name(given),
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=EVERY_5_MINUTES,
        script=MISSING_REPLICAS,
        environment={
            "CLUSTER": given.cluster.name,
            "WORKLOADS": f"{given.namespace}/{kind}/{given.release_name}",
        },
        rules=[RoleV1Rule(api_groups=["apps"], resources=["deployments", "statefulsets"], verbs=["get"])],
        metric_namespace=METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
    )


def _name(given: GrafanaInputs) -> str:
    return f"{given.release_name}-status"


def alarms(scope: Module[Any, Any], given: GrafanaInputs) -> None:
    """Nobody serves, or nothing is heard; or some replicas are missing for a quarter of an hour."""
    where = f"Grafana {given.namespace}/{given.release_name} in the cluster {given.cluster.name}"
    dimensions = {"Cluster": given.cluster.name, "Workload": f"{given.namespace}/{given.release_name}"}
    metric_alarm(
        scope,
        "down",
        given,
        name=f"{given.name}-down",
        description=(
            f"{where} has had no replica that is ready for 15 minutes, or the CronJob {_name(given)} does not report. "
            "Nobody sees dashboards, and its alerts ring for nobody."
        ),
        namespace=METRIC_NAMESPACE,
        metric="MissingReplicas",
        dimensions=dimensions,
        statistic="Minimum",
        period_seconds=900,
        threshold=given.replicas,
        missing_data="breaching",
    )
    metric_alarm(
        scope,
        "replicas_missing",
        given,
        name=f"{given.name}-replicas-missing",
        description=(
            f"{where} has had fewer replicas than it should for 15 minutes. People still get answers, and the next "
            "loss may end that."
        ),
        namespace=METRIC_NAMESPACE,
        metric="MissingReplicas",
        dimensions=dimensions,
        statistic="Minimum",
        period_seconds=900,
    )


def prometheus_rule(given: GrafanaInputs, module: str) -> dict[str, Any]:
    """What only Grafana's own metrics tell, for the Alertmanager of the platform.

    The names are those that Grafana registers:
    https://github.com/grafana/grafana/blob/v13.2.0/pkg/services/ngalert/metrics/scheduler.go
    https://github.com/grafana/grafana/blob/v13.2.0/pkg/infra/metrics/metrics.go
    """
    selected = f'namespace="{given.namespace}"'
    errors = f'sum(rate(grafana_http_request_duration_seconds_count{{{selected},status_code=~"5.."}}[5m]))'
    requests = f"sum(rate(grafana_http_request_duration_seconds_count{{{selected}}}[5m]))"
    failed_rules = f"sum(increase(grafana_alerting_rule_evaluation_failures_total{{{selected}}}[15m]))"
    untold = f"sum(increase(grafana_alerting_notifications_failed_total{{{selected}}}[15m]))"
    rules = [
        prometheus_alert(
            given,
            module,
            "requests_fail",
            name="GrafanaRequestsFail",
            expression=f"{errors} / {requests} > 0.05",
            summary="More than 5 % of the requests to Grafana fail",
            severity="warning",
            lasting="15m",
        ),
        prometheus_alert(
            given,
            module,
            "alert_rules_fail",
            name="GrafanaAlertRulesFail",
            expression=f"{failed_rules} > 0",
            summary="Alert rules of Grafana cannot be evaluated: what they watch is not watched",
            severity="warning",
            lasting="15m",
        ),
        prometheus_alert(
            given,
            module,
            "notifications_fail",
            name="GrafanaNotificationsFail",
            expression=f"{untold} > 0",
            summary="Grafana cannot tell anybody of its alerts",
            severity="critical",
            lasting="5m",
        ),
    ]
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {
            "name": given.release_name,
            "namespace": given.namespace,
            "labels": present(given.metrics).labels,
        },
        "spec": {"groups": [{"name": "grafana", "rules": rules}]},
    }
