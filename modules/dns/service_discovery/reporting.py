"""How one learns that names are no longer found: a report to CloudWatch with alarms, and Prometheus's rules.

CoreDNS and ExternalDNS have Prometheus's metrics only, and EKS tells EventBridge nothing of an add-on's health. A small
CronJob tells CloudWatch how many replicas are missing; it needs the cluster's DNS itself to do so, and an alarm takes
its silence as bad news. Whether ExternalDNS writes what it should is Prometheus's to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from groundplan.building import MISSING_REPLICAS, cluster_report, custom_resources, metric_alarm, prometheus_alert
from groundplan.framework import (
    Module,
    all_of,
    any_of,
    calculated,
    choose,
    concat,
    each,
    is_set,
    join,
    not_empty,
    present,
)

from . import access
from .chart import instance_name
from .coredns import KUBE_SYSTEM
from .inputs import ExternalDns, ServiceDiscoveryInputs
from .node_local_dns import NODE_LOCAL

__all__ = ["alarms", "prometheus_objects", "status"]

_MINUTES = 5


def _report_name(given: ServiceDiscoveryInputs) -> str:
    """What the status report is called: its ClusterRole must be another one's than that of another call."""
    return f"{given.name}-status"


def status(scope: Module[Any, Any], given: ServiceDiscoveryInputs, *, after: Sequence[Any]) -> None:
    """Reports how many replicas every workload of this module misses."""
    workloads = concat(
        choose(is_set(given.coredns), [f"{KUBE_SYSTEM}/deployment/coredns"], []),
        choose(is_set(given.node_local_dns), [f"{KUBE_SYSTEM}/daemonset/{NODE_LOCAL}"], []),
        each(given.external_dns).documents(lambda name, _: f"{given.namespace}/deployment/{instance_name(name)}"),
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
        only_when=any_of(is_set(given.coredns), is_set(given.node_local_dns), not_empty(given.external_dns)),
    )


def alarms(scope: Module[Any, Any], given: ServiceDiscoveryInputs) -> None:
    """One alarm a workload: replicas are missing for too long, or nobody says that they are not."""
    _missing(
        scope,
        "coredns",
        given,
        workload=f"{KUBE_SYSTEM}/coredns",
        effect="Names may not be found by anything in the cluster.",
        see=f"kubectl --namespace {KUBE_SYSTEM} describe deployment coredns",
        only_when=is_set(given.coredns),
    )
    _missing(
        scope,
        "node_local_dns",
        given,
        workload=f"{KUBE_SYSTEM}/{NODE_LOCAL}",
        effect="Names may not be found by pods of the nodes without one.",
        see=f"kubectl --namespace {KUBE_SYSTEM} get pods --selector k8s-app={NODE_LOCAL} --output wide",
        only_when=is_set(given.node_local_dns),
    )
    instances = each(given.external_dns)
    _missing(
        scope,
        "external_dns",
        given,
        workload=f"{given.namespace}/{instance_name(instances.key)}",
        effect="Records in Route 53 stay as they are, whatever changes in the cluster.",
        see=f"kubectl --namespace {given.namespace} logs deployment/{instance_name(instances.key)}",
        only_when=instances,
    )


