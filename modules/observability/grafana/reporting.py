"""How one learns that Grafana is not there: the status report with its alarms, and Prometheus's rules.

Grafana's own metrics are Prometheus's. A small CronJob tells CloudWatch how many replicas are ready, since who lost
Grafana may have lost what reads its metrics too; silence is bad news.
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1Rule

from groundplan.building import cluster_report, metric_alarm
from groundplan.framework import Module, present

from .inputs import GrafanaInputs

__all__ = ["METRIC_NAMESPACE", "alarms", "prometheus_rule", "report"]

METRIC_NAMESPACE = "Groundplan/Grafana"
"""The CloudWatch namespace of the report's metrics."""
EVERY_5_MINUTES = "*/5 * * * *"


def report(scope: Module[Any, Any], given: GrafanaInputs, *, after: list[Any]) -> Any:
    """Reports how many replicas are ready, and how many are missing."""
    return cluster_report(
        scope,
        "status",
        given,
        name=_name(given),
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=EVERY_5_MINUTES,
        script="status/status.sh",
        environment={"CLUSTER": given.cluster.name, "NAMESPACE": given.namespace, "RELEASE": given.release_name},
        rules=[RoleV1Rule(api_groups=["apps"], resources=["deployments", "statefulsets"], verbs=["get", "list"])],
        metric_namespace=METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
    )


def _name(given: GrafanaInputs) -> str:
    return f"{given.release_name}-status"


def alarms(scope: Module[Any, Any], given: GrafanaInputs) -> None:
    """Nobody serves; or some replicas are missing for a quarter of an hour."""
    where = f"Grafana {given.namespace}/{given.release_name} in the cluster {given.cluster.name}"
    dimensions = {"Cluster": given.cluster.name, "Release": f"{given.namespace}/{given.release_name}"}
    look = (
        f"kubectl --namespace {given.namespace} get pods --selector app.kubernetes.io/instance={given.release_name}, "
        "then describe and logs of one that is not ready."
    )
    metric_alarm(
        scope,
        "down",
        given,
        name=f"{given.name}-down",
        description=(
            f"{where} has no replica that is ready, or the CronJob {_name(given)} does not report. See: {look} Does "
            "the database take connections, is its password that of the Secret, are all Secrets there?"
        ),
        namespace=METRIC_NAMESPACE,
        metric="ReadyReplicas",
        dimensions=dimensions,
        statistic="Maximum",
        period_seconds=900,
        comparison="LessThanThreshold",
        threshold=1,
        missing_data="breaching",
    )
    metric_alarm(
        scope,
        "replicas_missing",
        given,
        name=f"{given.name}-replicas-missing",
        description=(
            f"{where} has had fewer replicas than it should for 15 minutes: people still get answers, and the next "
            f"loss may end that. See: {look} A volume can be in another zone than the nodes that have room."
        ),
        namespace=METRIC_NAMESPACE,
        metric="MissingReplicas",
        dimensions=dimensions,
        statistic="Minimum",
        period_seconds=900,
    )


def prometheus_rule(given: GrafanaInputs) -> dict[str, Any]:
    """What only Grafana's own metrics tell, for the Alertmanager of the platform.

    The names are those that Grafana registers:
    https://github.com/grafana/grafana/blob/v13.2.0/pkg/services/ngalert/metrics/scheduler.go
    https://github.com/grafana/grafana/blob/v13.2.0/pkg/infra/metrics/metrics.go
    """
    selected = f'namespace="{given.namespace}"'

    def alert(name: str, expression: str, minutes: int, severity: str, summary: str, see: str) -> dict[str, Any]:
        return {
            "alert": name,
            "expr": expression,
            "for": f"{minutes}m",
            "labels": {"severity": severity},
            "annotations": {"summary": summary, "description": see},
        }

    errors = f'sum(rate(grafana_http_request_duration_seconds_count{{{selected},status_code=~"5.."}}[5m]))'
    requests = f"sum(rate(grafana_http_request_duration_seconds_count{{{selected}}}[5m]))"
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {
            "name": given.release_name,
            "namespace": given.namespace,
            "labels": present(given.metrics).labels,
        },
        "spec": {
            "groups": [
                {
                    "name": "grafana",
                    "rules": [
                        alert(
                            "GrafanaRequestsFail",
                            f"{errors} / {requests} > 0.05",
                            15,
                            "warning",
                            "More than 5 % of the requests to Grafana fail",
                            "See the logs of its pods with level=error, and whether its database answers.",
                        ),
                        alert(
                            "GrafanaAlertRulesFail",
                            f"sum(increase(grafana_alerting_rule_evaluation_failures_total{{{selected}}}[15m])) > 0",
                            15,
                            "warning",
                            "Alert rules of Grafana cannot be evaluated: what they watch is not watched",
                            "See Alerting, Alert rules, state Error: mostly the data source does not answer.",
                        ),
                        alert(
                            "GrafanaNotificationsFail",
                            f"sum(increase(grafana_alerting_notifications_failed_total{{{selected}}}[15m])) > 0",
                            5,
                            "critical",
                            "Grafana cannot tell anybody of its alerts",
                            "See Alerting, Contact points: the last delivery's error stands beside each.",
                        ),
                    ],
                }
            ]
        },
    }
