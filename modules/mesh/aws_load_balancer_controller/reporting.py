"""How one learns that load balancers are not made: a report to CloudWatch with alarms, and Prometheus's rules.

The controller has Prometheus's metrics only. A small CronJob tells CloudWatch how many of its pods are missing, and how
many Ingresses and Services wait for a load balancer; an alarm takes its silence as bad news.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import cluster_report, custom_resources, metric_alarm, prometheus_alert
from groundplan.framework import Module, calculated, is_set, join, keys, present

from . import access
from .chart import CONTROLLER, LOAD_BALANCER_CLASS
from .inputs import AwsLoadBalancerControllerInputs

__all__ = ["alarms", "prometheus_rules", "status"]

_MINUTES = 5
_RETRIED_WITHIN = "20m"


def _report_name(given: AwsLoadBalancerControllerInputs) -> str:
    return f"{given.name}-status"


def status(scope: Module[Any, Any], given: AwsLoadBalancerControllerInputs, *, after: Sequence[Any]) -> None:
    """Reports the controller's missing pods, and what waits for a load balancer of its."""
    cluster_report(
        scope,
        "status",
        given,
        name=_report_name(given),
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=f"*/{_MINUTES} * * * *",
        script="status.sh",
        environment={
            "CLUSTER": given.cluster.name,
            "DEPLOYMENT": f"{given.namespace}/{CONTROLLER}",
            "INGRESS_CLASSES": join(" ", keys(given.ingress_classes)),
            "LOAD_BALANCER_CLASS": LOAD_BALANCER_CLASS,
        },
        reads={"": ["services"], "apps": ["deployments"], "networking.k8s.io": ["ingresses"]},
        metric_namespace=access.METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
    )


def alarms(scope: Module[Any, Any], given: AwsLoadBalancerControllerInputs) -> None:
    """Pods are missing, or what was asked for is not there."""
    periods = calculated(f"ceil({{minutes}} / {_MINUTES})", minutes=given.alarm_after_minutes)
    silent = f"or the CronJob {_report_name(given)} in {given.namespace} does not report,"
    metric_alarm(
        scope,
        "unavailable",
        given,
        name=f"{given.name}-unavailable",
        description=(
            f"Pods of {CONTROLLER} in the cluster {given.cluster.name} are missing, {silent} for "
            f"{given.alarm_after_minutes} minutes. Load balancers serve on, and learn of no new pod; without any pod "
            "no Ingress can be made, and perhaps no Service. "
            f"See: kubectl --namespace {given.namespace} describe deployment {CONTROLLER}"
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="MissingReplicas",
        dimensions={"Cluster": given.cluster.name},
        statistic="Minimum",
        period_seconds=_MINUTES * 60,
        periods=periods,
        missing_data="breaching",
    )
    metric_alarm(
        scope,
        "waiting",
        given,
        name=f"{given.name}-load-balancers-waiting",
        description=(
            f"Ingresses or Services of the cluster {given.cluster.name} have waited for a load balancer for "
            f"{given.alarm_after_minutes} minutes. Their events say why: kubectl describe ingress, kubectl describe "
            f"service. The controller's log: kubectl --namespace {given.namespace} logs deployment/{CONTROLLER}"
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="WaitingLoadBalancers",
        dimensions={"Cluster": given.cluster.name},
        statistic="Minimum",
        period_seconds=_MINUTES * 60,
        periods=periods,
        # that the report is silent, the other alarm says
        missing_data="ignore",
    )


def prometheus_rules(scope: Module[Any, Any], given: AwsLoadBalancerControllerInputs, *, after: Sequence[Any]) -> None:
    """Alert rules on what only the controller's metrics tell.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/pkg/metrics/lbc/instruments.go
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/pkg/metrics/aws/instruments.go
    """
    custom_resources(
        scope,
        "prometheus_rule",
        name="aws-load-balancer-controller-rules",
        namespace=given.namespace,
        after=after,
        objects={
            "rule": {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {
                    "name": CONTROLLER,
                    "namespace": given.namespace,
                    "labels": present(given.prometheus).labels,
                },
                "spec": {"groups": [{"name": CONTROLLER, "rules": _alerts(given)}]},
            }
        },
        only_when=is_set(given.prometheus),
    )


def _alerts(given: AwsLoadBalancerControllerInputs) -> list[dict[str, Any]]:
    return [
        prometheus_alert(
            given,
            "aws_load_balancer_controller",
            "reconciling_failed",
            name="LoadBalancerControllerFailing",
            expression=_counted("awslbc_controller_reconcile_errors_total", by="controller, error_category"),
            lasting="30m",
            severity="warning",
            summary="load balancers of {{ $labels.controller }} are not as they should be",
        ),
        prometheus_alert(
            given,
            "aws_load_balancer_controller",
            "not_allowed",
            name="LoadBalancerControllerNotAllowed",
            expression=_counted("aws_api_call_permission_errors_total", by="service, operation"),
            severity="critical",
            summary="AWS refuses {{ $labels.operation }} of {{ $labels.service }} to the controller",
        ),
        prometheus_alert(
            given,
            "aws_load_balancer_controller",
            "throttled",
            name="LoadBalancerControllerThrottled",
            expression=_counted("aws_api_call_throttled_errors_total", by="service, operation"),
            lasting="30m",
            severity="warning",
            summary="AWS slows {{ $labels.operation }} down: pods come to load balancers late",
        ),
    ]


def _counted(counter: str, *, by: str) -> str:
    """Whether a counter of errors grew, over longer than the controller waits before it tries again, 1,000 seconds.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/pkg/config/controller_config.go
    """
    return f'sum by ({by}) (increase({counter}{{job="{CONTROLLER}"}}[{_RETRIED_WITHIN}])) > 0'
