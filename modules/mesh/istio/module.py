"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import name_of, namespace, release
from groundplan.framework import Module, Outputs, each, output

from . import access, chart
from .cni import cni
from .gateways import gateway_policies, gateways
from .inputs import IstioInputs
from .kiali import kiali
from .namespaces import namespaces
from .network import namespace_network_policies
from .policies import policies
from .reporting import alarms, monitors, status
from .services import services
from .strict_mtls import demands

__all__ = ["Istio", "IstioOutputs"]


class IstioOutputs(Outputs):
    """What others need of the mesh."""

    namespace: str = output("namespace of the control planes, where what is said holds for the whole mesh")
    gateway_namespace: str = output("namespace of the gateways, and of the secrets of their certificates")
    gateway_services: dict[str, str] = output("DNS names of the gateways' services, by gateway")
    gateway_selectors: dict[str, dict[str, str]] = output("labels by which a Gateway's selector finds each, by gateway")
    revisions: dict[str, str] = output("services of the control planes, by revision")
    namespace_revisions: dict[str, str] = output("revision of each namespace whose pods are in the mesh, by namespace")
    trust_domain: str = output("the mesh's part of every identity")
    metric_namespace: str = output("the CloudWatch namespace of the status report's metrics")


class Istio(Module[IstioInputs, IstioOutputs]):
    """A service mesh: control planes by revision, gateways, TLS from both sides, and leave for every request."""

    def build(self, given: IstioInputs) -> IstioOutputs:
        """Makes the kinds, the control planes, what they demand of everybody, then gateways and namespaces."""
        home = namespace(
            self,
            "istio",
            name=given.namespace,
            labels={"pod-security.kubernetes.io/enforce": "restricted"},
        )
        kinds = release(
            self,
            "base",
            chart.BASE,
            name="istio-base",
            namespace=given.namespace,
            values=chart.base_values(given),
            extra=given.base_extra_values,
            instead=chart.BASE_INSTEAD,
            after=[home],
        )
        planes = self._control_planes(given, [kinds, cni(self, given)])
        demands(self, given, after=[planes])
        gateway_home = gateways(self, given, after=[planes])
        gateway_policies(self, given, after=[gateway_home, planes])
        revisions, members = namespaces(self, given)
        namespace_network_policies(self, given, after=members)
        kiali(self, given, after=[planes])
        services(self, given, after=[planes, *members])
        policies(self, given, after=[planes, *members])
        status(self, given, after=[home])
        alarms(self, given)
        monitors(self, given, after=[home])
        every = each(given.gateways)
        return IstioOutputs(
            namespace=name_of(home, given.namespace),
            gateway_namespace=name_of(gateway_home, given.gateway_namespace),
            gateway_services=every.document(lambda name, _: f"{name}.{given.gateway_namespace}.svc.cluster.local"),
            gateway_selectors=every.document(lambda name, _: chart.gateway_labels(name)),
            revisions=each(given.revisions).document(
                lambda revision, _: f"{chart.release_name(revision)}.{given.namespace}.svc"
            ),
            namespace_revisions=revisions,
            trust_domain=given.trust_domain,
            metric_namespace=access.METRIC_NAMESPACE,
        )

    def _control_planes(self, given: IstioInputs, after: Sequence[Any]) -> Any:
        planes = each(given.revisions)
        return release(
            self,
            "istiod",
            chart.ISTIOD,
            name=chart.release_name(planes.key),
            namespace=given.namespace,
            values=chart.istiod_values(given, planes.key, planes.value),
            extra=given.extra_values,
            instead=chart.ISTIOD_INSTEAD,
            after=after,
            only_when=planes,
        )
