"""Classes of volumes and of snapshots, and the key that both are encrypted with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.storage_class_v1 import StorageClassV1, StorageClassV1Metadata

from groundplan.building import Key, custom_resources, encryption_key, tags, volumes_use
from groundplan.framework import (
    Module,
    calculated,
    choose,
    dependable,
    each,
    is_set,
    keys,
    length,
    map_of_text,
    merged,
    not_empty,
    part_id,
    present,
    texts,
    values,
)

from .addons import KUBE_SYSTEM
from .inputs import FoundationsInputs

__all__ = ["snapshot_class", "storage_classes", "volume_key"]

DRIVER = "ebs.csi.aws.com"
IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
"""https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass"""


def volume_key(scope: Module[Any, Any], given: FoundationsInputs) -> Key:
    """The key of the volumes of all classes; EBS encrypts a volume's snapshots with the volume's key."""
    return encryption_key(
        scope,
        "volumes",
        given,
        existing=given.kms_key,
        name=f"{given.name}-volumes",
        purpose=f"EBS volumes of the cluster {given.cluster.name} and their snapshots",
        statements=volumes_use(scope),
        only_when=not_empty(given.storage_classes),
    )


def storage_classes(scope: Module[Any, Any], given: FoundationsInputs, key: Key, *, after: Sequence[Any]) -> Any:
    """The classes, by name. Nothing of a class can be changed but whether volumes may grow: Terraform replaces it.

    Volumes that there are keep what their class said when they were made.

    https://kubernetes.io/docs/concepts/storage/storage-classes/
    https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/docs/parameters.md
    """
    classes = each(given.storage_classes)
    return classes(
        StorageClassV1,
        scope,
        part_id("storage_class", "volumes"),
        metadata=StorageClassV1Metadata(
            name=classes.key,
            annotations={IS_DEFAULT: choose(classes.value.default, "true", "false")},
        ),
        storage_provisioner=DRIVER,
        reclaim_policy=classes.value.reclaim_policy,
        # a volume is made in the zone that its pod was put into, not in one where the pod may find no place
        volume_binding_mode="WaitForFirstConsumer",
        allow_volume_expansion=True,
        parameters=merged(
            {
                "csi.storage.k8s.io/fstype": classes.value.file_system,
                "encrypted": "true",
                "iops": f"{classes.value.iops}",
                "kmsKeyId": key.arn,
                "throughput": f"{classes.value.throughput_mibps}",
                "type": "gp3",
            },
            tag_specifications(_tags(scope, given, classes.value.tags)),
        ),
        depends_on=[dependable(element) for element in after],
    )


def snapshot_class(scope: Module[Any, Any], given: FoundationsInputs, *, after: Sequence[Any]) -> Any:
    """The class that Velero finds by its label; it takes one labelled class a driver.

    https://velero.io/docs/v1.18/csi/#prerequisites
    https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/docs/tagging.md
    """
    wanted = present(given.snapshot_class)
    return custom_resources(
        scope,
        "snapshot_class",
        name="ebs-snapshot-class",
        namespace=KUBE_SYSTEM,
        after=after,
        objects={
            "class": {
                "apiVersion": "snapshot.storage.k8s.io/v1",
                "kind": "VolumeSnapshotClass",
                "metadata": {"name": wanted.name, "labels": {"velero.io/csi-volumesnapshot-class": "true"}},
                "driver": DRIVER,
                "deletionPolicy": wanted.deletion_policy,
                "parameters": tag_specifications(_tags(scope, given, wanted.tags)),
            }
        },
        only_when=is_set(given.snapshot_class),
    )


def _tags(scope: Module[Any, Any], given: FoundationsInputs, own: dict[str, str]) -> dict[str, str]:
    return merged(tags(scope, given, {"Cluster": given.cluster.name}), own)


def tag_specifications(tags: dict[str, str]) -> dict[str, str]:
    """Tags as the driver reads them: tagSpecification_1 is `name=value`, and so on."""
    numbers = texts("range", 1, calculated("{count} + 1", count=length(tags)))
    return map_of_text(
        "zipmap",
        texts("formatlist", "tagSpecification_%d", numbers),
        texts("formatlist", "%s=%s", keys(tags), values(tags)),
    )
