"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata

from groundplan.building import (
    Role,
    account_id,
    crds_by_hook,
    custom_resources,
    ingress_policy,
    name_of,
    namespace,
    partition,
    region,
    release,
    service_name,
    workload_role,
)
from groundplan.framework import (
    Module,
    Outputs,
    all_of,
    choose,
    each,
    is_set,
    jsonencode,
    merged,
    not_empty,
    output,
    part_id,
    present,
    text,
    when,
)
from groundplan.iam import document

from . import access
from .chart import CHART, INSTEAD, LOCATION, METRICS_PORT, POD_LABELS, SERVER, values
from .inputs import VeleroInputs
from .reporting import drill, drill_alarms, status, status_alarms
from .restores import by_file_name, manifests
from .schedules import prometheus_rule, schedule_object
from .storage import Storage, storage

__all__ = ["Velero", "VeleroOutputs"]

RESTORES = "velero-restores"
"""The ConfigMap that holds the restores and the runbook."""


class VeleroOutputs(Outputs):
    """Where backups lie, and how to get them back."""

    bucket_name: str = output("name of the bucket that backups lie in")
    bucket_arn: str = output("ARN of the bucket that backups lie in")
    kms_key_arn: str = output("ARN of the key that encrypts the backups")
    copies_bucket_name: str | None = output(
        "name of the bucket in the other region, to restore from there; null without one"
    )
    copies_bucket_arn: str | None = output("ARN of the bucket in the other region; null without a replica")
    role_arn: str = output("ARN of the role of Velero's server and node agent")
    namespace: str = output("the namespace that Velero runs in, and that its objects belong in")
    storage_location: str = output("name of the BackupStorageLocation that backups go to")
    metric_namespace: str = output("the CloudWatch namespace of the metrics about backups and drills")
    restores_config_map: str = output("name of the ConfigMap with the restores that lie ready, and the runbook")
    restore_manifests: dict[str, str] = output("the restores that lie ready, as YAML for kubectl create, by name")


class Velero(Module[VeleroInputs, VeleroOutputs]):
    """Backs up an EKS cluster's objects and volumes to S3, holds restores ready, and proves that they work."""

    def build(self, given: VeleroInputs) -> VeleroOutputs:
        """Makes the storage, Velero itself, its schedules, the restores, the status report and the drill."""
        stored = storage(self, given)
        own_namespace = namespace(
            self,
            "velero",
            name=given.namespace,
            # The node agent mounts folders of its host, which no stricter level admits.
            labels={"pod-security.kubernetes.io/enforce": "privileged"},
            only_when=given.create_namespace,
        )
        server_role = self._server_role(given, stored)
        ingress_policy(
            self,
            "velero",
            name="velero-allow-ingress",
            namespace=given.namespace,
            pods=POD_LABELS,
            ports=[METRICS_PORT],
            after=[own_namespace],
            only_when=given.network_policies,
        )
        server = release(
            self,
            "velero",
            CHART,
            name=SERVER,
            namespace=given.namespace,
            values=values(
                given,
                bucket_name=stored.bucket.name,
                region=region(self),
                annotations=server_role.annotations,
            ),
            extra=given.extra_values,
            instead=INSTEAD,
            crds=crds_by_hook("upgradeCRDs"),
            after=[own_namespace, *server_role.ready],
        )
        self._custom_resources(given, server)

        documents = manifests(given)
        restores = ConfigMapV1(
            self,
            part_id("restores", "restores"),
            metadata=ConfigMapV1Metadata(name=RESTORES, namespace=given.namespace),
            data=merged({"RESTORE.md": self.shipped_text("RESTORE.md")}, by_file_name(documents)),
            depends_on=[server],
        )
        status(self, given, after=server)
        status_alarms(self, given)
        drill(self, given, after=server)
        drill_alarms(self, given)
        return VeleroOutputs(
            bucket_name=stored.bucket.name,
            bucket_arn=stored.bucket.arn,
            kms_key_arn=stored.key.arn,
            copies_bucket_name=stored.copies.name,
            copies_bucket_arn=stored.copies.arn,
            role_arn=server_role.arn,
            namespace=name_of(own_namespace, given.namespace),
            storage_location=LOCATION,
            metric_namespace=access.METRIC_NAMESPACE,
            restores_config_map=restores.metadata.name,
            restore_manifests=documents,
        )

    def _server_role(self, given: VeleroInputs, stored: Storage) -> Role:
        """The role of the server and the node agent, with what only some clusters need as policies of their own."""
        role = workload_role(
            self,
            "server",
            given,
            name=f"{given.name}-server",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=SERVER,
            statements=access.server(stored.bucket.arn, stored.key.arn),
        )
        native = is_set(given.native_snapshots)
        when(native)(
            IamRolePolicy,
            self,
            part_id("policy", "native_snapshots"),
            name="native-snapshots",
            role=role.name,
            policy=jsonencode(document(*access.native_volume_snapshots(account_id(self), partition(self)))),
        )
        volume_key = present(given.native_snapshots).volume_key
        when(all_of(native, is_set(volume_key)))(
            IamRolePolicy,
            self,
            part_id("policy", "volume_key"),
            name="volume-key",
            role=role.name,
            policy=jsonencode(
                document(*access.restored_volume_key(present(volume_key).arn, service_name(self, "ec2")))
            ),
        )
        locations = each(given.read_only_locations)
        bucket_arn = f"arn:{partition(self)}:s3:::{locations.value.bucket_name}"
        prefix = text("trim", locations.value.prefix, "/")
        folder = choose(not_empty(prefix), f"{prefix}/", "")
        locations(
            IamRolePolicy,
            self,
            part_id("policy", "read_only"),
            name=f"read-{locations.key}",
            role=role.name,
            policy=jsonencode(document(*access.read_only_location(bucket_arn, locations.value.kms_key_arn, folder))),
        )
        return role

    def _custom_resources(self, given: VeleroInputs, server: Any) -> None:
        custom_resources(
            self,
            "schedules",
            name="velero-schedules",
            namespace=given.namespace,
            after=[server],
            entries=given.schedules,
            make=lambda name, schedule: schedule_object(name, schedule, given.namespace),
        )
        custom_resources(
            self,
            "prometheus_rule",
            name="velero-prometheus-rule",
            namespace=given.namespace,
            after=[server],
            objects={"rule": prometheus_rule(given)},
            only_when=is_set(given.metrics),
        )
