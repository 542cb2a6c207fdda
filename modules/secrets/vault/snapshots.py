"""Snapshots of raft: a job in the cluster that saves them, the bucket that keeps them, the copies in another region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_kubernetes import cron_job_v1 as cron

from groundplan.building import (
    RESULT_FOLDER,
    Bucket,
    Key,
    Role,
    Step,
    Volume,
    account_id,
    cluster_job,
    encryption_key,
    folder,
    metric_alarm,
    private_bucket,
    refuse_own_region,
    replicate,
    service_name,
)
from groundplan.framework import Module, fitted, is_set, present

from . import access
from .chart import GROUP, USER
from .inputs import VaultInputs

__all__ = ["SnapshotStore", "snapshot_job", "snapshot_store"]

BUCKET_NAME_CHARACTERS = 63
CA_FOLDER = "/vault/tls"
TOKEN_FOLDER = "/var/run/secrets/vault"  # noqa: S105  # a folder, no token


@dataclass(frozen=True)
class SnapshotStore:
    """Where snapshots lie; `copies` has null for its attributes when there are none."""

    bucket: Bucket
    copies: Bucket


def snapshot_store(scope: Module[Any, Any], given: VaultInputs, key: Key) -> SnapshotStore:
    """The bucket of the snapshots and, when asked for, its copy in another region."""
    bucket = private_bucket(
        scope,
        "snapshots",
        given,
        # the account's number makes the name unique in the world
        name=fitted(f"{given.name}-snapshots-{account_id(scope)}", BUCKET_NAME_CHARACTERS),
        key=key,
        refuse_other_keys=True,
        expire_after_days=given.snapshots.retention_days,
    )
    return SnapshotStore(bucket, _copies(scope, given, bucket, key))


def _copies(scope: Module[Any, Any], given: VaultInputs, bucket: Bucket, key: Key) -> Bucket:
    refuse_own_region(scope, "copies")
    wanted = is_set(given.copies)
    where = present(given.copies).region
    copies_key = encryption_key(
        scope,
        "copies",
        given,
        name=f"{given.name}-copies",
        purpose=f"copies of the snapshots of Vault in {given.cluster.name}",
        region=where,
        only_when=wanted,
    )
    copies = private_bucket(
        scope,
        "copies",
        given,
        name=fitted(f"{given.name}-copies-{account_id(scope)}", BUCKET_NAME_CHARACTERS),
        key=copies_key,
        expire_after_days=given.snapshots.retention_days,
        region=where,
        only_when=wanted,
    )
    # who deletes a snapshot here does not delete its copy
    replicate(
        scope,
        "snapshots",
        given,
        what=f"snapshots of {given.name}",
        source=bucket,
        source_key=key,
        destination=copies,
        destination_key=copies_key,
        destination_region=where,
        only_when=wanted,
    )
    return copies


def snapshot_job(
    scope: Module[Any, Any], given: VaultInputs, *, bucket: Bucket, key: Key, tls_secret: str, after: Any
) -> Role:
    """The CronJob that saves snapshots and uploads them, and the alarm when none comes; gives its role."""
    name = f"{given.release_name}-snapshots"
    temporary = folder("tmp", "/tmp", size="64Mi")  # noqa: S108  # in the container, whose own is read-only
    role = cluster_job(
        scope,
        "snapshots",
        given,
        name=name,
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=given.snapshots.cron,
        first=Step(
            "save",
            given.images.server,
            script="snapshot/save.sh",
            environment={
                "SERVICE_ACCOUNT_TOKEN_FILE": f"{TOKEN_FOLDER}/token",
                "SNAPSHOT_FOLDER": RESULT_FOLDER,
                "VAULT_ADDR": f"https://{given.release_name}-active.{given.namespace}.svc:8200",
                "VAULT_AUTH_PATH": given.snapshots.auth_path,
                "VAULT_CACERT": f"{CA_FOLDER}/ca.crt",
                "VAULT_ROLE": given.snapshots.vault_role,
            },
            volumes=[temporary, _authority(tls_secret), _token(given)],
        ),
        then=Step(
            "upload",
            given.images.aws_cli,
            script="snapshot/upload.sh",
            environment={
                "BUCKET": bucket.name,
                "CLUSTER": given.name,
                "KMS_KEY_ARN": key.arn,
                "METRIC_NAMESPACE": access.METRIC_NAMESPACE,
                "SNAPSHOT_FOLDER": RESULT_FOLDER,
            },
            memory_request="128Mi",
            memory_limit="512Mi",
            volumes=[temporary],
        ),
        metric_namespace=access.METRIC_NAMESPACE,
        statements=access.snapshots(bucket.arn, key.arn, service_name(scope, "s3", where="*")),
        user=USER,
        group=GROUP,
        result_size=f"{given.snapshots.folder_gib}Gi",
        retries=2,
        timeout_seconds=1800,
        after=[after],
    )
    metric_alarm(
        scope,
        "snapshot_missing",
        given,
        name=f"{given.name}-snapshot-missing",
        description=(
            f"No snapshot of {given.name} came to S3 for {given.snapshots.alarm_after_hours} hours. Look at the "
            f"jobs of the CronJob {name} in {given.namespace}: is Vault initialized and unsealed, has its "
            f"kubernetes auth method the role {given.snapshots.vault_role}, may the AWS role write to the bucket?"
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="SnapshotBytes",
        dimensions={"Cluster": given.name},
        statistic="SampleCount",
        period_seconds=3600,
        periods=given.snapshots.alarm_after_hours,
        comparison="LessThanThreshold",
        threshold=1,
        missing_data="breaching",
    )
    return role


def _authority(tls_secret: str) -> Volume:
    """The CA only: the servers' key is none of the job's business."""
    source = cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeSecret(
        secret_name=tls_secret,
        items=[cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeSecretItems(key="ca.crt", path="ca.crt")],
    )
    return Volume(cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolume(name="tls", secret=source), CA_FOLDER)


def _token(given: VaultInputs) -> Volume:
    """The token that Vault alone takes; of the cluster the job gets none."""
    token = cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeProjectedSourcesServiceAccountToken(
        path="token", audience=given.snapshots.audience, expiration_seconds=900
    )
    source = cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeProjectedSources(service_account_token=token)
    projected = cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeProjected(sources=[source])
    return Volume(
        cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolume(name="token", projected=[projected]), TOKEN_FOLDER
    )
