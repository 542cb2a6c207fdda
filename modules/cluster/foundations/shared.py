"""Volumes that many pods read and write at once: EFS, its driver, and a class of them.

Each volume is an access point of one file system, a folder that its pods take for the root, as one user of their own.
With access points the driver mounts by TLS alone.

https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html
https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/v3.4.1/docs/parameters.md
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from cdktf_cdktf_provider_aws.efs_file_system import EfsFileSystem as FileSystemMade
from cdktf_cdktf_provider_aws.efs_file_system_policy import EfsFileSystemPolicy
from cdktf_cdktf_provider_aws.efs_mount_target import EfsMountTarget
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from cdktf_cdktf_provider_kubernetes.storage_class_v1 import StorageClassV1, StorageClassV1Metadata

from groundplan.building import account_id, encryption_key, maker, partition, region, tags, workload_role
from groundplan.framework import (
    Module,
    all_of,
    choose,
    dependable,
    each,
    is_set,
    jsonencode,
    part_id,
    present,
)
from groundplan.iam import document

from . import access
from .addons import KUBE_SYSTEM, addon
from .inputs import FoundationsInputs

__all__ = ["shared_volumes"]

DRIVER = "efs.csi.aws.com"
EFS_ACCOUNT = "efs-csi-controller-sa"
"""The service account of the driver's controller: https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html"""
NFS = 2049
"""https://docs.aws.amazon.com/efs/latest/ug/network-access.html"""


def shared_volumes(scope: Module[Any, Any], given: FoundationsInputs, *, after: Sequence[Any]) -> str:
    """The file system unless it is given, the driver, the class; gives the file system's id, null without."""
    wanted, settings = is_set(given.efs_csi_driver), present(given.efs_csi_driver)
    file_system_id, ready = _file_system(scope, given)
    role = workload_role(
        scope,
        "efs_csi_driver",
        given,
        name=f"{given.name}-efs-csi-driver",
        cluster=given.cluster,
        namespace=KUBE_SYSTEM,
        service_account=EFS_ACCOUNT,
        statements=access.efs_csi_driver(account_id(scope), partition(scope), region(scope)),
        only_when=wanted,
    )
    driver = addon(
        scope,
        "efs_csi_driver",
        given,
        name="aws-efs-csi-driver",
        version=settings.addon_version,
        role=role,
        after=[*after, *role.ready],
        only_when=wanted,
    )
    maker(wanted)(
        StorageClassV1,
        scope,
        part_id("storage_class", "shared"),
        metadata=StorageClassV1Metadata(name=settings.class_name),
        storage_provisioner=DRIVER,
        reclaim_policy=settings.reclaim_policy,
        # an access point is in no zone
        volume_binding_mode="Immediate",
        parameters={
            "basePath": "/volumes",
            "directoryPerms": settings.directory_permissions,
            "fileSystemId": file_system_id,
            "provisioningMode": "efs-ap",
        },
        depends_on=[dependable(driver), *ready],
    )
    return choose(wanted, file_system_id, cast(str, None))


def _file_system(scope: Module[Any, Any], given: FoundationsInputs) -> tuple[str, list[Any]]:
    settings = present(given.efs_csi_driver)
    wanted = all_of(is_set(given.efs_csi_driver), is_set(settings.file_system))
    asked = present(settings.file_system)
    part = maker(wanted)
    key = encryption_key(
        scope,
        "shared",
        given,
        existing=given.kms_key,
        name=f"{given.name}-shared",
        purpose=f"Shared volumes of the cluster {given.cluster.name}",
        only_when=wanted,
    )
    made = part(
        FileSystemMade,
        scope,
        part_id("file_system", "shared"),
        encrypted=True,
        kms_key_id=key.arn,
        throughput_mode="elastic",
        tags=tags(scope, given, {"Name": f"{given.name}-shared", "BackupTier": asked.backup_tier}),
    )
    part(
        EfsFileSystemPolicy,
        scope,
        part_id("policy", "shared"),
        file_system_id=made.id,
        policy=jsonencode(document(*access.mounts())),
    )
    group = part(
        SecurityGroup,
        scope,
        part_id("group", "shared"),
        name=f"{given.name}-shared",
        description=f"{given.name}: who may mount its shared volumes; they connect to nobody",
        vpc_id=asked.vpc_id,
        tags=tags(scope, given),
    )
    nothing: dict[str, str] = {}
    clients = each(choose(wanted, asked.client_security_groups, nothing))
    clients(
        VpcSecurityGroupIngressRule,
        scope,
        part_id("clients", "shared"),
        security_group_id=group.id,
        description=f"NFS of {given.name}-shared",
        referenced_security_group_id=clients.value,
        ip_protocol="tcp",
        from_port=NFS,
        to_port=NFS,
        tags=tags(scope, given),
    )
    zones = each(choose(wanted, asked.subnets, nothing))
    targets = zones(
        EfsMountTarget,
        scope,
        part_id("mount_target", "shared"),
        file_system_id=made.id,
        subnet_id=zones.value,
        security_groups=[group.id],
    )
    return choose(is_set(settings.file_system_id), present(settings.file_system_id), made.id), [dependable(targets)]
