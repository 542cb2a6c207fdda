"""Inputs of the tests: the three kinds of jobs that an insurer has, and a migration that is done once."""

from __future__ import annotations

import json

from groundplan.building import Cluster
from modules.workflow.kubernetes_jobs import CronJob, Job, KubernetesJobsInputs, Metrics

CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A0B1C2D3",
    identity="pod_identity",
)
REPORTS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": ["arn:aws:s3:::prod-reports/daily/*"],
        }
    ],
}

FULL = KubernetesJobsInputs(
    name="prod-jobs",
    alarm_topic_arn="arn:aws:sns:us-east-1:111122223333:prod-alarms",
    cluster=CLUSTER,
    namespace="jobs",
    cron_jobs={
        "daily-report": CronJob(
            image="111122223333.dkr.ecr.us-east-1.amazonaws.com/reports:2.4.1",
            args=["--day", "yesterday"],
            environment={"BUCKET": "prod-reports", "LOG_LEVEL": "info"},
            schedule="30 6 * * *",
            time_zone="America/New_York",
            success_within_minutes=1560,
            memory_mebibytes=1024,
            temporary_mebibytes=512,
            role_policy=json.dumps(REPORTS),
        ),
        "partner-sync": CronJob(
            image="111122223333.dkr.ecr.us-east-1.amazonaws.com/partner-sync:1.0.9",
            schedule="*/15 * * * *",
            success_within_minutes=45,
            concurrency_policy="Replace",
            timeout_seconds=840,
            node_selector={"kubernetes.io/arch": "arm64"},
            tolerated_taints={"team": "integrations"},
        ),
        "cleanup": CronJob(
            image="111122223333.dkr.ecr.us-east-1.amazonaws.com/cleanup:3.1.0",
            command=["/app/cleanup"],
            schedule="0 3 * * SUN",
            success_within_minutes=10_200,
            spot=True,
            suspend=True,
        ),
    },
    jobs={"backfill": Job(image="111122223333.dkr.ecr.us-east-1.amazonaws.com/backfill:1.0.0", backoff_limit=0)},
    metrics=Metrics(),
)
SMALL = FULL.but(
    cluster=CLUSTER.but(identity="irsa"),
    cron_jobs={"daily-report": FULL.cron_jobs["daily-report"]},
    jobs={},
    metrics=None,
)
