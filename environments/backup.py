"""Backup: Velero for what is in the cluster, AWS Backup for what is beside it."""

from __future__ import annotations

from environments.secrets import Secrets
from environments.settings import Platform
from groundplan.synth.stack import Stack
from modules.backup.aws_backup import (
    Audit,
    AwsBackup,
    AwsBackupInputs,
    DisasterRecovery,
    Reports,
    RestoreTesting,
)
from modules.backup.velero import (
    NodeAgent,
    ObjectLock,
    Replica,
    RestoreDrill,
    Schedule,
    SnapshotClass,
    Velero,
    VeleroInputs,
)

__all__ = ["backup"]


def backup(stack: Stack, env: Platform, *, secrets: Secrets) -> None:
    """The stack `<environment>-backup`."""
    velero = env.velero
    # Vault's volumes are worth more than a daily copy, and only Vault's module knows where it runs
    vault_hourly = Schedule(
        cron="41 * * * *", namespaces=[secrets.vault.outputs.namespace], ttl_hours=48, alarm_after_hours=3
    )
    Velero(
        stack,
        "velero",
        VeleroInputs(
            name=f"{env.name}-velero",
            cluster=env.cluster,
            alarm_topic_arn=env.alarm_topic_arn,
            permissions_boundary_arn=env.permissions_boundary_arn,
            log_retention_days=env.log_retention_days,
            schedules={**velero.schedules, "vault-hourly": vault_hourly},
            snapshot_class=SnapshotClass(),
            node_agent=NodeAgent() if velero.move_data_to_dr else None,
            replica=Replica(region=env.dr_region) if velero.move_data_to_dr else None,
            object_lock=ObjectLock(retention_days=velero.lock_days) if velero.lock_days is not None else None,
            restore_drill=RestoreDrill(
                schedule="daily",
                source_namespace=velero.drill_namespace,
                expected=velero.drill_expects,
                run_pods=velero.drill_runs_pods,
            )
            if velero.drill_namespace is not None
            else None,
            force_destroy=env.tier == "small",
        ),
    )
    AwsBackup(
        stack,
        "aws_backup",
        AwsBackupInputs(
            name=f"{env.name}-backup",
            alarm_topic_arn=env.alarm_topic_arn,
            permissions_boundary_arn=env.permissions_boundary_arn,
            log_retention_days=env.log_retention_days,
            organization_id=env.organization_id,
            tiers=env.aws_backup.tiers,
            vault_max_retention_days=env.aws_backup.longest_retention_days,
            vault_administrator_role_arns=env.aws_backup.administrator_role_arns,
            dr=DisasterRecovery(region=env.dr_region) if env.tier == "full" else None,
            audit=Audit() if env.tier == "full" else None,
            reports=Reports() if env.tier == "full" else None,
            restore_testing=RestoreTesting(tests=env.aws_backup.restore_tests)
            if env.aws_backup.restore_tests
            else None,
        ),
    )
