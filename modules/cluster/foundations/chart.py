"""The charts of the parts that do not come as add-ons, and the values of them that the module sets itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.charts import chart
from groundplan.framework import choose, is_set, only_when, present

from .inputs import FoundationsInputs

__all__ = [
    "METRICS_SERVER",
    "METRICS_SERVER_CHART",
    "METRICS_SERVER_INSTEAD",
    "METRICS_SERVER_LABELS",
    "METRICS_SERVER_PORT",
    "SNAPSHOT_CONTROLLER",
    "SNAPSHOT_CONTROLLER_CHART",
    "SNAPSHOT_CONTROLLER_INSTEAD",
    "SNAPSHOT_CONTROLLER_LABELS",
    "SNAPSHOT_CONTROLLER_PORT",
    "metrics_server_values",
    "snapshot_controller_values",
]

SNAPSHOT_CONTROLLER_CHART = chart("snapshot-controller")
METRICS_SERVER_CHART = chart("metrics-server")

SNAPSHOT_CONTROLLER = "snapshot-controller"
METRICS_SERVER = "metrics-server"
"""Names of the releases, and of their deployments: those that the add-ons have too."""


def _labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name}


SNAPSHOT_CONTROLLER_LABELS = _labels(SNAPSHOT_CONTROLLER)
METRICS_SERVER_LABELS = _labels(METRICS_SERVER)
"""What the charts label the pods with."""
SNAPSHOT_CONTROLLER_PORT = 8080
METRICS_SERVER_PORT = 10250
"""Ports of containers that something else in the cluster connects to."""

SNAPSHOT_CONTROLLER_INSTEAD = {
    "controller.replicaCount": "snapshot_controller",
    "controller.serviceMonitor": "prometheus",
}
METRICS_SERVER_INSTEAD = {
    "replicas": "metrics_server",
    "resources": "metrics_server",
    "serviceMonitor": "prometheus",
}
"""The input to set instead of a value that the module keeps."""

_CRITICAL = "system-cluster-critical"
_POD = {"runAsNonRoot": True, "runAsUser": 1000, "runAsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
_CONTAINER = {
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def snapshot_controller_values(given: FoundationsInputs) -> dict[str, Any]:
    """The values of the snapshot controller's release.

    https://github.com/piraeusdatastore/helm-charts/tree/snapshot-controller-5.2.0/charts/snapshot-controller
    """
    scraped = is_set(given.prometheus)
    return {
        "installCRDs": True,
        "controller": {
            "fullnameOverride": SNAPSHOT_CONTROLLER,
            "replicaCount": present(given.snapshot_controller).replicas,
            # one leads, another takes over: a single one does not keep its node from being drained
            "pdb": {"maxUnavailable": 1},
            "priorityClassName": _CRITICAL,
            "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}},
            "podSecurityContext": _POD,
            "securityContext": _CONTAINER,
            "topologySpreadConstraints": _spread(SNAPSHOT_CONTROLLER_LABELS),
            "serviceMonitor": {"create": scraped},
        },
        # it converts groups of snapshots of versions that no cluster of ours ever had
        "webhook": {"enabled": False},
    }


def metrics_server_values(given: FoundationsInputs) -> dict[str, Any]:
    """The values of metrics-server's release.

    https://github.com/kubernetes-sigs/metrics-server/tree/metrics-server-helm-chart-3.13.1/charts/metrics-server
    """
    wanted = present(given.metrics_server)
    scraped = is_set(given.prometheus)
    return {
        "fullnameOverride": METRICS_SERVER,
        "replicas": wanted.replicas,
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "priorityClassName": _CRITICAL,
        "resources": {
            "requests": {"cpu": wanted.cpu_request, "memory": wanted.memory_request},
            "limits": {"memory": wanted.memory_limit},
        },
        "podSecurityContext": _POD,
        "securityContext": {**_CONTAINER, "seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": _spread(METRICS_SERVER_LABELS),
        "metrics": {"enabled": scraped},
        "serviceMonitor": only_when(
            scraped,
            {
                "enabled": scraped,
                "additionalLabels": choose(scraped, present(given.prometheus).labels, {}),
                "interval": choose(scraped, f"{present(given.prometheus).interval_seconds}s", ""),
            },
            but=["enabled"],
        ),
    }


def _spread(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Over zones and nodes as far as there are any: a cluster of one zone still gets its pods."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
