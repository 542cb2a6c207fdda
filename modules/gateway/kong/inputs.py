"""What may be set: the database, the load balancer, how the gateway scales, and who may ask its admin API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from groundplan.building import Cluster, CrdUpgrade, GivenKey, PostgresInstance, ServiceInputs, copied_onto_itself
from groundplan.framework import EachRule, Inputs, Rule, contains, every, field, keys, length, matches, picked, unset
from groundplan.framework.constraints import Arn, Pattern, Unique, Unlike
from groundplan.framework.types import (
    BucketName,
    Cidr,
    ImageReference,
    KubernetesName,
    Labels,
    NamespaceName,
    PassedThrough,
    RegionName,
    SubnetId,
)

from .plugin_inputs import Consumer, Credential, NamespacePlugin, Plugin, PluginName, Redis
from .portal_inputs import Portal

__all__ = [
    "Admin",
    "ApplicationBalancer",
    "Autoscaling",
    "BackupCopy",
    "Images",
    "KongInputs",
    "LoadBalancer",
    "Metrics",
    "RequestScaling",
    "WebAcl",
]

CertificateArn = Annotated[
    str,
    Arn(
        "acm",
        "certificate/[A-Za-z0-9-]+",
        "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000000",
    ),
]
WebAclArn = Annotated[
    str,
    Arn(
        "wafv2",
        "regional/webacl/[A-Za-z0-9_-]+/[a-f0-9-]+",
        "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/prod/0a1b2c3d-0000-4000-8000-000000000000",
    ),
]
# those that cost nothing by themselves: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
ManagedRuleGroup = Literal[
    "AWSManagedRulesAdminProtectionRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesAnonymousIpList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesLinuxRuleSet",
    "AWSManagedRulesPHPRuleSet",
    "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesUnixRuleSet",
    "AWSManagedRulesWindowsRuleSet",
    "AWSManagedRulesWordPressRuleSet",
]
ACCESS_LOG_DAYS = 365
NarrowCidr = Annotated[Cidr, Unlike(".*/0", "name a network: /0 is everybody")]
ReleaseName = Annotated[
    str,
    # the longest name made of it is <release>-pre-upgrade-migrations, with a job's suffix for its pods
    Pattern("[a-z]([a-z0-9-]{0,30}[a-z0-9])?", "at most 32 of a-z, 0-9 and -, beginning with a letter"),
]


class BackupCopy(Inputs):
    """Copies of the database's backups in another region, from which it can be restored there to any second."""

    region: RegionName = field("region of the copies; not the database's own")
    retention_days: int = field("how long the copies are kept, in days", default=14, ge=1, le=35)
    kms_key: GivenKey | None = field(
        "key of that region that encrypts the copies; left out, the module makes one there with yearly rotation",
        default=None,
    )


class WebAcl(Inputs):
    """What AWS WAF lets pass."""

    arn: WebAclArn | None = field(
        "ARN of a web ACL of the region; left out, the module makes one of managed_rule_groups, with a log",
        default=None,
    )
    managed_rule_groups: Annotated[list[ManagedRuleGroup], Unique()] = field(
        "rule groups of AWS in the web ACL that the module makes, in the order in which they are asked; the common one "
        "blocks bodies of more than 8 KB",
        default=[
            "AWSManagedRulesAmazonIpReputationList",
            "AWSManagedRulesKnownBadInputsRuleSet",
            "AWSManagedRulesSQLiRuleSet",
            "AWSManagedRulesCommonRuleSet",
        ],
        min_length=1,
    )


class ApplicationBalancer(Inputs):
    """An Application Load Balancer, by an Ingress of the AWS Load Balancer Controller, with a web ACL before it."""

    access_logs_bucket_name: BucketName = field(
        "bucket of its access logs in the region, whose policy lets Elastic Load Balancing write; AWS encrypts such "
        "logs with S3's own keys only, which the module's own bucket does not take"
    )
    web_acl: WebAcl = field("what AWS WAF lets pass; left out, what four rule groups of AWS let", default=WebAcl())
    ingress_class: KubernetesName = field("class of Ingresses that the controller serves", default="alb")
    idle_timeout_seconds: int = field(
        "after how many seconds without a byte a connection is closed", default=60, ge=1, le=4000
    )


