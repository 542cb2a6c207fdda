"""What may be set: the controller, what its load balancers have in common, and which kinds of them Ingresses choose."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import AlarmInputs, Cluster, CrdUpgrade, kept_tag
from groundplan.framework import EachRule, Inputs, Rule, field, length, matches, some, unset
from groundplan.framework.constraints import Arn, Pattern, Unique
from groundplan.framework.types import (
    BucketName,
    Cidr,
    CpuQuantity,
    DnsName,
    ImageReference,
    KubernetesName,
    Labels,
    MemoryQuantity,
    NamespaceName,
    PassedThrough,
    PolicyArn,
    ResourceName,
    SecurityGroupId,
    SubnetId,
    Tags,
    TopicArn,
    VpcId,
)

__all__ = [
    "AccessLogs",
    "AwsLoadBalancerControllerInputs",
    "Images",
    "IngressClass",
    "Issuer",
    "Prometheus",
    "Workload",
]

TlsPolicy = Annotated[
    str,
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    Pattern(
        "ELBSecurityPolicy-TLS13-1-[23]-[A-Za-z0-9-]+",
        "a security policy of TLS 1.2 or later, such as ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    ),
]
CertificateArn = Annotated[
    str, Arn("acm", "certificate/[A-Za-z0-9-]+", "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000")
]
WebAclArn = Annotated[
    str,
    Arn(
        "wafv2",
        "regional/webacl/[A-Za-z0-9_-]+/[a-f0-9-]+",
        "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/prod/0a1b2c3d-0000-4000-8000-000000000000",
    ),
]
KubernetesKind = Annotated[str, Pattern("[A-Z][A-Za-z0-9]*", "a kind, such as ClusterIssuer")]
GroupName = Annotated[
    str,
    # https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/guide/ingress/annotations.md#groupname
    Pattern(
        "[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?",
        "at most 63 of a-z, 0-9, - and ., with a letter or digit at its beginning and end",
    ),
]
LogPrefix = Annotated[
    str, Pattern("[A-Za-z0-9][A-Za-z0-9_./-]*[A-Za-z0-9]", "a path without a slash at its beginning or end")
]


class Issuer(Inputs):
    """The cert-manager issuer of the webhooks' certificate. It must put its CA's certificate into the secret."""

    name: KubernetesName = field("name of the issuer; it must know names that end in .svc, so no public CA will do")
    kind: KubernetesKind = field("kind of the issuer", default="ClusterIssuer")
    group: DnsName = field(
        "API group of the issuer's kind; awspca.cert-manager.io for AWS Private CA", default="cert-manager.io"
    )


class Workload(Inputs):
    """The controller's pods. One works, the others answer webhooks and take over."""

    replicas: int = field(
        "how many pods; while none answers, no Ingress can be made, and no Service with takes_unclassed_services",
        default=3,
        ge=1,
        le=9,
    )
    cpu_request: CpuQuantity = field("CPU that each is sure of", default="100m")
    memory_request: MemoryQuantity = field("memory that each is sure of", default="256Mi")
    memory_limit: MemoryQuantity = field(
        "memory that each may use; the controller keeps all pods and Endpoints in mind", default="512Mi"
    )


class AccessLogs(Inputs):
    """Where an application load balancer writes who asked for what."""

    bucket_name: BucketName = field(
        "bucket in the region, whose policy lets Elastic Load Balancing of that region write; AWS encrypts such logs "
        "with S3's own keys only"
    )
    prefix: LogPrefix | None = field("folder in the bucket; left out, there is none", default=None)


class IngressClass(Inputs):
    """A kind of application load balancer, by the name that Ingresses choose it by. What it says they cannot change."""

    scheme: Literal["internal", "internet-facing"] = field(
        "whether it is reached from its VPC alone, or from the internet", default="internal"
    )
    group: GroupName | None = field(
        "name of the one load balancer that all Ingresses of the class share; left out, each has its own", default=None
    )
    namespace_labels: Labels = field(
        "labels of the namespaces whose Ingresses may have it; left out, those of every namespace may", default={}
    )
    subnet_ids: Annotated[list[SubnetId], Unique()] = field(
        "subnets of the load balancer, one a zone; left out, those with the tag kubernetes.io/role/internal-elb, or "
        "kubernetes.io/role/elb where it is internet-facing",
        default=[],
    )
    inbound_cidrs: Annotated[list[Cidr], Unique()] = field(
        "addresses that may connect; left out, what each Ingress says, and else everybody", default=[]
    )
    certificate_arns: Annotated[list[CertificateArn], Unique()] = field(
        "ARNs of ACM certificates, the first is shown to clients that name no host; left out, each Ingress's hosts are "
        "looked up in ACM",
        default=[],
    )
    web_acl_arn: WebAclArn | None = field(
        "ARN of the web ACL of the region that stands before it; left out, none is put there", default=None
    )
    access_logs: AccessLogs | None = field("where it writes its access logs; left out, it writes none", default=None)
    idle_timeout_seconds: int = field(
        "after how many seconds without a byte a connection is closed", default=60, ge=1, le=4000
    )
    deletion_protection: bool = field(
        "whether AWS refuses to delete it: the last Ingress is then gone only when somebody has switched this off",
        default=True,
    )
    is_default: bool = field("whether Ingresses that name no class have this one", default=False)


class Prometheus(Inputs):
    """How the Prometheus operator, whose kinds must be there, finds the metrics and the alert rules."""

    labels: Labels = field("labels that the operator selects monitors and rules by", default={"release": "prometheus"})
    interval_seconds: int = field("how often the metrics are read, in seconds", default=60, ge=5, le=300)


