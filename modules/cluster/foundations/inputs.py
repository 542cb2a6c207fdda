"""What may be set: which parts of a platform the cluster gets, and in what way."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import Cluster, ServiceInputs
from groundplan.framework import EachRule, Inputs, Rule, any_of, every, field, is_set, length, matches, unset
from groundplan.framework.constraints import Pattern, Unique, Unlike
from groundplan.framework.types import (
    AddonVersion,
    CpuQuantity,
    ImageReference,
    KubernetesName,
    Labels,
    MemoryQuantity,
    NamespaceName,
    PassedThrough,
    ResourceName,
    SecurityGroupId,
    SubnetId,
    Tags,
    VpcId,
)

__all__ = [
    "EbsCsiDriver",
    "EfsCsiDriver",
    "EfsFileSystem",
    "ExternalSecrets",
    "FoundationsInputs",
    "Images",
    "Karpenter",
    "KubeStateMetrics",
    "MetricsServer",
    "Namespace",
    "NodeExporter",
    "PodIdentityAgent",
    "PriorityClass",
    "Prometheus",
    "Quota",
    "SecretStore",
    "SnapshotClass",
    "SnapshotController",
    "StorageClass",
]


ObjectLabels = Annotated[
    str,
    # https://github.com/kubernetes/kube-state-metrics/blob/v2.20.0/docs/developer/cli-arguments.md
    Pattern(
        r"[a-z]+=\[[A-Za-z0-9./_-]+(,[A-Za-z0-9./_-]+)*\]",
        "a kind in the plural and its labels, such as pods=[app.kubernetes.io/name,team]",
    ),
]


# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html (Name)
SecretPath = Annotated[
    str,
    Pattern(
        "[A-Za-z0-9/_+=.@-]{1,400}/", "the beginning of secrets' names, with a / at its end, such as prod-secrets/"
    ),
]
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
DbInstanceIdentifier = Annotated[
    str,
    Pattern("[a-z](-?[a-z0-9]){0,62}", "the identifier of an RDS instance, such as prod-grafana"),
]
SecretName = Annotated[
    str,
    Pattern("[A-Za-z0-9/_+=.@-]{0,511}[A-Za-z0-9_+=.@-]", "a secret's name, such as prod-secrets/claims-database"),
]
PriorityName = Annotated[
    KubernetesName,
    # https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass
    Unlike("system-.*", "have another name: those that begin with system- are Kubernetes' own"),
]


class PodIdentityAgent(Inputs):
    """The agent that gives pods the credentials of EKS Pod Identity, on every node."""

    addon_version: AddonVersion = field(
        "exact version of the add-on eks-pod-identity-agent, one that EKS lists for the cluster's Kubernetes version"
    )


class EbsCsiDriver(Inputs):
    """The driver that makes, attaches, resizes and snapshots EBS volumes, as the EKS add-on."""

    addon_version: AddonVersion = field(
        "exact version of the add-on aws-ebs-csi-driver, one that EKS lists for the cluster's Kubernetes version"
    )
    replicas: int = field(
        "how many replicas the controller has; one works at a time, the others take over", default=2, ge=1, le=5
    )


class EfsFileSystem(Inputs):
    """A file system that the module makes for shared volumes, and that nobody else uses."""

    vpc_id: VpcId = field("VPC of the nodes")
    subnets: dict[str, SubnetId] = field(
        "subnets that nodes mount it in, by a name of yours: one in each of their zones", min_length=1
    )
    client_security_groups: dict[str, SecurityGroupId] = field(
        "security groups that may mount it, by a name of yours: those of the nodes", min_length=1
    )
    backup_tier: Literal["critical", "standard", "none"] = field(
        "tier of the backups of AWS Backup that it is in, its tag BackupTier", default="standard"
    )


class EfsCsiDriver(Inputs):
    """The driver of volumes that many pods read and write at once, as the EKS add-on, and a class of them."""

    addon_version: AddonVersion = field(
        "exact version of the add-on aws-efs-csi-driver, one that EKS lists for the cluster's Kubernetes version"
    )
    class_name: KubernetesName = field("name of the class of these volumes", default="efs")
    reclaim_policy: Literal["Delete", "Retain"] = field(
        "what becomes of a volume's access point when its claim is deleted; what was written stays in either case",
        default="Delete",
    )
    directory_permissions: Annotated[str, Pattern("[0-7]{3}", "three octal digits, such as 700")] = field(
        "permissions of a volume's own folder", default="700"
    )
    file_system_id: Annotated[str, Pattern("fs-[0-9a-f]{8,40}", "the id of an EFS file system")] | None = field(
        "id of the file system that volumes are folders of, whose policy must refuse plain text; left out, "
        "file_system makes one",
        default=None,
    )
    file_system: EfsFileSystem | None = field(
        "a file system that the module makes; left out, one is given", default=None
    )

    rules = (
        Rule(
            "file_system_id",
            lambda v: unset(v.file_system_id) == is_set(v.file_system),
            "must be given, or file_system must: one of the two",
        ),
    )


class SnapshotController(Inputs):
    """The controller that turns VolumeSnapshots into snapshots of a driver, and the definitions of its kinds."""

    addon_version: AddonVersion | None = field(
        "exact version of the add-on snapshot-controller; left out, the chart of that name is installed instead",
        default=None,
    )
    replicas: int = field(
        "how many replicas the chart's controller has; the add-on has two, which nobody can change",
        default=2,
        ge=1,
        le=5,
    )


class MetricsServer(Inputs):
    """What tells the CPU and memory of pods and nodes now: to HorizontalPodAutoscalers and kubectl top."""

    addon_version: AddonVersion | None = field(
        "exact version of the add-on metrics-server; left out, the chart of that name is installed instead",
        default=None,
    )
    replicas: int = field(
        "how many replicas the chart has, each of which asks every node; the add-on has two, which nobody can change",
        default=2,
        ge=1,
        le=3,
    )
    cpu_request: CpuQuantity = field(
        "CPU that a replica of the chart is sure of: 1m for a node, 100m at least", default="100m"
    )
    memory_request: MemoryQuantity = field(
        "memory that a replica of the chart is sure of: 2Mi for a node, 200Mi at least", default="200Mi"
    )
    memory_limit: MemoryQuantity = field("memory that a replica of the chart may use", default="400Mi")


class KubeStateMetrics(Inputs):
    """What tells Prometheus of the cluster's objects: replicas that are wanted and there, pods that restart, claims."""

    cpu_request: CpuQuantity = field("CPU that it is sure of", default="50m")
    memory_request: MemoryQuantity = field(
        "memory that it is sure of: it holds every object of the cluster", default="128Mi"
    )
    memory_limit: MemoryQuantity = field("memory that it may use", default="512Mi")
    labels_of_objects: Annotated[list[ObjectLabels], Unique()] = field(
        "labels of objects that become labels of metrics, by kind, such as namespaces=[team]; left out, none",
        default=[],
    )


