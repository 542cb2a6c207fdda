"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from typing import Any

from groundplan.building import crd_upgrade, ingress_policy, name_of, namespace, partition, release, workload_role
from groundplan.framework import Module, Outputs, choose, each, equals, is_set, not_empty, output, present, texts
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import Text

from . import access
from .chart import CHART, INSTEAD, POD_LABELS, SERVED_PORT, instance_name, owner_id, values
from .coredns import coredns, corefile
from .inputs import ServiceDiscoveryInputs
from .node_local_dns import LOCAL_ADDRESS, node_local
from .reporting import alarms, prometheus_objects, status
from .services import headless_services, mesh_config, mesh_services

__all__ = ["ServiceDiscovery", "ServiceDiscoveryOutputs"]


class ServiceDiscoveryOutputs(Outputs):
    """What others need to be found, and to find."""

    namespace: str = output("namespace of ExternalDNS and of the status report")
    coredns_addon_arn: str | None = output("ARN of the CoreDNS add-on; null without coredns")
    corefile: str | None = output("CoreDNS's configuration as it was rendered, to read; null without coredns")
    kubelet_cluster_dns: str | None = output(
        "what kubelets must be given as cluster DNS for the caches on the nodes to be asked; null when nothing is to "
        "be changed: without node_local_dns, and with kube-proxy in iptables mode"
    )
    external_dns_role_arns: dict[str, str] = output("ARNs of the roles of ExternalDNS by instance")
    external_dns_owner_ids: dict[str, str] = output("owner ids of the records of ExternalDNS by instance")
    headless_service_names: dict[str, str] = output("DNS names of the headless services by name")
    mesh_config: dict[str, dict[str, dict[str, str]]] = output(
        "what istiod must be given as meshConfig for sidecars to answer for the names of the mesh's registry"
    )
    metric_namespace: str = output("the CloudWatch namespace of the status report's metrics")


class ServiceDiscovery(Module[ServiceDiscoveryInputs, ServiceDiscoveryOutputs]):
    """Finds services by name: inside the cluster with CoreDNS, in Route 53 with ExternalDNS, in the mesh."""

    def build(self, given: ServiceDiscoveryInputs) -> ServiceDiscoveryOutputs:
        """Makes the cluster's DNS, then what writes records, then what the mesh knows, then who watches it all."""
        addon = coredns(self, given)
        node_local(self, given)
        home = namespace(
            self,
            "external_dns",
            name=given.namespace,
            labels={"pod-security.kubernetes.io/enforce": "restricted"},
        )
        ingress_policy(
            self,
            "external_dns",
            name="external-dns-allow-ingress",
            namespace=given.namespace,
            pods=POD_LABELS,
            ports=[SERVED_PORT],
            after=[home],
            only_when=given.network_policies,
        )
        self._external_dns(given, home)
        names = headless_services(self, given)
        mesh_services(self, given, after=[home])
        status(self, given, after=[home])
        alarms(self, given)
        prometheus_objects(self, given, after=[home])
        instances = each(given.external_dns)
        return ServiceDiscoveryOutputs(
            namespace=name_of(home, given.namespace),
            coredns_addon_arn=addon.one.arn,
            corefile=choose(is_set(given.coredns), corefile(self, present(given.coredns)), None),
            kubelet_cluster_dns=self._kubelet_cluster_dns(given),
            external_dns_role_arns=MapReference(
                "{for name, role in aws_iam_role.external_dns : name => role.arn}", Text()
            ),
            external_dns_owner_ids=instances.document(lambda name, instance: owner_id(given.name, name, instance)),
            headless_service_names=names,
            mesh_config=mesh_config(given),
            metric_namespace=access.METRIC_NAMESPACE,
        )

    def _external_dns(self, given: ServiceDiscoveryInputs, home: Any) -> None:
        instances = each(given.external_dns)
        zone_arns = texts("formatlist", f"arn:{partition(self)}:route53:::hostedzone/%s", instances.value.zone_ids)
        role = workload_role(
            self,
            "external_dns",
            given,
            name=f"{given.name}-external-dns-{instances.key}",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=instance_name(instances.key),
            statements=access.zones(zone_arns),
            only_when=instances,
        )
        upgrade = crd_upgrade(
            self,
            "external_dns_crds",
            CHART,
            given.crd_upgrade,
            name=f"{CHART.chart}-crds",
            namespace=given.namespace,
            image=given.images.kubectl,
            after=[home],
            only_when=not_empty(given.external_dns),
        )
        release(
            self,
            "external_dns",
            CHART,
            name=instance_name(instances.key),
            namespace=given.namespace,
            values=values(
                instances.key,
                instances.value,
                owner=owner_id(given.name, instances.key, instances.value),
                annotations=role.annotations,
                prometheus=given.prometheus,
            ),
            extra=given.extra_values,
            instead=INSTEAD,
            # whoever makes the zones beside it knows their ids at apply only; all else can be read before
            late=["extraArgs.zone-id-filter"],
            crds=upgrade,
            after=[home, *role.ready],
            only_when=instances,
        )

    def _kubelet_cluster_dns(self, given: ServiceDiscoveryInputs) -> str | None:
        mode = present(given.node_local_dns).kube_proxy_mode
        changed = equals(mode, "iptables")
        return choose(is_set(given.node_local_dns), choose(changed, None, LOCAL_ADDRESS), None)
