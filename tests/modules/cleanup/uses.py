"""Who needs what of the reports' bucket and key, and what the two functions do."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.cleanup.examples import ACCOUNT, FULL, IDENTITY
from tests.modules.uses import Refusal, Use, administers, logs_encrypt, takes_role, tls_only

BUCKET, KEY = f"arn:aws:s3:::{FULL.bucket_name}", "<aws_kms_key.reports[0].arn>"
OTHER_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000009"
KMS, KMS_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
WRITER = Principal.aws(f"arn:aws:iam::{ACCOUNT}:role/prod-cleanup-find-waste")
OWN = f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:/aws/lambda/x"
MARKED = {"aws:ResourceTag/Cleanup": "delete"}


def _runs(function: str) -> list[Use]:
    """What every function of the platform needs: its logs, its dead letters, its key, its traces."""
    name = f"prod-cleanup-{function.replace('_', '-')}"
    index = "" if function == "find_waste" else "[0]"
    return [
        Use(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            f"<aws_cloudwatch_log_group.{function}{index}.arn>:log-stream:x",
            elsewhere=[OWN],
        ),
        Use("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}-dlq"),
        Use(["kms:Decrypt", "kms:GenerateDataKey"], KEY),
        Use(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]),
    ]


def _deletes(action: str, on: str) -> Use:
    return Use(action, on, given=MARKED)


def _scheduled(function: str) -> list[Use]:
    name = f"prod-cleanup-{function}"
    return [
        Use("lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"),
        Use("kms:Decrypt", KEY),
    ]


POLICIES = {
    "aws_iam_role.find_waste_schedule": takes_role("scheduler.amazonaws.com"),
    "aws_iam_role_policy.find_waste_schedule": _scheduled("find-waste"),
    "aws_iam_role.weekly_report_schedule[0]": takes_role("scheduler.amazonaws.com"),
    "aws_iam_role_policy.weekly_report_schedule[0]": _scheduled("weekly-report"),
    "aws_kms_key.reports[0]": [administers(), logs_encrypt("/aws/lambda/prod-cleanup-find-waste")],
    "aws_s3_bucket_policy.reports": [
        *tls_only(str(FULL.bucket_name)),
        Refusal("s3:PutObject", f"{BUCKET}/x", {KMS: "AES256", KMS_KEY: KEY}, [{KMS: "aws:kms"}], by=WRITER),
        Refusal("s3:PutObject", f"{BUCKET}/x", {KMS: "aws:kms", KMS_KEY: OTHER_KEY}, [{KMS_KEY: KEY}], by=WRITER),
    ],
    "aws_iam_role.find_waste": takes_role("lambda.amazonaws.com"),
    "aws_iam_role_policy.find_waste": [
        *_runs("find_waste"),
        Use(
            [
                "cloudwatch:GetMetricData",
                "ec2:DescribeAddresses",
                "ec2:DescribeImages",
                "ec2:DescribeNatGateways",
                "ec2:DescribeSnapshots",
                "ec2:DescribeVolumes",
                "elasticloadbalancing:DescribeLoadBalancers",
                "elasticloadbalancing:DescribeTags",
            ]
        ),
        Use(
            ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:ListTagsForResource"],
            f"arn:aws:ecr:us-west-2:{ACCOUNT}:repository/claims/api",
        ),
        Use(["logs:DescribeLogGroups", "logs:ListTagsForResource"], OWN),
        Use("s3:ListBucket", BUCKET),
        Use(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/state/seen.json", elsewhere=[f"{BUCKET}/state/x"]),
        Use("s3:PutObject", f"{BUCKET}/findings/latest.json", elsewhere=[f"{BUCKET}/weekly/latest.html"]),
        Use("sns:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-cleanup"),
    ],
    "aws_iam_role_policy.find_waste_deletes[0]": [
        _deletes("ec2:DeleteVolume", f"arn:aws:ec2:us-west-2:{ACCOUNT}:volume/vol-1"),
        _deletes("ec2:DeleteSnapshot", "arn:aws:ec2:us-west-2::snapshot/snap-1"),
        _deletes("ec2:ReleaseAddress", f"arn:aws:ec2:us-west-2:{ACCOUNT}:elastic-ip/eipalloc-1"),
        _deletes("ec2:DeleteNatGateway", f"arn:aws:ec2:us-west-2:{ACCOUNT}:natgateway/nat-1"),
        _deletes(
            "elasticloadbalancing:DeleteLoadBalancer",
            f"arn:aws:elasticloadbalancing:us-west-2:{ACCOUNT}:loadbalancer/app/x/1",
        ),
        _deletes("ecr:BatchDeleteImage", f"arn:aws:ecr:us-west-2:{ACCOUNT}:repository/sandbox/api"),
        _deletes("logs:PutRetentionPolicy", OWN),
    ],
    "aws_iam_role.weekly_report[0]": takes_role("lambda.amazonaws.com"),
    "aws_iam_role_policy.weekly_report[0]": [
        *_runs("weekly_report"),
        Use(
            [
                "ce:GetCostAndUsage",
                "cost-optimization-hub:ListRecommendationSummaries",
                "cost-optimization-hub:ListRecommendations",
            ]
        ),
        Use("s3:ListBucket", BUCKET),
        Use("s3:GetObject", f"{BUCKET}/findings/latest.json", elsewhere=[f"{BUCKET}/state/seen.json"]),
        Use("s3:PutObject", f"{BUCKET}/weekly/latest.html", elsewhere=[f"{BUCKET}/findings/latest.json"]),
    ],
    "aws_iam_role_policy.weekly_report_mails[0]": [
        Use("ses:SendEmail", IDENTITY, given={"ses:FromAddress": "costs@example.com"})
    ],
}
