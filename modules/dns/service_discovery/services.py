"""Names inside the cluster: headless services, and what the mesh knows beside the cluster's services."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_kubernetes.service_v1 import ServiceV1, ServiceV1Metadata, ServiceV1Spec, ServiceV1SpecPort

from groundplan.building import custom_resources
from groundplan.framework import Module, all_of, choose, each, first_set, is_set, not_empty, part_id, present, text

from .inputs import ServiceDiscoveryInputs
from .service_inputs import Endpoint, HeadlessPort, MeshPort, MeshService

__all__ = ["headless_services", "mesh_config", "mesh_services"]


def headless_services(scope: Module[Any, Any], given: ServiceDiscoveryInputs) -> dict[str, str]:
    """The services without an address, and the DNS name of each.

    https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
    """
    services = each(given.headless_services)
    services(
        ServiceV1,
        scope,
        part_id("service", "headless"),
        metadata=ServiceV1Metadata(name=services.key, namespace=services.value.namespace, labels=services.value.labels),
        spec=ServiceV1Spec(
            type="ClusterIP",
            cluster_ip="None",
            selector=services.value.selector,
            publish_not_ready_addresses=services.value.publish_not_ready_addresses,
        ),
        wait_for_load_balancer=False,
    ).having("spec.port", services.value.ports, _port)
    names: dict[str, str] = services.document(lambda name, service: f"{name}.{service.namespace}.svc.cluster.local")
    return names


def _port(port: Any) -> ServiceV1SpecPort:
    settings: HeadlessPort = port.value
    return ServiceV1SpecPort(
        name=port.key,
        port=settings.port,
        target_port=first_set(settings.target_port, text("tostring", settings.port)),
        protocol=settings.protocol,
        app_protocol=settings.app_protocol,
    )


def mesh_services(scope: Module[Any, Any], given: ServiceDiscoveryInputs, *, after: list[Any]) -> None:
    """The ServiceEntries, in the namespaces that they name."""
    services = present(given.mesh).services
    custom_resources(
        scope,
        "mesh_services",
        name="mesh-services",
        namespace=given.namespace,
        after=after,
        entries=services,
        make=_service_entry,
        only_when=all_of(is_set(given.mesh), not_empty(services)),
    )


def _service_entry(name: str, service: MeshService) -> dict[str, Any]:
    """One ServiceEntry. https://istio.io/latest/docs/reference/config/networking/service-entry/

    The API server takes endpoints for given as soon as they are there, empty or not, and refuses them beside a
    workloadSelector and with resolution NONE: what is empty is left out.
    https://github.com/istio/istio/blob/1.30.3/manifests/charts/base/files/crd-all.gen.yaml
    """
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "ServiceEntry",
        "metadata": {"name": name, "namespace": service.namespace},
        "spec": {
            "hosts": service.hosts,
            "addresses": service.addresses,
            "location": service.location,
            "resolution": service.resolution,
            "exportTo": service.export_to,
            "subjectAltNames": service.subject_alt_names,
            "ports": each(service.ports).documents(_mesh_port),
            "endpoints": choose(not_empty(service.endpoints), each(service.endpoints).documents(_endpoint), None),
            "workloadSelector": choose(
                not_empty(service.workload_selector), {"labels": service.workload_selector}, None
            ),
        },
    }


def _mesh_port(name: str, port: MeshPort) -> dict[str, Any]:
    return {
        "name": name,
        "number": port.number,
        "protocol": port.protocol,
        "targetPort": first_set(port.target_port, port.number),
    }


def _endpoint(_: str, endpoint: Endpoint) -> dict[str, Any]:
    return {
        "address": endpoint.address,
        "locality": first_set(endpoint.locality, ""),
        "labels": endpoint.labels,
        "weight": endpoint.weight,
    }


def mesh_config(given: ServiceDiscoveryInputs) -> dict[str, dict[str, dict[str, str]]]:
    """What istiod must be given as meshConfig, so that sidecars answer for the names of the registry.

    ServiceEntries without addresses get theirs from istiod by itself; in ambient mode the proxies answer without this.
    https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/
    """
    answered = choose(is_set(given.mesh), text("tostring", present(given.mesh).dns_proxying), "false")
    return {"defaultConfig": {"proxyMetadata": {"ISTIO_META_DNS_CAPTURE": answered}}}
