"""What may be set: which tiers there are, where recovery points lie, and who proves that they can be restored."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from groundplan.building import GivenKey, ServiceInputs, copied_onto_itself
from groundplan.framework import (
    EachRule,
    Inputs,
    Outputs,
    Rule,
    contains,
    every,
    field,
    length,
    output,
    picked,
    some,
    unset,
)
from groundplan.framework.constraints import Arn, Length, OneOf, Pattern, Unique, Unlike
from groundplan.framework.cron import AwsScheduleExpression
from groundplan.framework.types import OrganizationId, RegionName, TopicArn
from groundplan.grammars.schedules import RESTORE_TESTING
from groundplan.grammars.tags import LONGEST_KEY, RESERVED
from groundplan.grammars.time_zones import FORM

from .tier_inputs import NEVER, ResourceType, TagValue, Tier, TierName, clash, no_such_zone, share_a_value

__all__ = [
    "AirGappedVault",
    "Audit",
    "AwsBackupInputs",
    "AwsBackupOutputs",
    "ComplianceLock",
    "DisasterRecovery",
    "OrganizationPolicy",
    "RegionSettings",
    "Reports",
    "RestoreTest",
    "RestoreTesting",
    "VaultNotifications",
]

AdministratorRoleArn = Annotated[
    str,
    # no wildcards: the audit framework compares literally
    Arn("iam", "role/[A-Za-z0-9_+=,.@/-]+", "arn:aws:iam::111122223333:role/break-glass"),
]
TestName = Annotated[str, Pattern("[A-Za-z0-9_]{1,50}", "1 to 50 letters, digits and underscores")]
TestSchedule = Annotated[str, AwsScheduleExpression(RESTORE_TESTING)]
PolicyTarget = Annotated[
    str,
    Pattern(
        "r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[0-9]{12}",
        "the id of an organization's root, of an organizational unit or of an account",
    ),
]
SERVICES = (
    "Aurora",
    "CloudFormation",
    "DocumentDB",
    "DynamoDB",
    "EBS",
    "EC2",
    "EFS",
    "FSx",
    "Neptune",
    "RDS",
    "Redshift",
    "S3",
    "SAP HANA on Amazon EC2",
    "Storage Gateway",
    "Timestream",
    "VirtualMachine",
)
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html"""
ServiceName = Annotated[str, OneOf(SERVICES)]
LIMITS = ("vault_min_retention_days", "vault_max_retention_days")


class ComplianceLock(Inputs):
    """Vault lock in compliance mode: no person, no root user and not AWS can take it back."""

    i_understand_that_nobody_can_ever_shorten_or_remove_this_lock: bool = field(
        "true, written by somebody who may decide that: after changeable_for_days recovery points, vaults and their "
        "cost stay for as long as they were told to, whatever happens"
    )
    changeable_for_days: int = field(
        "how long the lock can still be taken back after the apply that sets it, in days", default=14, ge=3, le=36500
    )

    rules = (
        Rule(
            "i_understand_that_nobody_can_ever_shorten_or_remove_this_lock",
            lambda v: v.i_understand_that_nobody_can_ever_shorten_or_remove_this_lock,
            "must be true: a compliance lock is for ever. Without that decision leave compliance_lock out: governance "
            "mode locks the vaults too, and can be corrected",
        ),
    )


class DisasterRecovery(Inputs):
    """The vault in another region."""

    region: RegionName = field("region of the DR vault, another one than the module's")
    kms_key: GivenKey | None = field(
        "key in that region that encrypts the copies; left out, the module makes its own there with yearly rotation",
        default=None,
    )


class AirGappedVault(Inputs):
    """A logically air-gapped vault: its content lies in an account of AWS Backup, in compliance mode from the start."""

    min_retention_days: int = field(
        "shortest time that a copy must be kept, in days; can never be changed", default=7, ge=7, le=36500
    )
    max_retention_days: int = field(
        "longest time that a copy may be kept, in days; can never be changed", default=365, ge=7, le=36500
    )
    kms_key: GivenKey | None = field(
        "key that encrypts it; left out, the module makes its own with yearly rotation", default=None
    )

    rules = (
        Rule(
            "max_retention_days",
            lambda v: v.max_retention_days > v.min_retention_days,
            "must be more than min_retention_days",
            shows=("min_retention_days", "max_retention_days"),
        ),
    )


class Audit(Inputs):
    """A framework of AWS Backup Audit Manager; needs AWS Config to record in the account and region."""

    required_frequency_hours: int = field(
        "longest time between two backups that a plan may leave, in hours", default=24, ge=1, le=24
    )
    required_retention_days: int = field(
        "shortest time that a plan and a recovery point may be kept, in days", default=7, ge=1, le=36500
    )
    recovery_point_age_days: int = field(
        "how old the newest recovery point of a resource may be, in days", default=1, ge=1, le=31
    )
    max_restore_minutes: int | None = field(
        "how long a restore may take, in minutes; left out, restores are not judged", default=None, ge=1, le=43200
    )


