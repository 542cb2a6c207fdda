"""What Tempo may do in S3.

The chart gives all components one service account, so they have one role.

https://grafana.com/docs/tempo/latest/configuration/hosted-storage/s3/
"""

from __future__ import annotations

from groundplan.iam import Statement, allow

__all__ = ["METRIC_NAMESPACE", "traces"]

METRIC_NAMESPACE = "Groundplan/Tempo"
"""The CloudWatch namespace of the status report, the only one that it may publish to."""


def traces(bucket_arn: str, key_arn: str) -> list[Statement]:
    """Blocks of traces. The documented actions without those on tags, which only `storage.trace.s3.tags` needs.

    Blocks are larger than one request may be: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
    """
    return [
        allow("s3:ListBucket", on=bucket_arn, sid="ListTraces"),
        allow(
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
            on=f"{bucket_arn}/*",
            sid="KeepTraces",
        ),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfTraces"),
    ]
