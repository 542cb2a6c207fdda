"""What may be set of gateways: how many pods, which load balancer, which hosts, which certificates."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import EachRule, Inputs, Rule, contains, every, field, unset
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import (
    CertifiedName,
    Cidr,
    CpuQuantity,
    DnsName,
    KubernetesName,
    MemoryQuantity,
    SubnetId,
)

__all__ = ["Gateway", "GatewayCertificate", "LoadBalancer", "Scale", "Server"]

KubernetesKind = Annotated[str, Pattern("[A-Z][A-Za-z0-9]*", "a kind, such as ClusterIssuer")]
ServerName = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,18}[a-z0-9])?", "at most 20 of a-z, 0-9 and -, beginning with a letter")
]


class Scale(Inputs):
    """How many pods there are, by how much they work."""

    min_replicas: int = field("how many there are always; 3 where they must outlive a zone", default=3, ge=1, le=50)
    max_replicas: int = field(
        "how many there are at most; min_replicas, and nothing scales them", default=6, ge=1, le=200
    )
    cpu_percent: int = field(
        "how much of the CPU that they asked for they use before there are more", default=70, ge=10, le=95
    )

    rules = (
        Rule(
            "max_replicas",
            lambda v: v.max_replicas >= v.min_replicas,
            "must be min_replicas at least",
            shows=("max_replicas", "min_replicas"),
        ),
    )


class GatewayCertificate(Inputs):
    """A certificate that cert-manager orders and renews, in a secret of the gateways' namespace."""

    hosts: Annotated[list[CertifiedName], Unique()] = field("names that it is for", min_length=1, max_length=100)
    issuer_name: KubernetesName = field("name of the issuer")
    issuer_kind: KubernetesKind = field("kind of the issuer", default="ClusterIssuer")
    issuer_group: DnsName = field(
        "API group of the issuer's kind; awspca.cert-manager.io for AWS Private CA", default="cert-manager.io"
    )
    days: int = field(
        "how long it is valid, in days, unless the issuer decides that; it is renewed when a third is left",
        default=90,
        ge=3,
        le=825,
    )


class Server(Inputs):
    """Hosts that a gateway answers for, by TLS 1.2 or later."""

    hosts: Annotated[list[DnsName], Unique()] = field("host names, such as claims.example.com", min_length=1)
    mode: Literal["SIMPLE", "MUTUAL", "PASSTHROUGH"] = field(
        "SIMPLE: clients are shown a certificate; MUTUAL: they must show one too, of an authority in the secret; "
        "PASSTHROUGH: TLS ends behind the gateway, at who answers for the host",
        default="SIMPLE",
    )
    secret_name: KubernetesName | None = field(
        "secret in the gateways' namespace, with certificate and key, and with MUTUAL the authority of clients; a name "
        "of certificates, or a secret that somebody else writes; left out only with PASSTHROUGH",
        default=None,
    )
    rules = (
        Rule(
            "secret_name",
            lambda v: unset(v.secret_name) == (v.mode == "PASSTHROUGH"),
            "must be left out with mode PASSTHROUGH, and only then: the gateway shows no certificate there",
            shows=("secret_name", "mode"),
        ),
    )


class LoadBalancer(Inputs):
    """A network load balancer of the AWS Load Balancer Controller, which hands connections to the pods as they come."""

    scheme: Literal["internal", "internet-facing"] = field(
        "whether it is reached from its VPC alone, or from the internet", default="internal"
    )
    source_ranges: Annotated[list[Cidr], Unique()] = field("addresses that may connect; left out, all", default=[])
    subnet_ids: Annotated[list[SubnetId], Unique()] = field(
        "its subnets, one a zone; left out, the controller finds them by their tags", default=[]
    )
    deletion_protection: bool = field(
        "whether AWS refuses to delete it, until somebody has switched this off", default=True
    )


class Gateway(Inputs):
    """Proxies at the edge of the mesh."""

    direction: Literal["ingress", "egress"] = field(
        "ingress: requests come in by it; egress: what leaves the mesh goes by it", default="ingress"
    )
    scale: Scale = field("how many pods there are", default=Scale())
    cpu_request: CpuQuantity = field("CPU that each pod is sure of", default="250m")
    memory_request: MemoryQuantity = field("memory that each pod is sure of", default="256Mi")
    memory_limit: MemoryQuantity = field("memory that each pod may use", default="1Gi")
    load_balancer: LoadBalancer | None = field(
        "load balancer before an ingress; left out, it is reached inside the cluster alone", default=None
    )
    servers: dict[ServerName, Server] = field("hosts that it answers for, by name; left out, none", default={})

    rules = (
        Rule(
            "load_balancer",
            lambda v: unset(v.load_balancer) | (v.direction == "ingress"),
            "must be left out with direction egress: nobody comes in there",
            shows=("direction",),
        ),
        EachRule(
            "servers",
            lambda v, name, one: every(
                v.servers,
                lambda other, two: (other == name) | every(one.hosts, lambda _, host: ~contains(two.hosts, host)),
            ),
            "must name hosts that no other server of the gateway has",
            inside="hosts",
            shows=("hosts",),
        ),
    )
