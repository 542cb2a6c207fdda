"""Private, encrypted, versioned S3 buckets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import S3BucketVersioningA, S3BucketVersioningVersioningConfiguration

from groundplan.framework import jsonencode
from groundplan.framework.module import Module, part_id
from groundplan.framework.repetition import dependable
from groundplan.iam import Principal, Statement, deny, document

from .account import partition, tags
from .encryption import Key
from .parts import Part, maker

__all__ = ["Bucket", "private_bucket"]


@dataclass(frozen=True)
class Bucket:
    """A bucket that the module made: its name, its ARN, its versioning, which replication must wait for, its policy.

    `lifecycle` is the resource of its lifecycle, which takes further rules by `dynamic`.
    """

    name: str
    arn: str
    versioning: Any
    policy: Any
    lifecycle: Any


def private_bucket(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    name: str,
    key: Key,
    statements: Sequence[Statement] = (),
    refuse_other_keys: bool = False,
    expire_after_days: float | None = None,
    noncurrent_days: float = 30,
    object_lock: Any = None,
    force_destroy: Any = False,
    region: str | None = None,
    only_when: Any = None,
) -> Bucket:
    """A bucket that nobody reads in public, over plain HTTP or without the key.

    `statements` join its policy, and so must name the bucket by its name's ARN. `refuse_other_keys` refuses objects
    under another key or encrypted otherwise; who says nothing about encryption gets the bucket's key.
    `noncurrent_days` is how long overwritten and deleted objects are kept, `expire_after_days` how long current ones
    are (for ever when left out). `object_lock` is a flag, fixed for the bucket's life. `region` is where it lives, the
    provider's when left out.
    `given` are the module's inputs.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    part: Part = maker(only_when)
    where: Mapping[str, Any] = {"region": region}
    bucket = part(
        S3Bucket,
        scope,
        part_id("bucket", id),
        bucket=name,
        force_destroy=force_destroy,
        object_lock_enabled=object_lock,
        tags=tags(scope, given),
        **where,
    )
    # made of the name, so that it is known when Terraform plans, and with it every policy that names the bucket
    arn = part.template(f"arn:{partition(scope)}:s3:::{bucket.bucket}")
    part(
        S3BucketPublicAccessBlock,
        scope,
        part_id("public", id),
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        **where,
    )
    part(
        S3BucketOwnershipControls,
        scope,
        part_id("ownership", id),
        bucket=bucket.bucket,
        rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
        **where,
    )
    part(
        S3BucketServerSideEncryptionConfigurationA,
        scope,
        part_id("encryption", id),
        bucket=bucket.bucket,
        rule=[
            S3BucketServerSideEncryptionConfigurationRuleA(
                apply_server_side_encryption_by_default=(
                    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                        sse_algorithm="aws:kms", kms_master_key_id=key.arn
                    )
                ),
                bucket_key_enabled=True,
            )
        ],
        **where,
    )
    versioning = part(
        S3BucketVersioningA,
        scope,
        part_id("versioning", id),
        bucket=bucket.bucket,
        versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        **where,
    )
    lifecycle = part(
        S3BucketLifecycleConfiguration,
        scope,
        part_id("lifecycle", id),
        bucket=bucket.bucket,
        rule=[_clean_up(expire_after_days, noncurrent_days)],
        # rules about old versions need a versioned bucket
        depends_on=[dependable(versioning)],
        **where,
    )
    tls_only = deny(
        "s3:*",
        on=[arn, f"{arn}/*"],
        principals=Principal.everyone(),
        when={"Bool": {"aws:SecureTransport": "false"}},
        sid="TlsOnly",
    )
    bucket_policy = part(
        S3BucketPolicy,
        scope,
        part_id("policy", id),
        bucket=bucket.bucket,
        policy=jsonencode(document(tls_only, *(_one_key(arn, key) if refuse_other_keys else ()), *statements)),
        **where,
    )
    return Bucket(name=bucket.bucket, arn=arn, versioning=versioning, policy=bucket_policy, lifecycle=lifecycle)


def _one_key(bucket_arn: str, key: Key) -> list[Statement]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"""
    objects = f"{bucket_arn}/*"
    return [
        deny(
            "s3:PutObject",
            on=objects,
            principals=Principal.everyone(),
            when={"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}},
            sid="RefuseOtherEncryption",
        ),
        deny(
            "s3:PutObject",
            on=objects,
            principals=Principal.everyone(),
            when={"ArnNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": key.arn}},
            sid="RefuseOtherKeys",
        ),
    ]


def _clean_up(expire_after_days: float | None, noncurrent_days: float) -> S3BucketLifecycleConfigurationRule:
    expiration = None
    if expire_after_days is not None:
        expiration = [S3BucketLifecycleConfigurationRuleExpiration(days=expire_after_days)]
    return S3BucketLifecycleConfigurationRule(
        id="clean-up",
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)
        ],
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=noncurrent_days)
        ],
        expiration=expiration,
    )