def _missing(
    scope: Module[Any, Any],
    id: str,
    given: ServiceDiscoveryInputs,
    *,
    workload: str,
    effect: str,
    see: str,
    only_when: Any,
) -> None:
    name = f"{given.name}-{id.replace('_', '-')}"
    metric_alarm(
        scope,
        id,
        given,
        name=f"{name}-{only_when.key}-unavailable" if id == "external_dns" else f"{name}-unavailable",
        description=(
            f"Replicas of {workload} in the cluster {given.cluster.name} are missing, or the CronJob "
            f"{_report_name(given)} in {given.namespace} does not report, for {given.alarm_after_minutes} minutes. "
            f"{effect} See: {see}"
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


def prometheus_objects(scope: Module[Any, Any], given: ServiceDiscoveryInputs, *, after: Sequence[Any]) -> None:
    """Monitors of what no chart monitors, and alert rules.

    https://coredns.io/plugins/metrics/ and
    https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/docs/monitoring/metrics.md
    """
    watched = is_set(given.prometheus)
    settings = present(given.prometheus)
    every = f"{settings.interval_seconds}s"
    in_kube_system = {"matchNames": [KUBE_SYSTEM]}
    custom_resources(
        scope,
        "coredns_monitoring",
        name="coredns-monitoring",
        namespace=given.namespace,
        after=after,
        objects={
            "monitor": {
                **_head("ServiceMonitor", "coredns", given),
                "spec": {
                    "namespaceSelector": in_kube_system,
                    # of the services of these pods the one that EKS makes has a port for metrics
                    "selector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    "endpoints": [{"port": "metrics", "interval": every}],
                },
            },
            "rule": _rule("coredns", given, _coredns_alerts(given)),
        },
        only_when=all_of(watched, is_set(given.coredns)),
    )
    custom_resources(
        scope,
        "node_local_monitoring",
        name="node-local-dns-monitoring",
        namespace=given.namespace,
        after=after,
        objects={
            "monitor": {
                **_head("PodMonitor", NODE_LOCAL, given),
                "spec": {
                    "namespaceSelector": in_kube_system,
                    "selector": {"matchLabels": {"k8s-app": NODE_LOCAL}},
                    "podMetricsEndpoints": [{"port": "metrics", "interval": every}],
                },
            },
            "rule": _rule(NODE_LOCAL, given, _node_local_alerts(given)),
        },
        only_when=all_of(watched, is_set(given.node_local_dns)),
    )
    instances = each(given.external_dns)
    custom_resources(
        scope,
        "external_dns_monitoring",
        name="external-dns-monitoring",
        namespace=given.namespace,
        after=after,
        objects={
            "rule": _rule(
                "external-dns",
                given,
                concat(
                    instances.documents(lambda name, instance: _not_synchronized(given, name, instance)),
                    instances.documents(lambda name, _: _failing(given, name)),
                ),
            )
        },
        only_when=all_of(watched, not_empty(given.external_dns)),
    )


def _head(kind: str, name: str, given: ServiceDiscoveryInputs) -> dict[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": given.namespace, "labels": present(given.prometheus).labels},
    }


def _rule(name: str, given: ServiceDiscoveryInputs, rules: Any) -> dict[str, Any]:
    return {**_head("PrometheusRule", name, given), "spec": {"groups": [{"name": name, "rules": rules}]}}


def _alert(
    given: ServiceDiscoveryInputs,
    page: str,
    name: str,
    expression: str,
    lasting: str,
    severity: Literal["critical", "warning"],
    summary: str,
) -> dict[str, Any]:
    return prometheus_alert(
        given,
        "service_discovery",
        page,
        name=name,
        expression=expression,
        summary=summary,
        severity=severity,
        lasting=lasting,
    )


def _coredns_alerts(given: ServiceDiscoveryInputs) -> list[dict[str, Any]]:
    return [
        _alert(
            given,
            "coredns_down",
            "CoreDNSDown",
            'absent(up{job="kube-dns"} == 1)',
            "5m",
            "critical",
            "no replica of CoreDNS answers",
        ),
        _alert(
            given,
            "coredns_errors",
            "CoreDNSErrors",
            'sum(rate(coredns_dns_responses_total{job="kube-dns",rcode="SERVFAIL"}[5m])) '
            '/ sum(rate(coredns_dns_responses_total{job="kube-dns"}[5m])) > 0.01',
            "10m",
            "critical",
            "CoreDNS cannot answer more than one query in a hundred",
        ),
        _alert(
            given,
            "coredns_slow",
            "CoreDNSSlow",
            "histogram_quantile(0.99, sum by (le) "
            '(rate(coredns_dns_request_duration_seconds_bucket{job="kube-dns"}[5m]))) > 1',
            "10m",
            "warning",
            "one query in a hundred takes CoreDNS more than a second",
        ),
        _alert(
            given,
            "corefile_refused",
            "CoreDNSCorefileRefused",
            'increase(coredns_reload_failed_total{job="kube-dns"}[15m]) > 0',
            "0m",
            "warning",
            "CoreDNS refuses its new configuration and goes on with the old one",
        ),
    ]


def _node_local_alerts(given: ServiceDiscoveryInputs) -> list[dict[str, Any]]:
    return [
        _alert(
            given,
            "node_local_setup_errors",
            "NodeLocalDNSSetupErrors",
            "increase(coredns_nodecache_setup_errors_total[15m]) > 0",
            "15m",
            "warning",
            "the DNS cache of a node cannot set up its address or its rules",
        )
    ]


def _not_synchronized(given: ServiceDiscoveryInputs, name: str, instance: ExternalDns) -> dict[str, Any]:
    last = f'external_dns_controller_last_sync_timestamp_seconds{{job="{instance_name(name)}"}}'
    allowed = calculated("max(900, {interval} * 5)", interval=instance.interval_seconds)
    return _alert(
        given,
        "external_dns_not_synchronized",
        "ExternalDNSNotSynchronized",
        f"time() - {last} > {allowed} or absent({last})",
        "5m",
        "warning",
        f"{instance_name(name)} has not brought Route 53 up to date for {allowed} seconds",
    )


def _failing(given: ServiceDiscoveryInputs, name: str) -> dict[str, Any]:
    job = f'{{job="{instance_name(name)}"}}'
    return _alert(
        given,
        "external_dns_errors",
        "ExternalDNSErrors",
        f"increase(external_dns_registry_errors_total{job}[15m]) "
        f"+ increase(external_dns_source_errors_total{job}[15m]) > 0",
        "30m",
        "warning",
        f"{instance_name(name)} fails to read the cluster's objects or Route 53's records",
    )
