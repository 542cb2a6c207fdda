"""Inputs of the tests: everything switched on and by charts, and everything by add-ons."""

from __future__ import annotations

from groundplan.building import Cluster
from modules.cluster.foundations import (
    EbsCsiDriver,
    EfsCsiDriver,
    EfsFileSystem,
    ExternalSecrets,
    FoundationsInputs,
    Karpenter,
    KubeStateMetrics,
    MetricsServer,
    Namespace,
    NodeExporter,
    PodIdentityAgent,
    PriorityClass,
    Prometheus,
    Quota,
    SecretStore,
    SnapshotClass,
    SnapshotController,
    StorageClass,
)

CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
BOUNDARY = "arn:aws:iam::111122223333:policy/workload-boundary"

FULL = FoundationsInputs(
    name="prod-foundations",
    alarm_topic_arn=TOPIC,
    permissions_boundary_arn=BOUNDARY,
    cluster=CLUSTER,
    pod_identity_agent=PodIdentityAgent(addon_version="v1.3.10-eksbuild.3"),
    ebs_csi_driver=EbsCsiDriver(addon_version="v1.63.1-eksbuild.1", replicas=3),
    storage_classes={
        "gp3": StorageClass(default=True),
        "gp3-fast": StorageClass(
            reclaim_policy="Retain", iops=16000, throughput_mibps=1000, file_system="xfs", tags={"Team": "claims"}
        ),
    },
    efs_csi_driver=EfsCsiDriver(
        addon_version="v3.4.1-eksbuild.1",
        file_system=EfsFileSystem(
            vpc_id="vpc-0a1b2c3d4e5f60001",
            subnets={"a": "subnet-0a1b2c3d4e5f60001", "b": "subnet-0a1b2c3d4e5f60002"},
            client_security_groups={"nodes": "sg-0a1b2c3d4e5f60001"},
        ),
    ),
    snapshot_controller=SnapshotController(),
    snapshot_class=SnapshotClass(tags={"BackupTier": "none"}),
    metrics_server=MetricsServer(),
    prometheus_operator_crds=True,
    kube_state_metrics=KubeStateMetrics(labels_of_objects=["namespaces=[team,app.kubernetes.io/part-of]"]),
    node_exporter=NodeExporter(),
    prometheus=Prometheus(labels={"release": "monitoring"}, interval_seconds=60),
    external_secrets=ExternalSecrets(),
    karpenter=Karpenter(),
    secret_stores={
        "claims": SecretStore(
            namespaces=["claims"],
            consumer="claims-api",
            paths=["prod-secrets/claims/"],
            names=["prod-secrets/document-key"],
            databases=["prod-claims"],
        ),
        "tools": SecretStore(namespaces=["tools", "jobs"], consumer="tools", paths=["tools/"]),
    },
    namespaces={
        "claims": Namespace(
            quota=Quota(cpu_requests="20", memory_requests="64Gi", memory_limits="96Gi", storage_gib=500, pods=200),
            ingress_from=["gateway"],
            labels={"team": "claims"},
        ),
        "tools": Namespace(pod_security="baseline", network_closed=False),
    },
    priority_classes={
        "platform": PriorityClass(value=1000000, description="what others need to run"),
        "workload": PriorityClass(value=1000, description="what customers ask", default=True),
        "batch": PriorityClass(value=-10, description="what can wait", preemption="Never"),
    },
    alarm_after_minutes=20,
    snapshot_controller_extra_values={"controller": {"nodeSelector": {"workload": "platform"}}},
    metrics_server_extra_values={"nodeSelector": {"workload": "platform"}},
)

ADDONS = FoundationsInputs(
    name="dev-foundations",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    pod_identity_agent=PodIdentityAgent(addon_version="v1.3.10-eksbuild.3"),
    ebs_csi_driver=EbsCsiDriver(addon_version="v1.63.1-eksbuild.1", replicas=1),
    snapshot_controller=SnapshotController(addon_version="v8.3.0-eksbuild.1"),
    metrics_server=MetricsServer(addon_version="v0.8.0-eksbuild.2"),
    storage_classes={},
    efs_csi_driver=EfsCsiDriver(
        addon_version="v3.4.1-eksbuild.1", class_name="shared", file_system_id="fs-0a1b2c3d4e5f60001"
    ),
    # the nodes of a small cluster that aws-auth lets in
    karpenter=Karpenter(replicas=1, cpu_request="250m", access_entry=False),
)
