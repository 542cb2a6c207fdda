"""What Prometheus is told: the plugin that counts, and the alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import custom_resources
from groundplan.framework import Module, is_set, present

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
                "spec": {"groups": [{"name": f"{given.namespace}-{release}", "rules": _alerts(given)}]},
            },
        },
        only_when=is_set(given.metrics),
    )


def _alerts(given: KongInputs) -> list[dict[str, Any]]:
    """Each says what to do. The controller's metrics come from the same pods, by the same monitor."""
    here = f'job="{given.release_name}-proxy",namespace="{given.namespace}"'
    see = f"kubectl --namespace {given.namespace}"
    return [
        {
            "alert": alert,
            "expr": expression,
            "for": how_long,
            "labels": {"severity": severity},
            "annotations": {"summary": f"Kong {given.release_name}: {summary}", "description": description},
        }
        for alert, expression, how_long, severity, summary, description in (
            (
                "KongDown",
                f"absent(kong_datastore_reachable{{{here}}})",
                "5m",
                "critical",
                "no replica is seen",
                f"Nobody is served, or nobody measures. {see} get pods, then describe those that are not ready.",
            ),
            (
                "KongDatabaseUnreachable",
                f"min(kong_datastore_reachable{{{here}}}) == 0",
                "5m",
                "critical",
                "a replica cannot reach its database",
                "Routes that are known are served on; changes and new replicas are not. Look at the instance "
                f"{given.name} in RDS, and at {see} describe externalsecret,secretproviderclass: a password that was "
                "rotated and did not arrive is refused.",
            ),
            (
                "KongConfigurationRefused",
                f'increase(ingress_controller_configuration_push_count{{{here},success="false"}}[15m]) > 0',
                "15m",
                "warning",
                "the controller cannot bring the cluster's objects into Kong",
                f"What was changed last does not act. {see} logs deployment/{given.release_name} --container "
                "ingress-controller names the object and the reason; events of that object have it too.",
            ),
            (
                "KongServerErrors",
                f'sum(rate(kong_http_requests_total{{{here},code=~"5.."}}[5m]))'
                f" / sum(rate(kong_http_requests_total{{{here}}}[5m])) > 0.05",
                "10m",
                "critical",
                "one answer in twenty is an error of ours",
                'By source: sum by (service, source) (rate(kong_http_requests_total{code=~"5.."}[5m])): "service" is '
                'what stands behind Kong, "kong" Kong itself.',
            ),
            (
                "KongSlow",
                f"histogram_quantile(0.95, sum by (le) (rate(kong_kong_latency_ms_bucket{{{here}}}[5m]))) > 100",
                "15m",
                "warning",
                "Kong itself adds a tenth of a second",
                "Plugins that ask somebody else, or too little CPU: compare kubectl top pods with cpu_millicores, and "
                "the replicas with autoscaling.max_replicas.",
            ),
        )
    ]
