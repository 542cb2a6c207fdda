"""Who needs what of the topics, of their keys, and of the module's roles."""

from __future__ import annotations

from typing import Any

from groundplan.iam import Principal
from tests.modules.cloudwatch.examples import FIREHOSE, METRICS
from tests.modules.uses import ACCOUNT, Use, administers, logs_encrypt, takes_role

ELSEWHERE, HERE = '<aws_kms_key.elsewhere["us-west-2"].arn>', "<aws_kms_key.cloudwatch[0].arn>"
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
PUBLISHERS = ("budgets.amazonaws.com", "cloudwatch.amazonaws.com", "costalerts.amazonaws.com")
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group"
STREAMS = [f"{LOGS}:/aws/containerinsights/prod/performance", f"{LOGS}:/aws/application-signals/data"]


def _encrypts() -> list[Any]:
    use = ["kms:Decrypt", "kms:GenerateDataKey"]
    in_our_name = {"aws:SourceAccount": ACCOUNT}
    return [
        administers(),
        *(Use(use, "*", given=in_our_name, by=Principal.service(service)) for service in PUBLISHERS),
        Use(use, "*", by=Principal.service("events.amazonaws.com")),
    ]


def _publishes(region: str, severity: str) -> list[Any]:
    topic = f"arn:aws:sns:{region}:{ACCOUNT}:prod-cloudwatch-{severity}"
    in_our_name = {"aws:SourceAccount": ACCOUNT}
    return [
        *(Use("sns:Publish", topic, given=in_our_name, by=Principal.service(service)) for service in PUBLISHERS),
        Use("sns:Publish", topic, by=Principal.service("events.amazonaws.com")),
    ]


POLICIES: dict[str, list[Any]] = {
    "aws_kms_key.cloudwatch[0]": [*_encrypts(), logs_encrypt("/platform/claims")],
    'aws_kms_key.elsewhere["us-west-2"]': _encrypts(),
    **{
        f'aws_sns_topic_policy.severity["{prefix}{severity}"]': _publishes(region, severity)
        for prefix, region in (("", "us-east-1"), ("us-west-2/", "us-west-2"))
        for severity in ("critical", "warning")
    },
    "aws_iam_role.agent[0]": [
        Use(
            ["sts:AssumeRole", "sts:TagSession"],
            given={
                "aws:SourceAccount": ACCOUNT,
                "aws:SourceArn": f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/prod",
            },
            by=Principal.service("pods.eks.amazonaws.com"),
        )
    ],
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchAgentServerPolicy.html
    "aws_iam_role_policy.agent[0]": [
        Use(["logs:CreateLogStream", "logs:DescribeLogStreams"], [f"{one}:*" for one in STREAMS]),
        Use("logs:PutLogEvents", [f"{one}:log-stream:node" for one in STREAMS]),
        Use(["logs:DescribeLogGroups", "ec2:DescribeTags", "ec2:DescribeVolumes"]),
        *(
            Use("cloudwatch:PutMetricData", given={"cloudwatch:namespace": namespace})
            for namespace in ("ApplicationSignals", "CWAgent", "ContainerInsights")
        ),
        Use(
            [
                "xray:GetSamplingRules",
                "xray:GetSamplingStatisticSummaries",
                "xray:GetSamplingTargets",
                "xray:PutTelemetryRecords",
                "xray:PutTraceSegments",
            ]
        ),
    ],
    "aws_iam_role.chat[0]": takes_role("chatbot.amazonaws.com", for_account=False),
    # https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-iam-policies.html
    "aws_iam_role_policy.chat[0]": [
        Use(
            [
                "cloudwatch:DescribeAlarmHistory",
                "cloudwatch:DescribeAlarms",
                "cloudwatch:DescribeAlarmsForMetric",
                "cloudwatch:GetMetricData",
                "cloudwatch:GetMetricStatistics",
                "cloudwatch:GetMetricWidgetImage",
                "cloudwatch:ListMetrics",
            ]
        )
    ],
    "aws_iam_role.forwarder[0]": takes_role("logs.amazonaws.com"),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#FirehoseExample
    "aws_iam_role_policy.forwarder[0]": [
        Use(["firehose:PutRecord", "firehose:PutRecordBatch"], FIREHOSE, elsewhere=[METRICS])
    ],
    "aws_iam_role.metric_stream[0]": takes_role("streams.metrics.cloudwatch.amazonaws.com"),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-metric-streams-trustpolicy.html
    "aws_iam_role_policy.metric_stream[0]": [
        Use(["firehose:PutRecord", "firehose:PutRecordBatch"], METRICS, elsewhere=[FIREHOSE])
    ],
    "aws_oam_sink_policy.sink[0]": [
        Use(
            ["oam:CreateLink", "oam:UpdateLink"],
            given={"aws:PrincipalOrgID": "o-exampleorg0"},
            also={"oam:ResourceTypes": ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup", "AWS::XRay::Trace"]},
            caller=Principal.aws(f"arn:aws:iam::{ACCOUNT}:role/terraform"),
            refused_with=[{"oam:ResourceTypes": ["AWS::ApplicationInsights::Application"]}],
        )
    ],
}
