"""Who may use the key of the deploy tokens' secrets."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal, Statement, allow

__all__ = ["key_policy", "read"]


def key_policy(account_id: str, secrets_manager: str) -> list[Statement]:
    """What the secrets' key allows besides its administration: use through Secrets Manager by this account.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
    """
    return [
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
            on="*",
            principals=Principal.everyone(),
            when={
                "StringEquals": {
                    "kms:CallerAccount": account_id,
                    "kms:ViaService": secrets_manager,
                }
            },
            sid="UseThroughSecretsManager",
        )
    ]


def read(secret_arns: str | Sequence[str], key_arn: str, secrets_manager: str) -> list[Statement]:
    """Whoever puts the tokens into the cluster as image pull secrets, such as External Secrets: these secrets alone.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    return [
        allow(
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            on=secret_arns,
            sid="ReadDeployTokens",
        ),
        allow(
            "kms:Decrypt",
            on=key_arn,
            when={
                "StringEquals": {"kms:ViaService": secrets_manager},
                "ArnEquals": {"kms:EncryptionContext:SecretARN": secret_arns},
            },
            sid="DecryptDeployTokens",
        ),
    ]
