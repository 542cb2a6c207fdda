"""Who needs what of the keys and of the log group of Route 53."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Use, administers, logs_encrypt

OF_OUR_ZONES = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": "arn:aws:route53:::hostedzone/Z0123456789"}
SIGNER = Principal.service("dnssec-route53.amazonaws.com")

POLICIES = {
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html
    "aws_cloudwatch_log_resource_policy.query_logs[0]": [
        Use(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/route53/prod-dns/main:log-stream:x",
            given=OF_OUR_ZONES,
            by=Principal.service("route53.amazonaws.com"),
        )
    ],
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html
    "aws_kms_key.dnssec[0]": [
        administers(),
        Use(["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"], given=OF_OUR_ZONES, by=SIGNER),
        Use("kms:CreateGrant", given={"kms:GrantIsForAWSResource": "true"}, by=SIGNER),
    ],
    "aws_kms_key.logs[0]": [administers(), logs_encrypt("/aws/route53/prod-dns/main")],
}
