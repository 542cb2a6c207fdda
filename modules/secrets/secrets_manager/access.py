"""Who may read, rotate and refuse what in Secrets Manager.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal, Statement, allow, deny

__all__ = [
    "SERVICE",
    "generate_keys",
    "key_policy",
    "only_organization",
    "only_readers",
    "only_tls",
    "read",
    "read_managed",
    "reader_tag",
    "rotation",
]

SERVICE = "secretsmanager"

READ = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
"""What a consumer needs. BatchGetSecretValue is left out: it cannot be held to a secret, and asks for these anyway."""

READS_A_VALUE = ("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue")
"""What the resource policies refuse: values only. A policy that refused everything would refuse its own correction."""


def reader_tag(consumer: str) -> str:
    """The tag that a secret carries for each of its consumers; its value is `read`."""
    return f"consumer/{consumer}"


def _decrypt(
    secret_arns: str | Sequence[str], key_arns: str | Sequence[str], services: str | Sequence[str], sid: str
) -> Statement:
    return allow(
        "kms:Decrypt",
        on=key_arns,
        when={
            "StringEquals": {"kms:ViaService": services},
            "ArnEquals": {"kms:EncryptionContext:SecretARN": secret_arns},
        },
        sid=sid,
    )


def read(
    consumer: str, secret_arns: str | Sequence[str], key_arns: str | Sequence[str], services: str | Sequence[str]
) -> list[Statement]:
    """A consumer of the secrets named, as long as they carry its tag; decrypted through Secrets Manager only.

    `services` are Secrets Manager in the regions of the secrets and of their copies. Whoever may tag a secret can take
    a consumer's access, but not give it.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access-abac.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context
    """
    return [
        allow(
            *READ,
            on=secret_arns,
            when={"StringEquals": {f"aws:ResourceTag/{reader_tag(consumer)}": "read"}},
            sid="ReadSecrets",
        ),
        _decrypt(secret_arns, key_arns, services, "DecryptSecrets"),
    ]


def read_managed(
    secret_arns: str | Sequence[str], key_arns: str | Sequence[str], services: str | Sequence[str]
) -> list[Statement]:
    """A consumer of secrets that RDS owns, whose tags are not ours to set.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    """
    return [
        allow(*READ, on=secret_arns, sid="ReadManagedSecrets"),
        _decrypt(secret_arns, key_arns, services, "DecryptManagedSecrets"),
    ]


def rotation(secret_arns: str | Sequence[str], key_arn: str, service: str, function_arn: str) -> list[Statement]:
    """The rotation function: reads, writes and promotes versions of those secrets whose rotation it is.

    The documented permissions without `secretsmanager:GetRandomPassword`: a provider or KMS makes the new key, not it.
    The condition takes the permissions away again when a secret is handed to another function.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
    """
    return [
        allow(
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
            on=secret_arns,
            when={"ArnEquals": {"secretsmanager:resource/AllowRotationLambdaArn": function_arn}},
            sid="RotateSecrets",
        ),
        allow(
            "kms:Decrypt",
            "kms:GenerateDataKey",
            on=key_arn,
            when={"StringEquals": {"kms:ViaService": service}},
            sid="UseKeyOfSecrets",
        ),
    ]


def generate_keys() -> list[Statement]:
    """The function that generates encryption keys: random bytes from the hardware of KMS, an action without a resource.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html
    """
    return [allow("kms:GenerateRandom", on="*", sid="GenerateKeys")]


def only_tls() -> list[Statement]:
    """Of a secret's resource policy: nothing without TLS. The resource `*` is the secret that carries the policy.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
    """
    return [
        deny(
            "secretsmanager:*",
            on="*",
            principals=Principal.everyone(),
            when={"Bool": {"aws:SecureTransport": "false"}},
            sid="RefusePlainHttp",
        )
    ]


def only_organization(organization_id: str) -> list[Statement]:
    """Of a secret's resource policy: its value for no principal outside the organization, whatever else allows it.

    AWS services have no organization and are let through: what they may do is for the policies that name them.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
    """
    return [
        deny(
            *READS_A_VALUE,
            on="*",
            principals=Principal.everyone(),
            when={
                "StringNotEquals": {"aws:PrincipalOrgID": organization_id},
                "Bool": {"aws:PrincipalIsAWSService": "false"},
            },
            sid="RefuseOtherOrganizations",
        )
    ]


def only_readers(role_arns: str | Sequence[str]) -> list[Statement]:
    """Of a secret's resource policy: its value for the listed roles only, whatever else allows it.

    List the rotation function's role too, and the roles that break glass: a deny knows no exception but its own. Each
    is the role's ARN, not that of a session.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    return [
        deny(
            *READS_A_VALUE,
            on="*",
            principals=Principal.everyone(),
            when={
                "ArnNotLike": {"aws:PrincipalArn": role_arns},
                "Bool": {"aws:PrincipalIsAWSService": "false"},
            },
            sid="RefuseUnlistedReaders",
        )
    ]


def key_policy(account_id: str, service: str) -> list[Statement]:
    """What the secrets' key allows besides its administration: use through Secrets Manager by this account.

    `service` is Secrets Manager in the key's region, as `kms:ViaService` names it.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
    """
    return [
        allow(
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
            on="*",
            principals=Principal.everyone(),
            when={"StringEquals": {"kms:CallerAccount": account_id, "kms:ViaService": service}},
            sid="UseThroughSecretsManager",
        )
    ]