class Reports(Inputs):
    """Reports of AWS Backup Audit Manager, every day, in a bucket of their own."""

    keep_days: int = field("how long a report is kept, in days", default=365, ge=1, le=36500)
    formats: Annotated[list[Literal["CSV", "JSON"]], Unique(), Length(1, None, "items")] = field(
        "files that each report comes in", default=["CSV", "JSON"]
    )


class RestoreTest(Inputs):
    """Resources of one type and tier, of which one recovery point each is restored, and then deleted again."""

    resource_type: ResourceType = field("what is restored; one of the resource_types of a tier with the tag value")
    tag_value: TagValue = field("value of the tag that the protected resources have; one that selects a tier")
    metadata_overrides: dict[str, str] = field(
        "settings of the restore that AWS Backup cannot infer, such as dbsubnetgroupname for RDS without a default "
        "VPC; left out, it infers all",
        default={},
    )
    validation_window_hours: int = field(
        "how long the restored resource is there to be looked at, in hours, before it is deleted",
        default=1,
        ge=1,
        le=168,
    )


class RestoreTesting(Inputs):
    """Restores on a schedule, since only a restored backup is one."""

    tests: Annotated[dict[TestName, RestoreTest], Length(1, 30, "entries")] = field("what is restored, by name")
    schedule: TestSchedule = field(
        "when the tests begin, as cron(...); left out, every Sunday", default="cron(0 5 ? * SUN *)"
    )
    timezone: Annotated[str, Pattern(FORM, "a time zone of the IANA database")] = field(
        "time zone of the schedule", default="Etc/UTC"
    )
    start_window_hours: int = field(
        "how long after the beginning a restore may start, in hours", default=8, ge=1, le=168
    )
    selection_window_days: int = field(
        "how old the recovery point that is restored may be, in days", default=7, ge=1, le=365
    )
    algorithm: Literal["LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"] = field(
        "which recovery point of the window is restored", default="LATEST_WITHIN_WINDOW"
    )

    checks = (no_such_zone,)


class VaultNotifications(Inputs):
    """Every event of the primary vault, for those who want more than the alarms."""

    topic_arn: TopicArn = field(
        "ARN of the SNS topic, whose policy must let backup.amazonaws.com publish: the statement is an output; "
        "AWS Backup takes no FIFO topic and none of another account"
    )
    events: Annotated[
        list[
            Literal[
                "BACKUP_JOB_STARTED",
                "BACKUP_JOB_COMPLETED",
                "COPY_JOB_STARTED",
                "COPY_JOB_SUCCESSFUL",
                "COPY_JOB_FAILED",
                "RESTORE_JOB_STARTED",
                "RESTORE_JOB_COMPLETED",
                "RECOVERY_POINT_MODIFIED",
                "S3_BACKUP_OBJECT_FAILED",
                "S3_RESTORE_OBJECT_FAILED",
            ]
        ],
        Unique(),
        Length(1, None, "items"),
    ] = field(
        "what is told; a failed job comes as ..._COMPLETED with its state",
        default=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED", "RECOVERY_POINT_MODIFIED"],
    )


class OrganizationPolicy(Inputs):
    """The tiers as a backup policy of AWS Organizations: from the management account, or the delegated one, alone."""

    regions: Annotated[list[RegionName], Unique(), Length(1, None, "items")] = field("regions that it backs up")
    target_ids: Annotated[list[PolicyTarget], Unique()] = field(
        "ids of the roots, organizational units and accounts that it is attached to, without those that call this "
        "module for the same tags, or their backups are made twice; left out, none",
        default=[],
    )
    vault_name: str | None = field(
        "name of the vault that each account has in each region; left out, that of this module's vault",
        default=None,
        min_length=2,
        max_length=50,
    )
    dr_vault_name: str | None = field(
        "name of the vault that each account has in the DR region; left out, that of this module's DR vault",
        default=None,
        min_length=2,
        max_length=50,
    )
    role_name: str | None = field(
        "name of the service role that each account has; left out, that of this module's role",
        default=None,
        min_length=1,
        max_length=64,
    )


class RegionSettings(Inputs):
    """Which services AWS Backup protects in the account and region: one set for all who use it there."""

    opt_in: dict[ServiceName, bool] = field(
        "whether AWS Backup protects a service, for every service that AWS Backup knows in the region: those left out "
        "are reported as drift"
    )
    full_management: dict[Literal["DynamoDB", "EFS"], bool] = field(
        "whether AWS Backup manages a service's backups as its own, which DynamoDB needs for cold storage and copies",
        default={"DynamoDB": True, "EFS": True},
    )


