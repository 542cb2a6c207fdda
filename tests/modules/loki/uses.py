"""Who needs what of Loki's policies and roles."""

from __future__ import annotations

from tests.modules.loki.examples import KEY
from tests.modules.uses import Can, Use, applies_crds, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
LOGS, RULES = "arn:aws:s3:::monitoring-loki-data", "arn:aws:s3:::monitoring-loki-ruler"
CHUNK, RULE = f"{LOGS}/claims/1", f"{RULES}/rules/claims/1"

# https://grafana.com/docs/loki/latest/setup/install/helm/deployment-guides/aws/
LISTS, READS = Use("s3:ListBucket", LOGS), Use("s3:GetObject", CHUNK, elsewhere=["arn:aws:s3:::other/1"])
READ_ONLY = [LISTS, READS, Use("kms:Decrypt", KEY)]
BOTH = Use(["kms:Decrypt", "kms:GenerateDataKey"], KEY)

POLICIES = {
    **{
        f"aws_iam_role.{component}[0]": pod("loki", f"loki-{component.replace('_', '-')}", OIDC)
        for component in ("compactor", "index_gateway", "ingester", "querier", "ruler")
    },
    "aws_iam_role.status": pod("loki", "prod-loki-status", OIDC),
    "aws_iam_role_policy.compactor[0]": [LISTS, READS, Use(["s3:DeleteObject", "s3:PutObject"], CHUNK), BOTH],
    "aws_iam_role_policy.index_gateway[0]": READ_ONLY,
    "aws_iam_role_policy.ingester[0]": [LISTS, READS, Use("s3:PutObject", CHUNK), BOTH],
    "aws_iam_role_policy.querier[0]": READ_ONLY,
    "aws_iam_role_policy.ruler[0]": [
        LISTS,
        READS,
        Use("s3:ListBucket", RULES),
        Use(["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], RULE),
        BOTH,
    ],
    "aws_iam_role_policy.status": publishes("Groundplan/Loki"),
}

RBAC = {
    "kubernetes_cluster_role_v1.rollout_operator_crds[0]": applies_crds("rollout-operator"),
    "kubernetes_role_v1.status": [Can("get", "deployments.apps"), Can("get", "statefulsets.apps")],
}
