"""What may be set: the schedules, where backups lie, how volumes are saved, how it is proved that they come back."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import Cluster, GivenKey, ServiceInputs, copied_onto_itself
from groundplan.framework import EachRule, Inputs, Rule, contains, every, field, keys, length, matches, overlap, unset
from groundplan.framework.constraints import Pattern
from groundplan.framework.types import (
    BucketName,
    CpuQuantity,
    Cron,
    ImageReference,
    KmsKeyArn,
    KubernetesName,
    Labels,
    MemoryQuantity,
    NamespaceName,
    PassedThrough,
    RegionName,
)

__all__ = [
    "ExpectedResource",
    "Images",
    "Metrics",
    "NativeSnapshots",
    "NodeAgent",
    "ObjectLock",
    "ReadOnlyLocation",
    "Replica",
    "Resources",
    "Restore",
    "RestoreDrill",
    "Schedule",
    "VeleroInputs",
]

ScheduleName = Annotated[
    str,
    # Backups are called <schedule>-<14 digits>, and both names are values of labels: at most 63 characters.
    Pattern("[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?", "at most 48 of a-z, 0-9 and -"),
]
ResourceKind = Annotated[
    str, Pattern("[a-z][a-z0-9]*(\\.[a-z0-9][a-z0-9.-]*)?", "a resource as kubectl names it, such as deployments.apps")
]


ACTS_ON_THE_WORLD = [
    "certificates.cert-manager.io",
    "cronjobs.batch",
    "dnsendpoints.externaldns.k8s.io",
    "externalsecrets.external-secrets.io",
    "gateways.gateway.networking.k8s.io",
    "gateways.networking.istio.io",
    "httproutes.gateway.networking.k8s.io",
    "ingresses.networking.k8s.io",
    "jobs.batch",
    "virtualservices.networking.istio.io",
]
"""Kinds by which a restored copy would order certificates, change DNS, read secrets, take traffic or run jobs."""


def _not_both(included: str, excluded: str) -> Rule:
    """Velero marks a backup or restore that has one name on both lists as FailedValidation, and does nothing.

    https://github.com/vmware-tanzu/velero/blob/v1.18.1/pkg/util/collections/includes_excludes.go
    """
    return Rule(
        excluded,
        lambda v: ~overlap(getattr(v, included), getattr(v, excluded)),
        f"must not have what {included} has: Velero runs nothing that has one name on both lists",
        shows=(included, excluded),
    )


_NOT_BOTH = (_not_both("namespaces", "excluded_namespaces"), _not_both("resources", "excluded_resources"))


class Schedule(Inputs):
    """When Velero backs up, what, and for how long it keeps it."""

    cron: Cron = field("when a backup starts, in UTC")
    ttl_hours: int = field("how long each backup is kept, in hours", ge=1, le=87600)
    alarm_after_hours: int = field(
        "how old the newest complete backup may grow before the alarm, in hours; leave room for one backup's duration",
        ge=1,
        le=8760,
    )
    namespaces: list[NamespaceName] = field("what to back up; empty: every namespace", default=[])
    excluded_namespaces: list[NamespaceName] = field("namespaces to leave out", default=[])
    resources: list[ResourceKind] = field("kinds of resources to back up; empty: every kind", default=[])
    excluded_resources: list[ResourceKind] = field("kinds of resources to leave out", default=[])
    labels: Labels = field("labels that a resource must have to be backed up; empty: any", default={})
    include_cluster_resources: bool | None = field(
        "whether resources outside of namespaces are in the backup; left out, those that the backed up ones refer to, "
        "and all of them in a backup of every namespace",
        default=None,
    )
    snapshot_volumes: bool = field("whether volumes are snapshotted", default=True)
    move_snapshot_data: bool = field(
        "whether the data of the snapshots is moved into the bucket, and so into its copy; needs node_agent and "
        "csi_snapshots. Otherwise snapshots stay EBS snapshots of the primary region",
        default=False,
    )
    file_system_backup: bool = field(
        "whether the files of volumes are backed up instead of snapshots, for volumes without a CSI driver that can "
        "snapshot; needs node_agent",
        default=False,
    )
    snapshot_timeout_minutes: int = field("how long one CSI snapshot may take, in minutes", default=10, ge=1, le=1440)
    item_timeout_hours: int = field("how long the move of one volume's data may take, in hours", default=4, ge=1, le=72)
    paused: bool = field("whether no backups are made for now; its alarms are away as long", default=False)

    rules = (
        Rule(
            "alarm_after_hours",
            lambda v: v.alarm_after_hours <= v.ttl_hours,
            "must be ttl_hours or less, or there is no backup left to tell the age of",
            shows=("alarm_after_hours", "ttl_hours"),
        ),
        Rule(
            "file_system_backup",
            lambda v: ~v.file_system_backup | ~v.move_snapshot_data,
            "cannot be on together with move_snapshot_data: a volume is saved by one of the two",
        ),
        *_NOT_BOTH,
    )


class Restore(Inputs):
    """A restore that is ready to be run by hand: of the whole cluster, of namespaces, or of single resources."""

    schedule: ScheduleName | None = field(
        "name of the schedule whose newest complete backup is restored; left out, backup says which one", default=None
    )
    backup: KubernetesName | None = field(
        "name of the one backup to restore; left out, schedule says where it comes from", default=None
    )
    namespaces: list[NamespaceName] = field("namespaces to restore; empty: all in the backup", default=[])
    excluded_namespaces: list[NamespaceName] = field("namespaces to leave out", default=[])
    resources: list[ResourceKind] = field("kinds of resources to restore; empty: all in the backup", default=[])
    excluded_resources: list[ResourceKind] = field("kinds of resources to leave out", default=[])
    labels: Labels = field(
        "labels that a resource must have to be restored, the way to a single one: Velero knows no names; empty: any",
        default={},
    )
    namespace_mapping: dict[NamespaceName, NamespaceName] = field(
        "namespaces that are restored under another name, from old to new", default={}
    )
    restore_volumes: bool = field("whether volumes come back from their snapshots", default=True)
    include_cluster_resources: bool | None = field(
        "whether resources outside of namespaces are restored; left out, those that the restored ones refer to",
        default=None,
    )
    existing_resources: Literal["none", "update"] = field(
        "what happens to resources that exist already: they stay as they are, or are updated", default="none"
    )
    preserve_node_ports: bool = field("whether services keep their node ports", default=False)
    item_timeout_hours: int = field("how long one volume's data may take to come back, in hours", default=4, ge=1)

    rules = (
        Rule(
            "schedule",
            lambda v: unset(v.schedule) != unset(v.backup),
            "must be set when backup is not, and only then",
            shows=("schedule", "backup"),
        ),
        *_NOT_BOTH,
    )


class ObjectLock(Inputs):
    """Versions of the bucket's objects cannot be deleted for some days, except with a special permission."""

    retention_days: int = field(
        "how long a version is locked in governance mode, in days: only s3:BypassGovernanceRetention gets past it",
        ge=1,
        le=36500,
    )