class AwsBackupInputs(ServiceInputs):
    """The backups of an account in a region."""

    tiers: Annotated[dict[TierName, Tier], Length(1, 50, "entries")] = field(
        "classes of protection by name, such as critical, standard and archive"
    )
    tag_key: Annotated[
        str,
        Pattern(f"[A-Za-z][A-Za-z0-9_.:/=+@-]{{0,{LONGEST_KEY - 1}}}", "the key of a tag"),
        Unlike(RESERVED, "not begin with aws:, which AWS keeps for itself"),
    ] = field("key of the tag that puts a resource into a tier", default="BackupTier")
    vault_min_retention_days: int = field(
        "shortest time that the locked vaults let a recovery point be kept, in days", default=7, ge=1, le=36500
    )
    vault_max_retention_days: int = field(
        "longest time that the locked vaults let a recovery point be kept, in days", default=3653, ge=1, le=36500
    )
    compliance_lock: ComplianceLock | None = field(
        "locks the vaults in compliance mode, for ever; left out, in governance mode, which those whom IAM allows "
        "can correct",
        default=None,
    )
    vault_administrator_role_arns: Annotated[list[AdministratorRoleArn], Unique(), Length(0, 5, "items")] = field(
        "ARNs of the roles that alone may delete or shorten recovery points and change the vaults' access policies: "
        "Terraform's own must be one of them. Left out, nobody deletes by hand, and IAM alone decides on the policies",
        default=[],
    )
    organization_id: OrganizationId | None = field(
        "AWS Organizations id: copies from and to accounts outside of it are refused; left out, from and to any other "
        "account",
        default=None,
    )
    accept_copies_from_organization: bool = field(
        "whether every account of the organization may copy recovery points into the vaults", default=False
    )
    dr: DisasterRecovery | None = field("vault in another region; left out, there is none", default=None)
    air_gapped: AirGappedVault | None = field(
        "logically air-gapped vault, which nobody can ever unlock; left out, there is none", default=None
    )
    no_backup_alarm_hours: int = field(
        "after how many hours without a completed backup there is an alarm; 0 for none, where backups are rarer than "
        "weekly",
        default=30,
        ge=0,
        le=168,
    )
    alarm_on_tampering: bool = field(
        "whether attempts to delete recovery points or to weaken the vaults are reported; needs a trail of CloudTrail "
        "that records management events",
        default=True,
    )
    vault_notifications: VaultNotifications | None = field(
        "notifications of the primary vault's events; left out, there are the alarms only", default=None
    )
    audit: Audit | None = field("audit framework; left out, there is none", default=None)
    reports: Reports | None = field("daily reports; left out, there are none", default=None)
    restore_testing: RestoreTesting | None = field("scheduled restore tests; left out, there are none", default=None)
    organization_policy: OrganizationPolicy | None = field(
        "backup policy of the organization; left out, there is none", default=None
    )
    region_settings: RegionSettings | None = field(
        "services that AWS Backup protects in the region; left out, as they are", default=None
    )

    rules = (
        EachRule(
            "tiers",
            lambda v, name, t: every(v.tiers, lambda other, o: (other == name) | ~clash(name, t, other, o)),
            "must not select what another tier selects, or it is backed up twice: give each its own tag_values (left "
            "out, the name of the tier), or other resource_types",
            shows=("tag_values",),
        ),
        EachRule(
            "tiers", lambda _, name, __: name != NEVER, "needs another name: none is the tag of what has no backup"
        ),
        EachRule(
            "tiers",
            lambda v, _, t: _within(v, t.delete_after_days),
            "must be vault_min_retention_days to vault_max_retention_days: the locked vault refuses everything else",
            shows=("delete_after_days",),
            inside="delete_after_days",
            beside=LIMITS,
        ),
        EachRule(
            "tiers",
            lambda v, _, t: unset(v.audit) | (t.delete_after_days >= v.audit.required_retention_days),
            "must be audit.required_retention_days or more, or the audit fails for ever",
            shows=("delete_after_days",),
            inside="delete_after_days",
            beside=("audit.required_retention_days",),
        ),
        EachRule(
            "tiers",
            lambda v, _, t: unset(t.continuous) | _within(v, t.continuous.retention_days),
            "must be vault_min_retention_days to vault_max_retention_days: the locked vault refuses everything else",
            shows=("continuous.retention_days",),
            inside="continuous.retention_days",
            beside=LIMITS,
        ),
        EachRule(
            "tiers",
            lambda v, _, t: unset(t.copy_to_dr) | _within(v, t.copy_to_dr.delete_after_days),
            "must be vault_min_retention_days to vault_max_retention_days: the locked DR vault refuses everything else",
            shows=("copy_to_dr.delete_after_days",),
            inside="copy_to_dr.delete_after_days",
            beside=LIMITS,
        ),
        EachRule(
            "tiers",
            lambda v, _, t: ~unset(v.dr) | unset(t.copy_to_dr),
            "needs dr: say where the DR vault is, or leave it out",
            inside="copy_to_dr",
        ),
        EachRule(
            "tiers",
            lambda v, _, t: unset(t.air_gapped_retention_days) | ~unset(v.air_gapped),
            "needs air_gapped: the vault, or leave it out",
            inside="air_gapped_retention_days",
        ),
        EachRule(
            "tiers",
            lambda v, _, t: unset(t.air_gapped_retention_days) | unset(v.air_gapped) | _fits_air_gap(v, t),
            "must be min_retention_days to max_retention_days of air_gapped",
            shows=("air_gapped_retention_days",),
            inside="air_gapped_retention_days",
            beside=("air_gapped.min_retention_days", "air_gapped.max_retention_days"),
        ),
        Rule(
            "vault_max_retention_days",
            lambda v: v.vault_max_retention_days > v.vault_min_retention_days,
            "must be more than vault_min_retention_days",
            shows=("vault_min_retention_days", "vault_max_retention_days"),
        ),
        Rule(
            "accept_copies_from_organization",
            lambda v: ~v.accept_copies_from_organization | ~unset(v.organization_id),
            "needs organization_id",
        ),
        Rule(
            "organization_policy",
            lambda v: (
                unset(v.organization_policy)
                | every(
                    v.tiers,
                    lambda name, t: every(
                        v.tiers, lambda other, o: (other == name) | ~share_a_value(name, t, other, o)
                    ),
                )
            ),
            "needs tiers whose tag_values all differ: an organization's policy selects by the tag alone",
        ),
        Rule(
            "restore_testing",
            lambda v: unset(v.restore_testing) | every(v.restore_testing.tests, lambda _, test: _is_backed_up(v, test)),
            "each of its tests must be of what is backed up: its tag_value must select a tier with its resource_type",
            finds=lambda v: picked(
                v.restore_testing.tests, lambda name, _: name, lambda _, test: ~_is_backed_up(v, test)
            ),
        ),
    )

    checks = (lambda v: copied_onto_itself(v, "dr.region", v.dr.region) if v.dr else (),)


