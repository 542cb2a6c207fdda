"""What names inside the cluster lead to: headless services, and services that the mesh would not know by itself."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import (
    EachRule,
    Inputs,
    Rule,
    contains,
    distinct,
    every,
    field,
    keys,
    length,
    matches,
    picked,
    repeated,
)
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import (
    KubernetesName,
    Labels,
    NamespaceName,
)

from .coredns_inputs import OCTET

__all__ = ["Endpoint", "HeadlessPort", "HeadlessService", "Mesh", "MeshPort", "MeshService"]

_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
MeshHost = Annotated[
    str,
    Pattern(
        rf"(\*\.)?({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?",
        "a DNS name in lower case without a dot at its end, with *. before it for all names below, such as "
        "api.partner.example.com",
    ),
]
PortName = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,13}[a-z0-9])?", "a port's name: at most 15 of a-z, 0-9 and -, such as grpc")
]
PortReference = Annotated[
    str, Pattern("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?", "a port's number or name in the container, such as 8080 or grpc")
]
# https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-addresses
MeshAddress = Annotated[
    str,
    Pattern(
        rf"({OCTET}\.){{3}}{OCTET}(/(3[0-2]|[12]?[0-9]))?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(/[0-9]{{1,3}})?",
        "an IP address or a CIDR block, such as 10.8.0.4 or 10.8.0.0/24",
    ),
]
Visibility = Annotated[
    str, Pattern(r"[.*]|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "a namespace, or . for its own, or * for all of them")
]
_IP = rf"({OCTET}\.){{3}}{OCTET}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*"
_BY_HOST = ["GRPC", "HTTP", "HTTP2", "HTTPS", "TLS"]
"""Protocols in which a request tells the host that it is for."""
_DYNAMIC = ["GRPC", "HTTP", "HTTP2", "TLS"]


class HeadlessPort(Inputs):
    """A port of the pods."""

    port: int = field("its number, which the SRV records tell", ge=1, le=65535)
    target_port: PortReference | None = field(
        "number or name of the port in the container; left out, the same number", default=None
    )
    protocol: Literal["TCP", "UDP", "SCTP"] = field("its protocol", default="TCP")
    app_protocol: str | None = field("what is spoken, such as grpc, for the mesh; left out, unsaid", default=None)


class HeadlessService(Inputs):
    """A service without an address of its own: its name gives the addresses of the pods."""

    namespace: NamespaceName = field("namespace of the pods, which must be there")
    selector: Labels = field("labels of the pods", min_length=1)
    ports: dict[PortName, HeadlessPort] = field(
        "ports of the pods by name; each has SRV records; left out, addresses only", default={}
    )
    publish_not_ready_addresses: bool = field(
        "whether pods that are not ready are named too, as members need it that find each other while they start",
        default=False,
    )
    labels: Labels = field("labels of the service itself", default={})


class MeshPort(Inputs):
    """A port of a mesh service."""

    number: int = field("its number", ge=1, le=65535)
    protocol: Literal["HTTP", "HTTPS", "GRPC", "HTTP2", "MONGO", "TCP", "TLS"] = field("what is spoken")
    target_port: int | None = field("the endpoints' own number; left out, the same", default=None, ge=1, le=65535)


class Endpoint(Inputs):
    """Where a mesh service is."""

    address: str = field("its IP address, or its DNS name when resolution is DNS", min_length=1)
    locality: str | None = field("where it is, such as us-east-1/us-east-1a; left out, unsaid", default=None)
    labels: Labels = field("its labels, for subsets", default={})
    weight: int = field("its share of the requests, against the other endpoints'", default=1, ge=1)


class MeshService(Inputs):
    """A service that the mesh would not know by itself: an Istio ServiceEntry."""

    namespace: NamespaceName = field("namespace of the ServiceEntry, which must be there")
    hosts: Annotated[list[MeshHost], Unique()] = field("the names that it is asked for by", min_length=1)
    ports: dict[PortName, MeshPort] = field("its ports by name", min_length=1)
    location: Literal["MESH_EXTERNAL", "MESH_INTERNAL"] = field(
        "whether it is outside of the mesh, where nobody speaks mTLS with it, or inside", default="MESH_EXTERNAL"
    )
    resolution: Literal["NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"] = field(
        "how its address is found: DNS: by its name; STATIC: by endpoints or workload_selector; NONE: it is the one "
        "that the client has already; DYNAMIC_DNS: by the name that is asked for, for hosts with a wildcard",
        default="DNS",
    )
    addresses: list[MeshAddress] = field(
        "virtual addresses of it; left out, the mesh gives one that its DNS proxy answers with", default=[]
    )
    endpoints: dict[KubernetesName, Endpoint] = field("where it is; left out, where its names lead", default={})
    workload_selector: Labels = field("labels of the pods and WorkloadEntries that it is; left out, none", default={})
    export_to: Annotated[list[Visibility], Unique()] = field(
        "namespaces that see it: . is its own, * all of them", default=["."], min_length=1
    )
    subject_alt_names: Annotated[list[str], Unique()] = field(
        "names of which its certificate must have one; left out, any", default=[]
    )

    rules = (
        Rule(
            "endpoints",
            lambda v: (v.resolution != "STATIC") | (length(v.endpoints) > 0) | (length(v.workload_selector) > 0),
            "must not be empty with resolution STATIC, unless workload_selector names pods",
        ),
        Rule(
            "endpoints",
            lambda v: (length(v.endpoints) == 0) | (length(v.workload_selector) == 0),
            "cannot be together with workload_selector",
            shows=("workload_selector",),
            finds=lambda v: keys(v.endpoints),
        ),
        Rule(
            "endpoints",
            lambda v: (length(v.endpoints) == 0) | ((v.resolution != "NONE") & (v.resolution != "DYNAMIC_DNS")),
            "must be empty with resolution NONE or DYNAMIC_DNS",
            shows=("resolution",),
            finds=lambda v: keys(v.endpoints),
        ),
        Rule(
            "hosts",
            lambda v: (
                ((v.resolution != "DNS") & (v.resolution != "DNS_ROUND_ROBIN"))
                | (length(v.endpoints) > 0)
                | every(v.hosts, lambda _, host: ~matches(host, r"\*\..*"))
            ),
            "must have no wildcard with resolution DNS, unless endpoints say where they are: use DYNAMIC_DNS or NONE",
            shows=("hosts",),
        ),
        # what follows is what istiod's webhook refuses, in the middle of an apply:
        # https://github.com/istio/istio/blob/1.30.3/pkg/config/validation/validation.go (ValidateServiceEntry)
        Rule(
            "hosts",
            lambda v: (v.resolution != "DYNAMIC_DNS") | every(v.hosts, lambda _, host: matches(host, r"\*\..*")),
            "must all begin with *. with resolution DYNAMIC_DNS: use DNS for names without a wildcard",
            shows=("hosts",),
        ),
        Rule(
            "hosts",
            lambda v: (
                (v.resolution == "NONE")
                | (length(v.hosts) == 1)
                | every(v.ports, lambda _, port: contains(_BY_HOST, port.protocol))
            ),
            "must be one with a port of protocol TCP or MONGO, which tells no host: make a service for each host",
            shows=("hosts",),
            finds=lambda v: picked(v.ports, lambda name, _: name, lambda _, port: ~contains(_BY_HOST, port.protocol)),
        ),
        EachRule(
            "ports",
            lambda v, _, port: (v.resolution != "DYNAMIC_DNS") | contains(_DYNAMIC, port.protocol),
            "must be HTTP, HTTP2, GRPC or TLS with resolution DYNAMIC_DNS: other protocols tell no host",
            inside="protocol",
            shows=("protocol",),
        ),
        Rule(
            "ports",
            lambda v: distinct(v.ports, lambda _, port: port.number),
            "must not have a number twice",
            finds=lambda v: repeated(v.ports, lambda _, port: port.number),
        ),
        Rule(
            "addresses",
            lambda v: (v.resolution != "DYNAMIC_DNS") | (length(v.addresses) == 0),
            "must be left out with resolution DYNAMIC_DNS, which goes by the host alone",
            shows=("addresses",),
        ),
        Rule(
            "addresses",
            lambda v: (
                (v.resolution == "NONE")
                | (v.resolution == "STATIC")
                | every(v.addresses, lambda _, address: ~matches(address, ".*/.*"))
            ),
            "must be single addresses, unless resolution is NONE or STATIC",
            shows=("addresses",),
        ),
        Rule(
            "endpoints",
            lambda v: (v.resolution != "DNS_ROUND_ROBIN") | (length(v.endpoints) <= 1),
            "must be one at most with resolution DNS_ROUND_ROBIN: use DNS for several",
            finds=lambda v: keys(v.endpoints),
        ),
        EachRule(
            "endpoints",
            lambda v, _, endpoint: (v.resolution != "STATIC") | matches(endpoint.address, _IP),
            "must be an IP address with resolution STATIC: use DNS for names",
            inside="address",
            shows=("address",),
        ),
        Rule(
            "export_to",
            lambda v: (length(v.export_to) == 1) | ~contains(v.export_to, "*"),
            "must be * alone: it holds every namespace already",
            shows=("export_to",),
        ),
    )


class Mesh(Inputs):
    """What the Istio mesh's registry knows beside the cluster's services. Istio's kinds must be there."""

    services: dict[KubernetesName, MeshService] = field("services by the name of their ServiceEntry", default={})
    dns_proxying: bool = field(
        "whether sidecars answer for the names of the registry; it is told as mesh_config, which istiod must be given",
        default=True,
    )
