"""Who needs what of the secrets, their keys and the functions that rotate them."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Refusal, Use, administers, logs_encrypt, takes_role

KEY, COPIES_KEY = "<aws_kms_key.secrets[0].arn>", '<aws_kms_key.replica["us-west-2"].arn>'
RDS_SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:rds!db-0a1b2c-AbCdEf"
RDS_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0d6c1c2e-0000-4000-8000-000000000001"
SOMEBODY = Principal.aws(f"arn:aws:iam::{ACCOUNT}:role/somebody")
READS = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
CONTEXT = "kms:EncryptionContext:SecretARN"


def manager(region: str) -> str:
    """Secrets Manager as KMS knows who asks for somebody."""
    return f"secretsmanager.{region}.amazonaws.com"


def secret(name: str) -> str:
    """The ARN of a secret in the plan."""
    return f'<aws_secretsmanager_secret.secret["{name}"].arn>'


def copy(name: str) -> str:
    """The name that a secret's copy in the other region has, with the same six characters at its end."""
    return f'<aws_secretsmanager_secret.secret["{name}"].arn in us-west-2>'


# https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
def reads(consumer: str, *names: str) -> list[Use]:
    """A consumer's own secrets here and in the other region, through Secrets Manager."""
    here = [secret(name) for name in names]
    tagged = {f"aws:ResourceTag/consumer/{consumer}": "read"}
    return [
        Use(READS, [*here, *(copy(name) for name in names)], given=tagged, elsewhere=[secret("crm")]),
        *(
            Use("kms:Decrypt", key, given={"kms:ViaService": manager(region), CONTEXT: arn})
            for name in names
            for key, region, arn in ((KEY, "us-east-1", secret(name)), (COPIES_KEY, "us-west-2", copy(name)))
        ),
    ]


# https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
def rotates(function: str, name: str, other: str) -> list[Use]:
    """A rotation function: its own secret, as long as the secret's rotation is its."""
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{function}"
    return [
        Use(
            [*READS, "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
            secret(name),
            given={"secretsmanager:resource/AllowRotationLambdaArn": arn},
            elsewhere=[secret(other)],
        ),
        Use(["kms:Decrypt", "kms:GenerateDataKey"], KEY, also={"kms:ViaService": manager("us-east-1")}),
        Use(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/{function}:log-stream:x",
        ),
        Use("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:{function}-dlq"),
        # its queue and its settings
        Use(["kms:Decrypt", "kms:GenerateDataKey"], KEY),
        Use(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]),
    ]


def encrypts(region: str) -> Use:
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html."""
    return Use(
        [
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
        ],
        given={"kms:CallerAccount": ACCOUNT, "kms:ViaService": manager(region)},
        caller=SOMEBODY,
    )


def read_by(*readers: str) -> Sequence[Refusal]:
    """Values only with TLS, within the organization and by whom the module knows; services of AWS are not readers."""
    values = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"]
    person = {
        "aws:PrincipalArn": readers[0],
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalOrgID": "o-exampleorg0",
        "aws:SecureTransport": "true",
    }
    service = {"aws:PrincipalIsAWSService": "true"}
    return [
        Refusal(
            "secretsmanager:PutSecretValue",
            given={"aws:SecureTransport": "false"},
            unless=[{"aws:SecureTransport": "true"}],
        ),
        Refusal(
            values,
            given={**person, "aws:PrincipalOrgID": "o-strangers00"},
            unless=[{"aws:PrincipalOrgID": "o-exampleorg0"}, service],
        ),
        Refusal(
            values,
            given={**person, "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/somebody"},
            unless=[*({"aws:PrincipalArn": reader} for reader in readers), service],
        ),
    ]


ROLES = f"arn:aws:iam::{ACCOUNT}:role/"
BREAK_GLASS = f"{ROLES}break-glass"

POLICIES = {
    'aws_iam_policy.consumer["claims-api"]': [
        *reads("claims-api", "claims-db", "documents-key"),
        Use(READS, RDS_SECRET),
        Use("kms:Decrypt", RDS_KEY, given={"kms:ViaService": manager("us-east-1"), CONTEXT: RDS_SECRET}),
    ],
    'aws_iam_policy.consumer["payments-api"]': reads("payments-api", "payments-gateway"),
    'aws_iam_role.api_key["gateway"]': takes_role("lambda.amazonaws.com"),
    "aws_iam_role.encryption_key[0]": takes_role("lambda.amazonaws.com"),
    'aws_iam_role_policy.api_key["gateway"]': rotates("prod-secrets-api-key-gateway", "payments-gateway", "crm"),
    "aws_iam_role_policy.encryption_key[0]": [
        *rotates("prod-secrets-encryption-key", "documents-key", "crm"),
        Use("kms:GenerateRandom"),
    ],
    'aws_kms_key.replica["us-west-2"]': [administers(), encrypts("us-west-2")],
    "aws_kms_key.secrets[0]": [
        administers(),
        encrypts("us-east-1"),
        logs_encrypt("/aws/lambda/prod-secrets-encryption-key"),
    ],
    'aws_secretsmanager_secret_policy.secret["claims-db"]': read_by(
        BREAK_GLASS, f"{ROLES}claims-api", '<data.aws_lambda_function.rds["claims-db"].role>'
    ),
    'aws_secretsmanager_secret_policy.secret["crm"]': read_by(BREAK_GLASS),
    'aws_secretsmanager_secret_policy.secret["documents-key"]': read_by(
        BREAK_GLASS, f"{ROLES}claims-api", f"{ROLES}prod-secrets-encryption-key"
    ),
    'aws_secretsmanager_secret_policy.secret["payments-gateway"]': read_by(
        BREAK_GLASS, f"{ROLES}payments-api", f"{ROLES}prod-secrets-api-key-gateway"
    ),
    'aws_secretsmanager_secret_policy.secret["policies-db"]': read_by(
        BREAK_GLASS, '<data.aws_lambda_function.rds["policies-db"].role>'
    ),
}

SPARE = {
    "UseKeyOfSecrets": "what the function needs for its queue and its settings, with the same key, allows it already"
}