class Replica(Inputs):
    """A copy of the bucket in another region."""

    region: RegionName = field("the region of the copy; it cannot be the bucket's own")
    kms_key: GivenKey | None = field(
        "key of that region that encrypts the copy; left out, the module makes one there with yearly rotation",
        default=None,
    )
    keep_deleted_days: int = field(
        "how long the copy keeps what was deleted or overwritten in the bucket, in days", default=90, ge=1, le=3650
    )


class ReadOnlyLocation(Inputs):
    """Another bucket with Velero's backups, such as the copy of a cluster in another region, to restore from."""

    bucket_name: BucketName = field("name of the bucket")
    region: RegionName = field("region of the bucket")
    kms_key_arn: KmsKeyArn = field("ARN of the key that its objects are encrypted with")
    prefix: str = field("folder of the bucket that the backups lie in; empty: the top", default="", max_length=200)


class NativeSnapshots(Inputs):
    """EBS snapshots by Velero's own AWS plugin, for volumes that no CSI driver manages."""

    volume_key: GivenKey | None = field(
        "customer managed key of the volumes, which restoring them needs; left out, they are encrypted with AWS's own",
        default=None,
    )


class Resources(Inputs):
    """What a pod asks of its node."""

    cpu_request: CpuQuantity = field("CPU that the scheduler sets aside", default="500m")
    memory_request: MemoryQuantity = field("memory that the scheduler sets aside", default="512Mi")
    memory_limit: MemoryQuantity = field("memory at which the container is stopped", default="1Gi")


class NodeAgent(Resources):
    """The DaemonSet that reads and writes the data of volumes, on every node, as root on the host's pod folders."""

    priority_class: str = field(
        "priority class of the agents, so that a full node evicts others first", default="system-node-critical"
    )


