"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from typing import Any, cast

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata

from groundplan.building import (
    Role,
    crd_upgrade,
    custom_resources,
    ingress_policy,
    name_of,
    namespace,
    partition,
    region,
    release,
    workload_role,
)
from groundplan.framework import (
    Module,
    Outputs,
    all_of,
    choose,
    concat,
    each,
    is_set,
    jsonencode,
    not_empty,
    output,
    part_id,
    present,
    text,
    texts,
    when,
)
from groundplan.iam import document

from . import access, chart
from .inputs import CertManagerInputs, IssuerReference
from .issuers import (
    acme_issuer,
    certificate,
    issuer_references,
    private_ca_issuer,
    prometheus_rule,
    signers,
)
from .reporting import alarms, report

__all__ = ["CertManager", "CertManagerOutputs"]

ROOT = "istio-csr-root"
"""The ConfigMap of the mesh's root certificate."""


class CertManagerOutputs(Outputs):
    """Who issues certificates, and where they lie."""

    namespace: str = output("the namespace that cert-manager runs in")
    issuers: dict[str, IssuerReference] = output("every issuer as a Certificate's issuerRef names it, by its name")
    approved_signers: list[str] = output("the signers whose requests are approved; requests to others wait for ever")
    certificate_secrets: dict[str, str] = output("namespace/name of each certificate's secret, by the certificate")
    service_account_name: str = output("service account of the controllers")
    dns_role_arn: str | None = output("ARN of the role that answers DNS-01 challenges; null without hosted_zones")
    private_ca_role_arn: str | None = output("ARN of aws-privateca-issuer's role; null without private_ca_issuers")
    istio_ca_address: str | None = output("address of istio-csr for istiod's global.caAddress; null without istio_csr")
    metric_namespace: str = output("the CloudWatch namespace of the metrics about certificates and issuers")


