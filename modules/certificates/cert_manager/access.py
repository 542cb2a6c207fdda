"""What cert-manager and the issuer of AWS Private CA may do in AWS.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Statement, allow

__all__ = ["METRIC_NAMESPACE", "TEMPLATES_BY_USAGE", "dns_challenges", "issue_by_private_ca"]

METRIC_NAMESPACE = "Groundplan/CertManager"
"""The CloudWatch namespace of the status report: the only one that it may publish to."""

TEMPLATES_BY_USAGE = (
    "BlankEndEntityCertificate_APICSRPassthrough/V1",
    "EndEntityCertificate/V1",
    "EndEntityClientAuthCertificate/V1",
    "EndEntityServerAuthCertificate/V1",
)
"""The templates that aws-privateca-issuer chooses by a certificate's usages, without those for CAs, code and OCSP.

https://github.com/cert-manager/aws-privateca-issuer/blob/v1.9.0/pkg/aws/pca.go
"""


def dns_challenges(partition: str, zone_arns: Sequence[str]) -> list[Statement]:
    """cert-manager's answers to DNS-01 challenges: the TXT records `_acme-challenge.*` of the named zones, no others.

    The issuers name the zones by ID, so cert-manager need not list zones: `route53:ListHostedZonesByName` is not here,
    and neither is reading records.

    https://cert-manager.io/docs/configuration/acme/dns01/route53/#set-up-an-iam-policy
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
    """
    return [
        allow(
            "route53:ChangeResourceRecordSets",
            on=zone_arns,
            when={
                "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsActions": ["DELETE", "UPSERT"],
                    "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
                },
                "ForAllValues:StringLike": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.*"]
                },
                # without the keys a condition for all values would hold
                "Null": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false",
                    "route53:ChangeResourceRecordSetsRecordTypes": "false",
                },
            },
            sid="AnswerChallenges",
        ),
        allow("route53:GetChange", on=f"arn:{partition}:route53:::change/*", sid="SeeAnswersArrive"),
    ]


def issue_by_private_ca(ca_arn: str, template_arns: Sequence[str]) -> list[Statement]:
    """One CA of AWS Private CA: certificates by the templates alone, never one for another CA.

    https://github.com/cert-manager/aws-privateca-issuer/blob/v1.9.0/README.md#configuration
    https://docs.aws.amazon.com/privateca/latest/userguide/UsingTemplates.html
    """
    return [
        allow(
            "acm-pca:IssueCertificate",
            on=ca_arn,
            when={"ArnLike": {"acm-pca:TemplateArn": template_arns}},
            sid="IssueByTemplates",
        ),
        allow("acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate", on=ca_arn, sid="ReadCertificates"),
    ]
