"""Inputs of the tests: the buckets of a platform with copies, and those of a small one."""

from __future__ import annotations

from modules.observability.buckets import AccessLogs, BucketsInputs, Replica, Store

TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

FULL = BucketsInputs(
    name="prod-monitoring",
    alarm_topic_arn=TOPIC,
    stores={
        "loki-chunks": Store(bucket_name="monitoring-loki-data", expire_after_days=430, tier_after_days=30),
        "loki-ruler": Store(bucket_name="monitoring-loki-ruler", keep_deleted_days=90),
        "tempo-traces": Store(bucket_name="monitoring-tempo-traces", expire_after_days=35, replicated=False),
        "mimir-blocks": Store(bucket_name="monitoring-mimir-blocks", tier_after_days=90),
    },
    replica=Replica(region="us-west-2", keep_deleted_days=14),
    access_logs=AccessLogs(bucket_name="prod-access-logs"),
)

SMALL = BucketsInputs(
    name="dev-monitoring",
    alarm_topic_arn=TOPIC,
    stores={"loki-chunks": Store(bucket_name="dev-monitoring-loki-data", keep_deleted_days=1)},
    force_destroy=True,
)
