"""How one learns that the mesh is not whole: a report to CloudWatch with alarms, and Prometheus's monitors and rules.

A small CronJob tells CloudWatch how many pods each control plane and each gateway misses; an alarm takes its silence as
bad news. What requests meet in the mesh is Prometheus's to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import MISSING_REPLICAS, cluster_report, custom_resources, metric_alarm, prometheus_alert
from groundplan.framework import Module, calculated, choose, concat, each, is_set, join, present

from . import access
from .chart import release_name
from .cni import DAEMON_SET
from .inputs import IstioInputs
from .kiali import NAME as KIALI

__all__ = ["alarms", "monitors", "status"]

_MINUTES = 5


def _report_name(given: IstioInputs) -> str:
    return f"{given.name}-status"


def status(scope: Module[Any, Any], given: IstioInputs, *, after: Sequence[Any]) -> None:
    """Reports how many pods every control plane, every gateway and the plugin miss."""
    workloads = concat(
        each(given.revisions).documents(lambda revision, _: f"{given.namespace}/deployment/{release_name(revision)}"),
        each(given.gateways).documents(lambda name, _: f"{given.gateway_namespace}/deployment/{name}"),
        choose(is_set(given.kiali), [f"{present(given.kiali).namespace}/deployment/{KIALI}"], []),
        choose(is_set(given.cni), [f"{present(given.cni).namespace}/daemonset/{DAEMON_SET}"], []),
    )
    cluster_report(
        scope,
        "status",
        given,
        name=_report_name(given),
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=f"*/{_MINUTES} * * * *",
        script=MISSING_REPLICAS,
        environment={"CLUSTER": given.cluster.name, "WORKLOADS": join(" ", workloads)},
        reads={"apps": ["daemonsets", "deployments"]},
        metric_namespace=access.METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
    )


def alarms(scope: Module[Any, Any], given: IstioInputs) -> None:
    """One alarm a control plane and a gateway."""
    planes, gateways = each(given.revisions), each(given.gateways)
    _missing(
        scope,
        "control_plane",
        given,
        part=f"revision-{planes.key}",
        workload=f"{given.namespace}/{release_name(planes.key)}",
        effect=(
            "Proxies go on with what they know; pods of its namespaces that start now get no proxy, and certificates "
            "are not renewed."
        ),
        see=f"kubectl --namespace {given.namespace} describe deployment {release_name(planes.key)}",
        only_when=planes,
    )
    _missing(
        scope,
        "gateway",
        given,
        part=f"gateway-{gateways.key}",
        workload=f"{given.gateway_namespace}/{gateways.key}",
        effect="Requests that go by it may be lost.",
        see=f"kubectl --namespace {given.gateway_namespace} describe deployment {gateways.key}",
        only_when=gateways,
    )
    _missing(
        scope,
        "kiali",
        given,
        part="kiali",
        workload=f"{present(given.kiali).namespace}/{KIALI}",
        effect="People may not see the mesh; requests are not concerned.",
        see=f"kubectl --namespace {present(given.kiali).namespace} describe deployment {KIALI}",
        only_when=is_set(given.kiali),
    )
    _missing(
        scope,
        "cni",
        given,
        part="cni",
        workload=f"{present(given.cni).namespace}/{DAEMON_SET}",
        effect="Pods of the mesh that start on nodes without it do not become ready; those that run go on.",
        see=f"kubectl --namespace {present(given.cni).namespace} describe daemonset {DAEMON_SET}",
        only_when=is_set(given.cni),
    )


def _missing(
    scope: Module[Any, Any],
    id: str,
    given: IstioInputs,
    *,
    part: str,
    workload: str,
    effect: str,
    see: str,
    only_when: Any,
) -> None:
    metric_alarm(
        scope,
        id,
        given,
        name=f"{given.name}-{part}-unavailable",
        description=(
            f"Pods of {workload} in the cluster {given.cluster.name} are missing, or the CronJob {_report_name(given)} "
            f"in {given.namespace} does not report, for {given.alarm_after_minutes} minutes. {effect} See: {see}"
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="MissingReplicas",
        dimensions={"Cluster": given.cluster.name, "Workload": workload},
        statistic="Minimum",
        period_seconds=_MINUTES * 60,
        periods=calculated(f"ceil({{minutes}} / {_MINUTES})", minutes=given.alarm_after_minutes),
        missing_data="breaching",
        only_when=only_when,
    )


def monitors(scope: Module[Any, Any], given: IstioInputs, *, after: Sequence[Any]) -> None:
    """Who reads istiod and the proxies, and what of it wakes people.

    https://github.com/istio/istio/blob/1.30.3/samples/addons/extras/prometheus-operator.yaml
    https://istio.io/latest/docs/reference/commands/pilot-discovery/#metrics
    """
    every = f"{present(given.prometheus).interval_seconds}s"
    custom_resources(
        scope,
        "monitoring",
        name="istio-monitoring",
        namespace=given.namespace,
        after=after,
        objects={
            "istiod": {
                **_head("ServiceMonitor", "istiod", given),
                "spec": {
                    "selector": {"matchLabels": {"istio": "pilot"}},
                    "endpoints": [{"port": "http-monitoring", "interval": every}],
                },
            },
            "proxies": {
                **_head("PodMonitor", "istio-proxies", given),
                "spec": {
                    "namespaceSelector": {"any": True},
                    # of all pods those that have the proxy's port, and do not ask to be left alone
                    "selector": {"matchExpressions": [{"key": "istio-prometheus-ignore", "operator": "DoesNotExist"}]},
                    "podMetricsEndpoints": [
                        {"port": "http-envoy-prom", "path": "/stats/prometheus", "interval": every}
                    ],
                },
            },
            "rules": {
                **_head("PrometheusRule", "istio", given),
                "spec": {"groups": [{"name": "istio", "rules": _rules(given)}]},
            },
        },
        only_when=is_set(given.prometheus),
    )


def _head(kind: str, name: str, given: IstioInputs) -> dict[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": given.namespace, "labels": present(given.prometheus).labels},
    }


def _rules(given: IstioInputs) -> list[dict[str, Any]]:
    served = 'istio_requests_total{reporter="destination"'
    by = "destination_service_name, destination_service_namespace"
    return [
        prometheus_alert(
            given,
            "istio",
            "configuration_refused",
            name="IstioConfigurationRefused",
            expression="sum by (type) (increase(pilot_total_xds_rejects[15m])) > 0",
            lasting="10m",
            severity="critical",
            summary="proxies refuse the {{ $labels.type }} that istiod gives them, and go on with what they had",
        ),
        prometheus_alert(
            given,
            "istio",
            "injection_failing",
            name="IstioInjectionFailing",
            expression="sum(increase(sidecar_injection_failure_total[15m])) > 0",
            severity="critical",
            summary="pods could not be given a proxy",
        ),
        prometheus_alert(
            given,
            "istio",
            "slow_to_configure",
            name="IstioSlowToConfigure",
            expression="histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[5m]))) > 30",
            lasting="15m",
            severity="warning",
            summary="a change takes more than half a minute to reach every proxy",
        ),
        prometheus_alert(
            given,
            "istio",
            "requests_failing",
            name="IstioRequestsFailing",
            expression=(
                f'sum by ({by}) (rate({served},response_code=~"5.."}}[5m])) '
                f"/ sum by ({by}) (rate({served}}}[5m])) > 0.05"
            ),
            lasting="10m",
            severity="warning",
            summary="more than one request in twenty to {{ $labels.destination_service_name }} fails",
        ),
    ]
