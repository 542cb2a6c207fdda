"""The cluster: what everything else silently assumes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from environments.families.alerting import Alerting
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.problems import Problem
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.cluster.foundations import (
    EbsCsiDriver,
    ExternalSecrets,
    Foundations,
    FoundationsInputs,
    Karpenter,
    KubeStateMetrics,
    MetricsServer,
    Namespace,
    NodeExporter,
    PodIdentityAgent,
    PriorityClass,
    Prometheus,
    Quota,
    SecretStore,
    SnapshotClass,
    SnapshotController,
    StorageClass,
)

__all__ = ["PLATFORM_STORE", "Cluster", "ClusterFamily"]

CHARTS = {
    "ebs_csi_driver": "aws-ebs-csi-driver",
    "external_secrets": "external-secrets",
    "karpenter": "karpenter",
    "kube_state_metrics": "kube-state-metrics",
    "metrics_server": "metrics-server",
    "node_exporter": "prometheus-node-exporter",
    "prometheus_operator_crds": "prometheus-operator-crds",
    "snapshot_controller": "snapshot-controller",
}
"""Parts of the module, and what kubernetes.provides calls them where the cluster has them already."""


PLATFORM_STORE = "platform"
"""The ClusterSecretStore by which the platform's own modules read theirs."""

WORKLOADS = ("claims", "payments", "policies")
"""The namespaces of what the insurer runs; those of the platform are made by its modules."""


@dataclass(frozen=True)
class Cluster:
    """What other families need of this one."""

    foundations: Foundations


def _brought(env: Platform, part: str) -> bool:
    """Whether the module brings a part: what the environment says is in the cluster already, it leaves alone."""
    return CHARTS[part] not in env.kubernetes.provides


class ClusterFamily(PlatformFamily):
    """What a cluster must have before any other family comes."""

    foundations: FoundationsInputs = field("storage, snapshots, metrics, credentials, nodes")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """EKS's add-ons, as far as the cluster does not have them, and a class of encrypted volumes."""
        agent = PodIdentityAgent(addon_version="v1.3.10-eksbuild.3")
        return cls(
            foundations=FoundationsInputs(
                pod_identity_agent=agent if env.cluster.identity == "pod_identity" else None,
                ebs_csi_driver=(
                    EbsCsiDriver(addon_version="v1.63.1-eksbuild.1") if _brought(env, "ebs_csi_driver") else None
                ),
                snapshot_controller=(
                    SnapshotController(addon_version="v8.3.0-eksbuild.1")
                    if _brought(env, "snapshot_controller")
                    else None
                ),
                metrics_server=(
                    MetricsServer(addon_version="v0.8.0-eksbuild.2") if _brought(env, "metrics_server") else None
                ),
                karpenter=Karpenter() if _brought(env, "karpenter") else None,
                # the gateway's password comes by it
                external_secrets=ExternalSecrets() if _brought(env, "external_secrets") else None,
                storage_classes={"gp3": StorageClass(default=True)},
                # recovery points are Velero's, which copies and expires them
                snapshot_class=SnapshotClass(tags={"BackupTier": "none"}),
                namespaces={name: Namespace(labels={"team": name}) for name in WORKLOADS},
                priority_classes={
                    "platform": PriorityClass(value=1_000_000, description="what workloads need to run"),
                    "workload": PriorityClass(value=1_000, description="what customers wait for", default=True),
                    "batch": PriorityClass(value=-10, description="what can wait", preemption="Never"),
                },
            )
        )

    @classmethod
    def small(cls, env: Platform) -> Self:
        """One controller of each: a volume or a secret that comes some seconds later hurts nobody."""
        driver = EbsCsiDriver(replicas=1) if _brought(env, "ebs_csi_driver") else None
        quota = Quota(cpu_requests="4", memory_requests="8Gi", memory_limits="16Gi", storage_gib=100, pods=50)
        return cls(
            foundations=FoundationsInputs(
                ebs_csi_driver=driver,
                external_secrets=ExternalSecrets(replicas=1) if _brought(env, "external_secrets") else None,
                karpenter=(
                    Karpenter(replicas=1, cpu_request="250m", memory_request="512Mi")
                    if _brought(env, "karpenter")
                    else None
                ),
                namespaces={name: Namespace(quota=quota) for name in WORKLOADS},
            )
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """What monitors are made of, and what tells of objects and nodes."""
        quota = Quota(cpu_requests="40", memory_requests="128Gi", memory_limits="192Gi", storage_gib=2048, pods=300)
        return cls(
            foundations=FoundationsInputs(
                namespaces={name: Namespace(quota=quota) for name in WORKLOADS},
                prometheus=Prometheus(),
                prometheus_operator_crds=_brought(env, "prometheus_operator_crds"),
                secret_stores=(
                    {
                        "claims": SecretStore(
                            namespaces=["claims"], consumer="claims-api", paths=[f"{env.name}-secrets/"]
                        ),
                        PLATFORM_STORE: SecretStore(
                            namespaces=["grafana", "kiali", "loki", "mimir", "monitoring", "tempo"],
                            consumer="platform",
                            paths=[f"{env.name}/"],
                            databases=[f"{env.name}-grafana"],
                        ),
                    }
                    if _brought(env, "external_secrets")
                    else {}
                ),
                kube_state_metrics=KubeStateMetrics() if _brought(env, "kube_state_metrics") else None,
                node_exporter=NodeExporter() if _brought(env, "node_exporter") else None,
            )
        )

    def unfit(self, env: Platform) -> Iterable[Problem]:
        """What is in the cluster already, as the environment says, and would be installed once more."""
        for part, chart in CHARTS.items():
            settings = self.foundations.given().get(part)
            if settings not in (None, False) and not _brought(env, part):
                yield Problem(
                    f"foundations.{part}",
                    f"must be left out, as kubernetes.provides says that the cluster has {chart} already",
                    f"Leave {part} to its default, or take {chart} out of kubernetes.provides: what is there is taken "
                    "over then.",
                )

    def made_once(self, env: Platform) -> Iterable[Once]:
        """All of it is of the cluster."""
        yield Once(
            f"the foundations of the cluster {env.cluster.name}",
            env.region,
            "foundations",
            "Name the cluster that the environment has, or leave the family cluster out in one of the two.",
        )

    def compose(self, stack: Stack, env: Platform, _alerting: Alerting) -> Cluster:
        """The stack `<environment>-cluster`."""
        named = FoundationsInputs(name=f"{env.name}-cluster")
        return Cluster(Foundations(stack, "foundations", stack.wired(self.foundations, named)))
