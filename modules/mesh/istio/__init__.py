"""Istio: a service mesh with control planes by revision, gateways, TLS from both sides and leave for every request."""

from .gateway_inputs import Gateway, GatewayCertificate, LoadBalancer, Scale, Server
from .inputs import ControlPlane, Images, IstioInputs, MeshNamespace, Prometheus, Resources, Tracing
from .module import Istio, IstioOutputs

__all__ = [
    "ControlPlane",
    "Gateway",
    "GatewayCertificate",
    "Images",
    "Istio",
    "IstioInputs",
    "IstioOutputs",
    "LoadBalancer",
    "MeshNamespace",
    "Prometheus",
    "Resources",
    "Scale",
    "Server",
    "Tracing",
]
