"""What Grafana may ask of AWS: metrics and alarms of CloudWatch, log groups that are named, roles of other accounts."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Statement, allow

__all__ = ["logs", "metrics", "other_accounts"]


def metrics() -> list[Statement]:
    """Metrics and alarms, which know no resources to be bounded by, and what names them in pickers.

    https://grafana.com/docs/grafana/latest/datasources/aws-cloudwatch/configure/#iam-policies
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    """
    return [
        allow(
            "cloudwatch:DescribeAlarmHistory",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:DescribeAlarmsForMetric",
            "cloudwatch:GetMetricData",
            "cloudwatch:ListMetrics",
            on="*",
            sid="ReadMetrics",
        ),
        allow("ec2:DescribeInstances", "ec2:DescribeRegions", "tag:GetResources", on="*", sid="NameWhatIsMeasured"),
    ]


def logs(log_group_arns: Sequence[str]) -> list[Statement]:
    """Records of the named log groups by Logs Insights, and of no other.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    """
    return [
        allow("logs:GetLogEvents", "logs:GetLogGroupFields", "logs:StartQuery", on=log_group_arns, sid="QueryLogs"),
        # answers belong to who asked, and know no log group
        allow("logs:DescribeLogGroups", "logs:GetQueryResults", "logs:StopQuery", on="*", sid="ReadAnswers"),
    ]


def other_accounts(role_arns: Sequence[str]) -> list[Statement]:
    """Roles of other accounts, which must trust this one."""
    return [allow("sts:AssumeRole", on=role_arns, sid="AskOtherAccounts")]
