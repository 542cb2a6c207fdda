"""Backup: Velero for what is in the cluster, AWS Backup for what is beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from environments.families.secrets import Secrets
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.backup.aws_backup import (
    Audit,
    AwsBackup,
    AwsBackupInputs,
    ContinuousBackup,
    Copy,
    DisasterRecovery,
    Reports,
    RestoreTest,
    RestoreTesting,
    Tier,
)
from modules.backup.velero import (
    ExpectedResource,
    Metrics,
    NodeAgent,
    Replica,
    RestoreDrill,
    Schedule,
    Velero,
    VeleroInputs,
)

__all__ = ["BackupFamily"]


class BackupFamily(PlatformFamily):
    """What is saved when, for how long, and what proves that it comes back."""

    velero: VeleroInputs = field("what is in the cluster")
    aws_backup: AwsBackupInputs = field("what is beside it: databases, volumes, tables, file systems")

    @classmethod
    def everywhere(cls, _env: Platform) -> Self:
        """A night's backup of everything; the same three tiers, since resources carry the same tags everywhere."""
        return cls(
            velero=VeleroInputs(
                schedules={"daily": Schedule(cron="0 2 * * *", alarm_after_hours=28)}, csi_snapshots=True
            ),
            aws_backup=AwsBackupInputs(
                tiers={
                    "critical": Tier(schedule="cron(0 3 ? * * *)"),
                    "standard": Tier(schedule="cron(0 4 ? * * *)"),
                }
            ),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """A week, and a bucket that goes with the environment."""
        return cls(
            velero=VeleroInputs(schedules={"daily": Schedule(ttl_hours=168)}, force_destroy=True),
            aws_backup=AwsBackupInputs(
                vault_max_retention_days=35,
                tiers={
                    "critical": Tier(delete_after_days=7),
                    "standard": Tier(delete_after_days=7),
                    "archive": Tier(schedule="cron(0 5 ? * SUN *)", delete_after_days=14),
                },
            ),
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """Claims and payments by the hour, everything in the other region too, and restores that prove it."""
        dr = env.dr_region
        return cls(
            velero=VeleroInputs(
                schedules={
                    "daily": Schedule(move_snapshot_data=True),
                    "claims-hourly": Schedule(
                        cron="11 * * * *", namespaces=["claims", "payments"], alarm_after_hours=3
                    ),
                },
                metrics=Metrics(labels={"release": "prometheus"}),
                node_agent=NodeAgent(),
                replica=Replica(region=dr),
                restore_drill=RestoreDrill(
                    schedule="daily",
                    source_namespace="claims",
                    expected={
                        "api": ExpectedResource(resource="deployments", api_group="apps", name="claims-api"),
                        "volumes": ExpectedResource(resource="persistentvolumeclaims"),
                    },
                    # moved data comes back only into volumes that a pod uses
                    run_pods=True,
                ),
                force_destroy=False,
            ),
            aws_backup=AwsBackupInputs(
                # Terraform's own role is one of them, or the next change of a vault's policy fails
                vault_administrator_role_arns=[env.role_arn("backup-administrator"), env.role_arn("terraform")],
                tiers={
                    "archive": Tier(
                        resource_types=["DynamoDB", "EFS"],
                        schedule="cron(0 5 1 * ? *)",
                        cold_storage_after_days=30,
                        copy_to_dr=Copy(cold_storage_after_days=30),
                    ),
                    "critical": Tier(continuous=ContinuousBackup()),
                },
                dr=DisasterRecovery(region=dr),
                audit=Audit(),
                reports=Reports(),
                restore_testing=RestoreTesting(
                    tests={
                        "databases": RestoreTest(
                            resource_type="RDS",
                            tag_value="critical",
                            metadata_overrides={"dbsubnetgroupname": "restore-tests"},
                        ),
                        "tables": RestoreTest(resource_type="DynamoDB", tag_value="critical"),
                    }
                ),
            ),
        )

    def made_once(self, env: Platform) -> Iterable[Once]:
        """What AWS Backup looks after. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html"""
        if self.aws_backup.region_settings is not None:
            yield Once(
                "AWS Backup's settings of a region",
                env.region,
                "aws_backup.region_settings",
                "Set aws_backup.region_settings to None in one of the two: the other's hold for it too.",
            )

    def compose(self, stack: Stack, env: Platform, secrets: Secrets) -> None:
        """The stack `<environment>-backup`."""
        # Vault's volumes are worth more than a daily copy, and only Vault's module knows where it runs
        hourly = Schedule(
            cron="41 * * * *", namespaces=[secrets.vault.outputs.namespace], ttl_hours=48, alarm_after_hours=3
        )
        Velero(stack, "velero", stack.wired(self.velero, VeleroInputs(schedules={"vault-hourly": hourly})))
        AwsBackup(stack, "aws_backup", stack.wired(self.aws_backup, AwsBackupInputs(name=f"{env.name}-backup")))
