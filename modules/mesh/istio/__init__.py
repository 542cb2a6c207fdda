"""Istio: a service mesh with control planes by revision, gateways, TLS from both sides and leave for every request."""

from .cni_inputs import Cni
from .gateway_inputs import Gateway, GatewayCertificate, LoadBalancer, Scale, Server
from .inputs import ControlPlane, Images, IstioInputs, MeshNamespace, Prometheus, Resources, Tracing
from .kiali_inputs import Kiali, KialiIngress
from .module import Istio, IstioOutputs
from .policy_inputs import Allowed, ExternalAuthorizer, ExternalCheck, Jwt
from .service_inputs import (
    CircuitBreaker,
    Cookie,
    HeaderRoute,
    LoadBalancing,
    MeshService,
    Retries,
    RetryBudget,
    Subset,
)

__all__ = [
    "Allowed",
    "CircuitBreaker",
    "Cni",
    "ControlPlane",
    "Cookie",
    "ExternalAuthorizer",
    "ExternalCheck",
    "Gateway",
    "GatewayCertificate",
    "HeaderRoute",
    "Images",
    "Istio",
    "IstioInputs",
    "IstioOutputs",
    "Jwt",
    "Kiali",
    "KialiIngress",
    "LoadBalancer",
    "LoadBalancing",
    "MeshNamespace",
    "MeshService",
    "Prometheus",
    "Resources",
    "Retries",
    "RetryBudget",
    "Scale",
    "Server",
    "Subset",
    "Tracing",
]
