"""What Prometheus is told: the plugin that counts, and the alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from groundplan.building import custom_resources, prometheus_alert
from groundplan.framework import Module, choose, concat, is_set, present

from .inputs import KongInputs

__all__ = ["prometheus_objects"]


def prometheus_objects(scope: Module[Any, Any], given: KongInputs, *, after: Sequence[Any]) -> Any:
    """The plugin `prometheus` for everything that Kong serves, without which it has no metrics, and alert rules.

    https://developer.konghq.com/plugins/prometheus/reference/
    https://github.com/Kong/kong/blob/3.9.3/kong/plugins/prometheus/exporter.lua
    """
    release = given.release_name
    return custom_resources(
        scope,
        "metrics",
        name=f"{release}-metrics",
        namespace=given.namespace,
        after=after,
        objects={
            "plugin": {
                "apiVersion": "configuration.konghq.com/v1",
                "kind": "KongClusterPlugin",
                "metadata": {
                    "name": f"{release}-prometheus",
                    "annotations": {"kubernetes.io/ingress.class": given.ingress_class},
                    "labels": {"global": "true"},
                },
                "plugin": "prometheus",
                "config": {
                    # every one is off by default
                    "status_code_metrics": True,
                    "latency_metrics": True,
                    "bandwidth_metrics": True,
                    "upstream_health_metrics": True,
                    # a series for each of them
                    "per_consumer": False,
                },
            },
            "rule": {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {
                    "name": release,
                    "namespace": given.namespace,
                    "labels": present(given.metrics).labels,
                },
                "spec": {
                    "groups": [
                        {
                            "name": f"{given.namespace}-{release}",
                            "rules": concat(_alerts(given), choose(is_set(given.portal), [_portal_alert(given)], [])),
                        }
                    ]
                },
            },
        },
        only_when=is_set(given.metrics),
    )


def _alerts(given: KongInputs) -> list[dict[str, Any]]:
    """The controller's metrics come from the same pods, by the same monitor."""
    here = f'job="{given.release_name}-proxy",namespace="{given.namespace}"'
    refused = f'ingress_controller_configuration_push_count{{{here},success="false"}}'
    failed = f'sum(rate(kong_http_requests_total{{{here},code=~"5.."}}[5m]))'
    latency = f"sum by (le) (rate(kong_kong_latency_ms_bucket{{{here}}}[5m]))"
    critical: Literal["critical", "warning"] = "critical"
    warning: Literal["critical", "warning"] = "warning"
    return [
        prometheus_alert(
            given,
            "kong",
            page,
            name=name,
            expression=expression,
            summary=f"Kong {given.release_name}: {summary}",
            severity=severity,
            lasting=lasting,
        )
        for page, name, expression, lasting, severity, summary in (
            ("down", "KongDown", f"absent(kong_datastore_reachable{{{here}}})", "5m", critical, "no replica is seen"),
            (
                "database_unreachable",
                "KongDatabaseUnreachable",
                f"min(kong_datastore_reachable{{{here}}}) == 0",
                "5m",
                critical,
                "a replica cannot reach its database",
            ),
            (
                "configuration_refused",
                "KongConfigurationRefused",
                f"increase({refused}[15m]) > 0",
                "15m",
                warning,
                "the controller cannot bring the cluster's objects into Kong",
            ),
            (
                "server_errors",
                "KongServerErrors",
                f"{failed} / sum(rate(kong_http_requests_total{{{here}}}[5m])) > 0.05",
                "10m",
                critical,
                "one answer in twenty is an error of ours",
            ),
            (
                "slow",
                "KongSlow",
                f"histogram_quantile(0.95, {latency}) > 100",
                "15m",
                warning,
                "Kong itself adds a tenth of a second",
            ),
        )
    ]


def _portal_alert(given: KongInputs) -> dict[str, Any]:
    """What kube-state-metrics tells: the portal's own pods have no metrics."""
    of = f'namespace="{given.namespace}",deployment="{given.release_name}-portal"'
    return prometheus_alert(
        given,
        "kong",
        "portal_down",
        name="KongPortalDown",
        expression=f"sum(kube_deployment_status_replicas_available{{{of}}}) == 0",
        summary=f"Kong {given.release_name}: nobody can read the portal",
        severity="warning",
        lasting="15m",
    )
