"""What may be set: the cluster's own DNS, the DNS records that it keeps, the names that the mesh knows."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import AlarmInputs, Cluster, CrdUpgrade
from groundplan.framework import EachRule, Inputs, Rule, contains, every, field, some, unset
from groundplan.framework.constraints import Pattern, Unique
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

from .coredns_inputs import CoreDns, NodeLocalDns
from .service_inputs import HeadlessService, Mesh

__all__ = ["ExternalDns", "Images", "Prometheus", "ServiceDiscoveryInputs"]

Source = Literal["service", "ingress", "istio-gateway", "istio-virtualservice"]
InstanceName = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,18}[a-z0-9])?", "at most 20 of a-z, 0-9 and -, beginning with a letter")
]
OwnerId = Annotated[
    str, Pattern("[A-Za-z0-9][A-Za-z0-9_-]{0,62}", "at most 63 letters, digits, _ and -, beginning with no sign")
]
TxtLabel = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,30}[a-z0-9])?", "one label of a DNS name: at most 32 of a-z, 0-9 and -")
]


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


class Prometheus(Inputs):
    """How the Prometheus operator, whose kinds must be there, finds the metrics and the alert rules."""

    labels: Labels = field("labels that the operator selects monitors and rules by", default={"release": "prometheus"})
    interval_seconds: int = field("how often the metrics are read, in seconds", default=30, ge=5, le=300)


class Images(Inputs):
    """Container images of the status report, each with an exact version."""

    kubectl: ImageReference = field(
        "an image with kubectl and a shell, for crd_upgrade with wget, awk, sha256sum and tar too, as Alpine's has",
        default="docker.io/alpine/kubectl:1.34.2",
    )
    aws_cli: ImageReference = field(
        "an image with the AWS CLI, which publishes what was found", default="public.ecr.aws/aws-cli/aws-cli:2.36.46"
    )


class ServiceDiscoveryInputs(AlarmInputs):
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
    network_policies: bool = field(
        "whether a NetworkPolicy lets nothing reach ExternalDNS but the port of its metrics; false where somebody else "
        "makes one",
        default=True,
    )
    images: Images = field("container images of the status report", default=Images())
    crd_upgrade: CrdUpgrade | None = field(
        "brings the definitions of DNSEndpoint to the version of the "
        "external-dns chart before each upgrade, as Helm does not; left out, a person does, as the README says",
        default=None,
    )
    extra_values: PassedThrough = field(
        "further values of the external-dns chart, of every instance, below those that the module sets", default={}
    )

    rules = (
        Rule(
            "coredns",
            lambda v: (
                unset(v.coredns)
                | unset(v.node_local_dns)
                | (
                    ~contains(v.coredns.upstream_servers, v.node_local_dns.cluster_dns_ip)
                    & every(
                        v.coredns.stub_domains,
                        lambda _, stub: ~contains(stub.servers, v.node_local_dns.cluster_dns_ip),
                    )
                )
            ),
            "must not name node_local_dns.cluster_dns_ip, its own service's address, in upstream_servers or in servers "
            "of stub_domains: CoreDNS would ask itself for ever",
            shows=("node_local_dns.cluster_dns_ip",),
        ),
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