class Metrics(Inputs):
    """Prometheus scrapes Velero and raises the same alarms as CloudWatch; needs the Prometheus Operator's kinds."""

    labels: Labels = field("labels by which Prometheus chooses its ServiceMonitors and PrometheusRules", default={})


class Images(Inputs):
    """Container images beside the chart's own, each with an exact version."""

    aws_plugin: ImageReference = field(
        "Velero's AWS plugin; its minor version goes with one minor version of Velero",
        # https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/v1.14.2/README.md#compatibility
        default="docker.io/velero/velero-plugin-for-aws:v1.14.2",
    )
    kubectl: ImageReference = field(
        "an image with kubectl and a shell, for the status report and the drill",
        default="docker.io/alpine/kubectl:1.34.2",
    )
    aws_cli: ImageReference = field(
        "an image with the AWS CLI and a shell, which publishes what they find",
        default="public.ecr.aws/aws-cli/aws-cli:2.36.46",
    )


class ExpectedResource(Inputs):
    """Something that a restored namespace must have in it."""

    resource: Annotated[str, Pattern("[a-z][a-z0-9]*", "a resource in the plural, such as deployments")] = field(
        "the kind, in the plural, such as deployments"
    )
    api_group: Annotated[str, Pattern("[a-z0-9.-]*", "an API group, such as apps")] = field(
        "API group of the kind; empty: the core group, such as of persistentvolumeclaims", default=""
    )
    name: KubernetesName | None = field("name of the one that must be there; left out, any one will do", default=None)


class RestoreDrill(Inputs):
    """A regular restore of one namespace into a scratch namespace, which is looked at and deleted again."""

    schedule: ScheduleName = field("name of the schedule whose newest complete backup is restored")
    source_namespace: NamespaceName = field("the namespace to restore")
    scratch_namespace: NamespaceName = field(
        "the namespace to restore into: it must not exist, the drill makes and deletes it", default="restore-drill"
    )
    expected: dict[str, ExpectedResource] = field("what must be there afterwards, by a name of yours", min_length=1)
    cron: Cron = field("when a drill starts, in UTC", default="0 6 * * 0")
    alarm_after_hours: int = field(
        "how long ago the last successful drill may be before the alarm, in hours", default=192, ge=1, le=8760
    )
    run_pods: bool = field(
        "whether restored pods run, in a namespace without network; otherwise objects alone are proved: a volume of a "
        "class that waits for its first consumer stays empty, and moved data would never arrive",
        default=False,
    )
    excluded_resources: list[ResourceKind] = field(
        "kinds of resources that are not restored: those by which controllers act on the world",
        default=ACTS_ON_THE_WORLD,
    )
    timeout_minutes: int = field("how long the restore may take, in minutes", default=60, ge=5, le=1380)

    rules = (
        Rule(
            "scratch_namespace",
            lambda v: v.scratch_namespace != v.source_namespace,
            "must not be source_namespace, or the drill would overwrite what it protects",
            shows=("scratch_namespace",),
        ),
    )


