"""What may be set: who issues certificates, which are ordered, how large cert-manager is, who is told of trouble."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from groundplan.building import AlarmInputs, Cluster, CrdUpgrade
from groundplan.framework import (
    EachRule,
    Inputs,
    Rule,
    Term,
    computed,
    contains,
    distinct,
    every,
    expression_of,
    field,
    keys,
    length,
    repeated,
    some,
    unset,
)
from groundplan.framework.constraints import Arn, Pattern, Unique
from groundplan.framework.types import (
    CertifiedName,
    Domain,
    EmailAddress,
    HostedZoneId,
    ImageReference,
    KubernetesName,
    Labels,
    NamespaceName,
    PassedThrough,
    PolicyArn,
    ResourceName,
    Tags,
    TopicArn,
)

__all__ = [
    "AcmeIssuer",
    "CertManagerInputs",
    "Certificate",
    "Gateway",
    "Http01",
    "Images",
    "IssuerReference",
    "IstioCsr",
    "Metrics",
    "PrivateCaIssuer",
    "Workload",
]

SHORT_LIVED_HOURS = 168
"""https://docs.aws.amazon.com/privateca/latest/userguide/short-lived-certificates.html"""
SHORT_PROFILE_ALARM_HOURS = 48
"""Of 160 hours, a third is left when cert-manager renews. https://letsencrypt.org/docs/profiles/#shortlived"""

IssuerName = Annotated[
    str,
    # the account key's secret and the Helm releases are called after it
    Pattern("[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?", "at most 48 of a-z, 0-9 and -"),
]
CertificateName = Annotated[
    str, Pattern("[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?", "at most 100 of a-z, 0-9 and -")  # part of an alarm's name
]
PrivateCaArn = Annotated[
    str,
    Arn(
        "acm-pca",
        "certificate-authority/[0-9a-f-]+",
        "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000000",
    ),
]
Nameserver = Annotated[
    str, Pattern("[0-9.]{7,15}:[0-9]{1,5}|https://[!-~]+", "a nameserver with its port, such as 10.20.0.2:53, or a URL")
]
Signer = Annotated[
    str,
    # https://cert-manager.io/docs/concepts/certificaterequest/#rbac-syntax
    Pattern(
        r"[a-z0-9]+\.[a-z0-9.-]+/([a-z0-9-]+\.)?([a-z0-9.-]+|\*)",
        "a signer, such as issuers.cert-manager.io/<namespace>.<issuer>",
    ),
]
Usage = Literal[
    "client auth",
    "code signing",
    "digital signature",
    "email protection",
    "key agreement",
    "key encipherment",
    "ocsp signing",
    "server auth",
    "timestamping",
]


class Workload(Inputs):
    """How many pods something has, and what each asks of its node."""

    replicas: int = field("how many pods; 3 where it must outlive a zone while one is replaced", ge=1, le=9)
    cpu_millicores: int = field("CPU that each pod is sure of, in thousandths of a core", default=50, ge=10)
    memory_mebibytes: int = field("memory that each pod is sure of, and limited to, in MiB", default=256, ge=64)


class Gateway(Inputs):
    """A Gateway of the Gateway API, whose kinds must be in the cluster, that challenges come in by."""

    name: KubernetesName = field("name of the Gateway; it must listen on port 80")
    namespace: NamespaceName = field("namespace of the Gateway; it must take routes from every namespace")


class Http01(Inputs):
    """Challenges answered over plain HTTP, on port 80, by a pod that is there as long as the challenge."""

    ingress_class_name: KubernetesName | None = field(
        "the IngressClass that brings port 80 of the names into the cluster; left out, gateway does", default=None
    )
    gateway: Gateway | None = field(
        "the Gateway that brings port 80 of the names into the cluster; left out, ingress_class_name does", default=None
    )

    rules = (
        Rule(
            "ingress_class_name",
            lambda v: unset(v.ingress_class_name) != unset(v.gateway),
            "must be set when gateway is not, and only then",
            shows=("ingress_class_name", "gateway"),
        ),
    )


