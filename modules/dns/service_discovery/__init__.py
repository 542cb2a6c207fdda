"""CoreDNS, a DNS cache on every node, ExternalDNS, headless services, and the mesh's service registry."""

from .coredns_inputs import AutoScaling, Cache, CoreDns, NodeLocalDns, Rewrite, StubDomain
from .inputs import ExternalDns, Images, Prometheus, ServiceDiscoveryInputs
from .module import ServiceDiscovery, ServiceDiscoveryOutputs
from .service_inputs import Endpoint, HeadlessPort, HeadlessService, Mesh, MeshPort, MeshService

__all__ = [
    "AutoScaling",
    "Cache",
    "CoreDns",
    "Endpoint",
    "ExternalDns",
    "HeadlessPort",
    "HeadlessService",
    "Images",
    "Mesh",
    "MeshPort",
    "MeshService",
    "NodeLocalDns",
    "Prometheus",
    "Rewrite",
    "ServiceDiscovery",
    "ServiceDiscoveryInputs",
    "ServiceDiscoveryOutputs",
    "StubDomain",
]
