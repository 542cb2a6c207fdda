"""Log groups that nothing ever leaves."""

from __future__ import annotations

from collections.abc import Iterator

from . import prices
from .findings import Finding
from .region import Region

__all__ = ["end_log_group", "endless_log_groups"]


def endless_log_groups(region: Region) -> Iterator[Finding]:
    """Log groups without a retention, which are kept, and paid for, for ever."""
    logs = region.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            if group.get("retentionInDays"):
                continue
            # the ARN that tags go by has no :* at its end
            arn = group.get("logGroupArn") or group["arn"].removesuffix(":*")
            tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
            if region.kept(tags):
                continue
            yield Finding(
                "log_group_without_retention",
                region.name,
                group["logGroupName"],
                group["logGroupName"],
                "kept for ever",
                prices.gigabytes(group.get("storedBytes", 0)) * prices.LOG_GB,
                tags,
            )


def end_log_group(region: Region, finding: Finding) -> None:
    """Gives the log group a retention: what is older goes, the group and what is newer stay."""
    deletion = region.settings.deletion
    if deletion is None:
        raise RuntimeError("nothing says how long log groups are kept")
    region.client("logs").put_retention_policy(logGroupName=finding.id, retentionInDays=deletion.log_retention_days)