class AcmeIssuer(Inputs):
    """A ClusterIssuer of Let's Encrypt, for names that the whole world can resolve."""

    environment: Literal["staging", "production"] = field(
        "which Let's Encrypt: staging has generous limits, and certificates that nothing trusts"
    )
    email: EmailAddress = field("where Let's Encrypt writes to about the account")
    dns01: bool = field(
        "whether names in hosted_zones are proved by a TXT record, the only way to a wildcard", default=True
    )
    http01: Http01 | None = field(
        "how names outside of hosted_zones are proved, or all of them without dns01; left out, they are refused",
        default=None,
    )
    profile: Literal["classic", "tlsserver", "shortlived"] = field(
        # https://letsencrypt.org/docs/profiles/
        "Let's Encrypt's profile, which decides how long certificates are valid and what they hold",
        default="classic",
    )


class PrivateCaIssuer(Inputs):
    """An AWSPCAClusterIssuer: certificates for internal services, by one CA of AWS Private CA."""

    ca_arn: PrivateCaArn = field("ARN of the CA, which must be active; its region is where it is asked")
    short_lived: bool = field(
        "whether the CA is of the short-lived mode, which issues for seven days at most: of this module's certificates "
        "longer ones are refused",
        default=False,
    )
    template: (
        Literal[
            "BlankEndEntityCertificate_APICSRPassthrough/V1",
            "CodeSigningCertificate/V1",
            "EndEntityCertificate/V1",
            "EndEntityClientAuthCertificate/V1",
            "EndEntityServerAuthCertificate/V1",
            "OCSPSigningCertificate/V1",
        ]
        | None
    ) = field(
        "the one template that every certificate is issued by; left out, a certificate's usages decide, and those for "
        "CAs, code signing and OCSP are refused",
        default=None,
    )


class Certificate(Inputs):
    """A certificate that cert-manager orders, puts into a secret, and renews by itself, with a new key every time."""

    namespace: NamespaceName = field("namespace of the Certificate and of its secret; it must exist")
    secret_name: KubernetesName = field("name of the secret that key and certificate are put into")
    dns_names: Annotated[list[CertifiedName], Unique()] = field(
        "names that the certificate is for; wildcards need an issuer with dns01, or a private CA",
        min_length=1,
        max_length=100,
    )
    issuer: IssuerName = field("who issues it: a name in acme_issuers or private_ca_issuers")
    duration_hours: int = field(
        "how long it is valid, in hours; Let's Encrypt decides that by its profile and ignores this",
        default=2160,
        ge=1,
        le=87600,
    )
    renew_before_hours: int = field("how long before its end it is renewed, in hours", default=720, ge=1)
    alarm_before_hours: int = field(
        "how long before its end the alarm goes off, in hours: by then renewing has failed for a while",
        default=336,
        ge=1,
    )
    key_algorithm: Literal["RSA", "ECDSA"] = field("algorithm of the private key", default="ECDSA")
    key_size: int = field("bits of the private key: 2048, 3072 or 4096 of RSA, 256 or 384 of ECDSA", default=256)
    usages: Annotated[list[Usage], Unique()] = field(
        "what the key may be used for; a private CA without a template chooses its template by them",
        default=["server auth"],
        min_length=1,
    )

    rules = (
        Rule(
            "renew_before_hours",
            lambda v: v.renew_before_hours < v.duration_hours,
            "must be less than duration_hours, or the certificate would be renewed without an end",
            shows=("renew_before_hours", "duration_hours"),
        ),
        Rule(
            "alarm_before_hours",
            lambda v: v.alarm_before_hours < v.renew_before_hours,
            "must be less than renew_before_hours, or every certificate would raise the alarm before it is renewed",
            shows=("alarm_before_hours", "renew_before_hours"),
        ),
        Rule(
            "key_size",
            lambda v: (
                ((v.key_algorithm == "RSA") & contains([2048, 3072, 4096], v.key_size))
                | ((v.key_algorithm == "ECDSA") & contains([256, 384], v.key_size))
            ),
            "must be 2048, 3072 or 4096 for RSA, and 256 or 384 for ECDSA",
            shows=("key_algorithm", "key_size"),
        ),
    )


