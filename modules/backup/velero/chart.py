"""Velero's chart, and the values of it that the module sets itself.

Source of the values: https://github.com/vmware-tanzu/helm-charts/tree/velero-12.1.0/charts/velero
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from groundplan.building import TOKEN_MOUNT, TOKEN_VOLUME
from groundplan.charts import chart
from groundplan.framework import all_of, choose, concat, each, is_set, only_when, present

from .inputs import Resources, VeleroInputs

__all__ = ["CHART", "INSTEAD", "LOCATION", "METRICS_PORT", "POD_LABELS", "SERVER", "values"]

CHART = chart("velero")
SERVER = "velero"
"""The name of the release, of the server and of its service account, which the node agent uses too."""
POD_LABELS = {"app.kubernetes.io/name": "velero", "app.kubernetes.io/instance": SERVER}
"""What the chart labels the pods of the server and of the node agent with."""
METRICS_PORT = 8085
LOCATION = "default"
"""The name of the storage location that backups go to."""

INSTEAD = {
    "configuration.backupStorageLocation": "read_only_locations",
    "deployNodeAgent": "node_agent",
    "initContainers": "images.aws_plugin",
    "metrics.serviceMonitor": "metrics",
    "nodeAgent.priorityClassName": "node_agent",
    "nodeAgent.resources": "node_agent",
    "resources": "resources",
    "snapshotsEnabled": "native_snapshots",
}
"""The input to set instead of a value that the module keeps."""

_POD = {
    "runAsNonRoot": True,
    # the image's own, which it only names, so that kubelet cannot tell that it is not root
    # https://github.com/vmware-tanzu/velero/blob/v1.18.1/Dockerfile
    # https://github.com/paketo-buildpacks/jammy-tiny-stack/blob/main/stack/stack.toml
    "runAsUser": 1002,
    "runAsGroup": 1000,
    "fsGroup": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_CONFINED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
_NODE_AGENT = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    # it is root, to read the files of any pod's volume and to give them back to their owners
    # https://velero.io/docs/v1.18/file-system-backup/
    "capabilities": {"drop": ["ALL"], "add": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"]},
}
# Below its user's home the program keeps the settings and the cache of volume repositories. Pods that tend repositories
# or move data take over the volumes of the server or of the node agent.
# https://velero.io/docs/v1.18/file-system-backup/ and v1.18.1's pkg/repository/udmrepo/repo_options.go
# The home is HOME: the server's as its image says; the node agent, which is another user, is told its own.
_SERVER_FOLDERS = {"udmrepo": "/home/cnb/udmrepo", "cache": "/home/cnb/.cache"}
_NODE_AGENT_HOME = "/home/velero"
_NODE_AGENT_FOLDERS = {
    "udmrepo": f"{_NODE_AGENT_HOME}/udmrepo",
    "cache": f"{_NODE_AGENT_HOME}/.cache",
    # temporary files; the chart gives one to the server alone
    "tmp": "/tmp",  # noqa: S108  # in the container, whose own is read-only
}


def values(given: VeleroInputs, *, bucket_name: str, region: str, annotations: Mapping[str, str]) -> dict[str, Any]:
    """The module's own values. `annotations` are those of the service account; `region` is the bucket's."""
    native = is_set(given.native_snapshots)
    agent = is_set(given.node_agent)
    scraped = is_set(given.metrics)
    both = all_of(scraped, agent)
    scrape_labels = choose(scraped, present(given.metrics).labels, {})
    return {
        "fullnameOverride": SERVER,
        "image": {"tag": f"v{CHART.app_version}"},
        "initContainers": [
            {
                "name": "velero-plugin-for-aws",
                "image": given.images.aws_plugin,
                "imagePullPolicy": "IfNotPresent",
                # it copies one file into the volume, as the user of the pod, and writes nowhere else
                # https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/main/Dockerfile
                "securityContext": _CONFINED,
                "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
                "volumeMounts": [{"mountPath": "/target", "name": "plugins"}],
            }
        ],
        # The server works alone, by design: a budget for one replica would only keep its node from being drained.
        "podDisruptionBudget": {"enabled": False},
        "priorityClassName": "system-cluster-critical",
        "resources": requests(given.resources),
        # The server's; the job that brings the definitions and those that tend volume repositories take them over.
        "podSecurityContext": _POD,
        "containerSecurityContext": _CONFINED,
        **_folders(_SERVER_FOLDERS),
        # it applies the definitions once and is gone: throttled, it would only be gone later
        "upgradeJobResources": {
            "requests": {"cpu": "50m", "memory": "128Mi"},
            "limits": {"cpu": "500m", "memory": "256Mi"},
        },
        # The server's pod and the node agent's keep it: the pods that move data run as their service account.
        "upgradeCRDsJob": {
            "automountServiceAccountToken": False,
            "extraVolumes": [TOKEN_VOLUME],
            "extraVolumeMounts": [TOKEN_MOUNT],
        },
        "serviceAccount": {"server": {"create": True, "name": SERVER, "annotations": annotations}},
        # A restore writes any kind of object, roles included: Velero has to be the cluster's administrator.
        "rbac": {"create": True, "clusterAdministrator": True},
        "credentials": {"useSecret": False},
        "backupsEnabled": True,
        # without a location the chart asks nobody
        "snapshotsEnabled": choose(native, True, cast(bool, None)),
        "upgradeCRDs": True,
        # Deleting the definitions would delete every Backup, and Velero would then delete what they stand for.
        "cleanUpCRDs": False,
        "configuration": {
            "features": choose(given.csi_snapshots, "EnableCSI", ""),
            "uploaderType": "kopia",
            "logFormat": "json",
            "defaultSnapshotMoveData": False,
            "defaultVolumesToFsBackup": False,
            "backupStorageLocation": concat(
                [
                    {
                        "name": LOCATION,
                        "provider": "aws",
                        "bucket": bucket_name,
                        "default": True,
                        "accessMode": "ReadWrite",
                        # No kmsKeyId: the bucket encrypts with its key by itself, and refuses every other one by its
                        # ARN, which a key that is named by its alias is not certain to pass.
                        "config": {"region": region},
                    }
                ],
                each(given.read_only_locations).documents(
                    lambda name, location: {
                        "name": name,
                        "provider": "aws",
                        "bucket": location.bucket_name,
                        "prefix": location.prefix,
                        "accessMode": "ReadOnly",
                        "config": {"region": location.region},
                    }
                ),
            ),
            "volumeSnapshotLocation": choose(
                native, [{"name": LOCATION, "provider": "aws", "config": {"region": region}}], []
            ),
        },
        "deployNodeAgent": agent,
        "nodeAgent": only_when(
            agent,
            {
                "priorityClassName": choose(agent, present(given.node_agent).priority_class, ""),
                "resources": choose(agent, requests(present(given.node_agent)), {}),
                "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
                "containerSecurityContext": _NODE_AGENT,
                # pods that move data take it over together with the folders
                "extraEnvVars": [{"name": "HOME", "value": _NODE_AGENT_HOME}],
                **_folders(_NODE_AGENT_FOLDERS),
                # Volumes are mounted on any node, tainted ones included.
                "tolerations": [{"operator": "Exists"}],
            },
        ),
        "metrics": {
            "enabled": True,
            "serviceMonitor": only_when(
                scraped,
                {"enabled": scraped, "autodetect": False, "additionalLabels": scrape_labels},
                but=["enabled"],
            ),
            "nodeAgentPodMonitor": only_when(
                both,
                {"enabled": both, "autodetect": False, "additionalLabels": scrape_labels},
                but=["enabled"],
            ),
        },
    }


def _folders(paths: Mapping[str, str]) -> dict[str, Any]:
    """Empty folders to write to, gone with the pod, by the names of their volumes."""
    return {
        "extraVolumes": [{"name": name, "emptyDir": {}} for name in paths],
        "extraVolumeMounts": [{"name": name, "mountPath": path} for name, path in paths.items()],
    }


def requests(resources: Resources) -> dict[str, Any]:
    """A container's resources. CPU has no limit: a backup that is throttled takes longer, and helps nobody."""
    return {
        "requests": {"cpu": resources.cpu_request, "memory": resources.memory_request},
        "limits": {"memory": resources.memory_limit},
    }
