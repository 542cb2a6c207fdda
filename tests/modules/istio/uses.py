"""Who needs what of the status report's role: nothing else of the mesh asks AWS for anything."""

from __future__ import annotations

from tests.modules.uses import Can, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"

POLICIES = {
    "aws_iam_role.status": pod("istio-system", "prod-mesh-status", OIDC),
    "aws_iam_role_policy.status": publishes("Groundplan/Istio"),
}

RBAC = {"kubernetes_cluster_role_v1.status": [Can("get list", "daemonsets.apps"), Can("get list", "deployments.apps")]}