class IstioCsr(Inputs):
    """istio-csr: Istio's workloads get their certificates from an issuer instead of from istiod's own CA."""

    issuer: IssuerName = field("who issues them: a name in private_ca_issuers")
    root_certificate_pem: str = field(
        "the root of that issuer's CA, in PEM, that the mesh trusts: never taken from the first answer",
        min_length=1,
    )
    istio_namespace: NamespaceName = field("the namespace of istiod; it must exist", default="istio-system")
    revisions: Annotated[list[ResourceName], Unique()] = field(
        "revisions of istiod that a certificate is made for", default=["default"], min_length=1
    )
    trust_domain: str = field("trust domain of the mesh, as istiod has it", default="cluster.local", min_length=1)
    cluster_id: str = field(
        "name of the cluster in the mesh, as istiod has it (global.multiCluster.clusterName)",
        default="Kubernetes",
        min_length=1,
    )
    certificate_hours: int = field(
        "how long a workload's certificate is valid at most, in hours", default=1, ge=1, le=168
    )
    workload: Workload = field("its pods", default=Workload(replicas=3))


class Metrics(Inputs):
    """Prometheus scrapes cert-manager and raises alarms of its own; needs the Prometheus Operator's kinds."""

    labels: Labels = field("labels by which Prometheus chooses its ServiceMonitors and PrometheusRules", default={})
    interval_seconds: int = field("how often the metrics are read, in seconds", default=60, ge=5, le=300)


class Images(Inputs):
    """Container images beside the charts' own, each with an exact version."""

    kubectl: ImageReference = field(
        "an image with kubectl, awk and a shell, for the status report; for crd_upgrade with wget, sha256sum and tar "
        "too, as Alpine's has",
        default="docker.io/alpine/kubectl:1.34.2",
    )
    aws_cli: ImageReference = field(
        "an image with the AWS CLI, which publishes the report",
        default="public.ecr.aws/aws-cli/aws-cli:2.36.46",
    )


class IssuerReference(Inputs):
    """An issuer as a Certificate's issuerRef names it."""

    name: str = field("name of the issuer")
    kind: str = field("kind of the issuer")
    group: str = field("API group of the issuer's kind")


def _wildcard(certificate: Any) -> bool:
    """Whether a certificate has a name that begins with an asterisk."""
    return some(
        certificate.dns_names,
        lambda _, name: Term(f'startswith({expression_of(name)}, "*.")', lambda: computed(name).startswith("*.")),
    )


def _without_dns01(issuers: Any, name: Any) -> Term:
    """Whether a name is that of an ACME issuer that proves no names by DNS."""

    def compute() -> bool:
        found = computed(issuers).get(computed(name))
        return found is not None and not found.dns01

    return Term(f"!try({expression_of(issuers)}[{expression_of(name)}].dns01, true)", compute)


def _in_a_zone(name: Any, zones: Any) -> bool:
    """Whether a name, without its asterisk, is one of the zones' domains or below it."""
    bare = f'trimprefix({expression_of(name)}, "*.")'
    return some(
        zones,
        lambda zone, _: Term(
            f'endswith(".${{{bare}}}", ".${{{expression_of(zone)}}}")',
            lambda: f".{computed(name).removeprefix('*.')}".endswith(f".{computed(zone)}"),
        ),
    )


def _by_dns_alone(issuers: Any, issuer: Any, name: Any) -> Term:
    """Whether an issuer is an ACME one that can prove a name by DNS alone: HTTP is not there, or proves no wildcard."""

    def compute() -> bool:
        found = computed(issuers).get(computed(issuer))
        return found is not None and (found.http01 is None or computed(name).startswith("*."))

    there = f"{expression_of(issuers)}[{expression_of(issuer)}].http01 == null"
    return Term(f'try({there} || startswith({expression_of(name)}, "*."), false)', compute)


def _of_short_lived_ca(issuers: Any, name: Any) -> Term:
    """Whether a name is that of an issuer whose CA is of the short-lived mode."""

    def compute() -> bool:
        found = computed(issuers).get(computed(name))
        return found is not None and found.short_lived

    return Term(f"try({expression_of(issuers)}[{expression_of(name)}].short_lived, false)", compute)


