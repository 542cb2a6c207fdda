"""Who may do what: the functions and the machine of savings plans, those who approve, the service that exports bills.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from groundplan.iam import Principal, Statement, allow

__all__ = [
    "answers",
    "buys",
    "deliver_logs",
    "exports",
    "exports_encrypt",
    "recommends",
    "starts",
    "works",
]

EXPORTER = "bcm-data-exports.amazonaws.com"


def recommends(bucket_arn: str, topic_arn: str) -> list[Statement]:
    """The function that asks: Cost Explorer, which knows no resource here, and people."""
    return [
        allow("ce:GetSavingsPlansPurchaseRecommendation", on="*", sid="AskCostExplorer"),
        allow("s3:PutObject", on=f"{bucket_arn}/savings-plans/*", sid="KeepRecommendations"),
        allow("sns:Publish", on=topic_arn, sid="AskPeople"),
    ]


def buys(partition: str, account_id: str) -> list[Statement]:
    """The function that buys, which nothing but the machine invokes.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssavingsplans.html
    """
    return [
        allow(
            "savingsplans:CreateSavingsPlan",
            "savingsplans:TagResource",
            on=f"arn:{partition}:savingsplans::{account_id}:savingsplan/*",
            sid="Buy",
        )
    ]


def works(recommend_arn: str, buy_arn: str, key_arn: str) -> list[Statement]:
    """The machine: its two functions, its log, its traces, its key.

    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    return [
        allow("lambda:InvokeFunction", on=[recommend_arn, buy_arn], sid="Invoke"),
        # CloudWatch Logs knows no resources of deliveries
        allow(
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
            on="*",
            sid="Logs",
        ),
        # nor X-Ray
        allow(
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
            on="*",
            sid="Traces",
        ),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="Key"),
    ]


def starts(machine_arn: str, key_arn: str) -> list[Statement]:
    """The schedule of the machine, which reads itself by the key."""
    return [
        allow("states:StartExecution", on=machine_arn, sid="Start"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="ReadTheSchedule"),
    ]


def answers(machine_arn: str, key_arn: str) -> list[Statement]:
    """Whoever approves a plan or refuses it: with the token that the question came with.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
    """
    return [
        allow("states:SendTaskFailure", "states:SendTaskSuccess", on=machine_arn, sid="Answer"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseTheKey"),
    ]


def deliver_logs(logs_arn: str) -> Statement:
    """Of the key: CloudWatch Logs delivers what the machine, which is encrypted, writes to its log.

    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    return allow(
        "kms:Decrypt",
        on="*",
        principals=Principal.service("delivery.logs.amazonaws.com"),
        when={"StringEquals": {"kms:EncryptionContext:SourceArn": logs_arn}},
        sid="DeliverLogs",
    )


def _exported(partition: str, account_id: str, region: str) -> dict[str, dict[str, str]]:
    return {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:{partition}:bcm-data-exports:{region}:{account_id}:export/*"},
    }


def exports(bucket_arn: str, partition: str, account_id: str, region: str) -> list[Statement]:
    """Of the bucket: Data Exports writes the account's own lines.

    https://docs.aws.amazon.com/cur/latest/userguide/dataexports-s3-bucket.html
    """
    return [
        allow(
            "s3:GetBucketPolicy",
            "s3:PutObject",
            on=[bucket_arn, f"{bucket_arn}/*"],
            principals=Principal.service(EXPORTER),
            when=_exported(partition, account_id, region),
            sid="ExportBills",
        )
    ]


def exports_encrypt(partition: str, account_id: str, region: str) -> list[Statement]:
    """Of the bucket's key: the same."""
    return [
        allow(
            "kms:Decrypt",
            "kms:GenerateDataKey*",
            on="*",
            principals=Principal.service(EXPORTER),
            when=_exported(partition, account_id, region),
            sid="EncryptBills",
        )
    ]
