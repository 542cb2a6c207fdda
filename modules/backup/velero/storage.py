"""Where backups lie: the bucket, its key, its lock, and its copy in another region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationA,
    S3BucketObjectLockConfigurationRuleA,
    S3BucketObjectLockConfigurationRuleDefaultRetentionA,
)
from cdktf_cdktf_provider_aws.s3_bucket_replication_configuration import (
    S3BucketReplicationConfigurationA,
    S3BucketReplicationConfigurationRule,
    S3BucketReplicationConfigurationRuleDeleteMarkerReplication,
    S3BucketReplicationConfigurationRuleDestination,
    S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration,
    S3BucketReplicationConfigurationRuleDestinationMetrics,
    S3BucketReplicationConfigurationRuleFilter,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteria,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects,
)

from groundplan.building import (
    Bucket,
    Key,
    account_id,
    encryption_key,
    maker,
    metric_alarm,
    partition,
    private_bucket,
    region,
    service_role,
)
from groundplan.framework import Module, all_of, dependable, fitted, is_set, present

from . import access
from .inputs import VeleroInputs

__all__ = ["Storage", "storage"]

BUCKET_NAME_CHARACTERS = 63
REPLICATION_RULE = "all-backups"


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
    # the account's number makes the name unique in the world
    bucket_name = fitted(f"{given.name}-backups-{account_id(scope)}", BUCKET_NAME_CHARACTERS)
    bucket = private_bucket(
        scope,
        "backups",
        given,
        name=bucket_name,
        key=key,
        statements=access.bucket_policy(f"arn:{partition(scope)}:s3:::{bucket_name}", key.arn),
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
        f"_lock/{id}",
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
    role = service_role(
        scope,
        "replication",
        given,
        name=f"{given.name}-replication",
        service="s3.amazonaws.com",
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
        says_for_whom=False,
        statements=access.replication(
            source_bucket_arn=bucket.arn,
            source_key_arn=key.arn,
            source_region=region(scope),
            destination_bucket_arn=copies.arn,
            destination_key_arn=copies_key.arn,
            destination_region=replica.region,
        ),
        only_when=wanted,
    )
    maker(wanted)(
        S3BucketReplicationConfigurationA,
        scope,
        "_replication/backups",
        bucket=bucket.name,
        role=role.arn,
        rule=[
            S3BucketReplicationConfigurationRule(
                id=REPLICATION_RULE,
                status="Enabled",
                priority=0,
                filter=S3BucketReplicationConfigurationRuleFilter(prefix=""),
                delete_marker_replication=S3BucketReplicationConfigurationRuleDeleteMarkerReplication(status="Enabled"),
                source_selection_criteria=S3BucketReplicationConfigurationRuleSourceSelectionCriteria(
                    sse_kms_encrypted_objects=(
                        S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects(
                            status="Enabled"
                        )
                    )
                ),
                destination=S3BucketReplicationConfigurationRuleDestination(
                    bucket=copies.arn,
                    storage_class="STANDARD_IA",
                    encryption_configuration=S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration(
                        replica_kms_key_id=copies_key.arn
                    ),
                    metrics=S3BucketReplicationConfigurationRuleDestinationMetrics(status="Enabled"),
                ),
            )
        ],
        depends_on=[dependable(bucket.versioning), dependable(copies.versioning), dependable(role.policy)],
    )
    metric_alarm(
        scope,
        "replication_failed",
        given,
        name=f"{given.name}-replication-failed",
        description=(
            f"S3 could not copy backups of the cluster {given.cluster.name} to the other region. Look at the "
            f"permissions of the role {given.name}-replication and of both keys; S3 Batch Replication "
            "copies what is missing."
        ),
        namespace="AWS/S3",
        metric="OperationsFailedReplication",
        dimensions={
            "SourceBucket": bucket.name,
            "DestinationBucket": copies.name,
            "RuleId": REPLICATION_RULE,
        },
        only_when=wanted,
    )
    return copies
