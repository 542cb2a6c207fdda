"""How one learns that a part of the cluster is missing: a report to CloudWatch, and alarms.

EKS tells EventBridge nothing of an add-on's health, and these parts have Prometheus's metrics at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.building import MISSING_REPLICAS, cluster_report, metric_alarm
from groundplan.framework import Module, any_of, calculated, choose, concat, is_set, join, present

from . import access
from .addons import KUBE_SYSTEM
from .chart import (
    EXTERNAL_SECRETS,
    EXTERNAL_SECRETS_WEBHOOK,
    KARPENTER,
    KUBE_STATE_METRICS,
    METRICS_SERVER,
    NODE_EXPORTER,
    SNAPSHOT_CONTROLLER,
)
from .inputs import FoundationsInputs

__all__ = ["alarms", "status"]

_MINUTES = 5


@dataclass(frozen=True)
class _Workload:
    """What runs of a part, and what its absence means."""

    id: str
    part: Any
    kind: str
    name: str
    effect: str
    namespace: str = KUBE_SYSTEM

    @property
    def path(self) -> str:
        return f"{self.namespace}/{self.kind}/{self.name}"


def _workloads(given: FoundationsInputs) -> list[_Workload]:
    """Names as the add-ons and the charts both have them: https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html"""
    return [
        _Workload(
            "pod_identity_agent",
            given.pod_identity_agent,
            "daemonset",
            "eks-pod-identity-agent",
            "Pods of the nodes without one get no credentials of AWS.",
        ),
        _Workload(
            "ebs_csi_controller",
            given.ebs_csi_driver,
            "deployment",
            "ebs-csi-controller",
            "No volume is made, attached or resized: pods with volumes that move to another node wait.",
        ),
        _Workload(
            "ebs_csi_node",
            given.ebs_csi_driver,
            "daemonset",
            "ebs-csi-node",
            "Pods with volumes do not start on the nodes without one.",
        ),
        _Workload(
            "efs_csi_controller",
            given.efs_csi_driver,
            "deployment",
            "efs-csi-controller",
            "No shared volume is made or deleted: pods that claim a new one wait.",
        ),
        _Workload(
            "efs_csi_node",
            given.efs_csi_driver,
            "daemonset",
            "efs-csi-node",
            "Pods with shared volumes do not start on the nodes without one.",
        ),
        _Workload(
            "snapshot_controller",
            given.snapshot_controller,
            "deployment",
            SNAPSHOT_CONTROLLER,
            "No snapshot of a volume is made, and backups that need one fail.",
        ),
        _Workload(
            "metrics_server",
            given.metrics_server,
            "deployment",
            METRICS_SERVER,
            "Nothing is scaled by its use of CPU or memory any more.",
        ),
        _Workload(
            "kube_state_metrics",
            given.kube_state_metrics,
            "deployment",
            KUBE_STATE_METRICS,
            "Prometheus learns nothing of the cluster's objects, and alerts about them are silent.",
        ),
        _Workload(
            "karpenter",
            given.karpenter,
            "deployment",
            KARPENTER,
            "No node is made for pods that find no place, and none is drained that AWS takes back.",
        ),
        _Workload(
            "node_exporter",
            given.node_exporter,
            "daemonset",
            NODE_EXPORTER,
            "Prometheus learns nothing of the nodes without one.",
        ),
        _Workload(
            "external_secrets",
            given.external_secrets,
            "deployment",
            EXTERNAL_SECRETS,
            "Secrets of the cluster stay as they are, whatever becomes of them in Secrets Manager.",
            present(given.external_secrets).namespace,
        ),
        _Workload(
            "external_secrets_webhook",
            given.external_secrets,
            "deployment",
            EXTERNAL_SECRETS_WEBHOOK,
            "Stores and ExternalSecrets can be neither made nor changed.",
            present(given.external_secrets).namespace,
        ),
    ]


def _report_name(given: FoundationsInputs) -> str:
    return f"{given.name}-status"


def status(scope: Module[Any, Any], given: FoundationsInputs, *, after: Sequence[Any]) -> None:
    """Reports how many replicas every workload of this module misses."""
    found = _workloads(given)
    cluster_report(
        scope,
        "status",
        given,
        name=_report_name(given),
        cluster=given.cluster,
        namespace=KUBE_SYSTEM,
        schedule=f"*/{_MINUTES} * * * *",
        script=MISSING_REPLICAS,
        environment={
            "CLUSTER": given.cluster.name,
            "WORKLOADS": join(" ", concat(*(choose(is_set(each.part), [each.path], []) for each in found))),
        },
        reads={"apps": ["daemonsets", "deployments"]},
        metric_namespace=access.METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
        only_when=any_of(*(is_set(each.part) for each in found)),
    )


def alarms(scope: Module[Any, Any], given: FoundationsInputs) -> None:
    """One alarm a workload: replicas are missing for too long, or nobody says that they are not."""
    for workload in _workloads(given):
        metric_alarm(
            scope,
            workload.id,
            given,
            name=f"{given.name}-{workload.id.replace('_', '-')}-unavailable",
            description=(
                f"Replicas of {workload.namespace}/{workload.name} in the cluster {given.cluster.name} are missing, or "
                f"the CronJob {_report_name(given)} does not report, for {given.alarm_after_minutes} minutes. "
                f"{workload.effect} See: kubectl --namespace {workload.namespace} describe {workload.kind} "
                f"{workload.name}"
            ),
            namespace=access.METRIC_NAMESPACE,
            metric="MissingReplicas",
            dimensions={"Cluster": given.cluster.name, "Workload": f"{workload.namespace}/{workload.name}"},
            statistic="Minimum",
            period_seconds=_MINUTES * 60,
            periods=calculated(f"ceil({{minutes}} / {_MINUTES})", minutes=given.alarm_after_minutes),
            missing_data="breaching",
            only_when=is_set(workload.part),
        )
