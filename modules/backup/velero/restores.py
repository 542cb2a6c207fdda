"""Restores that lie ready: Velero's Restore objects, as documents that a person creates when it comes to it."""

from __future__ import annotations

from typing import Any

from groundplan.framework import choose, each, keys, map_of_text, not_empty, texts, values, yamlencode

from .inputs import Restore, VeleroInputs

__all__ = ["by_file_name", "manifests", "restore_object"]

RESTORE_LABEL = "groundplan.io/restore"


def restore_object(name: str, restore: Restore, namespace: str) -> dict[str, Any]:
    """One Restore. Its name is generated, so that creating it again restores again, and leaves a record of both.

    https://velero.io/docs/v1.18/api-types/restore/
    """
    return {
        "apiVersion": "velero.io/v1",
        "kind": "Restore",
        "metadata": {"generateName": f"{name}-", "namespace": namespace, "labels": {RESTORE_LABEL: name}},
        "spec": {
            "scheduleName": restore.schedule,
            "backupName": restore.backup,
            "includedNamespaces": choose(not_empty(restore.namespaces), restore.namespaces, ["*"]),
            "excludedNamespaces": restore.excluded_namespaces,
            "includedResources": choose(not_empty(restore.resources), restore.resources, ["*"]),
            "excludedResources": restore.excluded_resources,
            "labelSelector": choose(not_empty(restore.labels), {"matchLabels": restore.labels}, None),
            "namespaceMapping": restore.namespace_mapping,
            "includeClusterResources": restore.include_cluster_resources,
            "restorePVs": restore.restore_volumes,
            "existingResourcePolicy": restore.existing_resources,
            "preserveNodePorts": restore.preserve_node_ports,
            "itemOperationTimeout": f"{restore.item_timeout_hours}h0m0s",
        },
    }


def manifests(given: VeleroInputs) -> dict[str, str]:
    """The restores as YAML, by name."""
    found: dict[str, str] = each(given.restores).document(
        lambda name, restore: yamlencode(restore_object(name, restore, given.namespace))
    )
    return found


def by_file_name(documents: dict[str, str]) -> dict[str, str]:
    """The documents of a ConfigMap: `claims` is `claims.yaml` there."""
    return map_of_text("zipmap", texts("formatlist", "%s.yaml", keys(documents)), values(documents))
