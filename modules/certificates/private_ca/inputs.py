"""What may be set: which certificate authorities there are, who signs them, and how their certificates are revoked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from groundplan.building import ServiceInputs
from groundplan.framework import EachRule, Inputs, Outputs, Rule, contains, field, length, output, some, unset
from groundplan.framework.constraints import Arn, Pattern, Unique
from groundplan.framework.types import AwsSchedule, Domain

__all__ = ["Crl", "Parent", "PrivateCaInputs", "PrivateCaOutputs", "Root", "Subject", "Subordinate"]

AuthorityName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,28}[a-z0-9]", "2 to 30 lower-case letters, digits and hyphens, beginning with a letter"),
]
CommonName = Annotated[str, Pattern("[ -~]{1,64}", "1 to 64 printable ASCII characters, such as Example Issuing CA 1")]
Attribute = Annotated[str, Pattern("[ -~]{1,64}", "1 to 64 printable ASCII characters")]
CertificateAuthorityArn = Annotated[
    str,
    Arn(
        "acm-pca",
        "certificate-authority/[A-Za-z0-9-]+",
        "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/0d6c1c2e-0000-4000-8000-000000000000",
    ),
]
SharePrincipal = Annotated[
    str,
    # https://docs.aws.amazon.com/ram/latest/APIReference/API_AssociateResourceShare.html
    Pattern(
        "[0-9]{12}|arn:aws[a-z-]*:organizations::[0-9]{12}:(organization|ou)/o-[a-z0-9]{10,32}(/ou-[a-z0-9-]+)?",
        "an account id of twelve digits, or the ARN of an organization or of an organizational unit",
    ),
]
KeyAlgorithm = Literal["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
SigningAlgorithm = Literal[
    "SHA256WITHECDSA", "SHA256WITHRSA", "SHA384WITHECDSA", "SHA384WITHRSA", "SHA512WITHECDSA", "SHA512WITHRSA"
]
Revocation = Literal["none", "ocsp", "crl", "ocsp_and_crl"]
WITH_CRL = ["crl", "ocsp_and_crl"]


class Subject(Inputs):
    """Whose authorities these are: the part of their names that is common to all."""

    organization: Attribute = field("legal name of the organization")
    organizational_unit: Attribute | None = field("part of the organization; left out, not in the names", default=None)
    country: Annotated[str, Pattern("[A-Z]{2}", "a country code of two capital letters, such as US")] | None = field(
        "country of the organization; left out, not in the names", default=None
    )
    state: Attribute | None = field("state or province; left out, not in the names", default=None)
    locality: Attribute | None = field("city; left out, not in the names", default=None)


class Root(Inputs):
    """The authority that everybody trusts."""

    common_name: CommonName = field("its name, such as Example Root CA 1; fixed for its life")
    key_algorithm: KeyAlgorithm = field("kind of its key; fixed for its life", default="RSA_4096")
    validity_years: int = field("how long its certificate is valid, in years", default=20, ge=1, le=30)
    short_lived: bool = field(
        "whether it is of the cheaper mode that issues for seven days at most: then it issues to workloads itself, and "
        "signs no subordinate; fixed for its life",
        default=False,
    )
    revocation: Revocation | None = field(
        "how clients learn that a certificate that it signed is revoked; left out, ocsp, or none when short_lived",
        default=None,
    )
    enabled: bool = field("whether it signs anything; a disabled one still tells what is revoked", default=True)
    share_with: Annotated[list[SharePrincipal], Unique()] = field(
        "who in the organization may have their own authorities signed by it; left out, nobody", default=[]
    )


class Parent(Inputs):
    """A root elsewhere that signs the subordinates: of another account that shares it, or of another call."""

    arn: CertificateAuthorityArn = field("ARN of the authority")
    signing_algorithm: SigningAlgorithm = field("how it signs: RSA or ECDSA by the kind of its key")


class Subordinate(Inputs):
    """An authority that issues to workloads."""

    common_name: CommonName = field("its name, such as Example Issuing CA 1; fixed for its life")
    key_algorithm: KeyAlgorithm = field("kind of its key; fixed for its life", default="RSA_2048")
    validity_years: int = field(
        "how long its certificate is valid, in years: less than its root's", default=5, ge=1, le=15
    )
    path_length: int = field("how many levels of further authorities may stand below it", default=0, ge=0, le=3)
    short_lived: bool = field(
        "whether it is of the cheaper mode that issues for seven days at most, for a mesh whose certificates are "
        "renewed every day; ACM cannot use it; fixed for its life",
        default=False,
    )
    revocation: Revocation | None = field(
        "how clients learn that a certificate is revoked; left out, ocsp, or none when short_lived", default=None
    )
    enabled: bool = field("whether it issues anything; a disabled one still tells what is revoked", default=True)
    acm: bool = field("whether ACM may issue from it and renew what it issued; never when short_lived", default=True)
    share_with: Annotated[list[SharePrincipal], Unique()] = field(
        "who in the organization may issue from it; left out, nobody outside of the account", default=[]
    )

    rules = (
        Rule(
            "path_length",
            lambda v: ~v.short_lived | (v.path_length == 0),
            "must be 0 when short_lived: such an authority is the last one",
            shows=("path_length",),
        ),
    )


class Crl(Inputs):
    """Lists of revoked certificates, and where clients fetch them."""

    expiration_days: int = field(
        "how long clients may rely on a list, in days; a new one is written before", default=7, ge=1, le=5000
    )
    served_at: Domain | None = field(
        "host name, written into certificates, at which you serve the bucket over plain HTTP: an alias of your own "
        "CloudFront distribution in this account; left out, the module makes a distribution and uses its name",
        default=None,
    )


class PrivateCaInputs(ServiceInputs):
    """The private certificate authorities of an environment."""

    subject: Subject = field("whose authorities these are")
    root: Root | None = field("the root; left out, give parent", default=None)
    parent: Parent | None = field("a root elsewhere that signs the subordinates; left out, give root", default=None)
    subordinates: dict[AuthorityName, Subordinate] = field(
        "authorities that issue to workloads, by name; left out, there are none", default={}
    )
    crl: Crl | None = field(
        "lists of revoked certificates, for authorities whose revocation is crl or ocsp_and_crl; left out, there are "
        "no lists",
        default=None,
    )
    permanent_deletion_days: int = field(
        "how long a deleted authority can be restored, in days", default=30, ge=7, le=30
    )
    renewal_reminder_days: int = field(
        "how many days before an authority's own certificate runs out a reminder goes to the alarm topic; nothing that "
        "it issues may outlive it, so it is of less and less use in that time",
        default=425,
        ge=30,
        le=3650,
    )
    audit_report_schedule: AwsSchedule = field(
        "when each authority reports all that it issued and revoked, in UTC", default="cron(0 6 ? * MON *)"
    )
    audit_report_retention_days: int = field("how long audit reports are kept, in days", default=731, ge=30, le=3653)

    rules = (
        Rule(
            "root",
            lambda v: unset(v.root) != unset(v.parent),
            "must be given, or parent instead, and not both",
        ),
        Rule(
            "root",
            lambda v: unset(v.root) | ~_wants_crl(v.root) | ~unset(v.crl),
            "has a revocation that needs crl: give crl, which may be empty, or change the revocation",
        ),
        Rule(
            "root",
            lambda v: unset(v.root) | (v.root.validity_years * 365 > v.renewal_reminder_days),
            "must be valid for longer than renewal_reminder_days, or the reminder would be in the past",
            shows=("renewal_reminder_days",),
        ),
        EachRule(
            "subordinates",
            lambda _, name, __: name != "root",
            "must not be named root, as the root is",
        ),
        EachRule(
            "subordinates",
            lambda v, _, s: ~_wants_crl(s) | ~unset(v.crl),
            "needs crl: give crl, which may be empty, or change the revocation",
            inside="revocation",
            shows=("revocation",),
        ),
        EachRule(
            "subordinates",
            lambda v, _, s: unset(v.root) | (s.validity_years < v.root.validity_years),
            "must be less than the root's validity_years: AWS signs nothing that outlives its issuer",
            inside="validity_years",
            shows=("validity_years",),
        ),
        EachRule(
            "subordinates",
            lambda v, _, s: s.validity_years * 365 > v.renewal_reminder_days,
            "must be longer than renewal_reminder_days, or the reminder would be in the past",
            inside="validity_years",
            shows=("validity_years",),
        ),
        Rule(
            "subordinates",
            lambda v: unset(v.root) | ~v.root.short_lived | (length(v.subordinates) == 0),
            "must be empty when root is short_lived, which could sign them for seven days only",
        ),
        Rule(
            # on subordinates like the others: Terraform takes validations that look at each other for a cycle
            "subordinates",
            lambda v: (
                unset(v.crl) | some(v.subordinates, lambda _, s: _wants_crl(s)) | (~unset(v.root) & _wants_crl(v.root))
            ),
            "must have one whose revocation is crl or ocsp_and_crl, or the root must, when crl is given: remove crl "
            "otherwise",
        ),
    )


def _wants_crl(authority: Any) -> Any:
    return ~unset(authority.revocation) & contains(WITH_CRL, authority.revocation)


class PrivateCaOutputs(Outputs):
    """What issuers, ACM and trust stores need to know of the authorities."""

    root_arn: str = output("ARN of the root, or of the parent that was given")
    root_certificate: str = output("certificate of the root in PEM, for trust stores; null when a parent was given")
    authority_arns: dict[str, str] = output(
        "ARN of each subordinate by name, once it can issue: for aws-privateca-issuer, ACM and istio-csr"
    )
    certificates: dict[str, str] = output("certificate of each subordinate in PEM, by name")
    certificate_chains: dict[str, str] = output("certificates above each subordinate's in PEM, by name")
    issue_policy_arns: dict[str, str] = output(
        "ARN of the IAM policy that lets its role issue from an authority, by the authority's name; a short-lived "
        "root's is named root: for cert-manager's aws-privateca-issuer"
    )
    audit_report_bucket: str = output("name of the bucket that audit reports are in, below audit-report/")
    crl_bucket: str = output("name of the bucket of revocation lists; null without crl")
    crl_host: str = output("host name at which clients fetch revocation lists; null without crl")
    share_arns: dict[str, str] = output("ARN of the RAM share of each authority that is shared, by name")
    kms_key_arn: str = output("ARN of the key that encrypts audit reports, their schedules and queue")
    event_rule_arns: list[str] = output(
        "ARNs of the event rules, which the alarm topic's policy must let publish (aws:SourceArn)"
    )
