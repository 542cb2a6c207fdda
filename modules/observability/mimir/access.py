"""What Mimir may do in S3, and whom it may tell.

The chart gives rulers and Alertmanagers a service account of their own each, and all other components one together: so
there are three roles. Only the first deletes blocks, only rulers touch rules, only Alertmanagers tell anybody.

https://grafana.com/docs/mimir/latest/configure/configure-object-storage-backend/
https://grafana.com/docs/mimir/latest/references/architecture/components/
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Statement, allow

__all__ = ["METRIC_NAMESPACE", "alertmanager", "blocks", "ruler"]

METRIC_NAMESPACE = "Groundplan/Mimir"
"""The CloudWatch namespace of the status report, the only one that it may publish to."""


def _reads(bucket_arn: str) -> list[Statement]:
    return [
        allow("s3:ListBucket", on=bucket_arn, sid="ListBlocks"),
        allow("s3:GetObject", on=f"{bucket_arn}/*", sid="ReadBlocks"),
    ]


def _keeps(bucket_arn: str, what: str) -> list[Statement]:
    return [
        allow("s3:ListBucket", on=bucket_arn, sid=f"List{what}"),
        allow("s3:DeleteObject", "s3:GetObject", "s3:PutObject", on=f"{bucket_arn}/*", sid=f"Keep{what}"),
    ]


def blocks(bucket_arn: str, key_arn: str) -> list[Statement]:
    """Ingesters, store gateways, queriers and compactors: blocks of metrics, which are larger than a request may be.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
    """
    return [
        allow("s3:ListBucket", on=bucket_arn, sid="ListBlocks"),
        allow(
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
            on=f"{bucket_arn}/*",
            sid="KeepBlocks",
        ),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfBlocks"),
    ]


def ruler(bucket_arn: str, rules_bucket_arn: str, key_arn: str) -> list[Statement]:
    """Rulers: rules, which their API changes, and which blocks there are of what rules ask for, to read."""
    return [
        *_reads(bucket_arn),
        *_keeps(rules_bucket_arn, "Rules"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfBlocksAndRules"),
    ]


def alertmanager(bucket_arn: str, key_arn: str, topic_arns: Sequence[str], topic_key_arn: str) -> list[Statement]:
    """Alertmanagers: silences and what was told, and the topics that they tell. The two keys may be one.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#sns-what-permissions-for-sse
    """
    return [
        *_keeps(bucket_arn, "Silences"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfSilences"),
        allow("sns:Publish", on=topic_arns, sid="TellTopics"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=topic_key_arn, sid="UseKeyOfTopics"),
    ]
