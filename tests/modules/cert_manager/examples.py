"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster, CrdUpgrade
from modules.certificates.cert_manager import (
    AcmeIssuer,
    Certificate,
    CertManagerInputs,
    Gateway,
    Http01,
    IstioCsr,
    Metrics,
    PrivateCaIssuer,
    Workload,
)

CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
BOUNDARY = "arn:aws:iam::111122223333:policy/workload-boundary"
CA = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000001"
CODE_CA = "arn:aws:acm-pca:us-west-2:111122223333:certificate-authority/00000000-0000-4000-8000-000000000002"
ROOT = "-----BEGIN CERTIFICATE-----\nMIIBinvented\n-----END CERTIFICATE-----\n"

FULL = CertManagerInputs(
    name="prod-cert-manager",
    alarm_topic_arn=TOPIC,
    crd_upgrade=CrdUpgrade(),
    cluster=CLUSTER,
    hosted_zones={"example.com": "Z0000000000000000EXAMPLE", "claims.example.com": "Z000000000000000CLAIMS"},
    acme_issuers={
        "letsencrypt-staging": AcmeIssuer(environment="staging", email="platform@example.com"),
        "letsencrypt-production": AcmeIssuer(
            environment="production",
            email="platform@example.com",
            http01=Http01(ingress_class_name="kong"),
            profile="tlsserver",
        ),
        "letsencrypt-partners": AcmeIssuer(
            environment="production",
            email="platform@example.com",
            dns01=False,
            http01=Http01(gateway=Gateway(name="public", namespace="gateways")),
        ),
    },
    private_ca_issuers={
        "internal": PrivateCaIssuer(ca_arn=CA),
        "code": PrivateCaIssuer(ca_arn=CODE_CA, template="CodeSigningCertificate/V1"),
    },
    certificates={
        "claims-api": Certificate(
            namespace="claims",
            secret_name="claims-api-tls",
            dns_names=["claims.example.com", "www.claims.example.com"],
            issuer="letsencrypt-production",
        ),
        "payments-internal": Certificate(
            namespace="payments",
            secret_name="payments-tls",
            dns_names=["payments.payments.svc"],
            issuer="internal",
            duration_hours=168,
            renew_before_hours=72,
            alarm_before_hours=36,
            key_algorithm="RSA",
            key_size=3072,
            usages=["client auth", "server auth"],
        ),
    },
    istio_csr=IstioCsr(issuer="internal", root_certificate_pem=ROOT, certificate_hours=24),
    approved_signers=["issuers.cert-manager.io/payments.vault"],
    recursive_nameservers=["1.1.1.1:53", "8.8.8.8:53"],
    metrics=Metrics(labels={"release": "prometheus"}),
    permissions_boundary_arn=BOUNDARY,
    extra_values={"nodeSelector": {"kubernetes.io/arch": "arm64"}},
)

SMALL = CertManagerInputs(
    name="dev-cert-manager",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    acme_issuers={
        "letsencrypt-staging": AcmeIssuer(
            environment="staging", email="platform@example.com", http01=Http01(ingress_class_name="kong")
        )
    },
    approver="external",
    controller=Workload(replicas=1),
    webhook=Workload(replicas=1),
    cainjector=Workload(replicas=1),
)
