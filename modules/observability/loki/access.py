"""What each of Loki's components may do in S3.

Upstream's one policy lets every component delete. Here each has what it does: ingesters write, queriers and index
gateways read, the compactor deletes, the ruler keeps rules. Statistics of use are off, for which each would read and
write a file of its own in the bucket.

https://grafana.com/docs/loki/latest/setup/install/helm/deployment-guides/aws/
https://grafana.com/docs/loki/latest/get-started/components/
"""

from __future__ import annotations

from groundplan.iam import Statement, allow

__all__ = ["METRIC_NAMESPACE", "compactor", "everything", "ingester", "reader", "ruler"]

METRIC_NAMESPACE = "Groundplan/Loki"
"""The CloudWatch namespace of the status report, the only one that it may publish to."""


def _reads(bucket_arn: str) -> list[Statement]:
    return [
        allow("s3:ListBucket", on=bucket_arn, sid="ListLogs"),
        allow("s3:GetObject", on=f"{bucket_arn}/*", sid="ReadLogs"),
    ]


def reader(bucket_arn: str, key_arn: str) -> list[Statement]:
    """Queriers and index gateways: logs and their index, to read."""
    return [*_reads(bucket_arn), allow("kms:Decrypt", on=key_arn, sid="DecryptLogs")]


def ingester(bucket_arn: str, key_arn: str) -> list[Statement]:
    """Ingesters: new logs, and their part of the index."""
    return [
        *_reads(bucket_arn),
        allow("s3:PutObject", on=f"{bucket_arn}/*", sid="WriteLogs"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfLogs"),
    ]


def compactor(bucket_arn: str, key_arn: str) -> list[Statement]:
    """The compactor: a smaller index, and an end of logs."""
    return [
        *_reads(bucket_arn),
        allow("s3:DeleteObject", "s3:PutObject", on=f"{bucket_arn}/*", sid="CompactAndDeleteLogs"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfLogs"),
    ]


def _keeps_rules(bucket_arn: str) -> list[Statement]:
    return [
        allow("s3:ListBucket", on=bucket_arn, sid="ListRules"),
        allow("s3:DeleteObject", "s3:GetObject", "s3:PutObject", on=f"{bucket_arn}/*", sid="KeepRules"),
    ]


def ruler(bucket_arn: str, rules_bucket_arn: str, key_arn: str) -> list[Statement]:
    """The ruler: rules, which its API changes, and the logs that they are about, to read."""
    return [
        *_reads(bucket_arn),
        *_keeps_rules(rules_bucket_arn),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfLogsAndRules"),
    ]


def everything(bucket_arn: str, rules_bucket_arn: str, key_arn: str) -> list[Statement]:
    """All components in one pod."""
    return [
        *_reads(bucket_arn),
        allow("s3:DeleteObject", "s3:PutObject", on=f"{bucket_arn}/*", sid="KeepLogs"),
        *_keeps_rules(rules_bucket_arn),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfLogsAndRules"),
    ]
