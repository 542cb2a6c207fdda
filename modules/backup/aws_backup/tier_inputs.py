"""What a tier of backups may be: what it selects, when it runs, how long its recovery points are kept and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from groundplan.framework import Inputs, Rule, contains, field, length, overlap, unset
from groundplan.framework.constraints import Length, Pattern, Unique
from groundplan.framework.cron import AwsScheduleExpression
from groundplan.framework.references import is_opaque
from groundplan.grammars import time_zones
from groundplan.grammars.backup_lifecycles import COLD_DAYS
from groundplan.grammars.schedules import BACKUP
from groundplan.grammars.time_zones import FORM
from groundplan.problems import Problem

__all__ = [
    "CONTINUOUS_TYPES",
    "RESOURCE_TYPES",
    "ContinuousBackup",
    "Copy",
    "ResourceType",
    "TagValue",
    "Tier",
    "TierName",
    "clash",
    "no_such_zone",
    "share_a_value",
]

RESOURCE_TYPES = {
    "Aurora": "rds:*:*:cluster:*",
    "DynamoDB": "dynamodb:*:*:table/*",
    "EBS": "ec2:*:*:volume/*",
    "EFS": "elasticfilesystem:*:*:file-system/*",
    "RDS": "rds:*:*:db:*",
    "S3": "s3:::*",
}
"""What can be backed up, by the name that AWS Backup has for it, as ARNs behind the partition.

DocumentDB and Neptune clusters have ARNs of Aurora's form: tagged like one, they are backed up like one.
https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html
"""

CONTINUOUS_TYPES = ("Aurora", "RDS", "S3")
"""What AWS Backup restores to a point in time.

https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
"""

ResourceType = Literal["Aurora", "DynamoDB", "EBS", "EFS", "RDS", "S3"]
NamePattern = Pattern("[A-Za-z0-9][A-Za-z0-9_-]{0,39}", "1 to 40 letters, digits, hyphens and underscores")
TierName = Annotated[str, NamePattern]
TagValue = Annotated[str, NamePattern]
BackupSchedule = Annotated[str, AwsScheduleExpression(BACKUP)]

NEVER = "none"
WINDOW_MINUTES = 60


def no_such_zone(given: Any) -> Iterator[Problem]:
    """The problem of a declaration's `timezone` that the IANA database does not have; Terraform has no copy of it."""
    if not is_opaque(given.timezone):
        for found in time_zones.problems(given.timezone):
            yield Problem("timezone", found.message, found.cure)


def _long_enough_in_the_cold(setting: Any) -> Any:
    return unset(setting.cold_storage_after_days) | (
        setting.delete_after_days >= setting.cold_storage_after_days + COLD_DAYS
    )


_COLD_RULE = Rule(
    "delete_after_days",
    _long_enough_in_the_cold,
    f"must be at least {COLD_DAYS} days after cold_storage_after_days: "
    f"cold storage is paid for {COLD_DAYS} days in any case",
    shows=("cold_storage_after_days", "delete_after_days"),
)


class Copy(Inputs):
    """How long copies of recovery points are kept in the other region."""

    delete_after_days: int = field("how long a copy is kept, in days", ge=1, le=36500)
    cold_storage_after_days: int | None = field(
        "age at which a copy moves to cold storage, in days, where the service has it; left out, never",
        default=None,
        ge=1,
        le=36410,
    )

    rules = (_COLD_RULE,)


class ContinuousBackup(Inputs):
    """Recovery to any second of the last days, for RDS, Aurora and S3."""

    retention_days: int = field("how far back one can go, in days", default=35, ge=1, le=35)
    schedule: BackupSchedule = field(
        "when AWS Backup looks after the continuous recovery point; more often than retention_days",
        default="cron(0 1 ? * * *)",
    )


