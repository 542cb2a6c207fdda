"""Where backups lie: the bucket, its key, its lock, and its copy in another region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationA,
    S3BucketObjectLockConfigurationRuleA,
    S3BucketObjectLockConfigurationRuleDefaultRetentionA,
)

from groundplan.building import (
    Bucket,
    Key,
    account_id,
    encryption_key,
    maker,
    private_bucket,
    refuse_own_region,
    replicate,
)
from groundplan.framework import Module, all_of, dependable, fitted, is_set, part_id, present

from .inputs import VeleroInputs

__all__ = ["Storage", "storage"]

BUCKET_NAME_CHARACTERS = 63


@dataclass(frozen=True)
class Storage:
    """The bucket and its key; `copies` has null for its attributes when there is no replica."""

    bucket: Bucket
    key: Key
    copies: Bucket


def storage(scope: Module[Any, Any], given: VeleroInputs) -> Storage:
    """The bucket of the backups and, when asked for, its lock and its copy."""
    key = encryption_key(
        scope,
        "backups",
        given,
        existing=given.kms_key,
        name=f"{given.name}-backups",
        purpose=f"Velero's backups of the cluster {given.cluster.name}",
    )
    bucket = private_bucket(
        scope,
        "backups",
        given,
        # the account's number makes the name unique in the world
        name=fitted(f"{given.name}-backups-{account_id(scope)}", BUCKET_NAME_CHARACTERS),
        key=key,
        refuse_other_keys=True,
        noncurrent_days=given.keep_deleted_days,
        object_lock=is_set(given.object_lock),
        force_destroy=given.force_destroy,
    )
    _lock(scope, "backups", given, bucket, only_when=is_set(given.object_lock))
    return Storage(bucket, key, _copies(scope, given, bucket, key))


def _lock(
    scope: Module[Any, Any],
    id: str,
    given: VeleroInputs,
    bucket: Bucket,
    *,
    region: str | None = None,
    only_when: Any,
) -> None:
    maker(only_when)(
        S3BucketObjectLockConfigurationA,
        scope,
        part_id("lock", id),
        bucket=bucket.name,
        rule=S3BucketObjectLockConfigurationRuleA(
            default_retention=S3BucketObjectLockConfigurationRuleDefaultRetentionA(
                mode="GOVERNANCE", days=present(given.object_lock).retention_days
            )
        ),
        region=region,
        depends_on=[dependable(bucket.versioning)],
    )


def _copies(scope: Module[Any, Any], given: VeleroInputs, bucket: Bucket, key: Key) -> Bucket:
    refuse_own_region(scope, "replica")
    wanted = is_set(given.replica)
    replica = present(given.replica)
    copies_key = encryption_key(
        scope,
        "copies",
        given,
        existing=replica.kms_key,
        name=f"{given.name}-copies",
        purpose=f"copies of Velero's backups of the cluster {given.cluster.name}",
        region=replica.region,
        only_when=wanted,
    )
    copies = private_bucket(
        scope,
        "copies",
        given,
        name=fitted(f"{given.name}-copies-{account_id(scope)}", BUCKET_NAME_CHARACTERS),
        key=copies_key,
        noncurrent_days=replica.keep_deleted_days,
        # S3 copies out of a locked bucket into locked ones only.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html#replication-requirements
        object_lock=is_set(given.object_lock),
        force_destroy=given.force_destroy,
        region=replica.region,
        only_when=wanted,
    )
    _lock(scope, "copies", given, copies, region=replica.region, only_when=all_of(wanted, is_set(given.object_lock)))
    replicate(
        scope,
        "backups",
        given,
        what=f"backups of the cluster {given.cluster.name}",
        source=bucket,
        source_key=key,
        destination=copies,
        destination_key=copies_key,
        destination_region=replica.region,
        # or the copy would keep every expired backup for ever, and blocks of repositories that no backup needs any more
        deletions=True,
        locks=True,
        storage_class="STANDARD_IA",
        only_when=wanted,
    )
    return copies