class LoadBalancer(Inputs):
    """The load balancer in front of Kong, which the AWS Load Balancer Controller makes: a network one by itself."""

    certificate_arns: Annotated[list[CertificateArn], Unique()] = field(
        "certificates of ACM that it shows, the first one to clients that name none of their names",
        min_length=1,
        max_length=25,
    )
    scheme: Literal["internal", "internet-facing"] = field(
        "who can reach it: what is connected to the VPC, or the internet", default="internal"
    )
    subnet_ids: Annotated[list[SubnetId], Unique()] = field(
        "subnets that it has an address in, one a zone: private ones when it is internal, else public ones; empty: "
        "those that the controller finds by their tags",
        default=[],
    )
    allowed_cidrs: Annotated[list[NarrowCidr], Unique()] = field(
        "networks of clients that are let in; empty: every one that can reach an internal one", default=[]
    )
    deletion_protection: bool = field(
        "whether AWS refuses to delete it; the release can then not be removed before this is false", default=True
    )
    access_log_days: int = field(
        "how long its access logs are kept in S3, in days", default=ACCESS_LOG_DAYS, ge=1, le=3650
    )
    keep_logs: bool = field("whether access logs outlive the module; otherwise they go with it", default=True)
    application: ApplicationBalancer | None = field(
        "an Application Load Balancer with a web ACL; left out, a Network Load Balancer, which can have none, and "
        "tells by the PROXY protocol who the client is",
        default=None,
    )

    rules = (
        Rule(
            "allowed_cidrs",
            lambda v: (v.scheme == "internal") | (length(v.allowed_cidrs) > 0) | ~unset(v.application),
            "must name the networks of the clients when scheme is internet-facing: it has no firewall before it, which "
            "application would have",
            shows=("allowed_cidrs",),
        ),
        Rule(
            "access_log_days",
            lambda v: unset(v.application) | (v.access_log_days == ACCESS_LOG_DAYS),
            "must be left out with application, whose logs are in a bucket that is not the module's",
            shows=("access_log_days",),
        ),
        Rule(
            "keep_logs",
            lambda v: unset(v.application) | v.keep_logs,
            "must be left out with application, whose logs are in a bucket that is not the module's",
            shows=("keep_logs",),
        ),
    )


class Admin(Inputs):
    """Who reaches Kong's admin API beside the controller in the same pod: each with a certificate of its authority."""

    allowed_cidrs: Annotated[list[NarrowCidr], Unique()] = field(
        "networks that Kong answers there; empty: none", default=[]
    )
    client_namespaces: Annotated[list[NamespaceName], Unique()] = field(
        "namespaces whose pods the NetworkPolicy lets through to it; empty: none", default=[]
    )


class RequestScaling(Inputs):
    """Replicas by the requests that they serve, which prometheus-adapter tells the API of custom metrics."""

    per_replica: int = field("requests a second that one replica is to serve", ge=1)
    metric_name: Annotated[str, Pattern("[a-z][a-z0-9_]{0,62}", "a name of a metric, such as requests_per_second")] = (
        field("what the adapter calls them", default="kong_http_requests_per_second")
    )


class Autoscaling(Inputs):
    """Between how many replicas the gateway scales, and on what."""

    min_replicas: int = field("how many replicas there are at least", default=3, ge=1, le=100)
    max_replicas: int = field("how many replicas there may be", default=12, ge=1, le=1000)
    cpu_percent: int = field(
        "at which part of the CPU that it asked for the gateway gets more replicas, in percent",
        default=65,
        ge=10,
        le=95,
    )
    requests: RequestScaling | None = field(
        "requests a second, as a second measure: the one that wants more replicas wins; left out, the CPU alone",
        default=None,
    )
    scale_up_stabilization_seconds: int = field(
        "for how long more must have been wanted before there are more, in seconds", default=0, ge=0, le=3600
    )
    scale_down_stabilization_seconds: int = field(
        "for how long fewer must have been enough before there are fewer, in seconds", default=300, ge=0, le=3600
    )

    rules = (
        Rule(
            "max_replicas",
            lambda v: v.max_replicas >= v.min_replicas,
            "must be min_replicas at least",
            shows=("max_replicas", "min_replicas"),
        ),
    )


class Metrics(Inputs):
    """How the Prometheus operator, whose kinds must be there, finds the metrics and the alerts."""

    labels: Labels = field("labels that the operator selects monitors and rules by", default={"release": "prometheus"})
    interval_seconds: int = field("how often the metrics are read, in seconds", default=30, ge=5, le=300)