class VeleroInputs(ServiceInputs):
    """Backups of one EKS cluster."""

    cluster: Cluster = field("the EKS cluster that is backed up")
    schedules: dict[ScheduleName, Schedule] = field("what is backed up when, by the schedule's name")
    restores: dict[ScheduleName, Restore] = field(
        "restores that lie ready in a ConfigMap and in an output, by name; nothing is restored by applying", default={}
    )
    restore_drill: RestoreDrill | None = field(
        "a regular proof that backups can be restored; left out, nobody knows whether they can", default=None
    )
    csi_snapshots: bool = field(
        "whether volumes are snapshotted by their CSI drivers; the cluster must have the snapshot controller, and of "
        "each driver one VolumeSnapshotClass with the label velero.io/csi-volumesnapshot-class",
        default=False,
    )
    native_snapshots: NativeSnapshots | None = field(
        "snapshots of volumes by Velero's own plugin; left out, its role has no permission for EC2", default=None
    )
    node_agent: NodeAgent | None = field(
        "the agents that file-system backup and the movement of snapshot data need; left out, there are none",
        default=None,
    )
    replica: Replica | None = field("a copy of the bucket in another region; left out, there is none", default=None)
    object_lock: ObjectLock | None = field(
        "protection of backups against deletion, chosen for the whole life of the bucket; left out, there is none",
        default=None,
    )
    keep_deleted_days: int = field(
        "how long S3 keeps what Velero has deleted or overwritten, in days", default=30, ge=1, le=3650
    )
    force_destroy: bool = field(
        "whether deleting the module deletes the backups too: for clusters without data of value", default=False
    )
    read_only_locations: dict[ScheduleName, ReadOnlyLocation] = field(
        "further buckets to restore from, by the location's name", default={}
    )
    namespace: NamespaceName = field("the namespace that Velero runs in", default="kube-system")
    create_namespace: bool = field(
        "whether the module makes and owns the namespace; otherwise it must exist", default=False
    )
    resources: Resources = field("what Velero's server asks of its node", default=Resources())
    metrics: Metrics | None = field(
        "objects of the Prometheus Operator; left out, CloudWatch alone raises alarms", default=None
    )
    status_cron: Cron = field("when the state of the backups is reported to CloudWatch", default="*/15 * * * *")
    network_policies: bool = field(
        "whether a NetworkPolicy lets nothing reach the server and the node agent but the port of their metrics; false "
        "where somebody else makes one",
        default=True,
    )
    images: Images = field("container images, for registries of one's own", default=Images())
    extra_values: PassedThrough = field("further values of the velero chart", default={})

    rules = (
        Rule("schedules", lambda v: length(v.schedules) > 0, "must have one schedule at least"),
        EachRule(
            "schedules",
            lambda v, _, s: ~unset(v.node_agent) | (~s.move_snapshot_data & ~s.file_system_backup),
            "must not use move_snapshot_data or file_system_backup without node_agent of the module: give it, or set "
            "both to false",
            shows=("move_snapshot_data", "file_system_backup"),
        ),
        EachRule(
            "schedules",
            lambda v, _, s: v.csi_snapshots | ~s.move_snapshot_data,
            "must be false without csi_snapshots of the module, which are what is moved",
            inside="move_snapshot_data",
            shows=("move_snapshot_data",),
        ),
        EachRule(
            "restores",
            lambda v, _, restore: unset(restore.schedule) | contains(keys(v.schedules), restore.schedule),
            "must be one of schedules",
            inside="schedule",
            shows=("schedule",),
        ),
        Rule(
            "restore_drill",
            lambda v: unset(v.restore_drill) | contains(keys(v.schedules), v.restore_drill.schedule),
            "must name a schedule that is one of schedules",
            shows=("restore_drill.schedule",),
        ),
        Rule(
            "restore_drill",
            lambda v: (
                unset(v.restore_drill)
                | every(
                    v.schedules,
                    lambda name, s: (
                        (name != v.restore_drill.schedule)
                        | (length(s.namespaces) == 0)
                        | contains(s.namespaces, v.restore_drill.source_namespace)
                    ),
                )
            ),
            "must have a source_namespace that its schedule backs up",
            shows=("restore_drill.schedule", "restore_drill.source_namespace"),
        ),
        Rule(
            "restore_drill",
            lambda v: (
                unset(v.restore_drill)
                | v.restore_drill.run_pods
                | every(
                    v.schedules,
                    lambda name, s: (
                        (name != v.restore_drill.schedule) | (~s.move_snapshot_data & ~s.file_system_backup)
                    ),
                )
            ),
            "must have run_pods = true, or another schedule: data that move_snapshot_data or file_system_backup put "
            "into the bucket comes back only into volumes that a pod uses",
        ),
        Rule(
            "keep_deleted_days",
            lambda v: unset(v.object_lock) | (v.keep_deleted_days >= v.object_lock.retention_days),
            "must be object_lock.retention_days or more: S3 deletes nothing that is locked",
            shows=("keep_deleted_days", "object_lock.retention_days"),
        ),
        Rule(
            "replica",
            lambda v: (
                unset(v.replica) | unset(v.object_lock) | (v.replica.keep_deleted_days >= v.object_lock.retention_days)
            ),
            "must have a keep_deleted_days of object_lock.retention_days or more: the copy is locked as long",
            shows=("replica.keep_deleted_days", "object_lock.retention_days"),
        ),
        Rule(
            "create_namespace",
            # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
            lambda v: ~v.create_namespace | ~matches(v.namespace, "default|kube-.*"),
            "must be false for default, which every cluster has, and for names that begin with kube-, which are "
            "Kubernetes' own",
            shows=("namespace",),
        ),
    )

    checks = (lambda v: copied_onto_itself(v, "replica.region", v.replica.region) if v.replica else (),)
