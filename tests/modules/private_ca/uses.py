"""Who needs what of the authorities' buckets, keys and policies."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Use, administers, takes_role, tls_only

AUDIT, CRL = f"prod-private-ca-audit-{ACCOUNT}", f"prod-private-ca-crl-{ACCOUNT}"
AUTHORITY, CLOUDFRONT = Principal.service("acm-pca.amazonaws.com"), Principal.service("cloudfront.amazonaws.com")
AUTHORITIES = [
    "<aws_acmpca_certificate_authority.root[0].arn>",
    *(f'<aws_acmpca_certificate_authority.subordinate["{name}"].arn>' for name in ("internal", "mesh")),
]
DISTRIBUTION = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E0123456789"
TEMPLATE = "arn:aws:acm-pca:::template/"


def written_by_authorities(bucket: str, key: str) -> list[Use]:
    """https://docs.aws.amazon.com/privateca/latest/userguide/crl-planning.html#s3-policies."""
    own = {"aws:SourceAccount": ACCOUNT}
    return [
        Use(["s3:PutObject", "s3:PutObjectAcl"], f"arn:aws:s3:::{bucket}/{key}", given=own, by=AUTHORITY),
        Use(["s3:GetBucketAcl", "s3:GetBucketLocation"], f"arn:aws:s3:::{bucket}", given=own, by=AUTHORITY),
    ]


def encrypted_by_authorities(bucket: str) -> list[Use]:
    """https://docs.aws.amazon.com/privateca/latest/userguide/PcaAuditReport.html#audit-report-encryption."""
    return [
        Use(["kms:Decrypt", "kms:GenerateDataKey"], given={"kms:EncryptionContext:aws:s3:arn": arn}, by=AUTHORITY)
        for arn in (f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/x")
    ]


def issues(name: str) -> list[Use]:
    """https://docs.aws.amazon.com/privateca/latest/userguide/auth-using-templates.html: none that makes authorities."""
    authority = f'<aws_acmpca_certificate_authority.subordinate["{name}"].arn>'
    return [
        Use(
            [
                "acm-pca:DescribeCertificateAuthority",
                "acm-pca:GetCertificate",
                "acm-pca:GetCertificateAuthorityCertificate",
            ],
            authority,
        ),
        *(
            Use(
                "acm-pca:IssueCertificate",
                authority,
                given={"acm-pca:TemplateArn": f"{TEMPLATE}{template}/V1"},
                refused_with=[{"acm-pca:TemplateArn": f"{TEMPLATE}SubordinateCACertificate_PathLen0/V1"}],
            )
            for template in ("EndEntityCertificate", "BlankEndEntityCertificate_CSRPassthrough")
        ),
    ]


POLICIES = {
    'aws_iam_policy.subordinate_issue["internal"]': issues("internal"),
    'aws_iam_policy.subordinate_issue["mesh"]': issues("mesh"),
    "aws_iam_role.schedules": takes_role("scheduler.amazonaws.com"),
    "aws_iam_role_policy.schedules": [
        Use("acm-pca:CreateCertificateAuthorityAuditReport", AUTHORITIES),
        Use(
            "s3:PutObject",
            [f"arn:aws:s3:::{AUDIT}/audit-report/x", f"arn:aws:s3:::{AUDIT}/acm-pca-permission-test-key-1"],
            elsewhere=[f"arn:aws:s3:::{AUDIT}/x"],
        ),
        Use(["s3:GetBucketAcl", "s3:GetBucketLocation"], f"arn:aws:s3:::{AUDIT}"),
        Use("events:PutEvents", f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"),
        Use("sqs:SendMessage", "<aws_sqs_queue.audit.arn>"),
        # of the schedules themselves and of their queue
        Use(["kms:Decrypt", "kms:GenerateDataKey"], "<aws_kms_key.audit[0].arn>"),
    ],
    "aws_kms_key.audit[0]": [administers(), *encrypted_by_authorities(AUDIT)],
    "aws_kms_key.crl[0]": [
        administers(),
        *encrypted_by_authorities(CRL),
        Use("kms:Decrypt", given={"aws:SourceArn": DISTRIBUTION}, by=CLOUDFRONT),
    ],
    "aws_s3_bucket_policy.audit": [*tls_only(AUDIT), *written_by_authorities(AUDIT, "audit-report/x")],
    "aws_s3_bucket_policy.crl[0]": [
        *tls_only(CRL),
        *written_by_authorities(CRL, "crl/x.crl"),
        Use(
            "s3:GetObject",
            f"arn:aws:s3:::{CRL}/crl/x.crl",
            given={"aws:SourceArn": DISTRIBUTION},
            by=CLOUDFRONT,
            elsewhere=[f"arn:aws:s3:::{CRL}/x"],
        ),
    ],
}
