"""Volumes that nothing has attached, and snapshots that are old and that nothing is made of."""

from __future__ import annotations

from collections.abc import Iterator

from . import prices
from .findings import Finding
from .region import Region, named, tags_of
from .usage import totals

__all__ = ["delete_snapshot", "delete_volume", "old_snapshots", "unattached_volumes"]

MANAGED = ("aws:backup:", "aws:dlm:", "ebs.csi.aws.com/", "velero.io/", "kubernetes.io/")
"""Beginnings of the tags of snapshots that somebody else deletes in time: AWS Backup, Data Lifecycle Manager, clusters.

https://docs.aws.amazon.com/ebs/latest/userguide/dlm-elements.html
https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
"""


def unattached_volumes(region: Region) -> Iterator[Finding]:
    """Volumes that nothing had attached in all of the idle days.

    EBS measures attached volumes alone, so a volume that was attached has points: one whose pod is about to start
    again, or that was detached yesterday, is no waste.
    https://docs.aws.amazon.com/ebs/latest/userguide/using_cloudwatch_ebs.html
    """
    pages = region.ec2.get_paginator("describe_volumes").paginate(Filters=[{"Name": "status", "Values": ["available"]}])
    made = {
        volume["VolumeId"]: volume
        for page in pages
        for volume in page["Volumes"]
        if volume["CreateTime"] < region.idle_since and not region.kept(tags_of(volume))
    }
    days = region.settings.idle_days
    points = totals(region.cloudwatch, "AWS/EBS", "VolumeIdleTime", "VolumeId", made, days, region.now)
    for volume_id, volume in made.items():
        if points[volume_id] is None:
            tags = tags_of(volume)
            yield Finding(
                "unattached_volume",
                region.name,
                volume_id,
                named(tags, volume_id),
                f"{volume['Size']} GiB of {volume['VolumeType']}, attached to nothing for {days} days",
                volume["Size"] * prices.VOLUME_GIB.get(volume["VolumeType"], 0.0),
                tags,
            )


def delete_volume(region: Region, finding: Finding) -> None:
    """Deletes the volume, and all that is on it."""
    region.ec2.delete_volume(VolumeId=finding.id)


def old_snapshots(region: Region) -> Iterator[Finding]:
    """The account's snapshots of a certain age which no image uses, and which nobody else deletes in time."""
    of_images = {
        mapping["Ebs"]["SnapshotId"]
        for page in region.ec2.get_paginator("describe_images").paginate(
            # an image that is deprecated or disabled can still be made available again
            Owners=["self"],
            IncludeDeprecated=True,
            IncludeDisabled=True,
        )
        for image in page["Images"]
        for mapping in image.get("BlockDeviceMappings", ())
        if mapping.get("Ebs", {}).get("SnapshotId")
    }
    days = region.settings.snapshot_age_days
    for page in region.ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"]):
        for snapshot in page["Snapshots"]:
            tags = tags_of(snapshot)
            managed = any(key.startswith(MANAGED) for key in tags)
            young = snapshot["StartTime"] >= region.older_than(days)
            if young or managed or snapshot["SnapshotId"] in of_images or region.kept(tags):
                continue
            yield Finding(
                "old_snapshot",
                region.name,
                snapshot["SnapshotId"],
                named(tags, snapshot["SnapshotId"]),
                f"{snapshot['VolumeSize']} GiB of {snapshot['StartTime']:%Y-%m-%d}, which no image uses",
                snapshot["VolumeSize"] * prices.SNAPSHOT_GIB,
                tags,
            )


def delete_snapshot(region: Region, finding: Finding) -> None:
    """Deletes the snapshot; AWS refuses one that an image uses."""
    region.ec2.delete_snapshot(SnapshotId=finding.id)
