"""Who needs what of Kong's policies and roles."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.kong.examples import PORTAL_SECRET, SECRET_KEY
from tests.modules.kong.examples import SECRET as PORTAL
from tests.modules.uses import ACCOUNT, Use, administers, applies_crds, logs_encrypt, pod, tls_only

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
REQUESTS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/kong/prod-kong/requests"
LOGS = f"prod-kong-access-logs-{ACCOUNT}"
SECRET = "<aws_secretsmanager_secret_rotation.database.secret_id>"
DELIVERY = Principal.service("delivery.logs.amazonaws.com")
OF_DELIVERY = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-source:kong"}

DEVELOPERS = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{PORTAL_SECRET}-AbCdEf"

POLICIES = {
    "aws_iam_role.gateway": [
        Use(
            ["sts:AssumeRole", "sts:TagSession"],
            given={
                "aws:SourceAccount": ACCOUNT,
                "aws:SourceArn": f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/prod",
            },
            by=Principal.service("pods.eks.amazonaws.com"),
        )
    ],
    # https://docs.fluentbit.io/manual/data-pipeline/outputs/cloudwatch
    "aws_iam_role_policy.gateway": [
        Use("logs:CreateLogStream", f"{REQUESTS}:log-stream:kong-7d9f"),
        Use("logs:PutLogEvents", f"{REQUESTS}:log-stream:kong-7d9f"),
    ],
    # External Secrets proves by a token whose account it speaks for, though Kong's pods have Pod Identity
    "aws_iam_role.secrets[0]": pod("kong", "kong-secrets", OIDC),
    "aws_iam_role_policy.secrets[0]": [
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
    'aws_iam_role_policy.credential["portal"]': [
        Use(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], PORTAL)
    ],
    'aws_iam_role_policy.credential_key["portal"]': [
        Use(
            "kms:Decrypt",
            SECRET_KEY,
            given={
                "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": PORTAL,
            },
        )
    ],
    "aws_iam_role_policy.portal[0]": [
        Use(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], DEVELOPERS)
    ],
    "aws_iam_role_policy.portal_key[0]": [
        Use(
            "kms:Decrypt",
            SECRET_KEY,
            given={
                "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": DEVELOPERS,
            },
        )
    ],
    "aws_kms_key.copies[0]": [administers()],
    "aws_kms_key.kong[0]": [
        administers(),
        logs_encrypt("/aws/rds/instance/prod-kong/postgresql"),
        logs_encrypt("/kong/prod-kong/requests"),
        logs_encrypt("aws-waf-logs-prod-kong"),
        Use(
            ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"],
            given=OF_DELIVERY,
            by=DELIVERY,
        ),
    ],
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
    "aws_s3_bucket_policy.access_logs[0]": [
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

RBAC = {
    "kubernetes_cluster_role_v1.crds[0]": applies_crds("kong"),
}
