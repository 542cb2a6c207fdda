"""What may be set of the cluster's own DNS: CoreDNS, and the cache on every node in front of it."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import EachRule, Inputs, Rule, contains, field, keys, unset
from groundplan.framework.constraints import Pattern, Unique, Unlike
from groundplan.framework.types import (
    AddonVersion,
    CpuQuantity,
    Domain,
    ImageReference,
    Labels,
    MemoryQuantity,
)

__all__ = ["AutoScaling", "Cache", "CoreDns", "NodeLocalDns", "Rewrite", "StubDomain"]

OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IpAddress = Annotated[str, Pattern(rf"({OCTET}\.){{3}}{OCTET}", "an IPv4 address, such as 10.20.0.2")]
ServerAddress = Annotated[
    str,
    Pattern(rf"({OCTET}\.){{3}}{OCTET}", "an IPv4 address, such as 10.20.0.2"),
    # https://coredns.io/plugins/loop/; NodeLocal DNSCache listens on the last one, and asks CoreDNS
    Unlike(
        r"(127|0)\..*|169\.254\.20\.10",
        "be a DNS server elsewhere: at this address CoreDNS, or the cache in front of it, would ask itself for ever",
    ),
]
ServedElsewhere = Annotated[
    Domain,
    # what the Corefile's kubernetes plugin answers for
    Unlike(
        r"(.*\.)?cluster\.local|in-addr\.arpa|ip6\.arpa",
        "be a domain that the cluster does not answer for itself, as it does for cluster.local, in-addr.arpa and "
        "ip6.arpa: its services and pods would no longer be found; of reverse zones name the narrow one, such as "
        "20.10.in-addr.arpa",
    ),
]


class AutoScaling(Inputs):
    """How far EKS scales CoreDNS with the cluster: by itself one replica for 16 nodes or 256 cores."""

    min_replicas: int = field("how few replicas there may be; from 2 on a lost node does not end DNS", ge=1, le=100)
    max_replicas: int = field("how many replicas there may be", default=20, ge=1, le=1000)

    rules = (
        Rule(
            "max_replicas",
            lambda v: v.max_replicas >= v.min_replicas,
            "must be min_replicas at least",
            shows=("min_replicas", "max_replicas"),
        ),
    )


class Cache(Inputs):
    """How long CoreDNS keeps answers."""

    success_seconds: int = field("how long answers are kept at most, in seconds", default=30, ge=1, le=3600)
    denial_seconds: int = field(
        "how long it is kept that a name does not exist, in seconds: so long may clients miss a new one",
        default=5,
        ge=1,
        le=3600,
    )
    serve_stale_seconds: int = field(
        "how long an answer that ran out may still be given while its server does not answer, in seconds; 0: never",
        default=3600,
        ge=0,
        le=86400,
    )


class StubDomain(Inputs):
    """A domain that other DNS servers answer for, such as those of a data centre."""

    servers: Annotated[list[ServerAddress], Unique()] = field(
        "addresses of the DNS servers, which the nodes must reach on port 53", min_length=1, max_length=15
    )
    cache_seconds: int = field("how long answers are kept at most, in seconds", default=30, ge=1, le=3600)
    force_tcp: bool = field("whether the servers are asked by TCP only", default=False)


class Rewrite(Inputs):
    """Another name that CoreDNS looks up in place of the one that was asked for, such as a mesh name's service."""

    to: Domain = field("the name that is looked up, or what takes the suffix's place")
    match: Literal["exact", "suffix", "below"] = field(
        "which names: exact: this one; suffix: every name that ends in it, whose end is replaced; below: every name "
        "that ends in it, all for the one name in `to`, such as a gateway's service",
        default="exact",
    )


