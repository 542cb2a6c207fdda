"""What may be set: the cluster's own DNS, the DNS records that it keeps, the names that the mesh knows."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import Cluster
from groundplan.framework import EachRule, Inputs, Rule, field
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.rules import contains, distinct, every, keys, length, matches, overlap, some, unset
from groundplan.framework.types import (
    CpuQuantity,
    Domain,
    HostedZoneId,
    ImageReference,
    KubernetesName,
    Labels,
    MemoryQuantity,
    NamespaceName,
    PassedThrough,
    PolicyArn,
    ResourceName,
    Tags,
    TopicArn,
)

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
    "ServiceDiscoveryInputs",
    "StubDomain",
]

_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
MeshHost = Annotated[
    str,
    Pattern(
        rf"(\*\.)?({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?",
        "a DNS name in lower case, with *. before it for all names below, such as api.partner.example.com",
    ),
]
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IpAddress = Annotated[str, Pattern(rf"({_OCTET}\.){{3}}{_OCTET}", "an IPv4 address, such as 10.20.0.2")]
AddonVersion = Annotated[
    str,
    Pattern(r"v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+", "an exact version of the add-on, such as v1.12.4-eksbuild.1"),
]
InstanceName = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,18}[a-z0-9])?", "at most 20 of a-z, 0-9 and -, beginning with a letter")
]
OwnerId = Annotated[
    str, Pattern("[A-Za-z0-9][A-Za-z0-9_-]{0,62}", "at most 63 letters, digits, _ and -, beginning with no sign")
]
TxtLabel = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,30}[a-z0-9])?", "one label of a DNS name: at most 32 of a-z, 0-9 and -")
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
        rf"({_OCTET}\.){{3}}{_OCTET}(/(3[0-2]|[12]?[0-9]))?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(/[0-9]{{1,3}})?",
        "an IP address or a CIDR block, such as 10.8.0.4 or 10.8.0.0/24",
    ),
]
Visibility = Annotated[
    str, Pattern(r"[.*]|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "a namespace, or . for its own, or * for all of them")
]
_IP = rf"({_OCTET}\.){{3}}{_OCTET}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*"
_BY_HOST = ["GRPC", "HTTP", "HTTP2", "HTTPS", "TLS"]
"""Protocols in which a request tells the host that it is for."""
_DYNAMIC = ["GRPC", "HTTP", "HTTP2", "TLS"]
Source = Literal["service", "ingress", "istio-gateway", "istio-virtualservice"]


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

    servers: Annotated[list[IpAddress], Unique()] = field(
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
    upstream_servers: Annotated[list[IpAddress], Unique()] = field(
        "DNS servers for all names outside of the cluster; left out, those of the node: the VPC's resolver",
        default=[],
        max_length=15,
    )
    stub_domains: dict[Domain, StubDomain] = field("domains that other servers answer for; left out, none", default={})
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
        Rule(
            "rewrites",
            lambda v: ~overlap(keys(v.rewrites), keys(v.stub_domains)),
            "must not have a name of stub_domains, whose servers are asked before anything is rewritten",
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


class ExternalDns(Inputs):
    """One instance of ExternalDNS: which zones it may change, and what it looks at in the cluster."""

    zone_ids: Annotated[list[HostedZoneId], Unique()] = field(
        "ids of the hosted zones that it may change, in this account; it can change no other", min_length=1
    )
    zone_type: Literal["public", "private"] = field("whether these zones are public or private")
    domain_filters: Annotated[list[Domain], Unique()] = field(
        "domains that its records must be in: the zones' own, or domains below them", min_length=1
    )
    exclude_domains: Annotated[list[Domain], Unique()] = field(
        "domains among those that it leaves alone; left out, none", default=[]
    )
    sources: Annotated[list[Source], Unique()] = field(
        "kinds of objects whose names get records; those of istio need Istio's kinds in the cluster, or it does not "
        "start; left out, Services and Ingresses",
        default=["service", "ingress"],
        min_length=1,
    )
    annotation_filter: str | None = field(
        "selector of the annotations that an object must have, to tell what is public from what is private, such as "
        "alb.ingress.kubernetes.io/scheme in (internet-facing); left out, all objects",
        default=None,
    )
    policy: Literal["upsert-only", "sync", "create-only"] = field(
        "upsert-only: makes and changes records, never deletes one; sync: deletes the records that it owns when their "
        "object goes; create-only: never changes one either",
        default="upsert-only",
    )
    owner_id: OwnerId | None = field(
        "who owns its records, in the TXT records beside them; no other instance that sees the zones may have it, and "
        "it must never change; left out, <name>-<instance>",
        default=None,
    )
    txt_prefix: TxtLabel = field(
        "the label of the TXT records, after the record's type: a-<txt_prefix>.shop.example.com for shop.example.com; "
        "it must never change",
        default="externaldns",
    )
    interval_seconds: int = field(
        "how often it looks at all objects and records, in seconds", default=60, ge=10, le=3600
    )
    watch_events: bool = field("whether it also looks as soon as an object changes", default=False)
    cpu_request: CpuQuantity = field("CPU that it is sure of", default="50m")
    memory_request: MemoryQuantity = field("memory that it is sure of", default="64Mi")
    memory_limit: MemoryQuantity = field("memory that it may use", default="256Mi")


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
        ),
        Rule(
            "endpoints",
            lambda v: (length(v.endpoints) == 0) | ((v.resolution != "NONE") & (v.resolution != "DYNAMIC_DNS")),
            "must be empty with resolution NONE or DYNAMIC_DNS",
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
        ),
        Rule(
            "ports",
            lambda v: (
                (v.resolution != "DYNAMIC_DNS") | every(v.ports, lambda _, port: contains(_DYNAMIC, port.protocol))
            ),
            "must have protocol HTTP, HTTP2, GRPC or TLS with resolution DYNAMIC_DNS: other protocols tell no host",
        ),
        Rule(
            "ports",
            lambda v: distinct(v.ports, lambda _, port: port.number),
            "must not have a number twice",
        ),
        Rule(
            "addresses",
            lambda v: (v.resolution != "DYNAMIC_DNS") | (length(v.addresses) == 0),
            "must be left out with resolution DYNAMIC_DNS, which goes by the host alone",
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


class Prometheus(Inputs):
    """How the Prometheus operator, whose kinds must be there, finds the metrics and the alert rules."""

    labels: Labels = field("labels that the operator selects monitors and rules by", default={"release": "prometheus"})
    interval_seconds: int = field("how often the metrics are read, in seconds", default=30, ge=5, le=300)


class Images(Inputs):
    """Container images of the status report, each with an exact version."""

    kubectl: ImageReference = field("an image with kubectl and a shell", default="docker.io/alpine/kubectl:1.34.2")
    aws_cli: ImageReference = field(
        "an image with the AWS CLI, which publishes what was found", default="public.ecr.aws/aws-cli/aws-cli:2.36.46"
    )


class ServiceDiscoveryInputs(Inputs):
    """How names are found in a cluster, and how the cluster's names come to Route 53.

    There is no key and no retention: the module stores nothing, and makes no log group.
    """

    name: ResourceName = field(
        "prefix of the names of everything the module makes in AWS, by custom <environment>-<service>", max_length=40
    )
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic that alarms go to")
    permissions_boundary_arn: PolicyArn | None = field(
        "ARN of the IAM policy that bounds every role of the module; left out, roles have no boundary", default=None
    )
    tags: Tags = field("tags on everything that takes them, over those of the provider's default_tags", default={})
    cluster: Cluster = field("the EKS cluster")
    namespace: NamespaceName = field(
        "namespace that the module makes, for ExternalDNS and the status report", default="external-dns"
    )
    coredns: CoreDns | None = field(
        "CoreDNS as the EKS add-on; left out, the cluster's CoreDNS is left alone, and not watched", default=None
    )
    node_local_dns: NodeLocalDns | None = field("a DNS cache on every node; left out, there is none", default=None)
    external_dns: dict[InstanceName, ExternalDns] = field(
        "instances of ExternalDNS by name, such as public and private, each name once in the cluster; left out, there "
        "are none",
        default={},
    )
    headless_services: dict[KubernetesName, HeadlessService] = field(
        "services for the direct discovery of pods, by name; left out, there are none", default={}
    )
    mesh: Mesh | None = field("the mesh's service registry; left out, nothing is added to it", default=None)
    prometheus: Prometheus | None = field(
        "how the Prometheus operator finds the metrics; left out, no monitor and no alert rules are made", default=None
    )
    alarm_after_minutes: int = field(
        "for how many minutes replicas may be missing, or the status report silent, before the alarm",
        default=15,
        ge=10,
        le=240,
    )
    images: Images = field("container images of the status report", default=Images())
    extra_values: PassedThrough = field(
        "further values of the external-dns chart, of every instance, below those that the module sets", default={}
    )

    rules = (
        EachRule(
            "external_dns",
            lambda v, name, instance: (
                unset(instance.owner_id)
                | every(
                    v.external_dns,
                    lambda other, two: (other == name) | unset(two.owner_id) | (two.owner_id != instance.owner_id),
                )
            ),
            "is the owner_id of another instance too: each would take the other's records for its own",
            inside="owner_id",
            shows=("owner_id",),
        ),
        EachRule(
            "external_dns",
            lambda v, name, instance: (
                ~some(
                    v.external_dns,
                    lambda other, two: (
                        (other != name)
                        & (two.zone_type != instance.zone_type)
                        & some(two.zone_ids, lambda _, mine: some(instance.zone_ids, lambda _, theirs: mine == theirs))
                    ),
                )
            ),
            "has a zone of an instance of the other zone_type: a zone is public or private",
            inside="zone_ids",
            shows=("zone_ids",),
        ),
    )
