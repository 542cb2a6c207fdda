"""CoreDNS, a DNS cache on every node, ExternalDNS, headless services, and the mesh's service registry."""

from .inputs import (
    AutoScaling,
    Cache,
    CoreDns,
    Endpoint,
    ExternalDns,
    HeadlessPort,
    HeadlessService,
    Images,
    Mesh,
    MeshPort,
    MeshService,
    NodeLocalDns,
    Prometheus,
    Rewrite,
    ServiceDiscoveryInputs,
    StubDomain,
)
from .module import ServiceDiscovery, ServiceDiscoveryOutputs

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
