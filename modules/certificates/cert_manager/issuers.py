"""The custom resources: issuers, certificates, and the alert rules of Prometheus.

https://cert-manager.io/docs/reference/api-docs/
"""

from __future__ import annotations

from typing import Any

from groundplan.building import prometheus_alert
from groundplan.framework import (
    all_of,
    choose,
    concat,
    contains,
    each,
    equals,
    is_set,
    keys,
    merged,
    present,
    text,
    texts,
)

from .inputs import AcmeIssuer, Certificate, CertManagerInputs, IssuerReference, PrivateCaIssuer

__all__ = [
    "acme_issuer",
    "certificate",
    "issuer_references",
    "private_ca_issuer",
    "prometheus_rule",
    "signers",
]

ACME = ("ClusterIssuer", "cert-manager.io")
PRIVATE_CA = ("AWSPCAClusterIssuer", "awspca.cert-manager.io")

# https://letsencrypt.org/docs/staging-environment/
_STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory"
_PRODUCTION = "https://acme-v02.api.letsencrypt.org/directory"


def acme_issuer(given: CertManagerInputs, region: str, name: str, issuer: AcmeIssuer) -> dict[str, Any]:
    """The ClusterIssuer of one of `acme_issuers`: a solver for each zone, and one for all other names."""
    zones = each(given.hosted_zones).documents(
        lambda zone, zone_id: {
            "selector": {"dnsZones": [zone]},
            # with the zone's ID cert-manager need not be allowed to list zones
            "dns01": {"route53": {"region": region, "hostedZoneID": zone_id}},
        }
    )
    http01 = present(issuer.http01)
    by_ingress = all_of(is_set(issuer.http01), is_set(http01.ingress_class_name))
    by_gateway = all_of(is_set(issuer.http01), is_set(http01.gateway))
    ingress = {"http01": {"ingress": {"ingressClassName": http01.ingress_class_name, "serviceType": "ClusterIP"}}}
    gateway = {
        "http01": {
            "gatewayHTTPRoute": {
                "serviceType": "ClusterIP",
                "parentRefs": [
                    {
                        "group": "gateway.networking.k8s.io",
                        "kind": "Gateway",
                        "name": present(http01.gateway).name,
                        "namespace": present(http01.gateway).namespace,
                    }
                ],
            }
        }
    }
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": name},
        "spec": {
            "acme": {
                "server": choose(equals(issuer.environment, "production"), _PRODUCTION, _STAGING),
                "email": issuer.email,
                "profile": issuer.profile,
                "privateKeySecretRef": {"name": f"{name}-account-key"},
                "solvers": concat(
                    choose(issuer.dns01, zones, []),
                    choose(by_ingress, [ingress], []),
                    choose(by_gateway, [gateway], []),
                ),
            }
        },
    }


def private_ca_issuer(name: str, issuer: PrivateCaIssuer) -> dict[str, Any]:
    """The AWSPCAClusterIssuer of one of `private_ca_issuers`."""
    return {
        "apiVersion": "awspca.cert-manager.io/v1beta1",
        "kind": "AWSPCAClusterIssuer",
        "metadata": {"name": name},
        "spec": merged(
            {"arn": issuer.ca_arn, "region": text("element", texts("split", ":", issuer.ca_arn), 3)},
            choose(is_set(issuer.template), {"pcaTemplate": {"defaultTemplateName": issuer.template}}, {}),
        ),
    }


def certificate(given: CertManagerInputs, name: str, wanted: Certificate) -> dict[str, Any]:
    """One of `certificates`."""
    acme = contains(keys(given.acme_issuers), wanted.issuer)
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": name, "namespace": wanted.namespace},
        "spec": {
            "secretName": wanted.secret_name,
            "dnsNames": wanted.dns_names,
            "duration": f"{wanted.duration_hours}h",
            "renewBefore": f"{wanted.renew_before_hours}h",
            "privateKey": {
                "algorithm": wanted.key_algorithm,
                "size": wanted.key_size,
                # every renewal has a new key: one that leaked is of use until then at most
                "rotationPolicy": "Always",
            },
            "usages": wanted.usages,
            "revisionHistoryLimit": 3,
            "issuerRef": {
                "name": wanted.issuer,
                "kind": choose(acme, ACME[0], PRIVATE_CA[0]),
                "group": choose(acme, ACME[1], PRIVATE_CA[1]),
            },
        },
    }


def issuer_references(given: CertManagerInputs) -> dict[str, IssuerReference]:
    """Every issuer of the module, by its name."""
    return merged(
        each(given.acme_issuers).document(lambda name, _: _reference(name, ACME)),
        each(given.private_ca_issuers).document(lambda name, _: _reference(name, PRIVATE_CA)),
    )


def _reference(name: str, kind: tuple[str, str]) -> dict[str, str]:
    return {"name": name, "kind": kind[0], "group": kind[1]}


def signers(given: CertManagerInputs) -> list[str]:
    """The module's issuers as cert-manager's approver calls them.

    https://cert-manager.io/docs/concepts/certificaterequest/#rbac-syntax
    """
    return concat(
        each(given.acme_issuers).documents(lambda name, _: f"clusterissuers.cert-manager.io/{name}"),
        each(given.private_ca_issuers).documents(lambda name, _: f"awspcaclusterissuers.awspca.cert-manager.io/{name}"),
    )


def prometheus_rule(given: CertManagerInputs) -> dict[str, Any]:
    """The alarms of CloudWatch once more, for who looks at Prometheus.

    https://github.com/cert-manager/cert-manager/blob/v1.21.1/internal/collectors/certificate_collector.go
    """
    ends, renews = (f"certmanager_certificate_{which}_timestamp_seconds" for which in ("expiration", "renewal"))
    minutes = f"{given.not_ready_alarm_minutes}m"
    certificate = "{{ $labels.namespace }}/{{ $labels.name }}"
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {
            "name": "cert-manager",
            "namespace": given.namespace,
            "labels": present(given.metrics).labels,
        },
        "spec": {
            "groups": [
                {
                    "name": "cert-manager",
                    "rules": [
                        _alert(
                            given,
                            "certificates_not_ready",
                            "CertificateNotReady",
                            'max by (namespace, name) (certmanager_certificate_ready_status{condition!="True"} == 1)',
                            minutes,
                            f"the certificate {certificate} is not ready",
                        ),
                        _alert(
                            given,
                            "certificates_late",
                            "CertificateExpiresSoon",
                            # half of the time for renewing has passed; 0 is a certificate that was never issued
                            f"max by (namespace, name) ({renews} > 0 and {ends} - time() < ({ends} - {renews}) / 2)",
                            "5m",
                            f"the certificate {certificate} should have been renewed long ago",
                        ),
                        _alert(
                            given,
                            "cert_manager_absent",
                            "CertManagerAbsent",
                            f'absent(up{{namespace="{given.namespace}",job="cert-manager"}} == 1)',
                            "15m",
                            "cert-manager does not run: nothing is renewed",
                        ),
                    ],
                }
            ]
        },
    }


def _alert(
    given: CertManagerInputs, page: str, name: str, expression: str, lasting: str, summary: str
) -> dict[str, Any]:
    return prometheus_alert(
        given,
        "cert_manager",
        page,
        name=name,
        expression=expression,
        summary=summary,
        severity="warning",
        lasting=lasting,
    )