class NodeExporter(Inputs):
    """What tells Prometheus of every node: its CPU, memory, disks and network."""

    cpu_request: CpuQuantity = field("CPU that each is sure of", default="20m")
    memory_request: MemoryQuantity = field("memory that each is sure of", default="32Mi")
    memory_limit: MemoryQuantity = field("memory that each may use", default="128Mi")


class StorageClass(Inputs):
    """A class of volumes that pods claim: gp3, encrypted with the module's key, made where their pod runs."""

    default: bool = field("whether claims that name no class get this one", default=False)
    reclaim_policy: Literal["Delete", "Retain"] = field(
        "what becomes of a volume whose claim is deleted: it is deleted too, or stays, and is paid for, until somebody "
        "deletes it",
        default="Delete",
    )
    # https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp3-ebs-volume-type
    iops: int = field("how many operations a second each volume has; 3000 are free", default=3000, ge=3000, le=80000)
    throughput_mibps: int = field(
        "how much each volume reads and writes, in MiB a second; 125 are free", default=125, ge=125, le=2000
    )
    file_system: Literal["ext4", "xfs"] = field("file system that a volume is formatted with", default="ext4")
    tags: Tags = field("tags of its volumes, over those that the module gives them", default={})

    rules = (
        Rule(
            "throughput_mibps",
            lambda v: v.throughput_mibps * 4 <= v.iops,
            "must be at most a quarter of iops, which is all that EBS gives",
            shows=("throughput_mibps", "iops"),
        ),
    )