class Images(Inputs):
    """The container images, each with an exact version or digest."""

    gateway: ImageReference = field(
        # the last minor version that the open edition has images of
        "Kong: the gateway and its migrations",
        default="docker.io/library/kong:3.9.3",
    )
    controller: ImageReference = field(
        "the ingress controller", default="docker.io/kong/kubernetes-ingress-controller:3.5.13"
    )
    log_shipper: ImageReference = field(
        "Fluent Bit, which ships the log of requests",
        default="public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.17",
    )
    kubectl: ImageReference = field(
        "an image with kubectl, wget, awk, sha256sum and tar, as Alpine's has, for crd_upgrade",
        default="docker.io/alpine/kubectl:1.34.2",
    )
    portal_proxy: ImageReference = field(
        "oauth2-proxy, which signs the portal's readers in: the default is v7.15.5",
        default="quay.io/oauth2-proxy/oauth2-proxy@sha256:8498b0d0ef0a7b29686414000a08aee467f02d0299c9ed1e006a8f33fc017916",
    )
    portal_viewer: ImageReference = field(
        "Swagger UI with nginx, which shows the portal's documents: the default is v5.33.0",
        default="docker.io/swaggerapi/swagger-ui@sha256:f9b8432be04e320406157e26c3ff52a7e9a4bea7eabe5477e9636791737eb119",
    )


def _one_everywhere(kind: str) -> Rule:
    """Kong has one plugin of a kind for everything: of two the second is refused."""

    def those(v: Any) -> Any:
        return picked(v.plugins, lambda name, _: name, lambda _, p: p.everywhere & ~unset(getattr(p, kind)))

    return Rule(
        "plugins",
        lambda v: length(those(v)) <= 1,
        f"must have one {kind} everywhere at most: Kong takes a single one for everything",
        finds=those,
    )