def _within(inputs: Any, days: Any) -> Any:
    return (days >= inputs.vault_min_retention_days) & (days <= inputs.vault_max_retention_days)


def _fits_air_gap(inputs: Any, tier: Any) -> Any:
    days = tier.air_gapped_retention_days
    return (days >= inputs.air_gapped.min_retention_days) & (days <= inputs.air_gapped.max_retention_days)


def _is_backed_up(inputs: Any, test: Any) -> Any:
    return some(
        inputs.tiers,
        lambda name, tier: (
            contains(tier.resource_types, test.resource_type)
            & (contains(tier.tag_values, test.tag_value) | ((length(tier.tag_values) == 0) & (name == test.tag_value)))
        ),
    )


class AwsBackupOutputs(Outputs):
    """What the owners of data and other modules need to know of the backups."""

    vault_name: str = output("name of the primary vault")
    vault_arn: str = output("ARN of the primary vault")
    dr_vault_name: str | None = output("name of the DR vault; null without dr")
    dr_vault_arn: str | None = output("ARN of the DR vault; null without dr")
    air_gapped_vault_name: str | None = output("name of the logically air-gapped vault; null without air_gapped")
    air_gapped_vault_arn: str | None = output("ARN of the logically air-gapped vault; null without air_gapped")
    plan_ids: dict[str, str] = output("id of each tier's backup plan, by tier")
    continuous_plan_ids: dict[str, str] = output("id of the plan of each tier's continuous backup, by tier")
    role_arn: str = output("ARN of the role that AWS Backup backs up and restores with")
    kms_key_arn: str = output("ARN of the key that encrypts the primary vault and the reports")
    tag_key: str = output("key of the tag that resources must carry to be backed up")
    tag_values: list[str] = output("values of the tag that select a tier; none says that a resource has no backup")
    report_bucket_name: str | None = output("name of the bucket of the reports; null without reports")
    framework_arn: str | None = output("ARN of the audit framework; null without audit")
    organization_policy_id: str | None = output(
        "id of the organization's backup policy; null without organization_policy"
    )
    event_rule_arns: list[str] = output(
        "ARNs of the event rules, which the alarm topic's policy must let publish (aws:SourceArn)"
    )
    notification_statement: str = output(
        "statement, as JSON, that the policy of vault_notifications' topic needs; an empty text without it"
    )
