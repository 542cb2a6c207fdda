"""What Vault, its audit log shipper and its snapshot job may touch in AWS, and who may use the key that unseals it.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal, Statement, allow

__all__ = [
    "METRIC_NAMESPACE",
    "audit_logs",
    "snapshots",
    "unseal",
    "unseal_key_administration",
    "unseal_key_use",
    "unseal_replica_use",
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


def unseal_key_administration(account_arn: str) -> list[Statement]:
    """Who keeps the unseal key: this account's administrators, without a single action that decrypts.

    The account is not given `kms:*`, so no policy elsewhere in it, however wide, can decrypt with this key. An
    administrator could still rewrite this policy: that call is in CloudTrail, and raises an alarm. `account_arn` is
    that of the account's root.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators
    """
    return [allow(*KEY_ADMINISTRATION, on="*", principals=Principal.aws(account_arn), sid="Administer")]


def unseal_key_use(server_role_arn: str) -> list[Statement]:
    """Who uses the unseal key: the role of Vault's servers."""
    return [
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            on="*",
            principals=Principal.aws(server_role_arn),
            sid="UnsealVault",
        )
    ]


def unseal_replica_use(account_arn: str, role_arns: Sequence[str]) -> list[Statement]:
    """Who uses the unseal key's replica: the roles that are named, whether they are there yet or not.

    KMS refuses a policy with a principal that does not exist; a condition may name a role that will be made when
    disaster strikes. Such a role still needs a policy of its own that lets it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    return [
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            on="*",
            principals=Principal.aws(account_arn),
            when={"ArnEquals": {"aws:PrincipalArn": role_arns}},
            sid="UnsealRestoredVault",
        )
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


def snapshots(bucket_arn: str, key_arn: str, s3: str) -> list[Statement]:
    """The snapshot job: writes new snapshots. It can neither read nor delete one.

    `kms:Decrypt` is S3's requirement for the parts of a multipart upload, and goes through S3.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    """
    return [
        allow("s3:AbortMultipartUpload", "s3:PutObject", on=f"{bucket_arn}/*", sid="WriteSnapshots"),
        allow(
            "kms:Decrypt",
            "kms:GenerateDataKey",
            on=key_arn,
            when={"StringLike": {"kms:ViaService": s3}},
            sid="EncryptSnapshots",
        ),
    ]
