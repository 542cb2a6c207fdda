"""Certificates: public ones of ACM, private authorities, and cert-manager for what runs in the cluster."""

from __future__ import annotations

from dataclasses import dataclass

from environments.dns import Dns
from environments.settings import INTERNAL_ISSUER, Platform
from groundplan.synth.stack import Stack
from modules.certificates.acm import Acm, AcmInputs
from modules.certificates.cert_manager import (
    AcmeIssuer,
    CertManager,
    CertManagerInputs,
    Metrics,
    PrivateCaIssuer,
    Workload,
)
from modules.certificates.private_ca import PrivateCa, PrivateCaInputs, Subject

__all__ = ["INTERNAL_ISSUER", "Certificates", "certificates"]

DAYS, SHORT_LIVED_DAYS = 90, 6
"""How long a certificate of the internal issuer lasts; an authority of the cheap kind issues for seven days at most."""


@dataclass(frozen=True)
class Certificates:
    """What other families need of this one."""

    stack: Stack
    acm: Acm
    private_ca: PrivateCa
    cert_manager: CertManager
    internal_days: int
    """How long a certificate of the internal issuer may last."""


def certificates(stack: Stack, env: Platform, *, dns: Dns) -> Certificates:
    """The stack `<environment>-certificates`."""
    settings = env.certificates
    zones = {env.dns.public_domain: dns.route53.outputs.zone_ids["public"]}
    acm = Acm(
        stack,
        "acm",
        AcmInputs(
            name=f"{env.name}-certificates",
            region=env.region,
            certificates=settings.catalog,
            zones=zones,
            alarm_topic_arn=env.alarm_topic_arn,
            copy_alarm_topic_arns={env.dr_region: env.dr_alarm_topic_arn},
        ),
    )
    private_ca = PrivateCa(
        stack,
        "private_ca",
        PrivateCaInputs(
            name=f"{env.name}-private-ca",
            alarm_topic_arn=env.alarm_topic_arn,
            permissions_boundary_arn=env.permissions_boundary_arn,
            log_retention_days=env.log_retention_days,
            subject=Subject(organization="Example Insurance", country="US"),
            root=settings.root,
            subordinates=settings.subordinates,
            crl=settings.crl,
            permanent_deletion_days=settings.permanent_deletion_days,
        ),
    )
    # a small environment has a root alone, which issues by itself
    below = settings.subordinates.get(INTERNAL_ISSUER)
    issuing = private_ca.outputs.authority_arns[INTERNAL_ISSUER] if below else private_ca.outputs.root_arn
    short_lived = (below or settings.root).short_lived
    replicas = 3 if env.tier == "full" else 1
    manager = CertManager(
        stack,
        "cert_manager",
        CertManagerInputs(
            name=f"{env.name}-cert-manager",
            cluster=env.cluster,
            alarm_topic_arn=env.alarm_topic_arn,
            permissions_boundary_arn=env.permissions_boundary_arn,
            hosted_zones=zones,
            acme_issuers={
                "letsencrypt-staging": AcmeIssuer(environment="staging", email=settings.acme_email),
                "letsencrypt": AcmeIssuer(environment="production", email=settings.acme_email),
            },
            private_ca_issuers={INTERNAL_ISSUER: PrivateCaIssuer(ca_arn=issuing, short_lived=short_lived)},
            certificates=settings.cluster_catalog,
            metrics=Metrics(labels={"release": "prometheus"}) if env.tier == "full" else None,
            controller=Workload(replicas=replicas, memory_mebibytes=512),
            webhook=Workload(replicas=replicas),
            cainjector=Workload(replicas=replicas, memory_mebibytes=512),
            private_ca=Workload(replicas=replicas),
        ),
    )
    # what people paste: into an Ingress, a Service, a distribution, a trust store
    stack.tell(acm.outputs, "certificate_arns", "alb_annotations", "nlb_annotations", "viewer_certificates")
    stack.tell(private_ca.outputs, "root_certificate")
    return Certificates(stack, acm, private_ca, manager, SHORT_LIVED_DAYS if short_lived else DAYS)
