"""What may be set: where waste is looked for, what counts as such, what may be deleted, who gets the weekly report."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import ServiceInputs
from groundplan.framework import Inputs, Rule, any_of, field, unset
from groundplan.framework.constraints import Arn, Length, Pattern, Unique, Unlike
from groundplan.framework.types import AwsSchedule, BucketName, EmailAddress, LogRetentionDays, RegionName
from groundplan.grammars.tags import EVERYWHERE, LONGEST_KEY, LONGEST_VALUE, RESERVED

__all__ = ["CleanupInputs", "Deletion", "Mail", "Report"]

TagKey = Annotated[
    str,
    Pattern(f"[A-Za-z][A-Za-z0-9_.:/=+@-]{{0,{LONGEST_KEY - 1}}}", "the key of a tag"),
    Unlike(RESERVED, "not begin with aws:, which AWS keeps for itself"),
]
TagValue = Annotated[str, Pattern(f"[{EVERYWHERE}]{{1,{LONGEST_VALUE}}}", "the value of a tag")]
FamilyName = Annotated[str, Pattern("[a-z][a-z0-9_]{0,39}", "1 to 40 lower-case letters, digits and _, after a letter")]
Kind = Literal[
    "idle_load_balancer",
    "idle_nat_gateway",
    "log_group_without_retention",
    "old_snapshot",
    "stale_image",
    "unassociated_address",
    "unattached_volume",
]
KINDS: list[Kind] = [
    "idle_load_balancer",
    "idle_nat_gateway",
    "log_group_without_retention",
    "old_snapshot",
    "stale_image",
    "unassociated_address",
    "unattached_volume",
]


class Deletion(Inputs):
    """What is deleted: waste that carries a tag, after it was found with it for a grace period."""

    tag_key: TagKey = field("key of the tag by which its owner opts in", default="Cleanup")
    tag_value: TagValue = field("value of that tag; any other is no opt-in", default="delete")
    grace_days: int = field(
        "how long waste must be found with the tag, without a run that did not, before it goes, in days",
        default=14,
        ge=1,
        le=365,
    )
    dry_run: bool = field(
        "whether it is only told what would go; then the function has no right to delete either", default=True
    )
    most: int = field("how many go in one run at most; the rest waits for the next", default=20, ge=1, le=500)
    log_retention_days: LogRetentionDays = field(
        "what a log group without a retention is given, in days: it is not deleted itself", default=365
    )


class Mail(Inputs):
    """Mail of the weekly report, by Amazon SES of the module's region."""

    from_address: EmailAddress = field("address that it comes from, which SES may send for")
    identity_arn: Annotated[
        str, Arn("ses", "identity/[!-~]+", "arn:aws:ses:us-east-1:111122223333:identity/example.com")
    ] = field("ARN of the verified identity of SES that the address belongs to")
    recipients: Annotated[list[EmailAddress], Unique(), Length(1, 50, "items")] = field(
        "who gets it, each in a mail of its own; while the account is in SES's sandbox, verified addresses alone"
    )


class Report(Inputs):
    """What a week cost, by family and environment, against the week before it, and what could be saved."""

    schedule: AwsSchedule = field(
        "when it is made, as cron(...) in UTC; Cost Explorer has a day up to 24 hours late, so on a Tuesday it is of "
        "the week from Monday to Sunday. Left out, every Tuesday",
        default="cron(0 6 ? * TUE *)",
    )
    families: dict[FamilyName, Annotated[list[str], Unique(), Length(1, None, "items")]] = field(
        "values of the tag Service that belong together, by the name of the family; left out, all are `other`",
        default={},
    )
    mail: Mail | None = field("who gets it by mail; left out, it is kept in the bucket alone", default=None)


class CleanupInputs(ServiceInputs):
    """Waste, and what it costs."""

    bucket_name: BucketName = field("name of the bucket of the reports, which nobody else in the partition may have")
    keep_reports_days: int = field("how long a report is kept, in days", default=400, ge=7, le=36500)
    schedule: AwsSchedule = field(
        "when waste is looked for, as cron(...) or rate(...) in UTC; left out, every day at four",
        default="cron(0 4 * * ? *)",
    )
    missed_after_days: int = field(
        "after how many days without a search an alarm is raised, more than lie between two of the schedule",
        default=2,
        ge=1,
        le=7,
    )
    regions: Annotated[list[RegionName], Unique(), Length(1, None, "items")] = field(
        "regions in which it is looked for"
    )
    kinds: Annotated[list[Kind], Unique(), Length(1, None, "items")] = field(
        "what is looked for; left out, everything", default=KINDS
    )
    idle_days: int = field(
        "how long nothing must have used a volume, a load balancer or a NAT gateway, in days", default=14, ge=1, le=365
    )
    snapshot_age_days: int = field("how old a snapshot must be, in days", default=90, ge=1, le=3650)
    image_age_days: int = field(
        "how long nobody must have pushed or pulled an image, in days; a node that runs one pulled it once",
        default=180,
        ge=1,
        le=3650,
    )
    newest_images: int = field(
        "how many of the newest images of each repository are no waste, however old", default=10, ge=0, le=1000
    )
    keep_tag_key: TagKey = field(
        "key of the tag, with any value, of what is no waste whatever it looks like", default="Keep"
    )
    deletion: Deletion | None = field(
        "what of it may be deleted; left out, nothing, and the function has no right to", default=None
    )
    report: Report | None = field("weekly report of costs; left out, there is none", default=None)

    rules = (
        Rule(
            "keep_tag_key",
            lambda v: any_of(unset(v.deletion), v.keep_tag_key != v.deletion.tag_key),
            "must differ from deletion.tag_key: one tag cannot say both",
            shows=("keep_tag_key", "deletion.tag_key"),
        ),
    )