class SnapshotClass(Inputs):
    """The VolumeSnapshotClass of EBS snapshots, which Velero finds by its label: one of them in a cluster."""

    name: KubernetesName = field("name of the class", default="ebs")
    deletion_policy: Literal["Delete", "Retain"] = field(
        "what becomes of an EBS snapshot whose VolumeSnapshot is deleted, by a person or with its namespace; Velero "
        "deletes those of its backups all the same",
        default="Retain",
    )
    tags: Tags = field("tags of the EBS snapshots, over those that the module gives them", default={})


class Quota(Inputs):
    """What all pods of a namespace may ask for together, and what a container asks for that says nothing."""

    cpu_requests: CpuQuantity = field("CPU that all pods together may be sure of")
    memory_requests: MemoryQuantity = field("memory that all pods together may be sure of")
    memory_limits: MemoryQuantity = field("memory that all pods together may use")
    storage_gib: int = field("room that all claims of volumes together may have, in GiB", ge=0)
    pods: int = field("how many pods there may be", ge=1, le=10000)
    load_balancers: int = field("how many Services may be load balancers", default=0, ge=0, le=50)
    usual_cpu_request: CpuQuantity = field("CPU that a container is sure of which asks for none", default="100m")
    usual_memory_request: MemoryQuantity = field(
        "memory that a container is sure of which asks for none", default="128Mi"
    )
    usual_memory_limit: MemoryQuantity = field("memory that a container may use which says no limit", default="512Mi")


class Namespace(Inputs):
    """A namespace for workloads; those of the platform are made by the modules that run in them."""

    pod_security: Literal["restricted", "baseline", "privileged"] = field(
        "the Pod Security level that pods are held to; what the strictest would refuse is told all the same",
        default="restricted",
    )
    quota: Quota | None = field("what its pods may ask for together; left out, as much as there is", default=None)
    network_closed: bool = field(
        "whether its pods reach each other and the cluster's DNS only, and are reached by each other only, until "
        "policies of their own say more",
        default=True,
    )
    ingress_from: Annotated[list[NamespaceName], Unique()] = field(
        "other namespaces whose pods may connect to its pods; left out, none", default=[]
    )
    labels: Labels = field("further labels of the namespace", default={})

    rules = (
        EachRule(
            "labels",
            lambda _, name, __: ~matches(name, "pod-security\\.kubernetes\\.io/.*"),
            "must have another name: pod_security says what this label does",
        ),
        Rule(
            "ingress_from",
            lambda v: v.network_closed | (length(v.ingress_from) == 0),
            "must be empty unless network_closed: everybody may connect",
        ),
    )


class PriorityClass(Inputs):
    """How important pods are: which one finds a place first, and which goes for it."""

    value: int = field(
        "the higher, the more important; Kubernetes' own begin at 2000000000", ge=-1000000, le=1000000000
    )
    description: str = field("for what it is meant", min_length=1)
    default: bool = field("whether pods that name no class are of this one", default=False)
    preemption: Literal["PreemptLowerPriority", "Never"] = field(
        "whether pods of lower classes are put away to make room, or only wait behind", default="PreemptLowerPriority"
    )


class ExternalSecrets(Inputs):
    """The operator that keeps Secrets of the cluster as Secrets Manager has them."""

    namespace: NamespaceName = field("namespace that the module makes for it", default="external-secrets")
    replicas: int = field(
        "how many replicas the operator, its webhook and the keeper of the webhook's certificate have",
        default=3,
        ge=1,
        le=5,
    )
    cpu_request: CpuQuantity = field("CPU that each replica is sure of", default="20m")
    memory_request: MemoryQuantity = field("memory that each replica is sure of", default="96Mi")
    memory_limit: MemoryQuantity = field("memory that each replica may use", default="256Mi")