class CoreDns(Inputs):
    """CoreDNS as the EKS add-on, which takes over the one that is there."""

    addon_version: AddonVersion = field(
        "exact version of the add-on, one that EKS lists for the cluster's Kubernetes version"
    )
    replicas: int = field(
        "how many replicas there are, unless auto_scaling decides; 3 give every zone one", default=3, ge=1, le=1000
    )
    auto_scaling: AutoScaling | None = field(
        "how EKS scales CoreDNS with the cluster; left out, there are as many as replicas says", default=None
    )
    max_unavailable: int = field(
        "how many replicas may be away for the work on nodes at a time, in the PodDisruptionBudget",
        default=1,
        ge=1,
        le=100,
    )
    zone_spread: Literal["DoNotSchedule", "ScheduleAnyway"] = field(
        "what happens to a replica that would make zones uneven: it waits, or comes all the same",
        default="ScheduleAnyway",
    )
    cpu_request: CpuQuantity = field("CPU that each replica is sure of; it has no limit", default="100m")
    memory_request: MemoryQuantity = field("memory that each replica is sure of", default="70Mi")
    memory_limit: MemoryQuantity = field(
        "memory that a replica may use; CoreDNS needs about 1 MiB for 1000 pods and services together, and 54 MiB",
        default="170Mi",
    )
    node_selector: Labels = field("labels of the nodes that it runs on; left out, any", default={})
    cache: Cache = field("how long answers are kept", default=Cache())
    upstream_servers: Annotated[list[ServerAddress], Unique()] = field(
        "DNS servers for all names outside of the cluster; left out, those of the node: the VPC's resolver",
        default=[],
        max_length=15,
    )
    stub_domains: dict[ServedElsewhere, StubDomain] = field(
        "domains that other servers answer for; left out, none", default={}
    )
    rewrites: dict[Domain, Rewrite] = field(
        "names that are looked up under another name, as pods without a sidecar need it for mesh names; exact ones "
        "come first; left out, none",
        default={},
    )
    query_log: Literal["none", "errors", "denials", "all"] = field(
        "which queries are logged beside CoreDNS's own errors; all is much", default="none"
    )

    rules = (
        Rule(
            "max_unavailable",
            lambda v: ~unset(v.auto_scaling) | (v.replicas == 1) | (v.max_unavailable < v.replicas),
            "must be less than replicas, or work on nodes may take all of them away",
            shows=("max_unavailable", "replicas"),
        ),
        Rule(
            "max_unavailable",
            lambda v: (
                unset(v.auto_scaling)
                | (v.auto_scaling.min_replicas == 1)
                | (v.max_unavailable < v.auto_scaling.min_replicas)
            ),
            "must be less than auto_scaling.min_replicas, or work on nodes may take all of them away",
            shows=("max_unavailable",),
        ),
        EachRule(
            "rewrites",
            lambda v, name, _: ~contains(keys(v.stub_domains), name),
            "must have another name: stub_domains has this one, whose servers are asked before anything is rewritten",
        ),
    )


class NodeLocalDns(Inputs):
    """NodeLocal DNSCache: a cache on every node, in front of CoreDNS."""

    kube_proxy_mode: Literal["iptables", "ipvs", "nftables"] = field(
        "how kube-proxy works in this cluster. iptables: the cache takes over the address of CoreDNS on its node, and "
        "pods need no change; ipvs, nftables: it cannot, so kubelets must name 169.254.20.10 (kubelet_cluster_dns)"
    )
    cluster_dns_ip: IpAddress = field(
        "the address of the service kube-dns: the tenth of the cluster's service range, such as 172.20.0.10"
    )
    image: ImageReference = field("the cache", default="registry.k8s.io/dns/k8s-dns-node-cache:1.26.4")
    memory_limit: MemoryQuantity = field("memory that the cache of a node may use", default="128Mi")
    success_seconds: int = field("how long answers are kept at most, in seconds", default=30, ge=1, le=3600)
    denial_seconds: int = field(
        "how long it is kept that a name does not exist, in seconds, on top of CoreDNS's own", default=5, ge=1, le=3600
    )
