"""Who needs what of ExternalDNS's policies and of the status report's role."""

from __future__ import annotations

from tests.modules.uses import Can, Use, applies_crds, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
ZONE = "arn:aws:route53:::hostedzone/"
PRIVATE, OTHER, PUBLIC = f"{ZONE}Z0PRIVATE00000000001", f"{ZONE}Z0OTHER0000000000001", f"{ZONE}Z0PUBLIC000000000001"
# https://github.com/kubernetes-sigs/external-dns/blob/master/docs/tutorials/aws.md#iam-policy
CHANGES = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"]

POLICIES = {
    'aws_iam_role.external_dns["private"]': pod("external-dns", "external-dns-private", OIDC),
    'aws_iam_role.external_dns["public"]': pod("external-dns", "external-dns-public", OIDC),
    "aws_iam_role.status[0]": pod("external-dns", "prod-dns-status", OIDC),
    'aws_iam_role_policy.external_dns["private"]': [
        Use(CHANGES, [PRIVATE, OTHER], elsewhere=[PUBLIC]),
        Use("route53:ListHostedZones"),
    ],
    'aws_iam_role_policy.external_dns["public"]': [
        Use(CHANGES, PUBLIC, elsewhere=[PRIVATE]),
        Use("route53:ListHostedZones"),
    ],
    "aws_iam_role_policy.status[0]": publishes("Groundplan/ServiceDiscovery"),
}

RBAC = {
    "kubernetes_cluster_role_v1.external_dns_crds[0]": applies_crds("external-dns"),
    "kubernetes_cluster_role_v1.status[0]": [Can("get list", "daemonsets.apps"), Can("get list", "deployments.apps")],
}
