"""What may be set: the control planes, the gateways, who is in the mesh, and what it demands of everybody."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import AlarmInputs, Cluster
from groundplan.framework import (
    EachRule,
    Inputs,
    Rule,
    contains,
    every,
    field,
    keys,
    occurrences,
    tallied,
    together,
    unset,
)
from groundplan.framework.constraints import Pattern
from groundplan.framework.types import (
    CpuQuantity,
    Domain,
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

from .cni_inputs import Cni
from .gateway_inputs import Gateway, GatewayCertificate, Scale
from .kiali_inputs import Kiali
from .policy_inputs import Allowed, ExternalAuthorizer, ExternalCheck, Jwt
from .service_inputs import MeshService

__all__ = ["ControlPlane", "Images", "IstioInputs", "MeshNamespace", "Prometheus", "Resources", "Tracing"]

VERSION = "1.30.3"
"""The newest that the chart knows how to run."""

RevisionName = Annotated[
    str,
    # part of the names of a Deployment, a Service and webhooks
    Pattern("[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?", "at most 20 of a-z, 0-9 and -, with no - at its beginning or end"),
]
IstioVersion = Annotated[str, Pattern(r"1\.[1-9][0-9]\.[0-9]{1,2}", "an exact version of Istio, such as 1.30.3")]
GatewayName = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,28}[a-z0-9])?", "at most 30 of a-z, 0-9 and -, beginning with a letter")
]
ObjectName = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "at most 40 of a-z, 0-9 and -, beginning with a letter")
]
LoadBalancerClass = Annotated[
    str, Pattern("[a-z0-9.-]+/[a-z0-9.-]+", "a class with its domain, such as service.k8s.aws/nlb")
]
HostAndPort = Annotated[
    str, Pattern("[a-z0-9][a-z0-9.-]*:[1-9][0-9]{0,4}", "a host with its port, such as istio-csr.cert-manager.svc:443")
]
ServiceHost = Annotated[
    str,
    Pattern(
        "[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)+",
        "the DNS name of a service, such as collector.observability.svc.cluster.local",
    ),
]


class Resources(Inputs):
    """What a container asks of its node."""

    cpu_request: CpuQuantity = field("CPU that it is sure of", default="100m")
    memory_request: MemoryQuantity = field("memory that it is sure of", default="128Mi")
    memory_limit: MemoryQuantity = field("memory that it may use", default="1Gi")


class ControlPlane(Inputs):
    """One control plane: an istiod of its own, beside those of other revisions."""

    version: IstioVersion = field(
        f"version of istiod and of the proxies that it injects, at most the chart's own, {VERSION}", default=VERSION
    )
    scale: Scale = field("how many pods there are", default=Scale())
    resources: Resources = field(
        "what each pod asks for; it grows with services and pods in the mesh",
        default=Resources(cpu_request="500m", memory_request="2Gi", memory_limit="4Gi"),
    )


class MeshNamespace(Inputs):
    """A namespace whose pods get a proxy when they start."""

    revision: RevisionName | None = field(
        "revision whose istiod injects and configures its proxies; left out, default_revision", default=None
    )
    create: bool = field(
        "whether the module makes the namespace, and deletes it with all that is in it; false: it is there, and is "
        "only labelled, which who makes it must leave so, with ignore_labels of the kubernetes provider for one",
        default=False,
    )
    injected: bool = field(
        "whether pods get a proxy, unless they say otherwise by sidecar.istio.io/inject", default=True
    )
    network_closed: bool = field(
        "whether NetworkPolicies of somebody else close the namespace: then the module's let through what proxies need "
        "and whoever allowed names; false where it is open, which a policy would close",
        default=False,
    )


class Tracing(Inputs):
    """Where proxies send traces: a collector of OpenTelemetry, which sends them on to X-Ray or Tempo."""

    service: ServiceHost = field("DNS name of the collector's service, which must be in the mesh's registry")
    port: int = field("port of its OTLP receiver for gRPC", default=4317, ge=1, le=65535)
    sampling_percent: float = field(
        "how many of a hundred requests begin a trace; those that carry one are in it", default=1, ge=0, le=100
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


class IstioInputs(AlarmInputs):
    """A service mesh. There is one a cluster, with as many control planes as revisions.

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
        "namespace that the module makes, for the control planes; what is said there holds for the whole mesh",
        default="istio-system",
    )
    gateway_namespace: NamespaceName = field(
        "namespace that the module makes, for the gateways and their certificates", default="istio-ingress"
    )
    hub: str = field(
        "registry and path of Istio's images",
        default="registry.istio.io/release",
        min_length=1,
    )
    trust_domain: Domain = field(
        "the mesh's part of every identity: spiffe://<trust_domain>/ns/<namespace>/sa/<service account>",
        default="cluster.local",
    )
    revisions: dict[RevisionName, ControlPlane] = field("control planes by their revision", min_length=1)
    default_revision: RevisionName = field(
        "revision of gateways, of namespaces that name none, and of the webhook that looks at Istio's objects"
    )
    namespaces: dict[NamespaceName, MeshNamespace] = field(
        "namespaces whose pods are in the mesh; left out, there are none", default={}
    )
    sidecar: Resources = field("what each proxy beside a pod asks for", default=Resources(memory_limit="512Mi"))
    gateways: dict[GatewayName, Gateway] = field(
        "ways into the mesh and out of it, by name; left out, there are none", default={}
    )
    load_balancer_class: LoadBalancerClass = field(
        "loadBalancerClass of the Services of gateways with a load balancer, of the AWS Load Balancer Controller",
        default="service.k8s.aws/nlb",
    )
    certificates: dict[KubernetesName, GatewayCertificate] = field(
        "certificates of gateways, by the secret that they are put into; left out, there are none", default={}
    )
    services: dict[ObjectName, MeshService] = field(
        "how requests to services travel, by name; left out, as Istio has it", default={}
    )
    allowed: dict[ObjectName, Allowed] = field("who may ask whom, by name; left out, nobody", default={})
    jwt: dict[ObjectName, Jwt] = field("whose tokens count where, by name; left out, none is looked at", default={})
    external_authorizers: dict[ObjectName, ExternalAuthorizer] = field(
        "services that may be asked about requests, by name; left out, there are none", default={}
    )
    external_checks: dict[ObjectName, ExternalCheck] = field(
        "whose requests they are asked about, by name; left out, nobody's", default={}
    )
    default_deny: bool = field(
        "whether what no policy allows is refused everywhere in the mesh; gateways are allowed the hosts of their "
        "servers",
        default=True,
    )
    certificate_authority: HostAndPort | None = field(
        "where proxies ask for their certificates, such as istio-csr's address; left out, istiod is the authority",
        default=None,
    )
    outbound: Literal["REGISTRY_ONLY", "ALLOW_ANY"] = field(
        "whether pods reach only what the mesh knows (services, ServiceEntries), or anything", default="REGISTRY_ONLY"
    )
    access_logs: bool = field("whether every proxy logs each request to its output, as JSON", default=True)
    dns_proxying: bool = field(
        "whether proxies answer for the names of ServiceEntries, which DNS does not know", default=False
    )
    cni: Cni | None = field(
        "a plugin on each node that leads pods' requests to their proxies; left out, an init container of each pod "
        "does, which asks for NET_ADMIN",
        default=None,
    )
    kiali: Kiali | None = field("a picture of the mesh for people; left out, there is none", default=None)
    tracing: Tracing | None = field("where proxies send traces; left out, nowhere", default=None)
    priority_class_name: KubernetesName = field(
        "PriorityClass of control planes and gateways, so that a full node evicts others first",
        default="system-cluster-critical",
    )
    prometheus: Prometheus | None = field(
        "how the Prometheus operator finds the metrics; left out, no monitor and no alert rules are made", default=None
    )
    alarm_after_minutes: int = field(
        "for how many minutes pods may be missing, or the status report silent, before the alarm",
        default=15,
        ge=10,
        le=240,
    )
    network_policies: bool = field(
        "whether NetworkPolicies let nothing reach istiod and the gateways but the ports that they serve; false where "
        "somebody else makes them",
        default=True,
    )
    collector_namespace: NamespaceName = field(
        "the namespace whose pods read the proxies' metrics: they reach them in namespaces that are network_closed",
        default="monitoring",
    )
    images: Images = field("container images of the status report", default=Images())
    extra_values: PassedThrough = field(
        "further values of the istiod chart, of every revision, below those that the module sets", default={}
    )
    base_extra_values: PassedThrough = field(
        "further values of the base chart, below those that the module sets", default={}
    )
    cni_extra_values: PassedThrough = field(
        "further values of the cni chart, below those that the module sets", default={}
    )
    kiali_extra_values: PassedThrough = field(
        "further values of the kiali-server chart, below those that the module sets", default={}
    )
    gateway_extra_values: PassedThrough = field(
        "further values of the gateway chart, of every gateway, below those that the module sets", default={}
    )

    rules = (
        Rule(
            "default_revision",
            lambda v: contains(keys(v.revisions), v.default_revision),
            "must be a name in revisions",
            shows=("default_revision",),
        ),
        EachRule(
            "namespaces",
            lambda v, _, one: unset(one.revision) | contains(keys(v.revisions), one.revision),
            "must be a name in revisions",
            inside="revision",
            shows=("revision",),
        ),
        EachRule(
            "services",
            lambda v, _, one: every(one.gateways, lambda _, gateway: contains(keys(v.gateways), gateway)),
            "must be names in gateways",
            inside="gateways",
            shows=("gateways",),
        ),
        EachRule(
            "services",
            lambda _, __, one, tally: occurrences(tally, together(one.namespace, one.service)) == 1,
            "must be the only one of its namespace and service: Istio would join the two as it finds them",
            shared=lambda v: tallied(v.services, lambda _, one: together(one.namespace, one.service)),
        ),
        EachRule(
            "allowed",
            lambda v, _, one: every(one.gateways, lambda _, gateway: contains(keys(v.gateways), gateway)),
            "must be names in gateways",
            inside="gateways",
            shows=("gateways",),
        ),
        EachRule(
            "external_checks",
            lambda v, _, one: contains(keys(v.external_authorizers), one.authorizer),
            "must be a name in external_authorizers",
            inside="authorizer",
            shows=("authorizer",),
        ),
        EachRule(
            "external_authorizers",
            lambda _, name, __: name != "opentelemetry",
            "must have another name: the collector of traces has this one",
        ),
        EachRule(
            "revisions",
            lambda _, name, __: name != "default",
            "must have another name: the chart takes default for no revision at all",
        ),
        Rule(
            "gateway_namespace",
            lambda v: v.gateway_namespace != v.namespace,
            "must be another one than namespace: who may write a gateway's secret must not be able to write istiod's",
            shows=("gateway_namespace", "namespace"),
        ),
        Rule(
            "kiali",
            lambda v: (
                unset(v.kiali) | ((v.kiali.namespace != v.namespace) & (v.kiali.namespace != v.gateway_namespace))
            ),
            "must have a namespace of its own: the module makes the others for istiod and for gateways",
            shows=("kiali.namespace",),
        ),
        Rule(
            "namespaces",
            lambda v: every(v.namespaces, lambda name, _: (name != v.namespace) & (name != v.gateway_namespace)),
            "must not name namespace or gateway_namespace, which the module makes and labels itself",
        ),
    )
