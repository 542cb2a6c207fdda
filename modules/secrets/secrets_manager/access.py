"""Who may read, rotate and refuse what in Secrets Manager.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal, Statement, allow, deny

__all__ = [
    "event_topic_policy",
    "key_policy",
    "only_organization",
    "only_readers",
    "only_tls",
    "read",
    "read_tagged",
    "rotation",
    "rotation_logs",
    "rotation_network",
]

READ = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
"""What a consumer needs. BatchGetSecretValue is left out: it cannot be held to a secret, and asks for these anyway."""

READS_A_VALUE = ("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue")
"""What the resource policies refuse: values only. A policy that refused everything would refuse its own correction."""


def _through_secrets_manager(region: str) -> dict[str, str]:
    return {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}


def read(secret_arn: str | Sequence[str], key_arn: str, region: str) -> list[Statement]:
    """A consumer of the secrets named: their values, decrypted by Secrets Manager only, each in its own context.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context
    """
    return [
        allow(*READ, on=secret_arn, sid="ReadSecrets"),
        allow(
            "kms:Decrypt",
            on=key_arn,
            when={
                "StringEquals": _through_secrets_manager(region),
                "ArnEquals": {"kms:EncryptionContext:SecretARN": secret_arn},
            },
            sid="DecryptSecrets",
        ),
    ]


def read_tagged(account_id: str, region: str, key_arn: str, *, tag: str, value: str) -> list[Statement]:
    """A consumer of every secret of the account and region that carries the tag, those made later among them.

    Whoever may tag a secret then decides who reads it: grant secretsmanager:TagResource accordingly.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access-abac.html
    """
    return [
        allow(
            *READ,
            on=f"arn:aws:secretsmanager:{region}:{account_id}:secret:*",
            when={"StringEquals": {f"aws:ResourceTag/{tag}": value}},
            sid="ReadTaggedSecrets",
        ),
        allow(
            "kms:Decrypt",
            on=key_arn,
            when={"StringEquals": _through_secrets_manager(region)},
            sid="DecryptSecrets",
        ),
    ]


def rotation(secret_arn: str | Sequence[str], key_arn: str, region: str, function_arn: str) -> list[Statement]:
    """The rotation function: reads, writes and promotes versions of those secrets whose rotation it is.

    The documented permissions without `secretsmanager:GetRandomPassword`: the provider makes the new key, not we. The
    condition takes the permissions away again when a secret is handed to another function.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
    """
    return [
        allow(
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
            on=secret_arn,
            when={"ArnEquals": {"secretsmanager:resource/AllowRotationLambdaArn": function_arn}},
            sid="RotateSecrets",
        ),
        allow(
            "kms:Decrypt",
            "kms:GenerateDataKey",
            on=key_arn,
            when={"StringEquals": _through_secrets_manager(region)},
            sid="UseKeyOfSecrets",
        ),
    ]


def rotation_logs(log_group_arn: str) -> list[Statement]:
    """The rotation function's own log group, which exists before it does. The ARN is without a trailing `:*`.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    """
    return [
        allow("logs:CreateLogStream", on=f"{log_group_arn}:*", sid="OpenLogStreams"),
        allow("logs:PutLogEvents", on=f"{log_group_arn}:log-stream:*", sid="WriteLogs"),
    ]


def rotation_network(account_id: str, region: str, subnet_arns: str | Sequence[str]) -> list[Statement]:
    """A rotation function inside a VPC: its network interfaces, in its subnets.

    Describing and deleting interfaces, and the address calls of a dual-stack subnet, are asked for on any resource:
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    subnets = [subnet_arns] if isinstance(subnet_arns, str) else list(subnet_arns)
    interfaces = f"arn:aws:ec2:{region}:{account_id}:network-interface/*"
    groups = f"arn:aws:ec2:{region}:{account_id}:security-group/*"
    return [
        allow("ec2:CreateNetworkInterface", on=[interfaces, groups, *subnets], sid="JoinSubnets"),
        allow(
            "ec2:AssignPrivateIpAddresses",
            "ec2:DeleteNetworkInterface",
            "ec2:UnassignPrivateIpAddresses",
            on=interfaces,
            sid="KeepInterfaces",
        ),
        allow("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", on="*", sid="FindInterfaces"),
    ]


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


def only_readers(role_arns: Sequence[str]) -> list[Statement]:
    """Of a secret's resource policy: its value for the listed roles only, whatever else allows it.

    List the rotation function's role too, and the roles that break glass: a deny knows no exception but its own. Each
    is the role's ARN, not that of a session; `*` and `?` match.

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


def key_policy(account_id: str, region: str) -> list[Statement]:
    """What the secrets' key allows besides its administration: use through Secrets Manager by this account.

    The same for a replica's key, with the replica's region.

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
            when={"StringEquals": {"kms:CallerAccount": account_id, **_through_secrets_manager(region)}},
            sid="UseThroughSecretsManager",
        )
    ]


def event_topic_policy(topic_arn: str, rule_arns: str | Sequence[str]) -> list[Statement]:
    """What a topic must allow so that the rules on rotation, reading and deletion can speak through it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    """
    return [
        allow(
            "sns:Publish",
            on=topic_arn,
            principals=Principal.service("events.amazonaws.com"),
            when={"ArnEquals": {"aws:SourceArn": rule_arns}},
            sid="PublishSecretEvents",
        )
    ]
