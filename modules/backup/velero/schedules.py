"""The custom resources of the module: schedules, Prometheus's rules."""

from __future__ import annotations

from typing import Any

from groundplan.building import prometheus_alert
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
                            prometheus_alert(
                                given,
                                "velero",
                                "storage_unavailable",
                                name="VeleroStorageUnavailable",
                                expression="velero_backup_location_status_gauge == 0",
                                summary="Velero cannot reach a storage location",
                                severity="warning",
                                lasting="15m",
                            )
                        ],
                        active.documents(lambda name, schedule: _too_old(given, name, schedule)),
                        active.documents(lambda name, _: _failed(given, name)),
                    ),
                }
            ]
        },
    }


def _too_old(given: VeleroInputs, name: str, schedule: Schedule) -> dict[str, Any]:
    last = f'velero_backup_last_successful_timestamp{{schedule="{name}"}}'
    seconds = calculated("{hours} * 3600", hours=schedule.alarm_after_hours)
    return prometheus_alert(
        given,
        "velero",
        "backup_too_old",
        name="VeleroBackupTooOld",
        expression=f"time() - {last} > {seconds} or absent({last})",
        summary=f"{name} has had no complete backup for {schedule.alarm_after_hours} hours",
        severity="warning",
        lasting="30m",
        labels={"schedule": name},
    )


def _failed(given: VeleroInputs, name: str) -> dict[str, Any]:
    failures = " + ".join(
        f'increase(velero_backup_{kind}_total{{schedule="{name}"}}[1h])'
        for kind in ("failure", "partial_failure", "validation_failure")
    )
    return prometheus_alert(
        given,
        "velero",
        "backup_failed",
        name="VeleroBackupFailed",
        expression=f"{failures} > 0",
        summary=f"a backup of {name} failed, wholly or in part",
        severity="warning",
        labels={"schedule": name},
    )
