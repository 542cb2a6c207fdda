"""Who may do what: reading the database's password, and writing the load balancer's access logs.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from typing import Any

from groundplan.iam import Principal, Statement, allow

__all__ = [
    "decrypts_credential",
    "encrypts_access_logs",
    "reads_credential",
    "reads_password",
    "writes_access_logs",
    "writes_requests",
]

LOG_DELIVERY = Principal.service("delivery.logs.amazonaws.com")


def reads_password(secret_arn: str, key_arn: str, secrets_manager: Any) -> list[Statement]:
    """Whoever brings the password into the cluster reads this one secret. `secrets_manager` is for kms:ViaService.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    https://external-secrets.io/latest/provider/aws-secrets-manager/#iam-policy
    """
    return [
        allow(
            "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", on=secret_arn, sid="ReadDatabasePassword"
        ),
        allow(
            "kms:Decrypt",
            on=key_arn,
            when={"StringEquals": {"kms:ViaService": secrets_manager, "kms:EncryptionContext:SecretARN": secret_arn}},
            sid="DecryptDatabasePassword",
        ),
    ]


def writes_access_logs(bucket_arn: str, partition: str, region: str, account_id: str) -> list[Statement]:
    """The access logs of this account's Network Load Balancers.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html#access-logging-bucket-requirements
    """
    own = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:{partition}:logs:{region}:{account_id}:*"},
    }
    return [
        allow(
            "s3:PutObject",
            on=f"{bucket_arn}/AWSLogs/{account_id}/*",
            principals=LOG_DELIVERY,
            when={
                **own,
                "StringEquals": {"aws:SourceAccount": account_id, "s3:x-amz-acl": "bucket-owner-full-control"},
            },
            sid="LogDeliveryWrites",
        ),
        allow("s3:GetBucketAcl", on=bucket_arn, principals=LOG_DELIVERY, when=own, sid="LogDeliveryLooks"),
    ]


def encrypts_access_logs(partition: str, region: str, account_id: str) -> list[Statement]:
    """The same with the key of the bucket.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html#access-logging-bucket-requirements
    """
    return [
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
            on="*",
            principals=LOG_DELIVERY,
            when={
                "StringEquals": {"aws:SourceAccount": account_id},
                "ArnLike": {"aws:SourceArn": f"arn:{partition}:logs:{region}:{account_id}:*"},
            },
            sid="LogDelivery",
        )
    ]


def reads_credential(secret_arn: str) -> list[Statement]:
    """External Secrets reads the credential of a consumer; with a key of one's own, `decrypts_credential` beside it."""
    return [
        allow("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", on=secret_arn, sid="ReadCredential")
    ]


def decrypts_credential(secret_arn: str, key_arn: str, secrets_manager: Any) -> list[Statement]:
    """The same with a key of one's own."""
    return [
        allow(
            "kms:Decrypt",
            on=key_arn,
            when={
                "StringEquals": {"kms:ViaService": secrets_manager},
                "StringLike": {"kms:EncryptionContext:SecretARN": secret_arn},
            },
            sid="DecryptCredential",
        )
    ]


def writes_requests(log_group_arn: str) -> list[Statement]:
    """The sidecar beside Kong: new streams and records in its own log group. It reads, changes and deletes none.

    https://docs.fluentbit.io/manual/data-pipeline/outputs/cloudwatch
    """
    return [
        allow("logs:CreateLogStream", on=f"{log_group_arn}:*", sid="OpenRequestStreams"),
        allow("logs:PutLogEvents", on=f"{log_group_arn}:log-stream:*", sid="WriteRequests"),
    ]