def _of_short_profile(issuers: Any, name: Any) -> Term:
    """Whether a name is that of an ACME issuer whose certificates last for days only."""

    def compute() -> bool:
        found = computed(issuers).get(computed(name))
        return found is not None and found.profile == "shortlived"

    return Term(f'try({expression_of(issuers)}[{expression_of(name)}].profile == "shortlived", false)', compute)


def _secret(certificate: Any) -> Term:
    """Where a certificate is put: `namespace/secret`."""
    return Term(
        f'"${{{expression_of(certificate.namespace)}}}/${{{expression_of(certificate.secret_name)}}}"',
        lambda: f"{computed(certificate.namespace)}/{computed(certificate.secret_name)}",
    )


class CertManagerInputs(AlarmInputs):
    """cert-manager in one EKS cluster."""

    name: ResourceName = field(
        "prefix of the names of everything the module makes in AWS, by custom <environment>-<service>", max_length=40
    )
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic that alarms go to")
    cluster: Cluster = field("the EKS cluster that cert-manager runs in")
    acme_issuers: dict[IssuerName, AcmeIssuer] = field(
        "issuers of publicly trusted certificates, by their names; empty: there are none", default={}
    )
    private_ca_issuers: dict[IssuerName, PrivateCaIssuer] = field(
        "issuers of internal certificates, by their names; empty: there are none, nor aws-privateca-issuer", default={}
    )
    hosted_zones: dict[Domain, HostedZoneId] = field(
        "IDs of the public Route 53 zones that cert-manager may prove names in, by their domains: the only zones that "
        "it can change, and there the TXT records of challenges only",
        default={},
    )
    certificates: dict[CertificateName, Certificate] = field(
        "certificates to order, by their names; applications may order others by objects of their own", default={}
    )
    istio_csr: IstioCsr | None = field(
        "certificates for Istio's workloads; left out, istiod signs them with a CA of its own", default=None
    )
    approved_signers: Annotated[list[Signer], Unique()] = field(
        "issuers beside those of this module whose requests are approved; requests to all others wait for ever",
        default=[],
    )
    approver: Literal["cert-manager", "external"] = field(
        "who approves requests: cert-manager those to the module's issuers and approved_signers, or something that is "
        "installed beside this module, such as approver-policy; then cert-manager approves none",
        default="cert-manager",
    )
    namespace: NamespaceName = field("namespace that the module makes, for cert-manager alone", default="cert-manager")
    controller: Workload = field(
        "the controllers, one of which leads", default=Workload(replicas=3, memory_mebibytes=512)
    )
    webhook: Workload = field(
        "the webhook, without which no certificate can be ordered or changed", default=Workload(replicas=3)
    )
    cainjector: Workload = field(
        "what keeps the CA in webhook configurations, one of which leads",
        default=Workload(replicas=3, memory_mebibytes=512),
    )
    private_ca: Workload = field("the pods of aws-privateca-issuer, one of which leads", default=Workload(replicas=3))
    priority_class_name: KubernetesName = field(
        "PriorityClass of all pods, so that a full node evicts others first", default="system-cluster-critical"
    )
    recursive_nameservers: Annotated[list[Nameserver], Unique()] = field(
        "nameservers that are asked whether a challenge's record can be seen, where the VPC has a private zone of the "
        "same name; empty: the cluster's",
        default=[],
    )
    metrics: Metrics | None = field(
        "how Prometheus finds the metrics and alert rules; left out, CloudWatch alone is told", default=None
    )
    not_ready_alarm_minutes: int = field(
        "how long a certificate or an issuer may be not ready before it counts for the alarm, in minutes",
        default=30,
        ge=1,
        le=10080,
    )
    network_policies: bool = field(
        "whether NetworkPolicies let nothing reach a pod but the ports that it serves; false where somebody else "
        "makes them",
        default=True,
    )
    images: Images = field("container images of the status report; left out, the tested versions", default=Images())
    crd_upgrade: CrdUpgrade | None = field(
        "brings the definitions of the kinds of private CAs to the version of the "
        "aws-privateca-issuer chart before each upgrade, as Helm does not; left out, a person does, as the README says",
        default=None,
    )
    extra_values: PassedThrough = field("further values of the cert-manager chart", default={})
    private_ca_extra_values: PassedThrough = field("further values of the aws-privateca-issuer chart", default={})
    istio_csr_extra_values: PassedThrough = field("further values of the cert-manager-istio-csr chart", default={})
    permissions_boundary_arn: PolicyArn | None = field(
        "ARN of the IAM policy that bounds every role of the module; left out, roles have no boundary", default=None
    )
    tags: Tags = field("tags on everything that takes them, over those of the provider's default_tags", default={})

    rules = (
        Rule(
            "acme_issuers",
            lambda v: (length(v.acme_issuers) > 0) | (length(v.private_ca_issuers) > 0),
            "must have an issuer when private_ca_issuers has none",
        ),
        EachRule(
            "acme_issuers",
            lambda v, name, _: ~contains(keys(v.private_ca_issuers), name),
            "must have another name: private_ca_issuers has this one, and certificates say their issuer by its name",
        ),
        EachRule(
            "acme_issuers",
            lambda v, _, issuer: ~unset(issuer.http01) | (issuer.dns01 & (length(v.hosted_zones) > 0)),
            "must have a way to prove names: dns01 with hosted_zones, or http01",
        ),
        EachRule(
            "certificates",
            lambda v, _, certificate: (
                contains(keys(v.acme_issuers), certificate.issuer)
                | contains(keys(v.private_ca_issuers), certificate.issuer)
            ),
            "must be a name in acme_issuers or private_ca_issuers",
            inside="issuer",
            shows=("issuer",),
        ),
        EachRule(
            "certificates",
            lambda v, _, certificate: ~_wildcard(certificate) | ~_without_dns01(v.acme_issuers, certificate.issuer),
            "must not hold wildcards when the issuer is without dns01: HTTP proves none",
            inside="dns_names",
            shows=("dns_names", "issuer"),
        ),
        EachRule(
            "certificates",
            lambda v, _, certificate: (
                _without_dns01(v.acme_issuers, certificate.issuer)
                | every(
                    certificate.dns_names,
                    lambda _, name: (
                        ~_by_dns_alone(v.acme_issuers, certificate.issuer, name) | _in_a_zone(name, v.hosted_zones)
                    ),
                )
            ),
            "must each be within a domain of hosted_zones, where the record goes that proves it: add its zone to "
            "hosted_zones, or give the issuer http01, which proves all but wildcards",
            inside="dns_names",
            shows=("dns_names", "issuer"),
        ),
        EachRule(
            "certificates",
            lambda v, _, certificate: (
                ~_of_short_lived_ca(v.private_ca_issuers, certificate.issuer)
                | (certificate.duration_hours <= SHORT_LIVED_HOURS)
            ),
            f"must be {SHORT_LIVED_HOURS} or less when the issuer is short_lived: AWS refuses every longer one",
            inside="duration_hours",
            shows=("duration_hours", "issuer"),
        ),
        EachRule(
            "certificates",
            lambda v, _, certificate: (
                ~_of_short_profile(v.acme_issuers, certificate.issuer)
                | (certificate.alarm_before_hours <= SHORT_PROFILE_ALARM_HOURS)
            ),
            f"must be {SHORT_PROFILE_ALARM_HOURS} or less when the issuer's profile is shortlived: its certificates "
            "last 160 hours and are renewed 53 before their end, so the alarm would never end",
            inside="alarm_before_hours",
            shows=("alarm_before_hours", "issuer"),
        ),
        Rule(
            "certificates",
            lambda v: distinct(v.certificates, lambda _, certificate: _secret(certificate)),
            "must each have a secret of its own: two that write the same one would renew it for ever",
            finds=lambda v: repeated(v.certificates, lambda _, certificate: _secret(certificate)),
        ),
        Rule(
            "istio_csr",
            lambda v: unset(v.istio_csr) | contains(keys(v.private_ca_issuers), v.istio_csr.issuer),
            "must have an issuer that is one of private_ca_issuers: Let's Encrypt does not know the mesh's names",
        ),
    )
