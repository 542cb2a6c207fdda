"""Who needs what of the key, the buckets, the functions and the machine."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.savings.examples import ACCOUNT
from tests.modules.uses import Use, administers, logs_encrypt, takes_role, tls_only

KEY = "<aws_kms_key.savings[0].arn>"
KEPT, BILLS = f"arn:aws:s3:::prod-savings-{ACCOUNT}", f"arn:aws:s3:::prod-bills-{ACCOUNT}"
EXPORTER = Principal.service("bcm-data-exports.amazonaws.com")
EXPORTED = {
    "aws:SourceAccount": ACCOUNT,
    "aws:SourceArn": f"arn:aws:bcm-data-exports:us-east-1:{ACCOUNT}:export/cost-and-usage-1",
}
MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:prod-savings-approval"
FUNCTIONS = [f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:prod-savings-{end}" for end in ("recommend", "buy")]
USES_KEY = Use(["kms:Decrypt", "kms:GenerateDataKey"], KEY)


def _runs(function: str, end: str) -> list[Use]:
    """What every function of the platform needs: its logs, its dead letters, its key, its traces."""
    return [
        Use(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            f"<aws_cloudwatch_log_group.{function}[0].arn>:log-stream:x",
            elsewhere=[f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/x:log-stream:x"],
        ),
        Use("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:prod-savings-{end}-dlq"),
        USES_KEY,
        Use(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]),
    ]


POLICIES = {
    "aws_kms_key.savings[0]": [
        administers(),
        logs_encrypt("/aws/lambda/prod-savings-buy"),
        logs_encrypt("/aws/vendedlogs/states/prod-savings-approval"),
        Use(
            "kms:Decrypt",
            given={"kms:EncryptionContext:SourceArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:*"},
            by=Principal.service("delivery.logs.amazonaws.com"),
        ),
        Use(["kms:Decrypt", "kms:GenerateDataKey"], given=EXPORTED, by=EXPORTER),
    ],
    "aws_s3_bucket_policy.bills[0]": [
        *tls_only(f"prod-bills-{ACCOUNT}"),
        Use("s3:PutObject", f"{BILLS}/bills/x", given=EXPORTED, by=EXPORTER),
        Use("s3:GetBucketPolicy", BILLS, given=EXPORTED, by=EXPORTER),
    ],
    "aws_s3_bucket_policy.recommendations[0]": tls_only(f"prod-savings-{ACCOUNT}"),
    "aws_iam_role.recommend_savings_plan[0]": takes_role("lambda.amazonaws.com"),
    "aws_iam_role_policy.recommend_savings_plan[0]": [
        *_runs("recommend_savings_plan", "recommend"),
        Use("ce:GetSavingsPlansPurchaseRecommendation"),
        Use("s3:PutObject", f"{KEPT}/savings-plans/x.json", elsewhere=[f"{KEPT}/x"]),
        Use("sns:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-savings-questions"),
    ],
    "aws_iam_role.buy_savings_plan[0]": takes_role("lambda.amazonaws.com"),
    "aws_iam_role_policy.buy_savings_plan[0]": [
        *_runs("buy_savings_plan", "buy"),
        Use(
            ["savingsplans:CreateSavingsPlan", "savingsplans:TagResource"],
            f"arn:aws:savingsplans::{ACCOUNT}:savingsplan/x",
        ),
    ],
    "aws_iam_role.approval[0]": takes_role("states.amazonaws.com"),
    "aws_iam_role_policy.approval[0]": [
        Use("lambda:InvokeFunction", FUNCTIONS),
        USES_KEY,
        Use(
            [
                "logs:CreateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:DescribeLogGroups",
                "logs:DescribeResourcePolicies",
                "logs:GetLogDelivery",
                "logs:ListLogDeliveries",
                "logs:PutResourcePolicy",
                "logs:UpdateLogDelivery",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
                "xray:PutTelemetryRecords",
                "xray:PutTraceSegments",
            ]
        ),
    ],
    "aws_iam_role.approval_schedule[0]": takes_role("scheduler.amazonaws.com"),
    "aws_iam_role_policy.approval_schedule[0]": [Use("states:StartExecution", MACHINE), USES_KEY],
}