class SecretStore(Inputs):
    """A ClusterSecretStore: which namespaces may read which secrets of this account and region by it."""

    namespaces: Annotated[list[NamespaceName], Unique()] = field(
        "namespaces whose ExternalSecrets may use it", min_length=1
    )
    consumer: ResourceName = field(
        "whose secrets: each must carry the tag consumer/<consumer> with the value read, as the module secrets_manager "
        "gives it to those of its consumers"
    )
    paths: Annotated[list[SecretPath], Unique()] = field(
        "what the secrets' names begin with, such as prod-secrets/; left out, only names count", default=[]
    )
    names: Annotated[list[SecretName], Unique()] = field(
        "names of single secrets, such as prod-secrets/claims-database; left out, only paths count", default=[]
    )

    databases: Annotated[list[DbInstanceIdentifier], Unique()] = field(
        "identifiers of RDS instances of this account and region whose master passwords, as RDS keeps them, are read "
        "too; left out, none",
        default=[],
    )

    rules = (
        Rule(
            "paths",
            lambda v: length(v.paths) + length(v.names) >= 1,
            "must have one, or names must: a store without either reads nothing",
        ),
    )


class Karpenter(Inputs):
    """What makes nodes as pods need them, and takes them away again: which ones, NodePools say."""

    replicas: int = field(
        "how many replicas there are, each on a node of its own; one works at a time, the others take over",
        default=3,
        ge=1,
        le=5,
    )
    # https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/#4-install-karpenter
    cpu_request: CpuQuantity = field("CPU that each replica is sure of", default="1")
    memory_request: MemoryQuantity = field("memory that each replica is sure of", default="1Gi")
    memory_limit: MemoryQuantity = field("memory that each replica may use", default="1Gi")
    access_entry: bool = field(
        "whether the cluster is told by an access entry to let its nodes in; false where the authentication mode is "
        "CONFIG_MAP, whose aws-auth must name node_role_arn then",
        default=True,
    )


class Prometheus(Inputs):
    """How the metrics are found by whatever reads the Prometheus operator's kinds."""

    labels: Labels = field("labels that monitors are selected by", default={"release": "prometheus"})
    interval_seconds: int = field("how often the metrics are read, in seconds", default=30, ge=5, le=300)


class Images(Inputs):
    """Container images of the status report, each with an exact version."""

    kubectl: ImageReference = field("an image with kubectl and a shell", default="docker.io/alpine/kubectl:1.34.2")
    aws_cli: ImageReference = field(
        "an image with the AWS CLI, which publishes what was found", default="public.ecr.aws/aws-cli/aws-cli:2.36.46"
    )


