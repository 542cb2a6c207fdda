"""Who needs what of cert-manager's policies and of the status report's role."""

from __future__ import annotations

from tests.modules.uses import ACCOUNT, Can, Use, applies_crds, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
ZONE, TEMPLATE = "arn:aws:route53:::hostedzone/", "arn:aws:acm-pca:::template/"
CA = f"arn:aws:acm-pca:us-east-1:{ACCOUNT}:certificate-authority/00000000-0000-4000-8000-000000000001"
CODE_CA = f"arn:aws:acm-pca:us-west-2:{ACCOUNT}:certificate-authority/00000000-0000-4000-8000-000000000002"
CHANGE = "route53:ChangeResourceRecordSets"


def answers(action: str) -> Use:
    """A change of one challenge's record, as Route 53 tells IAM of it."""
    return Use(
        CHANGE,
        [f"{ZONE}Z000000000000000CLAIMS", f"{ZONE}Z0000000000000000EXAMPLE"],
        given={
            f"{CHANGE}NormalizedRecordNames": ["_acme-challenge.claims.example.com"],
            f"{CHANGE}RecordTypes": ["TXT"],
        },
        also={f"{CHANGE}Actions": [action]},
        refused_with=[{f"{CHANGE}Actions": ["CREATE"]}],
    )


# https://github.com/cert-manager/aws-privateca-issuer#configuration
def issues(authority: str, *templates: str) -> list[Use]:
    """Certificates from one authority by these templates, and what asking for them takes."""
    return [
        *(
            Use("acm-pca:IssueCertificate", authority, given={"acm-pca:TemplateArn": f"{TEMPLATE}{each}/V1"})
            for each in templates
        ),
        Use(["acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate"], authority),
    ]


POLICIES = {
    "aws_iam_role.dns[0]": pod("cert-manager", "cert-manager", OIDC),
    "aws_iam_role.private_ca[0]": pod("cert-manager", "aws-privateca-issuer", OIDC),
    "aws_iam_role.status": pod("cert-manager", "cert-manager-status", OIDC),
    "aws_iam_role_policy.dns[0]": [
        answers("UPSERT"),
        answers("DELETE"),
        Use("route53:GetChange", "arn:aws:route53:::change/C0123456789"),
    ],
    'aws_iam_role_policy.private_ca["code"]': issues(CODE_CA, "CodeSigningCertificate"),
    'aws_iam_role_policy.private_ca["internal"]': issues(
        CA,
        "BlankEndEntityCertificate_APICSRPassthrough",
        "EndEntityCertificate",
        "EndEntityClientAuthCertificate",
        "EndEntityServerAuthCertificate",
    ),
    "aws_iam_role_policy.status": publishes("Groundplan/CertManager"),
}

RBAC = {
    "kubernetes_cluster_role_v1.private_ca_crds[0]": applies_crds("aws-privateca-issuer"),
    "kubernetes_cluster_role_v1.status": [
        Can("get list", "certificates.cert-manager.io"),
        Can("get list", "clusterissuers.cert-manager.io"),
        Can("get list", "issuers.cert-manager.io"),
        Can("get list", "awspcaclusterissuers.awspca.cert-manager.io"),
        Can("get list", "awspcaissuers.awspca.cert-manager.io"),
    ],
}