class Tier(Inputs):
    """One class of protection: resources whose tag has one of its values are backed up as it says."""

    tag_values: Annotated[list[TagValue], Unique(), Length(0, 20, "items")] = field(
        "values of the tag that select the tier; left out, the tier's own name", default=[]
    )
    resource_types: Annotated[list[ResourceType], Unique(), Length(1, None, "items")] = field(
        "what is backed up, among what has the tag; S3 gives the service role two more managed policies, which read "
        "and write every bucket",
        default=["Aurora", "DynamoDB", "EBS", "EFS", "RDS"],
    )
    schedule: BackupSchedule = field("when a backup starts, as cron(...)")
    timezone: Annotated[str, Pattern(FORM, "a time zone of the IANA database, such as America/New_York")] = field(
        "time zone of the schedules", default="Etc/UTC"
    )
    start_window_minutes: int = field(
        "how long after the scheduled time a backup may still start, in minutes; then it has expired",
        default=120,
        ge=WINDOW_MINUTES,
        le=10080,
    )
    completion_window_minutes: int = field(
        "how long a backup may take, in minutes; then it is cancelled", default=1440, ge=2 * WINDOW_MINUTES, le=43200
    )
    delete_after_days: int = field("how long a recovery point is kept, in days", ge=1, le=36500)
    cold_storage_after_days: int | None = field(
        "age at which a recovery point moves to cold storage, in days: EFS, and DynamoDB with advanced backup; the "
        "others stay warm. Left out, none moves",
        default=None,
        ge=1,
        le=36410,
    )
    archive_ebs_snapshots: bool = field(
        "whether EBS snapshots move to their archive tier with the others; for schedules of 28 days and more",
        default=False,
    )
    continuous: ContinuousBackup | None = field(
        "continuous backup of RDS, Aurora and S3, beside the scheduled ones; left out, there is none", default=None
    )
    copy_to_dr: Copy | None = field(
        "copy of every recovery point in the vault of the DR region; left out, none is copied", default=None
    )
    air_gapped_retention_days: int | None = field(
        "how long a copy of every recovery point is kept in the logically air-gapped vault, in days; left out, none is "
        "copied",
        default=None,
        ge=7,
        le=36500,
    )

    rules = (
        _COLD_RULE,
        Rule(
            "completion_window_minutes",
            lambda v: v.completion_window_minutes >= v.start_window_minutes + WINDOW_MINUTES,
            "must be at least 60 minutes more than start_window_minutes",
            shows=("start_window_minutes", "completion_window_minutes"),
        ),
        Rule(
            "archive_ebs_snapshots",
            lambda v: ~v.archive_ebs_snapshots | ~unset(v.cold_storage_after_days),
            "needs cold_storage_after_days: the archive is the cold storage of EBS",
        ),
        Rule(
            "archive_ebs_snapshots",
            lambda v: ~v.archive_ebs_snapshots | contains(v.resource_types, "EBS"),
            "needs EBS among resource_types",
            shows=("resource_types",),
        ),
        Rule(
            "continuous",
            lambda v: unset(v.continuous) | overlap(v.resource_types, list(CONTINUOUS_TYPES)),
            "needs Aurora, RDS or S3 among resource_types: nothing else can be restored to a point in time",
            shows=("resource_types",),
        ),
        Rule(
            "tag_values",
            lambda v: ~contains(v.tag_values, NEVER),
            "must not have none: that value says that a resource is not backed up",
            shows=("tag_values",),
        ),
    )

    checks = (no_such_zone,)


def share_a_value(name: Any, tier: Any, other_name: Any, other: Any) -> Any:
    """Whether one value of the tag selects two tiers; a tier without values is selected by its name."""
    return (
        overlap(tier.tag_values, other.tag_values)
        | ((length(tier.tag_values) == 0) & contains(other.tag_values, name))
        | ((length(other.tag_values) == 0) & contains(tier.tag_values, other_name))
    )


def clash(name: Any, tier: Any, other_name: Any, other: Any) -> Any:
    """Whether two tiers select one resource: they share a type, and a value of the tag."""
    return overlap(tier.resource_types, other.resource_types) & share_a_value(name, tier, other_name, other)
