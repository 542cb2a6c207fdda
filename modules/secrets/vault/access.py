"""What Vault, its audit log shipper and its snapshot job may touch in AWS, and who may use the key that unseals it.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from groundplan.iam import Principal, Statement, allow, deny

__all__ = [
    "METRIC_NAMESPACE",
    "audit_key_policy",
    "audit_logs",
    "snapshot_bucket_policy",
    "snapshot_key_policy",
    "snapshots",
    "unseal",
    "unseal_key_policy",
]

METRIC_NAMESPACE = "Groundplan/Vault"
"""The CloudWatch namespace that the snapshot job publishes to, and the only one that it may publish to."""

KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
    "kms:UpdatePrimaryRegion",
)
"""What keeping a key takes, without a single action that encrypts, decrypts or lets another do so."""


def unseal(key_arn: str) -> list[Statement]:
    """Vault's server: wrapping and unwrapping its root key, with one key.

    https://developer.hashicorp.com/vault/docs/configuration/seal/awskms#authentication
    """
    return [allow("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", on=key_arn, sid="Unseal")]


def unseal_key_policy(account_id: str, server_role_arn: str) -> list[Statement]:
    """The whole policy of the unseal key: Vault's role uses it, this account's administrators keep it, nobody else.

    The account is not given `kms:*`, so no policy elsewhere in it, however wide, can decrypt with this key. An
    administrator could still rewrite this policy: that call is in CloudTrail, and worth an alarm.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators
    """
    return [
        allow(*KEY_ADMINISTRATION, on="*", principals=Principal.account(account_id), sid="Administer"),
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            on="*",
            principals=Principal.aws(server_role_arn),
            sid="UnsealVault",
        ),
    ]


def audit_logs(log_group_arn: str) -> list[Statement]:
    """The sidecar beside Vault: new streams and records in the audit log group. It cannot read, change or delete any.

    It shares the server's service account, so this goes with `unseal` on one role. `log_group_arn` is the group's ARN
    without a trailing `:*`.

    https://docs.fluentbit.io/manual/data-pipeline/outputs/cloudwatch
    """
    return [
        allow("logs:CreateLogStream", on=f"{log_group_arn}:*", sid="OpenAuditStreams"),
        allow("logs:PutLogEvents", on=f"{log_group_arn}:log-stream:*", sid="WriteAuditRecords"),
    ]


def audit_key_policy(account_id: str, region: str, log_group_name: str) -> list[Statement]:
    """What the audit log's key allows besides its administration: CloudWatch Logs, for that one group.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    log_group_arn = f"arn:aws:logs:{region}:{account_id}:log-group:{log_group_name}"
    return [
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
            on="*",
            principals=Principal.service(f"logs.{region}.amazonaws.com"),
            when={"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": log_group_arn}},
            sid="EncryptAuditLog",
        )
    ]


def snapshots(bucket_arn: str, key_arn: str) -> list[Statement]:
    """The snapshot job: writes new snapshots and says how it went. It can neither read nor delete one.

    `kms:Decrypt` is S3's requirement for the parts of a multipart upload, and goes through S3.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    """
    return [
        allow("s3:AbortMultipartUpload", "s3:PutObject", on=f"{bucket_arn}/*", sid="WriteSnapshots"),
        allow(
            "kms:Decrypt",
            "kms:GenerateDataKey",
            on=key_arn,
            when={"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
            sid="EncryptSnapshots",
        ),
        allow(
            "cloudwatch:PutMetricData",
            on="*",
            when={"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
            sid="PublishSnapshotResult",
        ),
    ]


def snapshot_bucket_policy(bucket_arn: str, key_arn: str) -> list[Statement]:
    """The snapshot bucket's own policy: TLS only, and no snapshot under another key or in clear.

    An upload that says nothing about encryption, such as a part of a multipart upload, gets the bucket's default key.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    objects = f"{bucket_arn}/*"
    return [
        deny(
            "s3:*",
            on=[bucket_arn, objects],
            principals=Principal.everyone(),
            when={"Bool": {"aws:SecureTransport": "false"}},
            sid="RefusePlainHttp",
        ),
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
            when={"ArnNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": key_arn}},
            sid="RefuseOtherKeys",
        ),
    ]


def snapshot_key_policy(account_id: str, region: str) -> list[Statement]:
    """What the snapshots' key allows besides its administration: use through S3 by this account's own principals.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    return [
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:GenerateDataKey*",
            on="*",
            principals=Principal.everyone(),
            when={"StringEquals": {"kms:CallerAccount": account_id, "kms:ViaService": f"s3.{region}.amazonaws.com"}},
            sid="UseThroughS3",
        )
    ]
