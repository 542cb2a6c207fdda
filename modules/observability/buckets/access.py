"""Who may do what with a bucket: statements for whoever keeps logs, traces or metrics in it."""

from __future__ import annotations

from groundplan.iam import Statement, allow

__all__ = ["keeps_objects"]


def keeps_objects(bucket_arn: str, key_arn: str) -> list[Statement]:
    """Reading, writing and deleting objects of one bucket, which is all that Loki, Tempo and Mimir do there.

    Tempo's documentation has tagging as well, for buckets whose lifecycle goes by tags; these have none. Multipart
    uploads are given up, and their parts listed, by the S3 client of all three.

    https://grafana.com/docs/loki/latest/setup/install/helm/deployment-guides/aws/
    https://grafana.com/docs/tempo/latest/configuration/hosted-storage/s3/
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    """
    return [
        allow("s3:ListBucket", on=bucket_arn, sid="ListObjects"),
        allow(
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
            on=f"{bucket_arn}/*",
            sid="KeepObjects",
        ),
        # Decrypt is for reading and for the parts of a multipart upload
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfObjects"),
    ]
