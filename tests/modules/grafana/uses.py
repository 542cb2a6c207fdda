"""Who needs what of Grafana's policies, of its sidecar's role and of the status report's."""

from __future__ import annotations

from tests.modules.uses import ACCOUNT, Can, Use, administers, logs_encrypt, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
CONFIG_MAPS = [Can("get list watch", "configmaps")]

POLICIES = {
    "aws_iam_role.grafana": pod("grafana", "grafana", OIDC),
    "aws_iam_role.status": pod("grafana", "grafana-status", OIDC),
    # https://grafana.com/docs/grafana/latest/datasources/aws-cloudwatch/configure/#iam-policies
    "aws_iam_role_policy.logs[0]": [
        Use(
            ["logs:GetLogEvents", "logs:GetLogGroupFields", "logs:StartQuery"],
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/platform/claims",
        ),
        Use(["logs:DescribeLogGroups", "logs:GetQueryResults", "logs:StopQuery"]),
    ],
    "aws_iam_role_policy.metrics[0]": [
        Use(
            [
                "cloudwatch:DescribeAlarmHistory",
                "cloudwatch:DescribeAlarms",
                "cloudwatch:DescribeAlarmsForMetric",
                "cloudwatch:GetMetricData",
                "cloudwatch:ListMetrics",
            ]
        ),
        Use(["ec2:DescribeInstances", "ec2:DescribeRegions", "tag:GetResources"]),
    ],
    "aws_iam_role_policy.other_accounts[0]": [Use("sts:AssumeRole", "arn:aws:iam::444455556666:role/grafana-reader")],
    "aws_iam_role_policy.status": publishes("Groundplan/Grafana"),
    "aws_kms_key.database[0]": [administers(), logs_encrypt("/aws/rds/instance/prod-grafana/postgresql")],
}

RBAC = {
    'kubernetes_role_v1.dashboards["claims"]': CONFIG_MAPS,
    'kubernetes_role_v1.dashboards["grafana"]': CONFIG_MAPS,
    "kubernetes_role_v1.status": [Can("get", "deployments.apps"), Can("get", "statefulsets.apps")],
}