class KongInputs(ServiceInputs):
    """An API gateway, its database and its load balancer."""

    cluster: Cluster = field("the EKS cluster that Kong runs in")
    vpc_cidrs: Annotated[list[NarrowCidr], Unique()] = field(
        "networks that the load balancer's addresses and the cluster's API server are in: the subnets', or the VPC's; "
        "Kong believes only them who a client is",
        min_length=1,
    )
    load_balancer: LoadBalancer = field("the load balancer in front of Kong")
    database: PostgresInstance = field("the PostgreSQL database that Kong keeps its configuration in")
    backup_copy: BackupCopy | None = field(
        "copies of the database's backups in another region; left out, losing the region loses them", default=None
    )
    trusted_authorities_pem: str | None = field(
        "certificates of the authorities that sign the database's certificate, as PEM; left out, those that the module "
        "has of RDS's own, which are missing in some regions",
        default=None,
    )
    credentials: Literal["external_secrets", "csi"] = field(
        "what brings the database's password from Secrets Manager: External Secrets, or the Secrets Store CSI driver "
        "with AWS's provider, syncing of secrets and rotation; either must be in the cluster",
        default="external_secrets",
    )
    admin: Admin = field("who reaches the admin API; left out, Kong's own controller alone", default=Admin())
    autoscaling: Autoscaling = field("how the gateway scales; left out, from 3 to 12", default=Autoscaling())
    zones: int = field(
        "over how many availability zones the replicas must be spread at least; 1 is for environments that may lose "
        "the gateway with its zone",
        default=3,
        ge=1,
        le=6,
    )
    cpu_millicores: int = field(
        "CPU that each replica of the gateway is sure of, in thousandths of a core", default=1000, ge=100
    )
    memory_mebibytes: int = field(
        "memory that each replica of the gateway is sure of, and limited to, in MiB", default=2048, ge=512
    )
    namespace: NamespaceName = field("namespace that the module makes, for Kong alone", default="kong")
    release_name: ReleaseName = field(
        "name of the Helm release and of what it makes, some of it cluster-wide: another Kong in the same cluster "
        "needs another one",
        default="kong",
    )
    ingress_class: KubernetesName = field(
        "IngressClass whose Ingresses this Kong serves: another Kong in the same cluster needs another one",
        default="kong",
    )
    metrics: Metrics | None = field(
        "objects of the Prometheus operator; left out, CloudWatch alone raises alarms, which knows the database only",
        default=None,
    )
    plugins: dict[PluginName, Plugin] = field(
        "plugins that everything in the cluster can name, by a name of yours; the output plugin_names says theirs",
        default={},
    )
    namespace_plugins: dict[PluginName, NamespacePlugin] = field(
        "plugins that one namespace can name, called as those of plugins", default={}
    )
    redis: Redis | None = field(
        "what counts for limits of policy redis; left out, there can be none of them", default=None
    )
    consumers: dict[PluginName, Consumer] = field("clients that Kong knows, by their names", default={})
    client_credentials: dict[PluginName, Credential] = field(
        "what proves who a consumer is, by a name of yours; it needs External Secrets", default={}
    )
    request_logs: bool = field(
        "whether every request is told to a log group of CloudWatch, by a sidecar that ships what Kong logs",
        default=True,
    )
    portal: Portal | None = field(
        "a website that describes the APIs to whoever signs in; left out, there is none", default=None
    )
    images: Images = field("container images; left out, the versions that the module was tested with", default=Images())
    crd_upgrade: CrdUpgrade | None = field(
        "brings the definitions of Kong's kinds to the version of the "
        "kong chart before each upgrade, as Helm does not; left out, a person does, as the README says",
        default=None,
    )
    extra_values: PassedThrough = field(
        "further values of the kong chart, below those that the module sets", default={}
    )

    rules = (
        *(
            _one_everywhere(kind)
            for kind in ("rate_limiting", "jwt", "request_transformer", "response_transformer", "http_log")
        ),
        EachRule(
            "plugins",
            lambda v, _, p: ~v.request_logs | unset(p.http_log) | ~p.everywhere,
            "must be false beside request_logs, which is the http-log of everything: name it where it is wanted",
            inside="everywhere",
        ),
        *(
            EachRule(
                setting,
                lambda v, _, p: ~unset(v.redis) | unset(p.rate_limiting) | (p.rate_limiting.policy != "redis"),
                "must not be redis without redis of the module, which says where it is",
                inside="rate_limiting.policy",
            )
            for setting in ("plugins", "namespace_plugins")
        ),
        EachRule(
            "namespace_plugins",
            lambda v, _, p: (
                unset(v.redis) | unset(v.redis.password) | unset(p.rate_limiting) | (p.rate_limiting.policy != "redis")
            ),
            "must not count in redis, whose password is in Kong's namespace: make it one of plugins",
            inside="rate_limiting",
        ),
        EachRule(
            "namespace_plugins",
            lambda v, name, _: ~contains(keys(v.plugins), name),
            "must have another name than each of plugins: what names it would not know which",
        ),
        EachRule(
            "consumers",
            lambda v, _, consumer: every(consumer.plugins, lambda _, name: contains(keys(v.plugins), name)),
            "must name plugins that are there",
            inside="plugins",
            shows=("plugins",),
        ),
        EachRule(
            "consumers",
            lambda v, _, consumer: every(
                consumer.credentials, lambda _, name: contains(keys(v.client_credentials), name)
            ),
            "must name some of client_credentials",
            inside="credentials",
            shows=("credentials",),
        ),
        Rule(
            "client_credentials",
            lambda v: (length(v.client_credentials) == 0) | (v.credentials == "external_secrets"),
            "must be empty unless credentials is external_secrets, which brings them",
            shows=("credentials",),
        ),
        Rule(
            "portal",
            lambda v: unset(v.portal) | (v.credentials == "external_secrets"),
            "must be left out unless credentials is external_secrets, which brings its secrets",
            shows=("credentials",),
        ),
        # a plugin that is off on an Ingress leaves the one that acts everywhere in its place
        EachRule(
            "plugins",
            lambda v, _, p: unset(v.portal) | unset(p.jwt) | ~p.everywhere | p.disabled,
            "must be false beside portal, whose readers come with a cookie: name tokens where they are wanted",
            inside="everywhere",
        ),
        Rule(
            "autoscaling",
            lambda v: v.autoscaling.min_replicas >= v.zones,
            "must have min_replicas of zones at least, or a zone has none; a single replica needs zones = 1",
            shows=("autoscaling.min_replicas", "zones"),
        ),
        # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
        Rule(
            "namespace",
            lambda v: ~matches(v.namespace, "default|kube-.*"),
            "must be Kong's own: the module makes it, default is there already, and names that begin with kube- are "
            "Kubernetes' own",
            shows=("namespace",),
        ),
    )

    checks = (lambda v: copied_onto_itself(v, "backup_copy.region", v.backup_copy.region) if v.backup_copy else (),)
