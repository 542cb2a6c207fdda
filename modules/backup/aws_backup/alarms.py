"""What people are told: jobs that failed, backups that did not happen, and hands on the vaults."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.backup_vault_notifications import BackupVaultNotifications

from groundplan.building import account_id, event_alarm, maker, metric_alarm, partition, region
from groundplan.framework import Module, choose, concat, is_set, jsonencode, part_id, present, texts
from groundplan.iam import document

from . import access
from .inputs import AwsBackupInputs
from .vaults import Vaults

__all__ = ["alarms", "notifications"]

TAMPERING = [
    "DeleteBackupPlan",
    "DeleteBackupSelection",
    "DeleteBackupVault",
    "DeleteBackupVaultAccessPolicy",
    "DeleteBackupVaultLockConfiguration",
    "DeleteRecoveryPoint",
    "DisassociateRecoveryPoint",
    "DisassociateRecoveryPointFromParent",
    "PutBackupVaultAccessPolicy",
    "PutBackupVaultLockConfiguration",
    "UpdateRecoveryPointLifecycle",
]
"""Calls that make backups fewer, or their protection less; refused ones are recorded too.

https://docs.aws.amazon.com/aws-backup/latest/devguide/logging-using-cloudtrail.html
"""


def alarms(scope: Module[Any, Any], given: AwsBackupInputs, vaults: Vaults) -> list[str]:
    """The alarms; gives the ARNs of the event rules.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    """
    vault = vaults.primary
    vault_arn = f"arn:{partition(scope)}:backup:{region(scope)}:{account_id(scope)}:backup-vault:{vault.name}"
    rules = [
        event_alarm(
            scope,
            "backup_failed",
            given,
            name=f"{given.name}-backup-failed",
            description=(
                f"A backup into the vault {vault.name} failed, was aborted, or did not start in its window. The "
                "event's statusMessage says why and resourceArn of what; after the cause is gone, start one by hand."
            ),
            pattern={
                "source": ["aws.backup"],
                "detail-type": ["Backup Job State Change"],
                "detail": {"state": ["ABORTED", "EXPIRED", "FAILED"], "backupVaultName": [vault.name]},
            },
        ),
        event_alarm(
            scope,
            "copy_failed",
            given,
            name=f"{given.name}-copy-failed",
            description=(
                f"A recovery point of the vault {vault.name} could not be copied: the other region or the air-gapped "
                "vault lacks it. Most often a key or the destination vault's policy refuses, or its lock the retention."
            ),
            pattern={
                "source": ["aws.backup"],
                "detail-type": ["Copy Job State Change"],
                "detail": {"state": ["FAILED"], "sourceBackupVaultArn": [vault_arn]},
            },
        ),
        event_alarm(
            scope,
            "restore_failed",
            given,
            name=f"{given.name}-restore-failed",
            description=(
                "A restore in this account and region failed or was aborted; of a restore test it says that the backup "
                "cannot be restored as the test is set. Look at the event's statusMessage."
            ),
            pattern={
                "source": ["aws.backup"],
                "detail-type": ["Restore Job State Change"],
                # the service says status here, and state elsewhere
                "detail": {"status": ["ABORTED", "FAILED"]},
            },
        ),
    ]
    tampering = event_alarm(
        scope,
        "tampering",
        given,
        name=f"{given.name}-tampering",
        description=(
            "Somebody tried to delete recovery points, plans or vaults of this account and region, or changed what "
            "protects them. Ask userIdentity of the event; with errorCode AccessDenied the attempt was refused."
        ),
        pattern={
            "source": ["aws.backup"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {"eventSource": ["backup.amazonaws.com"], "eventName": TAMPERING},
        },
        only_when=given.alarm_on_tampering,
    )
    hours: Any = given.no_backup_alarm_hours
    metric_alarm(
        scope,
        "no_backup",
        given,
        name=f"{given.name}-no-backup",
        description=(
            f"No backup was completed in the vault {vault.name} for {hours} hours. See whether the plans still "
            "select anything, whether resources carry the tag, and whether jobs are running or failing."
        ),
        namespace="AWS/Backup",
        metric="NumberOfBackupJobsCompleted",
        dimensions={"BackupVaultName": vault.name},
        period_seconds=3600,
        periods=choose(hours > 0, hours, 1),
        comparison="LessThanThreshold",
        threshold=1,
        missing_data="breaching",
        only_when=hours > 0,
    )
    return concat([rule.arn for rule in rules], texts("compact", [tampering.arn]))


def notifications(scope: Module[Any, Any], given: AwsBackupInputs, vaults: Vaults) -> str:
    """The primary vault's notifications; gives the statement that their topic's policy needs."""
    wanted, told = is_set(given.vault_notifications), present(given.vault_notifications)
    maker(wanted)(
        BackupVaultNotifications,
        scope,
        part_id("notifications", "primary"),
        backup_vault_name=vaults.primary.made.name,
        sns_topic_arn=told.topic_arn,
        backup_vault_events=told.events,
    )
    statement = document(*access.vault_topic_policy(told.topic_arn, account_id(scope)))["Statement"][0]
    return choose(wanted, jsonencode(statement), "")