class Images(Inputs):
    """Container images of the status report, each with an exact version."""

    kubectl: ImageReference = field(
        "an image with kubectl and a shell, for crd_upgrade with wget, awk, sha256sum and tar too, as Alpine's has",
        default="docker.io/alpine/kubectl:1.34.2",
    )
    aws_cli: ImageReference = field(
        "an image with the AWS CLI, which publishes what was found", default="public.ecr.aws/aws-cli/aws-cli:2.36.46"
    )


class AwsLoadBalancerControllerInputs(AlarmInputs):
    """Load balancers of AWS for what a cluster serves. There is one controller a cluster.

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
    load_balancer_tags: Tags = field(
        "tags on what the controller makes, which the provider's default_tags do not reach, over the module's own",
        default={},
    )
    cluster: Cluster = field("the EKS cluster")
    vpc_id: VpcId = field("id of the cluster's VPC, where the load balancers are")
    namespace: NamespaceName = field(
        "namespace that the module makes, for the controller alone", default="aws-load-balancer-controller"
    )
    issuer: Issuer = field("the cert-manager issuer of the webhooks' certificate")
    certificate_days: int = field(
        "how long the webhooks' certificate is valid, in days; it is renewed when a third is left",
        default=90,
        ge=3,
        le=825,
    )
    controller: Workload = field("the controller's pods", default=Workload())
    priority_class_name: KubernetesName = field(
        "PriorityClass of all pods, so that a full node evicts others first", default="system-cluster-critical"
    )
    ingress_classes: dict[KubernetesName, IngressClass] = field(
        "kinds of application load balancers, by the name of their IngressClass; left out, Ingresses get none",
        default={},
    )
    tls_policy: TlsPolicy = field(
        "which versions of TLS and which ciphers listeners take, of Services that do not say it too",
        default="ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    )
    takes_unclassed_services: bool = field(
        "whether Services of type LoadBalancer that name no class become internal network load balancers of this "
        "controller; false leaves them to Kubernetes' own, which gives each a classic one that faces the internet",
        default=True,
    )
    unclassed_services_left_in: Annotated[list[NamespaceName], Unique()] = field(
        "namespaces beside kube-system where Services can be made while no pod of the controller answers: there they "
        "name their class themselves",
        default=[],
    )
    backend_security_group_id: SecurityGroupId | None = field(
        "security group that load balancers reach pods from; left out, the controller makes one", default=None
    )
    gateway_api: bool = field(
        "whether it makes load balancers for Gateways too; the kinds of Gateway API 1.6 must then be there",
        default=False,
    )
    waf_enabled: bool = field("whether it puts web ACLs before load balancers", default=True)
    shield_enabled: bool = field(
        "whether it puts load balancers under Shield Advanced, which the account must have subscribed to", default=False
    )
    prometheus: Prometheus | None = field(
        "how the Prometheus operator finds the metrics; left out, no monitor and no alert rules are made", default=None
    )
    alarm_after_minutes: int = field(
        "for how many minutes pods or load balancers may be missing, or the status report silent, before the alarm",
        default=15,
        ge=10,
        le=240,
    )
    network_policies: bool = field(
        "whether a NetworkPolicy lets nothing reach the controller but the ports of its webhooks and metrics; false "
        "where somebody else makes one",
        default=True,
    )
    images: Images = field("container images of the status report", default=Images())
    crd_upgrade: CrdUpgrade | None = field(
        "brings the definitions of the controller's kinds to the version of its chart before each upgrade, as Helm "
        "does not; left out, a person does, as the README says",
        default=None,
    )
    extra_values: PassedThrough = field("further values of the chart, below those that the module sets", default={})

    rules = (
        kept_tag("elbv2.k8s.aws/", "the controller knows by it what it made"),
        EachRule(
            "load_balancer_tags",
            lambda _, name, __: ~matches(name, "(elbv2|ingress|service)[.]k8s[.]aws/.*"),
            "must have another name: the controller sets it itself, and knows by it what it made",
        ),
        EachRule(
            "load_balancer_tags",
            lambda _, name, value: ~matches(name, ".*[,=].*") & ~matches(value, ".*,.*"),
            "must have no comma, and no = in its name: the controller takes all tags in one argument",
        ),
        EachRule(
            "tags",
            lambda _, name, value: ~matches(name, ".*[,=].*") & ~matches(value, ".*,.*"),
            "must have no comma, and no = in its name: the controller takes all tags in one argument",
        ),
        Rule(
            "unclassed_services_left_in",
            lambda v: v.takes_unclassed_services | (length(v.unclassed_services_left_in) == 0),
            "must be empty without takes_unclassed_services: then every namespace is left alone",
            shows=("unclassed_services_left_in",),
        ),
        EachRule(
            "ingress_classes",
            lambda v, _, one: unset(one.web_acl_arn) | v.waf_enabled,
            "must be left out when waf_enabled is false: the controller would put no web ACL there",
            inside="web_acl_arn",
            shows=("web_acl_arn",),
        ),
        EachRule(
            "ingress_classes",
            lambda v, name, one: (
                ~one.is_default | ~some(v.ingress_classes, lambda other, two: (other != name) & two.is_default)
            ),
            "must be false: another class is the default too, and Kubernetes would choose the newer one",
            inside="is_default",
        ),
        EachRule(
            "ingress_classes",
            lambda v, name, one: (
                unset(one.group)
                | ~some(
                    v.ingress_classes,
                    lambda other, two: (other != name) & ~unset(two.group) & (two.group == one.group),
                )
            ),
            "is the group of another class too: one load balancer cannot be of two kinds",
            inside="group",
            shows=("group",),
        ),
    )
