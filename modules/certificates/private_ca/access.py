"""Who may do what: AWS Private CA in the buckets, schedules with the authorities, issuers with one authority."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal, Statement, allow

__all__ = [
    "audit_schedule",
    "authority_writes",
    "cloudfront_decrypts",
    "cloudfront_reads",
    "encrypts_objects",
    "issue",
]

AUTHORITY = Principal.service("acm-pca.amazonaws.com")
CLOUDFRONT = Principal.service("cloudfront.amazonaws.com")


def authority_writes(bucket_arn: str, account_id: str) -> list[Statement]:
    """Lists and reports go into a bucket, for authorities of this account only.

    https://docs.aws.amazon.com/privateca/latest/userguide/crl-planning.html#s3-policies
    """
    own = {"StringEquals": {"aws:SourceAccount": account_id}}
    return [
        allow(
            "s3:PutObject",
            "s3:PutObjectAcl",
            on=f"{bucket_arn}/*",
            principals=AUTHORITY,
            when=own,
            sid="AuthorityWrites",
        ),
        allow(
            "s3:GetBucketAcl",
            "s3:GetBucketLocation",
            on=bucket_arn,
            principals=AUTHORITY,
            when=own,
            sid="AuthorityLooks",
        ),
    ]


def encrypts_objects(bucket_arn: str) -> list[Statement]:
    """The same with the key of the bucket, in the bucket's encryption context.

    With a bucket key that context is the bucket, without one it is the object.
    https://docs.aws.amazon.com/privateca/latest/userguide/PcaAuditReport.html#audit-report-encryption
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    """
    return [
        allow(
            "kms:Decrypt",
            "kms:GenerateDataKey",
            on="*",
            principals=AUTHORITY,
            when={"StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]}},
            sid="AuthorityWrites",
        )
    ]


def cloudfront_reads(bucket_arn: str, distributions_arn: str) -> list[Statement]:
    """Revocation lists are public documents: a distribution of this account serves them, and nothing beside them.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    return [
        allow(
            "s3:GetObject",
            on=f"{bucket_arn}/crl/*",
            principals=CLOUDFRONT,
            when={"ArnLike": {"aws:SourceArn": distributions_arn}},
            sid="CloudFrontReads",
        )
    ]


def cloudfront_decrypts(distributions_arn: str) -> list[Statement]:
    """The same with the key of the lists' bucket, which encrypts nothing else."""
    return [
        allow(
            "kms:Decrypt",
            on="*",
            principals=CLOUDFRONT,
            when={"ArnLike": {"aws:SourceArn": distributions_arn}},
            sid="CloudFrontReads",
        )
    ]


def audit_schedule(
    authority_arns: Sequence[str], bucket_arn: str, bus_arn: str, queue_arn: str, key_arn: str
) -> list[Statement]:
    """Asks for reports, which takes the right to write into the bucket too, and sends reminders.

    Private CA tries that right with an object of its own, which the page on encryption names.
    https://docs.aws.amazon.com/privateca/latest/userguide/PcaAuditReport.html#audit-report-encryption
    https://docs.aws.amazon.com/privateca/latest/APIReference/API_CreateCertificateAuthorityAuditReport.html
    """
    return [
        allow("acm-pca:CreateCertificateAuthorityAuditReport", on=authority_arns, sid="AskForReports"),
        allow(
            "s3:PutObject",
            on=[f"{bucket_arn}/audit-report/*", f"{bucket_arn}/acm-pca-permission-test-key*"],
            sid="WriteReports",
        ),
        allow("s3:GetBucketAcl", "s3:GetBucketLocation", on=bucket_arn, sid="LookAtBucket"),
        allow("events:PutEvents", on=bus_arn, sid="Remind"),
        allow("sqs:SendMessage", on=queue_arn, sid="DeadLetters"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="Key"),
    ]


def issue(authority_arn: str, partition: str) -> list[Statement]:
    """Certificates for workloads from one authority: no template that makes another authority is let through.

    https://github.com/cert-manager/aws-privateca-issuer#configuration
    https://docs.aws.amazon.com/privateca/latest/userguide/auth-using-templates.html
    """
    return [
        allow(
            "acm-pca:DescribeCertificateAuthority",
            "acm-pca:GetCertificate",
            "acm-pca:GetCertificateAuthorityCertificate",
            on=authority_arn,
            sid="Read",
        ),
        allow(
            "acm-pca:IssueCertificate",
            on=authority_arn,
            when={
                "StringLike": {
                    "acm-pca:TemplateArn": [
                        f"arn:{partition}:acm-pca:::template/BlankEndEntityCertificate_*",
                        f"arn:{partition}:acm-pca:::template/EndEntity*",
                    ]
                }
            },
            sid="Issue",
        ),
    ]
