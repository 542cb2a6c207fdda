"""Certificates: public ones of ACM, private authorities, and cert-manager for what runs in the cluster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from environments.families.dns import Dns
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.grammars.availability import offers
from groundplan.problems import Problem
from groundplan.synth.stack import Stack
from modules.certificates.acm import CLOUDFRONT_REGION, Acm, AcmInputs, Certificate
from modules.certificates.cert_manager import (
    AcmeIssuer,
    CertManager,
    CertManagerInputs,
    Metrics,
    PrivateCaIssuer,
    Workload,
)
from modules.certificates.private_ca import Crl, PrivateCa, PrivateCaInputs, Root, Subject, Subordinate

__all__ = ["INTERNAL_ISSUER", "Certificates", "CertificatesFamily"]

INTERNAL_ISSUER = "internal"
"""The issuer of names that only the cluster knows, and the authority below the root that it issues from."""

DAYS, SHORT_LIVED_DAYS = 90, 6
"""How long a certificate of the internal issuer lasts; an authority of the cheap kind issues for seven days at most."""


@dataclass(frozen=True)
class Certificates:
    """What other families need of this one."""

    acm: Acm
    private_ca: PrivateCa
    cert_manager: CertManager
    internal_days: int
    """How long a certificate of the internal issuer may last."""


def _proves(env: Platform) -> bool:
    """Whether names of the internet can be proved in the environment's own zone."""
    return offers(env.region, "route53_public_zone")


def _revocation(env: Platform) -> Literal["none", "ocsp", "ocsp_and_crl"]:
    """How certificates are revoked: by lists, which CloudFront hands out, and by OCSP, as far as both are there."""
    if not offers(env.region, "private_ca_ocsp"):
        return "none"
    return "ocsp_and_crl" if offers(env.region, "cloudfront") else "ocsp"


def _regions(certificate: Certificate) -> set[str]:
    return {*certificate.copy_regions, *([CLOUDFRONT_REGION] if certificate.cloudfront else [])}


def _the_cluster_has_an_authority(settings: CertificatesFamily) -> Iterable[Problem]:
    below = settings.private_ca.subordinates
    if below and INTERNAL_ISSUER not in below:
        yield Problem(
            "private_ca.subordinates",
            f"must have one named {INTERNAL_ISSUER}, which the cluster's own certificates are from, or be empty: then "
            "they are from the root",
        )


class CertificatesFamily(PlatformFamily):
    """Who the environment's services are, to the internet and to each other."""

    checks = (_the_cluster_has_an_authority,)

    acm: AcmInputs = field("public certificates, for load balancers and CloudFront")
    private_ca: PrivateCaInputs = field("the private root, and the authorities below it")
    cert_manager: CertManagerInputs = field("certificates that the cluster orders for its workloads")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """The claims service, and Let's Encrypt for what is tried out."""
        email = "platform@example.com"
        return cls(
            # where no public zone can be, no record proves a public name
            acm=AcmInputs(
                certificates={"claims": Certificate(domain=f"claims.{env.public_domain}")} if _proves(env) else {}
            ),
            private_ca=PrivateCaInputs(subject=Subject(organization="Example Insurance", country="US")),
            cert_manager=CertManagerInputs(
                acme_issuers={
                    "letsencrypt-staging": AcmeIssuer(environment="staging", email=email),
                    "letsencrypt": AcmeIssuer(environment="production", email=email),
                }
                if _proves(env)
                else {},
                controller=Workload(memory_mebibytes=512),
                cainjector=Workload(memory_mebibytes=512),
            ),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """A root alone, which issues by itself and for days only: an authority of the cheap kind."""
        one = Workload(replicas=1)
        return cls(
            private_ca=PrivateCaInputs(
                root=Root(key_algorithm="EC_prime256v1", short_lived=True), permanent_deletion_days=7
            ),
            cert_manager=CertManagerInputs(controller=one, webhook=one, cainjector=one, private_ca=one),
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """Authorities below a root that stays offline, all revocable, and certificates for the other region too."""
        three = Workload(replicas=3)
        served = {
            "claims": Certificate(alternative_names=[f"api.claims.{env.public_domain}"], copy_regions=[env.dr_region]),
            # the gateway shows it for its portal
            "developers": Certificate(domain=f"developers.{env.public_domain}"),
        }
        if env.partition.id == "aws":
            # CloudFront takes certificates of us-east-1, which no other partition has
            served["portal"] = Certificate(domain=f"portal.{env.public_domain}", cloudfront=True)
        revocation = _revocation(env)
        return cls(
            acm=AcmInputs(certificates=served if _proves(env) else {}),
            private_ca=PrivateCaInputs(
                root=Root(revocation=revocation),
                subordinates={
                    INTERNAL_ISSUER: Subordinate(revocation=revocation),
                    "mesh": Subordinate(key_algorithm="EC_prime256v1", short_lived=True),
                },
                crl=Crl() if "crl" in revocation else None,
                permanent_deletion_days=30,
            ),
            cert_manager=CertManagerInputs(
                metrics=Metrics(labels={"release": "prometheus"}),
                controller=three,
                webhook=three,
                cainjector=three,
                private_ca=three,
            ),
        )

    def compose(self, stack: Stack, env: Platform, dns: Dns) -> Certificates:
        """The stack `<environment>-certificates`."""
        public_zone = {env.public_domain: dns.route53.outputs.zone_ids["public"]}
        zones = public_zone if dns.serves_public_names else {}
        elsewhere = {region for each in self.acm.certificates.values() for region in _regions(each)} - {env.region}
        topics = {
            region: self.topic_in(region, stack, env, "a certificate that is made there rings before it runs out")
            for region in sorted(elsewhere)
        }
        public = AcmInputs(name=f"{env.name}-certificates", zones=zones, copy_alarm_topic_arns=topics)
        acm = Acm(stack, "acm", stack.wired(self.acm, public))
        private_ca = PrivateCa(stack, "private_ca", stack.wired(self.private_ca))
        # without an authority below it, the root issues by itself
        below = self.private_ca.subordinates.get(INTERNAL_ISSUER)
        issuing = private_ca.outputs.authority_arns[INTERNAL_ISSUER] if below else private_ca.outputs.root_arn
        authority = below or self.private_ca.root
        short_lived = authority is not None and authority.short_lived
        inside = CertManagerInputs(
            hosted_zones=zones,
            private_ca_issuers={INTERNAL_ISSUER: PrivateCaIssuer(ca_arn=issuing, short_lived=short_lived)},
        )
        manager = CertManager(stack, "cert_manager", stack.wired(self.cert_manager, inside))
        # what people paste: into an Ingress, a Service, a distribution, a trust store
        stack.tell(acm.outputs, "certificate_arns", "alb_annotations", "nlb_annotations", "viewer_certificates")
        stack.tell(private_ca.outputs, "root_certificate")
        return Certificates(acm, private_ca, manager, SHORT_LIVED_DAYS if short_lived else DAYS)
