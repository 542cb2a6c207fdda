"""Copies of a bucket in another region."""

from __future__ import annotations

from typing import Any

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

from groundplan.framework.module import Module, part_id
from groundplan.framework.repetition import dependable
from groundplan.iam import Statement, allow

from .account import service_name
from .alarms import metric_alarm
from .bucket import Bucket
from .encryption import Key
from .identity import service_role
from .parts import maker

__all__ = ["replicate"]


def replicate(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    what: str,
    name: str | None = None,
    source: Bucket,
    source_key: Key,
    destination: Bucket,
    destination_key: Key,
    destination_region: str,
    deletions: bool = False,
    locks: bool = False,
    storage_class: str | None = None,
    only_when: Any = None,
) -> None:
    """Has S3 copy every object to the bucket of another region, from key to key, and rings when it could not.

    `what` is in the source, such as `backups of the cluster prod`. `deletions` hides in the copy what is deleted in the
    source; without, who deletes an object here does not delete its copy. Versions are never deleted by replication.
    `locks` is for a source with an object lock: the destination has to have one too. `storage_class` is that of the
    copies, the objects' own when left out. Its role and its alarm are called `<name>-replication`, where `name` is that
    of the module when left out, which is for the only replication of a module.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
    """
    called = f"{given.name if name is None else name}-replication"
    role = service_role(
        scope,
        "replication",
        given,
        name=called,
        service="s3.amazonaws.com",
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
        says_for_whom=False,
        statements=[
            *_reading(source, source_key, service_name(scope, "s3"), locks=locks),
            *_writing(
                destination,
                destination_key,
                service_name(scope, "s3", where=destination_region),
                deletions=deletions,
            ),
        ],
        only_when=only_when,
    )
    rule_id = f"all-{id}"
    maker(only_when)(
        S3BucketReplicationConfigurationA,
        scope,
        part_id("replication", id),
        bucket=source.name,
        role=role.arn,
        rule=[
            S3BucketReplicationConfigurationRule(
                id=rule_id,
                status="Enabled",
                priority=0,
                filter=S3BucketReplicationConfigurationRuleFilter(prefix=""),
                delete_marker_replication=S3BucketReplicationConfigurationRuleDeleteMarkerReplication(
                    status="Enabled" if deletions else "Disabled"
                ),
                source_selection_criteria=S3BucketReplicationConfigurationRuleSourceSelectionCriteria(
                    sse_kms_encrypted_objects=(
                        S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects(
                            status="Enabled"
                        )
                    )
                ),
                destination=S3BucketReplicationConfigurationRuleDestination(
                    bucket=destination.arn,
                    storage_class=storage_class,
                    encryption_configuration=S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration(
                        replica_kms_key_id=destination_key.arn
                    ),
                    metrics=S3BucketReplicationConfigurationRuleDestinationMetrics(status="Enabled"),
                ),
            )
        ],
        depends_on=[dependable(element) for element in (source.versioning, destination.versioning, role.policy)],
    )
    metric_alarm(
        scope,
        "replication_failed",
        given,
        name=f"{called}-failed",
        description=(
            f"S3 could not copy {what} to the other region. Look at the permissions of the role "
            f"{called} and of both keys; S3 Batch Replication copies what is missing."
        ),
        namespace="AWS/S3",
        metric="OperationsFailedReplication",
        dimensions={"SourceBucket": source.name, "DestinationBucket": destination.name, "RuleId": rule_id},
        only_when=only_when,
    )


def _reading(bucket: Bucket, key: Key, s3: str, *, locks: bool) -> list[Statement]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html"""
    return [
        allow("s3:GetReplicationConfiguration", "s3:ListBucket", on=bucket.arn, sid="ReadReplicationSettings"),
        allow(
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionForReplication",
            "s3:GetObjectVersionTagging",
            *(("s3:GetObjectLegalHold", "s3:GetObjectRetention") if locks else ()),
            on=f"{bucket.arn}/*",
            sid="ReadObjects",
        ),
        allow("kms:Decrypt", on=key.arn, when={"StringEquals": {"kms:ViaService": s3}}, sid="DecryptObjects"),
    ]


def _writing(bucket: Bucket, key: Key, s3: str, *, deletions: bool) -> list[Statement]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html#bk-replication"""
    return [
        allow(
            "s3:ReplicateObject",
            "s3:ReplicateTags",
            *(("s3:ReplicateDelete",) if deletions else ()),
            on=f"{bucket.arn}/*",
            sid="WriteCopies",
        ),
        # the first for each copy; the others for the bucket key of the copies, a data key that S3 checks before
        # it uses it. No copy can be read by that: s3:GetObject is not here
        allow(
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:GenerateDataKey",
            on=key.arn,
            when={"StringEquals": {"kms:ViaService": s3}},
            sid="EncryptCopies",
        ),
    ]