class FoundationsInputs(ServiceInputs):
    """What a cluster needs before anything else runs in it. Each part can be left out where the cluster has it."""

    cluster: Cluster = field("the EKS cluster")
    pod_identity_agent: PodIdentityAgent | None = field(
        "the agent of EKS Pod Identity; left out, there is none, or the cluster has it, as with EKS Auto Mode",
        default=None,
    )
    ebs_csi_driver: EbsCsiDriver | None = field(
        "the driver of EBS volumes; left out, the cluster has its own", default=None
    )
    efs_csi_driver: EfsCsiDriver | None = field(
        "the driver of volumes that many pods share, and their class; left out, there are none", default=None
    )
    storage_classes: dict[KubernetesName, StorageClass] = field(
        "classes of volumes by name, each name once in the cluster; left out, gp3, as the default",
        default={"gp3": StorageClass(default=True)},
    )
    snapshot_controller: SnapshotController | None = field(
        "what makes snapshots of volumes; left out, the cluster has its own", default=None
    )
    snapshot_class: SnapshotClass | None = field(
        "the class of EBS snapshots; left out, there is none, and Velero takes none", default=None
    )
    metrics_server: MetricsServer | None = field(
        "what tells the use of pods and nodes; left out, the cluster has its own", default=None
    )
    prometheus_operator_crds: bool = field(
        "whether the definitions of the Prometheus operator's kinds that others read are installed, such as "
        "ServiceMonitor, without the operator; false where the cluster has them, or nobody reads them",
        default=False,
    )
    kube_state_metrics: KubeStateMetrics | None = field(
        "what tells Prometheus of the cluster's objects; left out, nothing does, or the cluster has its own",
        default=None,
    )
    node_exporter: NodeExporter | None = field(
        "what tells Prometheus of the nodes; left out, nothing does, or the cluster has its own", default=None
    )
    prometheus: Prometheus | None = field("how metrics are found; left out, no monitor is made", default=None)
    external_secrets: ExternalSecrets | None = field(
        "the External Secrets operator; left out, there is none, or the cluster has its own", default=None
    )
    karpenter: Karpenter | None = field(
        "Karpenter's controller, what warns it, and the role of its nodes; left out, there is none, or the cluster has "
        "its own, as with EKS Auto Mode",
        default=None,
    )
    secret_stores: dict[KubernetesName, SecretStore] = field(
        "stores that ExternalSecrets name, each name once in the cluster; left out, there are none", default={}
    )
    namespaces: dict[NamespaceName, Namespace] = field(
        "namespaces for workloads by name, each name once in the cluster; left out, there are none", default={}
    )
    priority_classes: dict[PriorityName, PriorityClass] = field(
        "classes of importance by name, each name once in the cluster; left out, there are Kubernetes' own",
        default={},
    )
    alarm_after_minutes: int = field(
        "for how many minutes replicas may be missing, or the status report silent, before the alarm",
        default=15,
        ge=10,
        le=240,
    )
    network_policies: bool = field(
        "whether NetworkPolicies let nothing reach the pods of charts but the ports that they serve; false where "
        "somebody else makes them",
        default=True,
    )
    images: Images = field("container images of the status report", default=Images())
    snapshot_controller_extra_values: PassedThrough = field(
        "further values of the snapshot-controller chart, below those that the module sets", default={}
    )
    metrics_server_extra_values: PassedThrough = field(
        "further values of the metrics-server chart, below those that the module sets", default={}
    )
    kube_state_metrics_extra_values: PassedThrough = field(
        "further values of the kube-state-metrics chart, below those that the module sets", default={}
    )
    external_secrets_extra_values: PassedThrough = field(
        "further values of the external-secrets chart, below those that the module sets", default={}
    )
    karpenter_extra_values: PassedThrough = field(
        "further values of the karpenter chart, below those that the module sets", default={}
    )
    karpenter_crds_extra_values: PassedThrough = field(
        "further values of the karpenter-crd chart, below those that the module sets", default={}
    )
    node_exporter_extra_values: PassedThrough = field(
        "further values of the prometheus-node-exporter chart, below those that the module sets", default={}
    )
    prometheus_operator_crds_extra_values: PassedThrough = field(
        "further values of the prometheus-operator-crds chart, below those that the module sets", default={}
    )

    rules = (
        Rule(
            "efs_csi_driver",
            lambda v: any_of(
                unset(v.efs_csi_driver), every(v.storage_classes, lambda name, _: name != v.efs_csi_driver.class_name)
            ),
            "must have another class_name than any of storage_classes",
        ),
        Rule(
            "storage_classes",
            lambda v: every(
                v.storage_classes,
                lambda name, one: (
                    ~one.default | every(v.storage_classes, lambda other, two: (other == name) | ~two.default)
                ),
            ),
            "must have one default at most: of two the newer one would count",
        ),
        Rule(
            "priority_classes",
            lambda v: every(
                v.priority_classes,
                lambda name, one: (
                    ~one.default | every(v.priority_classes, lambda other, two: (other == name) | ~two.default)
                ),
            ),
            "must have one default at most: the API server refuses a second one",
        ),
        Rule(
            "secret_stores",
            lambda v: ~unset(v.external_secrets) | (length(v.secret_stores) == 0),
            "must be empty without external_secrets, which reads by them",
        ),
        EachRule(
            "namespaces",
            # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
            lambda _, name, __: ~matches(name, "default|kube-.*"),
            "must have another name: default is there in every cluster, and names that begin with kube- are "
            "Kubernetes' own",
        ),
    )
