"""Who may publish to the topics, use the key, write metrics and logs, and share them.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal, Statement, allow

__all__ = [
    "PUBLISHERS",
    "agent",
    "chat",
    "forwarding",
    "links",
    "publisher",
    "puts_metrics",
    "streaming",
    "topic_key_use",
    "topic_policy",
    "writes_embedded_metrics",
]


PUBLISHERS = ("budgets.amazonaws.com", "cloudwatch.amazonaws.com", "costalerts.amazonaws.com")
"""Services that publish to topics in an account's name, and say in whose.

https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
"""


def topic_policy(topic_arn: str, account_id: str) -> list[Statement]:
    """Of a topic: who may publish. Alarms of CloudWatch, events, budgets and what costs more than usual.

    EventBridge is let in without a condition: AWS's page says that it takes none in the policy of a topic, and whoever
    sets one never hears of an event.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    """
    return [
        allow(
            "sns:Publish",
            on=topic_arn,
            principals=[Principal.service(each) for each in PUBLISHERS],
            when={"StringEquals": {"aws:SourceAccount": account_id}},
            sid="PublishInTheAccountsName",
        ),
        allow("sns:Publish", on=topic_arn, principals=Principal.service("events.amazonaws.com"), sid="PublishEvents"),
    ]


def topic_key_use(account_id: str) -> list[Statement]:
    """Of the topics' key: who publishes must be able to encrypt. EventBridge does not say in whose name.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    use = ("kms:Decrypt", "kms:GenerateDataKey*")
    return [
        allow(
            *use,
            on="*",
            principals=[Principal.service(each) for each in PUBLISHERS],
            when={"StringEquals": {"aws:SourceAccount": account_id}},
            sid="EncryptForTopics",
        ),
        allow(*use, on="*", principals=Principal.service("events.amazonaws.com"), sid="EncryptEvents"),
    ]


def publisher(topic_arn: str, key_arn: str) -> list[Statement]:
    """Of who publishes to a topic itself.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#send-to-encrypted-topic
    """
    return [
        allow("sns:Publish", on=topic_arn, sid="Publish"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="Encrypt"),
    ]


def chat() -> list[Statement]:
    """Of Amazon Q Developer in a channel: the alarm that it tells of, and the graph beside it.

    https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-iam-policies.html
    """
    return [
        allow(
            "cloudwatch:DescribeAlarmHistory",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:DescribeAlarmsForMetric",
            "cloudwatch:GetMetricData",
            "cloudwatch:GetMetricStatistics",
            "cloudwatch:GetMetricWidgetImage",
            "cloudwatch:ListMetrics",
            on="*",
            sid="ShowAlarms",
        )
    ]


def agent(log_group_arns: Sequence[str]) -> list[Statement]:
    """Of the CloudWatch agent and Fluent Bit: what AWS's CloudWatchAgentServerPolicy has, for these log groups alone.

    The log groups are there already, so none is made. What tells of an instance, and what is measured, knows no
    resources. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchAgentServerPolicy.html
    """
    return [
        allow(
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            on=[f"{arn}:*" for arn in log_group_arns],
            sid="OpenLogStreams",
        ),
        allow("logs:PutLogEvents", on=[f"{arn}:log-stream:*" for arn in log_group_arns], sid="WriteLogs"),
        allow("logs:DescribeLogGroups", on="*", sid="FindLogGroups"),
        allow(
            "cloudwatch:PutMetricData",
            on="*",
            when={"StringEquals": {"cloudwatch:namespace": ["ContainerInsights", "ApplicationSignals", "CWAgent"]}},
            sid="PutMetrics",
        ),
        allow("ec2:DescribeTags", "ec2:DescribeVolumes", on="*", sid="DescribeNodes"),
        # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSXrayWriteOnlyAccess.html
        allow(
            "xray:GetSamplingRules",
            "xray:GetSamplingStatisticSummaries",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
            on="*",
            sid="SendTraces",
        ),
    ]


def puts_metrics(namespace: str) -> list[Statement]:
    """Of an application: metrics in one namespace.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """
    return [
        allow(
            "cloudwatch:PutMetricData",
            on="*",
            when={"StringEquals": {"cloudwatch:namespace": namespace}},
            sid="PutMetrics",
        )
    ]


def writes_embedded_metrics(log_group_arn: str) -> list[Statement]:
    """Of an application that writes the embedded metric format: records of one log group.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
    """
    return [
        allow("logs:CreateLogStream", "logs:DescribeLogStreams", on=f"{log_group_arn}:*", sid="OpenLogStreams"),
        allow("logs:PutLogEvents", on=f"{log_group_arn}:log-stream:*", sid="WriteRecords"),
    ]


def forwarding(firehose_arns: Sequence[str]) -> list[Statement]:
    """Of CloudWatch Logs, for records that go to Firehoses.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#FirehoseExample
    """
    return [allow("firehose:PutRecord", "firehose:PutRecordBatch", on=firehose_arns, sid="ForwardRecords")]


def streaming(firehose_arn: str) -> list[Statement]:
    """Of CloudWatch, for metrics that go to a Firehose.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-metric-streams-trustpolicy.html
    """
    return [allow("firehose:PutRecord", "firehose:PutRecordBatch", on=firehose_arn, sid="StreamMetrics")]


def links(resource_types: Sequence[str], whose: dict[str, Sequence[str] | str]) -> list[Statement]:
    """Of a sink: who may link to it, and share what. `whose` are the conditions that say of which accounts.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Unified-Cross-Account-Setup.html
    """
    return [
        allow(
            "oam:CreateLink",
            "oam:UpdateLink",
            on="*",
            principals=Principal.everyone(),
            when={"ForAllValues:StringEquals": {"oam:ResourceTypes": resource_types}, "StringEquals": whose},
            sid="ShareWithThisAccount",
        )
    ]
