"""What the module refuses, in Python and by Terraform, with the same words."""

from __future__ import annotations

import pytest

from groundplan.framework.checking import problems_of
from modules.certificates.cert_manager import (
    AcmeIssuer,
    Certificate,
    CertManager,
    CertManagerInputs,
    Gateway,
    Http01,
    IstioCsr,
    PrivateCaIssuer,
    Workload,
)
from tests.modules.cert_manager.examples import CA, FULL, ROOT, SMALL
from tests.support.planning import refusals

CERTIFICATE = Certificate(
    namespace="claims", secret_name="claims-tls", dns_names=["claims.example.com"], issuer="letsencrypt-staging"
)
BY_DNS = AcmeIssuer(environment="staging", email="platform@example.com")


def ordering(**changes: object) -> CertManagerInputs:
    return SMALL.but(certificates={"claims": CERTIFICATE.but(**changes)})


ZONES = {"example.com": "Z0000000000000000EXAMPLE"}

BAD: dict[str, tuple[CertManagerInputs, str, str]] = {
    "a name outside of the zones with DNS alone": (
        ordering(dns_names=["claims.example.com", "claims.badexample.com"]).but(
            acme_issuers={"letsencrypt-staging": BY_DNS}, hosted_zones=ZONES
        ),
        'certificates["claims"].dns_names',
        "must each be within a domain of hosted_zones, where the record goes that proves it",
    ),
    "a wildcard outside of the zones, which HTTP does not prove": (
        ordering(dns_names=["*.example.org"]).but(
            acme_issuers={"letsencrypt-staging": BY_DNS.but(http01=Http01(ingress_class_name="kong"))},
            hosted_zones=ZONES,
        ),
        'certificates["claims"].dns_names',
        "must each be within a domain of hosted_zones, where the record goes that proves it",
    ),
    "a weak RSA key": (
        ordering(key_algorithm="RSA", key_size=1024),
        'certificates["claims"].key_size',
        "must be 2048, 3072 or 4096 for RSA, and 256 or 384 for ECDSA, got",
    ),
    "a size of the other algorithm": (
        ordering(key_size=2048),
        'certificates["claims"].key_size',
        "must be 2048, 3072 or 4096 for RSA, and 256 or 384 for ECDSA, got",
    ),
    "a renewal before the beginning": (
        ordering(duration_hours=24, renew_before_hours=48, alarm_before_hours=12),
        'certificates["claims"].renew_before_hours',
        "must be less than duration_hours",
    ),
    "an alarm before the renewal": (
        ordering(alarm_before_hours=720),
        'certificates["claims"].alarm_before_hours',
        "must be less than renew_before_hours",
    ),
    "an unknown usage": (ordering(usages=["root auth"]), 'certificates["claims"].usages', "must be one of"),
    "a name that is none": (ordering(dns_names=["claims_api"]), 'certificates["claims"].dns_names', "a DNS name"),
    "no name at all": (ordering(dns_names=[]), 'certificates["claims"].dns_names', "must have 1 to 100 items, got 0"),
    "a zone by its name": (
        SMALL.but(hosted_zones={"example.com": "example.com"}),
        'hosted_zones["example.com"]',
        "must be the id of a Route 53 hosted zone, such as Z0123456789ABCDEFGHIJ",
    ),
    "an ACM certificate instead of a CA": (
        SMALL.but(private_ca_issuers={"internal": PrivateCaIssuer(ca_arn=CA.replace("acm-pca", "acm"))}),
        'private_ca_issuers["internal"].ca_arn',
        "must be the ARN of an acm-pca resource",
    ),
    "two ways in for one issuer": (
        SMALL.but(
            acme_issuers={
                "both": BY_DNS.but(
                    http01=Http01(ingress_class_name="kong", gateway=Gateway(name="public", namespace="gateways"))
                )
            }
        ),
        'acme_issuers["both"].http01.ingress_class_name',
        "must be set when gateway is not, and only then",
    ),
    "no replica": (SMALL.but(webhook=Workload(replicas=0)), "webhook.replicas", "must be 1 to 9, got 0"),
    "a value that the module keeps": (
        SMALL.but(extra_values={"replicaCount": 1}),
        "extra_values",
        "replicaCount",
    ),
    "no issuer": (SMALL.but(acme_issuers={}), "acme_issuers", "must have an issuer when private_ca_issuers has none"),
    "an issuer that proves nothing": (
        SMALL.but(acme_issuers={"mute": BY_DNS}),
        'acme_issuers["mute"]',
        "must have a way to prove names: dns01 with hosted_zones, or http01",
    ),
    "one name for two issuers": (
        FULL.but(private_ca_issuers={**FULL.private_ca_issuers, "letsencrypt-staging": PrivateCaIssuer(ca_arn=CA)}),
        'acme_issuers["letsencrypt-staging"]',
        "must have another name: private_ca_issuers has this one",
    ),
    "a certificate of nobody": (
        ordering(issuer="letsencrypt-production"),
        'certificates["claims"].issuer',
        "must be a name in acme_issuers or private_ca_issuers",
    ),
    "a wildcard without DNS": (
        SMALL.but(
            acme_issuers={"letsencrypt-staging": BY_DNS.but(dns01=False, http01=Http01(ingress_class_name="kong"))},
            certificates={"claims": CERTIFICATE.but(dns_names=["*.example.com"])},
        ),
        'certificates["claims"].dns_names',
        "must not hold wildcards when the issuer is without dns01: HTTP proves none",
    ),
    "two certificates in one secret": (
        SMALL.but(certificates={"claims": CERTIFICATE, "other": CERTIFICATE}),
        "certificates",
        "must each have a secret of its own",
    ),
    "a certificate that outlives its short-lived CA's mode": (
        FULL.but(
            private_ca_issuers={"internal": PrivateCaIssuer(ca_arn=CA, short_lived=True)},
            certificates={"claims": CERTIFICATE.but(issuer="internal")},
        ),
        'certificates["claims"].duration_hours',
        "must be 168 or less when the issuer is short_lived: AWS refuses every longer one, got duration_hours = 2160",
    ),
    "an alarm that would never end": (
        SMALL.but(
            hosted_zones=FULL.hosted_zones,
            acme_issuers={"letsencrypt-staging": BY_DNS.but(profile="shortlived")},
            certificates={"claims": CERTIFICATE},
        ),
        'certificates["claims"].alarm_before_hours',
        "must be 48 or less when the issuer's profile is shortlived",
    ),
    "a mesh of Let's Encrypt": (
        SMALL.but(istio_csr=IstioCsr(issuer="letsencrypt-staging", root_certificate_pem=ROOT)),
        "istio_csr",
        "must have an issuer that is one of private_ca_issuers",
    ),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Terraform's answers to all of them at once."""
    return refusals(CertManager, {name: BAD[name][0] for name in sorted(BAD)}, tmp_path_factory.mktemp("refusals"))


@pytest.mark.parametrize("name", sorted(BAD))
def test_terraform_refuses_it(name: str, told: dict[str, str]) -> None:
    _, setting, words = BAD[name]
    assert setting.partition("[")[0].partition(".")[0] in told[name]
    assert words in told[name]


@pytest.mark.parametrize("name", sorted(set(BAD) - {"a value that the module keeps"}))
def test_python_refuses_it_before_with_the_same_words(name: str) -> None:
    inputs, setting, words = BAD[name]
    (problem,) = problems_of(inputs, "prod.certificates.cert_manager")
    assert problem.path.startswith(f"prod.certificates.cert_manager.{setting}")
    assert words in problem.message


@pytest.mark.parametrize(
    "inputs",
    [
        FULL,
        SMALL,
        ordering(key_algorithm="RSA", key_size=4096),
        ordering(dns_names=["claims.example.com"], duration_hours=1000, renew_before_hours=999),
        FULL.but(
            private_ca_issuers={"internal": PrivateCaIssuer(ca_arn=CA, short_lived=True)},
            certificates={
                "claims": CERTIFICATE.but(
                    issuer="internal", duration_hours=168, renew_before_hours=72, alarm_before_hours=24
                )
            },
        ),
        FULL.but(certificates={"wild": CERTIFICATE.but(dns_names=["*.payments.svc"], issuer="internal")}),
    ],
)
def test_what_is_right_is_taken(inputs: CertManagerInputs) -> None:
    assert problems_of(inputs, "prod.certificates.cert_manager") == []
