"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from typing import Any, cast

from groundplan.building import account_id, ingress_policy, partition, release, workload_role
from groundplan.framework import Module, Outputs, all_of, choose, each, is_set, output, present, unset

from . import access, chart
from .addons import EBS_ACCOUNT, KUBE_SYSTEM, addon, ebs_values
from .external_secrets import external_secrets, store_role_name
from .inputs import FoundationsInputs
from .karpenter import karpenter
from .namespaces import namespaces, priority_classes
from .reporting import alarms, status
from .shared import shared_volumes
from .storage import snapshot_class, storage_classes, volume_key

__all__ = ["Foundations", "FoundationsOutputs"]


class FoundationsOutputs(Outputs):
    """What others find in the cluster."""

    storage_class_names: list[str] = output("names of the classes of volumes")
    volume_key_arn: str | None = output("ARN of the key of the volumes; null without storage_classes")
    snapshot_class_name: str | None = output("name of the class of EBS snapshots; null without")
    ebs_csi_driver_role_arn: str | None = output("ARN of the EBS CSI driver's role; null without the driver")
    shared_file_system_id: str | None = output("id of the file system of shared volumes; null without efs_csi_driver")
    secret_store_role_arns: dict[str, str] = output(
        "ARNs of the roles that secrets are read with, by store: for those secrets' own policies"
    )
    node_role_name: str | None = output("name of the role of nodes that Karpenter makes; null without karpenter")
    node_role_arn: str | None = output("ARN of that role; null without karpenter")
    interruption_queue_name: str | None = output(
        "name of the queue that warns Karpenter of nodes that go; null without karpenter"
    )
    namespaces: list[str] = output("names of the namespaces for workloads")
    priority_class_names: list[str] = output("names of the classes of importance")
    metric_namespace: str = output("the CloudWatch namespace of the status report's metrics")


