"""Who needs what of Tempo's policies and roles."""

from __future__ import annotations

from tests.modules.tempo.examples import KEY
from tests.modules.uses import Can, Use, applies_crds, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
TRACES = "arn:aws:s3:::monitoring-tempo-traces"

POLICIES = {
    "aws_iam_role.tempo": pod("tempo", "tempo", OIDC),
    "aws_iam_role.status": pod("tempo", "prod-tempo-status", OIDC),
    # https://grafana.com/docs/tempo/latest/configuration/hosted-storage/s3/
    "aws_iam_role_policy.tempo": [
        Use("s3:ListBucket", TRACES),
        Use(
            [
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ],
            f"{TRACES}/claims/1/data.parquet",
            elsewhere=["arn:aws:s3:::other/1"],
        ),
        Use(["kms:Decrypt", "kms:GenerateDataKey"], KEY),
    ],
    "aws_iam_role_policy.status": publishes("Groundplan/Tempo"),
}

RBAC = {
    "kubernetes_cluster_role_v1.rollout_operator_crds[0]": applies_crds("rollout-operator"),
    "kubernetes_role_v1.status": [Can("get", "deployments.apps"), Can("get", "statefulsets.apps")],
}
