"""Who needs what of Mimir's policies and roles."""

from __future__ import annotations

from tests.modules.mimir.examples import CRITICAL, KEY, TOPIC, TOPIC_KEY
from tests.modules.uses import Can, Use, applies_crds, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
BLOCKS, RULES, SILENCES = (f"arn:aws:s3:::prod-monitoring-mimir-{what}" for what in ("blocks", "ruler", "alertmanager"))
BLOCK = f"{BLOCKS}/claims/01J0000000000000000000000/index"
ELSEWHERE = ["arn:aws:s3:::other/1"]
KEEPS = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
BOTH = Use(["kms:Decrypt", "kms:GenerateDataKey"], KEY)

POLICIES = {
    "aws_iam_role.blocks": pod("mimir", "mimir", OIDC),
    "aws_iam_role.ruler": pod("mimir", "mimir-ruler", OIDC),
    "aws_iam_role.alertmanager": pod("mimir", "mimir-alertmanager", OIDC),
    "aws_iam_role.status": pod("mimir", "prod-mimir-status", OIDC),
    # https://grafana.com/docs/mimir/latest/configure/configure-object-storage-backend/
    "aws_iam_role_policy.blocks": [
        Use("s3:ListBucket", BLOCKS),
        Use([*KEEPS, "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], BLOCK, elsewhere=ELSEWHERE),
        BOTH,
    ],
    "aws_iam_role_policy.ruler": [
        Use("s3:ListBucket", BLOCKS),
        Use("s3:GetObject", BLOCK, elsewhere=ELSEWHERE),
        Use("s3:ListBucket", RULES),
        Use(KEEPS, f"{RULES}/rules/claims/1"),
        BOTH,
    ],
    "aws_iam_role_policy.alertmanager": [
        Use("s3:ListBucket", SILENCES),
        Use(KEEPS, f"{SILENCES}/alertmanager/claims/fullstate", elsewhere=ELSEWHERE),
        BOTH,
        Use("sns:Publish", CRITICAL),
        Use("sns:Publish", TOPIC),
        Use(["kms:Decrypt", "kms:GenerateDataKey"], TOPIC_KEY),
    ],
    "aws_iam_role_policy.status": publishes("Groundplan/Mimir"),
}

RBAC = {
    "kubernetes_cluster_role_v1.rollout_operator_crds[0]": applies_crds("rollout-operator"),
    "kubernetes_role_v1.status": [Can("get", "deployments.apps"), Can("get", "statefulsets.apps")],
}
