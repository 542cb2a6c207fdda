"""What may be set: where Vault runs, how large it is, who signs its certificate, when it is snapshotted."""

from __future__ import annotations

from typing import Annotated

from groundplan.building import Cluster, ServiceInputs, copied_onto_itself
from groundplan.framework import Inputs, Rule, field, matches, unset
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import (
    Cron,
    DnsName,
    ImageReference,
    KmsKeyArn,
    KubernetesName,
    Labels,
    NamespaceName,
    OddNumber,
    PassedThrough,
    RegionName,
    ResourceName,
    RoleArn,
)

__all__ = ["Copies", "Images", "Issuer", "Recovery", "ServiceMonitor", "Snapshots", "VaultInputs"]

KubernetesKind = Annotated[str, Pattern("[A-Z][A-Za-z0-9]{0,62}", "a Kubernetes kind, such as ClusterIssuer")]
AuthPath = Annotated[
    str, Pattern("[a-z0-9]([a-z0-9_/-]*[a-z0-9])?", "the path of an auth method, without slashes at its ends")
]
ReleaseName = Annotated[
    str,
    # vault-0.<release>-internal and <release>-agent-injector-cfg must stay within a name's 63 characters
    Pattern("[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "at most 40 of a-z, 0-9 and -, beginning with a letter"),
]


class Issuer(Inputs):
    """The cert-manager issuer that signs the servers' certificate. It must put its CA's certificate into the secret."""

    name: KubernetesName = field("name of the issuer; it must know names that end in .svc, so no public CA will do")
    kind: KubernetesKind = field("kind of the issuer", default="ClusterIssuer")
    group: DnsName = field(
        "API group of the issuer's kind; awspca.cert-manager.io for AWS Private CA", default="cert-manager.io"
    )


class Images(Inputs):
    """The container images, each with an exact version or digest."""

    server: ImageReference = field(
        "Vault: the servers, the agents that are injected, the snapshot job", default="docker.io/hashicorp/vault:2.0.4"
    )
    injector: ImageReference = field("the agent injector", default="docker.io/hashicorp/vault-k8s:1.7.6")
    csi_provider: ImageReference = field(
        "the provider for the Secrets Store CSI driver", default="docker.io/hashicorp/vault-csi-provider:1.7.4"
    )
    log_shipper: ImageReference = field(
        "Fluent Bit, which ships the audit log",
        default="public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.17",
    )
    aws_cli: ImageReference = field(
        "the AWS CLI, which uploads snapshots", default="public.ecr.aws/aws-cli/aws-cli:2.36.46"
    )


class ServiceMonitor(Inputs):
    """How the Prometheus operator finds Vault's metrics and alert rules."""

    labels: Labels = field("labels that the operator selects monitors and rules by", default={"release": "prometheus"})
    interval_seconds: int = field("how often the metrics are read, in seconds", default=30, ge=5, le=300)


class Snapshots(Inputs):
    """When raft is snapshotted to S3, how long a snapshot is kept, and how the job logs in."""

    cron: Cron = field("when a snapshot is made, in UTC", default="17 */6 * * *")
    retention_days: int = field("how long a snapshot is kept, in days", default=35, ge=1, le=3650)
    alarm_after_hours: int = field(
        "how many hours may pass without a new snapshot before the alarm: longer than the gap between two runs of "
        "cron, and at most a week",
        default=13,
        ge=1,
        le=168,
    )
    vault_role: ResourceName = field(
        "role of Vault's kubernetes auth method that the job logs in with", default="snapshots"
    )
    auth_path: AuthPath = field("where that auth method is mounted", default="kubernetes")
    audience: str = field(
        "audience of the job's service account token, as the role demands it", default="vault", min_length=1
    )
    folder_gib: int = field(
        "room for one snapshot on the node while it is uploaded, in GiB: more than the database has", default=5, ge=1
    )


class Copies(Inputs):
    """The disaster recovery region: a copy of every snapshot, and a replica of the key that opens them."""

    region: RegionName = field("region of the copies; not the one that Vault runs in")
    unseal_role_arns: Annotated[list[RoleArn], Unique()] = field(
        "roles that may unseal with the replica beside this Vault's own: that of the Vault that a copy is restored to, "
        "which need not be there yet",
        default=[],
    )


class Recovery(Inputs):
    """For a Vault that takes another one's place from its snapshot: the key that opens the snapshot."""

    unseal_key_arn: KmsKeyArn = field(
        "ARN, in this region, of the other Vault's unseal key or of its replica; its policy must let this Vault's role "
        "use it (copies.unseal_role_arns of the other one)"
    )


class VaultInputs(ServiceInputs):
    """What a Vault is."""

    cluster: Cluster = field("the EKS cluster that Vault runs in")
    issuer: Issuer = field("who signs the servers' certificate; cert-manager and the issuer must be there already")
    namespace: NamespaceName = field("namespace that the module makes, for Vault alone", default="vault")
    release_name: ReleaseName = field(
        "name of the Helm release and of what it makes, some of it cluster-wide: another Vault in the same cluster "
        "needs another one",
        default="vault",
    )
    replicas: OddNumber = field("how many servers, one of which is active", default=3, ge=1, le=7)
    zones: int = field(
        "over how many availability zones the servers must be spread at least; 1 is for environments that may "
        "lose Vault",
        default=3,
        ge=1,
        le=6,
    )
    data_volume_gib: int = field(
        "size of each server's database volume, in GiB; a release that changes it fails until the volumes have grown, "
        "as the README says",
        default=10,
        ge=1,
        le=16384,
    )
    audit_volume_gib: int = field(
        "size of each server's audit log volume, in GiB; the log on it holds 1.25 GiB at most, and what CloudWatch has "
        "not taken yet waits beside it; it grows as the other volume does",
        default=5,
        ge=3,
        le=16384,
    )
    storage_class_name: KubernetesName | None = field(
        "StorageClass of the volumes, whose encryption is then its owner's business; left out, the module makes one of "
        "gp3 volumes, encrypted with its key",
        default=None,
    )
    cpu_millicores: int = field("CPU that each server is sure of, in thousandths of a core", default=500, ge=50)
    memory_mebibytes: int = field("memory that each server is sure of, and limited to, in MiB", default=1024, ge=256)
    priority_class_name: KubernetesName | None = field(
        "PriorityClass of the servers; left out, they have none, and may be evicted for others", default=None
    )
    certificate_days: int = field(
        "how long the servers' certificate is valid, in days; it is renewed when a third is left",
        default=90,
        ge=3,
        le=825,
    )
    ui_enabled: bool = field("whether the servers serve Vault's web interface, inside the cluster", default=True)
    injector_enabled: bool = field("whether the webhook that injects Vault agents into pods is installed", default=True)
    injector_replicas: int = field("how many replicas the injector has", default=2, ge=1, le=9)
    csi_enabled: bool = field(
        "whether the provider for the Secrets Store CSI driver is installed, on every node; it needs that driver",
        default=False,
    )
    service_monitor: ServiceMonitor | None = field(
        "how the Prometheus operator, whose kinds must be there, finds the metrics; left out, no monitor and no alert "
        "rules are made",
        default=None,
    )
    snapshots: Snapshots = field(
        "the snapshots of raft; left out, every six hours, kept for 35 days", default=Snapshots()
    )
    copies: Copies | None = field(
        "copies in a disaster recovery region; left out, losing this region loses Vault", default=None
    )
    recovery: Recovery | None = field(
        "the key of the Vault whose snapshot is restored here; left out, Vault is sealed with a key of its own",
        default=None,
    )
    refused_requests_alarm: int = field(
        "how many requests within five minutes Vault may refuse before the alarm", default=100, ge=1
    )
    images: Images = field("container images; left out, the versions that the module was tested with", default=Images())
    extra_values: PassedThrough = field("further values of the chart, below those that the module sets", default={})

    rules = (
        Rule(
            "replicas",
            lambda v: v.replicas >= v.zones,
            "must be zones at least, or a zone has no server; a single server needs zones = 1",
            shows=("replicas", "zones"),
        ),
        Rule(
            "recovery",
            lambda v: unset(v.recovery) | unset(v.copies),
            "cannot be together with copies: a replica is made of a key of one's own only",
        ),
        # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
        Rule(
            "namespace",
            lambda v: ~matches(v.namespace, "default|kube-.*"),
            "must be Vault's own: the module makes it, default is there already, and names that begin with kube- are "
            "Kubernetes' own",
            shows=("namespace",),
        ),
    )

    checks = (lambda v: copied_onto_itself(v, "copies.region", v.copies.region) if v.copies else (),)
