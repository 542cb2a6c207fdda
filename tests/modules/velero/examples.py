"""Inputs of the tests: everything switched on, and as little as there can be."""

from __future__ import annotations

from groundplan.building import Cluster, GivenKey
from modules.backup.velero import (
    ExpectedResource,
    Metrics,
    NativeSnapshots,
    NodeAgent,
    ObjectLock,
    ReadOnlyLocation,
    Replica,
    Restore,
    RestoreDrill,
    Schedule,
    VeleroInputs,
)

CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
VOLUME_KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000003"
OTHER_KEY = "arn:aws:kms:us-west-2:111122223333:key/00000000-0000-0000-0000-000000000004"

FULL = VeleroInputs(
    name="prod-velero",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER,
    schedules={
        "daily": Schedule(cron="0 2 * * *", ttl_hours=720, alarm_after_hours=26, move_snapshot_data=True),
        "claims-hourly": Schedule(
            cron="15 * * * *", ttl_hours=72, alarm_after_hours=3, namespaces=["claims", "policies"]
        ),
        "archive": Schedule(cron="@weekly", ttl_hours=8760, alarm_after_hours=200, paused=True),
    },
    restores={
        "full-cluster": Restore(schedule="daily", excluded_namespaces=["kube-system"], include_cluster_resources=True),
        "claims": Restore(schedule="claims-hourly", namespaces=["claims"]),
        "claims-api": Restore(
            backup="claims-hourly-20260131021500",
            namespaces=["claims"],
            resources=["deployments.apps"],
            labels={"app.kubernetes.io/name": "api"},
            existing_resources="update",
        ),
    },
    restore_drill=RestoreDrill(
        schedule="claims-hourly",
        source_namespace="claims",
        expected={
            "api": ExpectedResource(resource="deployments", api_group="apps", name="api"),
            "volumes": ExpectedResource(resource="persistentvolumeclaims"),
        },
    ),
    csi_snapshots=True,
    native_snapshots=NativeSnapshots(volume_key=GivenKey(arn=VOLUME_KEY)),
    node_agent=NodeAgent(),
    replica=Replica(region="us-west-2", keep_deleted_days=60),
    object_lock=ObjectLock(retention_days=14),
    read_only_locations={
        "other": ReadOnlyLocation(bucket_name="other-velero-copies", region="us-west-2", kms_key_arn=OTHER_KEY)
    },
    metrics=Metrics(labels={"release": "prometheus"}),
    extra_values={"nodeSelector": {"kubernetes.io/arch": "arm64"}},
)

SMALL = VeleroInputs(
    name="dev-velero",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(name="dev", identity="pod_identity"),
    schedules={"daily": Schedule(cron="0 2 * * *", ttl_hours=72, alarm_after_hours=26)},
    namespace="velero",
    create_namespace=True,
    force_destroy=True,
)
