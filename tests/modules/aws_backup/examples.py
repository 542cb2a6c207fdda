"""Inputs of the module's tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from modules.backup.aws_backup import (
    AirGappedVault,
    Audit,
    AwsBackupInputs,
    ContinuousBackup,
    Copy,
    DisasterRecovery,
    OrganizationPolicy,
    RegionSettings,
    Reports,
    RestoreTest,
    RestoreTesting,
    Tier,
    VaultNotifications,
)

ACCOUNT = "111122223333"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:platform-alarms"
TERRAFORM = f"arn:aws:iam::{ACCOUNT}:role/terraform"
BREAK_GLASS = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
DAILY = "cron(0 5 ? * * *)"

FULL = AwsBackupInputs(
    name="prod-aws-backup",
    alarm_topic_arn=TOPIC,
    tiers={
        "critical": Tier(
            schedule="cron(0 0/6 ? * * *)",
            delete_after_days=35,
            continuous=ContinuousBackup(retention_days=14),
            copy_to_dr=Copy(delete_after_days=90),
            air_gapped_retention_days=30,
        ),
        "standard": Tier(
            tag_values=["standard", "default"],
            schedule=DAILY,
            timezone="America/New_York",
            delete_after_days=30,
            copy_to_dr=Copy(delete_after_days=120, cold_storage_after_days=30),
        ),
        "archive": Tier(
            resource_types=["EBS", "EFS", "S3"],
            schedule="cron(0 7 1 * ? *)",
            delete_after_days=2557,
            cold_storage_after_days=30,
            archive_ebs_snapshots=True,
        ),
    },
    vault_administrator_role_arns=[TERRAFORM, BREAK_GLASS],
    organization_id="o-exampleorg0",
    accept_copies_from_organization=True,
    dr=DisasterRecovery(region="us-west-2"),
    air_gapped=AirGappedVault(),
    vault_notifications=VaultNotifications(topic_arn=TOPIC),
    audit=Audit(max_restore_minutes=240),
    reports=Reports(keep_days=400),
    restore_testing=RestoreTesting(
        tests={
            "claims_database": RestoreTest(
                resource_type="RDS",
                tag_value="critical",
                metadata_overrides={"dbsubnetgroupname": "restore-tests"},
            ),
            "documents": RestoreTest(resource_type="EFS", tag_value="default"),
        }
    ),
    organization_policy=OrganizationPolicy(regions=["us-east-1"], target_ids=["ou-abcd-12345678"]),
    region_settings=RegionSettings(opt_in={"Aurora": True, "DynamoDB": True, "EBS": True, "EFS": True, "RDS": True}),
)

SMALL = AwsBackupInputs(
    name="dev-aws-backup",
    alarm_topic_arn=TOPIC,
    tiers={"standard": Tier(schedule=DAILY, delete_after_days=7)},
)