class Foundations(Module[FoundationsInputs, FoundationsOutputs]):
    """Makes of a cluster with nothing in it one that others can run in: storage, snapshots, metrics, credentials."""

    def build(self, given: FoundationsInputs) -> FoundationsOutputs:
        """Credentials of pods, then storage, then what tells of nodes and makes them, then who watches."""
        agent = addon(
            self,
            "pod_identity_agent",
            given,
            name="eks-pod-identity-agent",
            version=present(given.pod_identity_agent).addon_version,
            only_when=is_set(given.pod_identity_agent),
        )
        kinds = release(
            self,
            "prometheus_operator_crds",
            chart.PROMETHEUS_OPERATOR_CRDS_CHART,
            name=chart.PROMETHEUS_OPERATOR_CRDS,
            namespace=KUBE_SYSTEM,
            values=chart.prometheus_operator_crds_values(),
            extra=given.prometheus_operator_crds_extra_values,
            only_when=given.prometheus_operator_crds,
        )
        controllers = self._snapshot_controller(given, after=[kinds])
        role = workload_role(
            self,
            "ebs_csi_driver",
            given,
            name=f"{given.name}-ebs-csi-driver",
            cluster=given.cluster,
            namespace=KUBE_SYSTEM,
            service_account=EBS_ACCOUNT,
            statements=access.ebs_csi_driver(account_id(self), partition(self)),
            only_when=is_set(given.ebs_csi_driver),
        )
        driver = addon(
            self,
            "ebs_csi_driver",
            given,
            name="aws-ebs-csi-driver",
            version=present(given.ebs_csi_driver).addon_version,
            configuration=ebs_values(present(given.ebs_csi_driver).replicas),
            role=role,
            # it looks for the kinds of snapshots once, when it is installed
            # https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/docs/install.md#prerequisites
            after=[agent, *controllers, *role.ready],
            only_when=is_set(given.ebs_csi_driver),
        )
        key = volume_key(self, given)
        storage_classes(self, given, key, after=[driver])
        snapshot_class(self, given, after=[driver, *controllers])
        shared = shared_volumes(self, given, after=[agent])
        self._metrics_server(given, after=[kinds])
        self._exporters(given, after=[kinds])
        external_secrets(self, given, after=[kinds])
        nodes, queue = karpenter(self, given, after=[agent, kinds])
        priority_classes(self, given)
        namespaces(self, given)
        status(self, given, after=[agent])
        alarms(self, given)
        return FoundationsOutputs(
            storage_class_names=each(given.storage_classes).documents(lambda name, _: name),
            volume_key_arn=key.arn,
            snapshot_class_name=choose(
                is_set(given.snapshot_class), present(given.snapshot_class).name, cast(str, None)
            ),
            ebs_csi_driver_role_arn=role.arn,
            shared_file_system_id=shared,
            secret_store_role_arns=each(given.secret_stores).document(
                lambda name, _: f"arn:{partition(self)}:iam::{account_id(self)}:role/{store_role_name(given, name)}"
            ),
            node_role_name=nodes.name,
            node_role_arn=nodes.arn,
            interruption_queue_name=queue,
            namespaces=each(given.namespaces).documents(lambda name, _: name),
            priority_class_names=each(given.priority_classes).documents(lambda name, _: name),
            metric_namespace=access.METRIC_NAMESPACE,
        )

    def _snapshot_controller(self, given: FoundationsInputs, *, after: list[Any]) -> list[Any]:
        """The controller and the kinds of snapshots, which stay when it goes: with them every snapshot would go."""
        wanted = is_set(given.snapshot_controller)
        version = present(given.snapshot_controller).addon_version
        by_chart = all_of(wanted, unset(version))
        ingress_policy(
            self,
            "snapshot_controller",
            name="snapshot-controller-allow-ingress",
            namespace=KUBE_SYSTEM,
            pods=chart.SNAPSHOT_CONTROLLER_LABELS,
            ports=[chart.SNAPSHOT_CONTROLLER_PORT],
            only_when=all_of(by_chart, given.network_policies),
        )
        return [
            addon(
                self,
                "snapshot_controller",
                given,
                name="snapshot-controller",
                version=version,
                preserve=True,
                only_when=all_of(wanted, is_set(version)),
            ),
            release(
                self,
                "snapshot_controller",
                chart.SNAPSHOT_CONTROLLER_CHART,
                name=chart.SNAPSHOT_CONTROLLER,
                namespace=KUBE_SYSTEM,
                values=chart.snapshot_controller_values(given),
                extra=given.snapshot_controller_extra_values,
                instead=chart.SNAPSHOT_CONTROLLER_INSTEAD,
                after=after,
                only_when=by_chart,
            ),
        ]

    def _metrics_server(self, given: FoundationsInputs, *, after: list[Any]) -> None:
        wanted = is_set(given.metrics_server)
        version = present(given.metrics_server).addon_version
        by_chart = all_of(wanted, unset(version))
        addon(
            self,
            "metrics_server",
            given,
            name="metrics-server",
            version=version,
            only_when=all_of(wanted, is_set(version)),
        )
        ingress_policy(
            self,
            "metrics_server",
            name="metrics-server-allow-ingress",
            namespace=KUBE_SYSTEM,
            pods=chart.METRICS_SERVER_LABELS,
            ports=[chart.METRICS_SERVER_PORT],
            only_when=all_of(by_chart, given.network_policies),
        )
        release(
            self,
            "metrics_server",
            chart.METRICS_SERVER_CHART,
            name=chart.METRICS_SERVER,
            namespace=KUBE_SYSTEM,
            values=chart.metrics_server_values(given),
            extra=given.metrics_server_extra_values,
            instead=chart.METRICS_SERVER_INSTEAD,
            after=after,
            only_when=by_chart,
        )

    def _exporters(self, given: FoundationsInputs, *, after: list[Any]) -> None:
        """What tells Prometheus of the objects and of the nodes. Nothing keeps others from a node's own port."""
        ingress_policy(
            self,
            "kube_state_metrics",
            name="kube-state-metrics-allow-ingress",
            namespace=KUBE_SYSTEM,
            pods=chart.KUBE_STATE_METRICS_LABELS,
            ports=[chart.KUBE_STATE_METRICS_PORT],
            only_when=all_of(is_set(given.kube_state_metrics), given.network_policies),
        )
        release(
            self,
            "kube_state_metrics",
            chart.KUBE_STATE_METRICS_CHART,
            name=chart.KUBE_STATE_METRICS,
            namespace=KUBE_SYSTEM,
            values=chart.kube_state_metrics_values(given),
            extra=given.kube_state_metrics_extra_values,
            instead=chart.KUBE_STATE_METRICS_INSTEAD,
            after=after,
            only_when=is_set(given.kube_state_metrics),
        )
        release(
            self,
            "node_exporter",
            chart.NODE_EXPORTER_CHART,
            name=chart.NODE_EXPORTER,
            namespace=KUBE_SYSTEM,
            values=chart.node_exporter_values(given),
            extra=given.node_exporter_extra_values,
            instead=chart.NODE_EXPORTER_INSTEAD,
            after=after,
            only_when=is_set(given.node_exporter),
        )