class CertManager(Module[CertManagerInputs, CertManagerOutputs]):
    """Orders, renews and watches over certificates in an EKS cluster: cert-manager, its issuers, their certificates."""

    def build(self, given: CertManagerInputs) -> CertManagerOutputs:
        """Makes cert-manager, then its issuers, then the certificates, and what watches over them."""
        home = namespace(
            self,
            "cert_manager",
            name=given.namespace,
            labels={"pod-security.kubernetes.io/enforce": "restricted"},
        )
        dns_role = self._dns_role(given)
        self._ingress_policies(given, home)
        server = release(
            self,
            "cert_manager",
            chart.CHART,
            name=chart.CONTROLLER,
            namespace=given.namespace,
            values=chart.values(given, choose(not_empty(given.hosted_zones), dns_role.annotations, {})),
            extra=given.extra_values,
            instead=chart.INSTEAD,
            after=[home, *dns_role.ready],
        )
        private_ca_role, private_ca = self._private_ca(given, after=[server])
        issuers = self._issuers(given, server, private_ca)
        custom_resources(
            self,
            "certificates",
            name="cert-manager-certificates",
            namespace=given.namespace,
            after=[server, *issuers],
            entries=given.certificates,
            make=lambda name, wanted: certificate(given, name, wanted),
        )
        self._istio_csr(given, after=[server, *issuers])
        custom_resources(
            self,
            "prometheus_rule",
            name="cert-manager-prometheus-rule",
            namespace=given.namespace,
            after=[server],
            objects={"rule": prometheus_rule(given)},
            only_when=is_set(given.metrics),
        )
        report(self, given, after=[server, private_ca])
        alarms(self, given)
        return CertManagerOutputs(
            namespace=name_of(home, given.namespace),
            issuers=issuer_references(given),
            approved_signers=concat(signers(given), given.approved_signers),
            certificate_secrets=each(given.certificates).document(
                lambda _, wanted: f"{wanted.namespace}/{wanted.secret_name}"
            ),
            service_account_name=chart.CONTROLLER,
            dns_role_arn=dns_role.arn,
            private_ca_role_arn=private_ca_role.arn,
            istio_ca_address=choose(
                is_set(given.istio_csr), f"{chart.ISTIO_CSR}.{given.namespace}.svc:443", cast(str, None)
            ),
            metric_namespace=access.METRIC_NAMESPACE,
        )

    def _ingress_policies(self, given: CertManagerInputs, home: Any) -> None:
        """For the pods that no value of their chart makes one for."""
        on = given.network_policies
        for id, name, pods, ports, only_when in (
            ("startup_check", chart.STARTUP_CHECK, chart.STARTUP_CHECK_LABELS, (), on),
            (
                "private_ca",
                chart.PRIVATE_CA_ISSUER,
                chart.PRIVATE_CA_LABELS,
                (chart.PRIVATE_CA_METRICS,),
                all_of(on, not_empty(given.private_ca_issuers)),
            ),
            (
                "istio_csr",
                chart.ISTIO_CSR,
                chart.ISTIO_CSR_LABELS,
                (chart.ISTIO_CSR_SERVICE, chart.ISTIO_CSR_METRICS),
                all_of(on, is_set(given.istio_csr)),
            ),
        ):
            ingress_policy(
                self,
                id,
                name=f"{name}-allow-ingress",
                namespace=given.namespace,
                pods=pods,
                ports=ports,
                after=[home],
                only_when=only_when,
            )

    def _dns_role(self, given: CertManagerInputs) -> Role:
        """The controllers' role: the challenges' records of the named zones."""
        zones = each(given.hosted_zones).documents(
            lambda _, zone_id: f"arn:{partition(self)}:route53:::hostedzone/{zone_id}"
        )
        return workload_role(
            self,
            "dns",
            given,
            name=f"{given.name}-dns",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=chart.CONTROLLER,
            statements=access.dns_challenges(partition(self), zones),
            only_when=not_empty(given.hosted_zones),
        )

    def _private_ca(self, given: CertManagerInputs, *, after: list[Any]) -> tuple[Role, Any]:
        """aws-privateca-issuer and its role, which has a policy for each CA."""
        wanted = not_empty(given.private_ca_issuers)
        role = workload_role(
            self,
            "private_ca",
            given,
            name=f"{given.name}-private-ca",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=chart.PRIVATE_CA_ISSUER,
            statements=(),
            only_when=wanted,
        )
        issuers = each(given.private_ca_issuers)
        names = choose(is_set(issuers.value.template), [issuers.value.template], list(access.TEMPLATES_BY_USAGE))
        policies = issuers(
            IamRolePolicy,
            self,
            part_id("policy", "private_ca"),
            name=f"issue-{issuers.key}",
            role=role.name,
            policy=jsonencode(
                document(
                    *access.issue_by_private_ca(
                        issuers.value.ca_arn, texts("formatlist", f"arn:{partition(self)}:acm-pca:::template/%s", names)
                    )
                )
            ),
        )
        upgrade = crd_upgrade(
            self,
            "private_ca_crds",
            chart.PRIVATE_CA_CHART,
            given.crd_upgrade,
            name=f"{chart.PRIVATE_CA_ISSUER}-crds",
            namespace=given.namespace,
            image=given.images.kubectl,
            after=[*after],
            only_when=wanted,
        )
        made = release(
            self,
            "private_ca",
            chart.PRIVATE_CA_CHART,
            name=chart.PRIVATE_CA_ISSUER,
            namespace=given.namespace,
            values=chart.private_ca_values(given, role.annotations),
            extra=given.private_ca_extra_values,
            instead=chart.PRIVATE_CA_INSTEAD,
            crds=upgrade,
            after=[*after, policies, *role.ready],
            only_when=wanted,
        )
        return role, made

    def _issuers(self, given: CertManagerInputs, server: Any, private_ca: Any) -> list[Any]:
        where = region(self)
        return [
            custom_resources(
                self,
                "acme_issuers",
                name="cert-manager-acme-issuers",
                namespace=given.namespace,
                after=[server],
                entries=given.acme_issuers,
                make=lambda name, issuer: acme_issuer(given, where, name, issuer),
            ),
            custom_resources(
                self,
                "private_ca_issuers",
                name="cert-manager-private-ca-issuers",
                namespace=given.namespace,
                after=[private_ca],
                entries=given.private_ca_issuers,
                make=private_ca_issuer,
            ),
        ]

    def _istio_csr(self, given: CertManagerInputs, *, after: list[Any]) -> None:
        wanted = is_set(given.istio_csr)
        root = present(given.istio_csr).root_certificate_pem
        config_map = when(wanted)(
            ConfigMapV1,
            self,
            part_id("root", "istio_csr"),
            metadata=ConfigMapV1Metadata(name=ROOT, namespace=given.namespace),
            data={"ca.pem": root},
            depends_on=after[:1],
        )
        release(
            self,
            "istio_csr",
            chart.ISTIO_CSR_CHART,
            name=chart.ISTIO_CSR,
            namespace=given.namespace,
            values=chart.istio_csr_values(given, ROOT, text("sha256", text("jsonencode", config_map.one.data))),
            extra=given.istio_csr_extra_values,
            instead=chart.ISTIO_CSR_INSTEAD,
            after=[*after, config_map],
            only_when=wanted,
        )
