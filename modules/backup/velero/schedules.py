"""The custom resources of the module: schedules, Prometheus's rules."""

from __future__ import annotations

from typing import Any

from groundplan.framework import (
    calculated,
    choose,
    concat,
    each,
    negated,
    not_empty,
    present,
)

from .chart import LOCATION
from .inputs import Schedule, VeleroInputs

__all__ = ["prometheus_rule", "schedule_object"]


def schedule_object(name: str, schedule: Schedule, namespace: str) -> dict[str, Any]:
    """One Schedule. https://velero.io/docs/v1.18/api-types/schedule/"""
    return {
        "apiVersion": "velero.io/v1",
        "kind": "Schedule",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "schedule": schedule.cron,
            "paused": schedule.paused,
            # Backups outlive the schedule that made them.
            "useOwnerReferencesInBackup": False,
            "template": {
                "ttl": f"{schedule.ttl_hours}h0m0s",
                "storageLocation": LOCATION,
                "includedNamespaces": choose(not_empty(schedule.namespaces), schedule.namespaces, ["*"]),
                "excludedNamespaces": schedule.excluded_namespaces,
                "includedResources": choose(not_empty(schedule.resources), schedule.resources, ["*"]),
                "excludedResources": schedule.excluded_resources,
                "labelSelector": choose(not_empty(schedule.labels), {"matchLabels": schedule.labels}, None),
                "includeClusterResources": schedule.include_cluster_resources,
                "snapshotVolumes": schedule.snapshot_volumes,
                "snapshotMoveData": schedule.move_snapshot_data,
                "defaultVolumesToFsBackup": schedule.file_system_backup,
                "csiSnapshotTimeout": f"{schedule.snapshot_timeout_minutes}m0s",
                "itemOperationTimeout": f"{schedule.item_timeout_hours}h0m0s",
            },
        },
    }


def prometheus_rule(given: VeleroInputs) -> dict[str, Any]:
    """The alarms of CloudWatch once more, for who looks at Prometheus.

    https://velero.io/docs/v1.18/monitoring/ and Velero's pkg/metrics at v1.18.1
    """
    active = each(given.schedules).where(lambda schedule: negated(schedule.paused))
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "velero-backups", "namespace": given.namespace, "labels": present(given.metrics).labels},
        "spec": {
            "groups": [
                {
                    "name": "velero-backups",
                    "rules": concat(
                        [
                            {
                                "alert": "VeleroStorageUnavailable",
                                "expr": "velero_backup_location_status_gauge == 0",
                                "for": "15m",
                                "labels": {"severity": "critical"},
                                "annotations": {"summary": "Velero cannot reach a storage location"},
                            }
                        ],
                        active.documents(_too_old),
                        active.documents(_failed),
                    ),
                }
            ]
        },
    }


def _too_old(name: str, schedule: Schedule) -> dict[str, Any]:
    last = f'velero_backup_last_successful_timestamp{{schedule="{name}"}}'
    seconds = calculated("{hours} * 3600", hours=schedule.alarm_after_hours)
    return {
        "alert": "VeleroBackupTooOld",
        "expr": f"time() - {last} > {seconds} or absent({last})",
        "for": "30m",
        "labels": {"severity": "critical", "schedule": name},
        "annotations": {"summary": f"{name} has had no complete backup for {schedule.alarm_after_hours} hours"},
    }


def _failed(name: str, _: Schedule) -> dict[str, Any]:
    failures = " + ".join(
        f'increase(velero_backup_{kind}_total{{schedule="{name}"}}[1h])'
        for kind in ("failure", "partial_failure", "validation_failure")
    )
    return {
        "alert": "VeleroBackupFailed",
        "expr": f"{failures} > 0",
        "labels": {"severity": "warning", "schedule": name},
        "annotations": {"summary": f"a backup of {name} failed, wholly or in part"},
    }
