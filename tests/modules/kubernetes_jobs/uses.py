"""Who needs what: a job what its own policy says, and its pod alone takes the role."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Can, Use, publishes

TAKES = Use(
    ["sts:AssumeRole", "sts:TagSession"],
    given={"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/prod"},
    by=Principal.service("pods.eks.amazonaws.com"),
)

POLICIES = {
    'aws_iam_role.cron_job["daily-report"]': [TAKES],
    "aws_iam_role.status": [TAKES],
    "aws_iam_role_policy.status": publishes("Groundplan/KubernetesJobs"),
    'aws_iam_role_policy.cron_job["daily-report"]': [Use("s3:PutObject", "arn:aws:s3:::prod-reports/daily/2026-11-30")],
}

RBAC = {"kubernetes_role_v1.status": [Can("list", "cronjobs.batch"), Can("list", "jobs.batch")]}
