"""Who needs what of Kong's policies and roles."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Use, administers, logs_encrypt, pod, tls_only

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
LOGS = f"prod-kong-access-logs-{ACCOUNT}"
SECRET = "<aws_secretsmanager_secret_rotation.database.secret_id>"
DELIVERY = Principal.service("delivery.logs.amazonaws.com")
OF_DELIVERY = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-source:kong"}

POLICIES = {
    # External Secrets proves by a token whose account it speaks for, though Kong's pods have Pod Identity
    "aws_iam_role.database": pod("kong", "kong-secrets", OIDC),
    "aws_iam_role_policy.database": [
        Use(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], SECRET),
        Use(
            "kms:Decrypt",
            "<aws_kms_key.kong[0].arn>",
            given={
                "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": SECRET,
            },
        ),
    ],
    "aws_kms_key.copies[0]": [administers()],
    "aws_kms_key.kong[0]": [
        administers(),
        logs_encrypt("/aws/rds/instance/prod-kong/postgresql"),
        Use(
            ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"],
            given=OF_DELIVERY,
            by=DELIVERY,
        ),
    ],
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
    "aws_s3_bucket_policy.access_logs": [
        *tls_only(LOGS),
        Use(
            "s3:PutObject",
            f"arn:aws:s3:::{LOGS}/AWSLogs/{ACCOUNT}/elasticloadbalancing/us-east-1/2026/11/30/x.log.gz",
            given={**OF_DELIVERY, "s3:x-amz-acl": "bucket-owner-full-control"},
            by=DELIVERY,
        ),
        Use("s3:GetBucketAcl", f"arn:aws:s3:::{LOGS}", given=OF_DELIVERY, by=DELIVERY),
    ],
}
