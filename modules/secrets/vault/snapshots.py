"""Snapshots of raft: a job in the cluster that saves them, the bucket that keeps them, the copies in another region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.s3_bucket_replication_configuration import (
    S3BucketReplicationConfigurationA,
    S3BucketReplicationConfigurationRule,
    S3BucketReplicationConfigurationRuleDeleteMarkerReplication,
    S3BucketReplicationConfigurationRuleDestination,
    S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration,
    S3BucketReplicationConfigurationRuleDestinationMetrics,
    S3BucketReplicationConfigurationRuleFilter,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteria,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects,
)
from cdktf_cdktf_provider_kubernetes import cron_job_v1 as cron
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from groundplan.building import (
    Bucket,
    Key,
    Role,
    account_id,
    encryption_key,
    maker,
    metric_alarm,
    partition,
    private_bucket,
    region,
    service_role,
    workload_role,
)
from groundplan.framework import Module, dependable, fitted, is_set, present

from . import access
from .chart import GROUP, USER
from .inputs import VaultInputs

__all__ = ["SnapshotStore", "snapshot_job", "snapshot_store"]

BUCKET_NAME_CHARACTERS = 63
REPLICATION_RULE = "all-snapshots"
SCRIPTS = ("snapshot/save.sh", "snapshot/upload.sh")
SNAPSHOT_FOLDER = "/snapshot"
TOKEN_FOLDER = "/var/run/secrets/vault"  # noqa: S105  # a folder, no token


@dataclass(frozen=True)
class SnapshotStore:
    """Where snapshots lie; `copies` has null for its attributes when there are none."""

    bucket: Bucket
    copies: Bucket


def snapshot_store(scope: Module[Any, Any], given: VaultInputs, key: Key) -> SnapshotStore:
    """The bucket of the snapshots and, when asked for, its copy in another region."""
    # the account's number makes the name unique in the world
    name = fitted(f"{given.name}-snapshots-{account_id(scope)}", BUCKET_NAME_CHARACTERS)
    bucket = private_bucket(
        scope,
        "snapshots",
        given,
        name=name,
        key=key,
        statements=access.snapshot_bucket(f"arn:{partition(scope)}:s3:::{name}", key.arn),
        expire_after_days=given.snapshots.retention_days,
    )
    return SnapshotStore(bucket, _copies(scope, given, bucket, key))


def _copies(scope: Module[Any, Any], given: VaultInputs, bucket: Bucket, key: Key) -> Bucket:
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
    role = service_role(
        scope,
        "replication",
        given,
        name=f"{given.name}-replication",
        service="s3.amazonaws.com",
        statements=access.replication(
            bucket_arn=bucket.arn,
            key_arn=key.arn,
            region=region(scope),
            copies_arn=copies.arn,
            copies_key_arn=copies_key.arn,
            copies_region=where,
        ),
        only_when=wanted,
    )
    maker(wanted)(
        S3BucketReplicationConfigurationA,
        scope,
        "_replication/snapshots",
        bucket=bucket.name,
        role=role.arn,
        rule=[
            S3BucketReplicationConfigurationRule(
                id=REPLICATION_RULE,
                status="Enabled",
                priority=0,
                filter=S3BucketReplicationConfigurationRuleFilter(prefix=""),
                # who deletes a snapshot here does not delete its copy
                delete_marker_replication=S3BucketReplicationConfigurationRuleDeleteMarkerReplication(
                    status="Disabled"
                ),
                source_selection_criteria=S3BucketReplicationConfigurationRuleSourceSelectionCriteria(
                    sse_kms_encrypted_objects=(
                        S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects(
                            status="Enabled"
                        )
                    )
                ),
                destination=S3BucketReplicationConfigurationRuleDestination(
                    bucket=copies.arn,
                    encryption_configuration=S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration(
                        replica_kms_key_id=copies_key.arn
                    ),
                    metrics=S3BucketReplicationConfigurationRuleDestinationMetrics(status="Enabled"),
                ),
            )
        ],
        depends_on=[dependable(element) for element in (bucket.versioning, copies.versioning, role.policy)],
    )
    metric_alarm(
        scope,
        "replication_failed",
        given,
        name=f"{given.name}-replication-failed",
        description=(
            f"S3 could not copy snapshots of {given.name} to the other region. Look at the role "
            f"{given.name}-replication and at both keys; S3 Batch Replication copies what is missing."
        ),
        namespace="AWS/S3",
        metric="OperationsFailedReplication",
        dimensions={"SourceBucket": bucket.name, "DestinationBucket": copies.name, "RuleId": REPLICATION_RULE},
        only_when=wanted,
    )
    return copies


def snapshot_job(
    scope: Module[Any, Any], given: VaultInputs, *, bucket: Bucket, key: Key, tls_secret: str, after: Any
) -> Role:
    """The CronJob that saves snapshots and uploads them, and the alarm when none comes; gives its role."""
    name = f"{given.release_name}-snapshots"
    labels = {"app.kubernetes.io/name": "vault-snapshots", "app.kubernetes.io/instance": given.release_name}
    role = workload_role(
        scope,
        "snapshots",
        given,
        name=f"{given.name}-snapshots",
        cluster=given.cluster,
        namespace=given.namespace,
        service_account=name,
        statements=access.snapshots(bucket.arn, key.arn),
    )
    account = ServiceAccountV1(
        scope,
        "_account/snapshots",
        metadata=ServiceAccountV1Metadata(
            name=name, namespace=given.namespace, labels=labels, annotations=role.annotations
        ),
        automount_service_account_token=False,
        depends_on=[dependable(after)],
    )
    scripts = ConfigMapV1(
        scope,
        "_scripts/snapshots",
        metadata=ConfigMapV1Metadata(name=name, namespace=given.namespace, labels=labels),
        data={path.rpartition("/")[2]: scope.shipped_text(path) for path in SCRIPTS},
        depends_on=[dependable(after)],
    )
    cron.CronJobV1(
        scope,
        "_job/snapshots",
        metadata=cron.CronJobV1Metadata(name=name, namespace=given.namespace, labels=labels),
        spec=cron.CronJobV1Spec(
            schedule=given.snapshots.cron,
            timezone="Etc/UTC",
            concurrency_policy="Forbid",
            starting_deadline_seconds=600,
            successful_jobs_history_limit=1,
            failed_jobs_history_limit=3,
            job_template=cron.CronJobV1SpecJobTemplate(
                metadata=cron.CronJobV1SpecJobTemplateMetadata(labels=labels),
                spec=cron.CronJobV1SpecJobTemplateSpec(
                    backoff_limit=2,
                    active_deadline_seconds=1800,
                    template=cron.CronJobV1SpecJobTemplateSpecTemplate(
                        metadata=cron.CronJobV1SpecJobTemplateSpecTemplateMetadata(labels=labels),
                        spec=_pod(scope, given, name=name, bucket=bucket, key=key, tls_secret=tls_secret),
                    ),
                ),
            ),
        ),
        depends_on=[dependable(element) for element in (account, scripts, *role.ready)],
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


_Pod = cron.CronJobV1SpecJobTemplateSpecTemplateSpec


def _pod(
    scope: Module[Any, Any], given: VaultInputs, *, name: str, bucket: Bucket, key: Key, tls_secret: str
) -> cron.CronJobV1SpecJobTemplateSpecTemplateSpec:
    save = {
        "HOME": "/tmp",  # noqa: S108  # in the container, on a volume of its own
        "SERVICE_ACCOUNT_TOKEN_FILE": f"{TOKEN_FOLDER}/token",
        "SNAPSHOT_FOLDER": SNAPSHOT_FOLDER,
        "VAULT_ADDR": f"https://{given.release_name}-active.{given.namespace}.svc:8200",
        "VAULT_AUTH_PATH": given.snapshots.auth_path,
        "VAULT_CACERT": "/vault/tls/ca.crt",
        "VAULT_ROLE": given.snapshots.vault_role,
    }
    upload = {
        "AWS_REGION": region(scope),
        "BUCKET": bucket.name,
        "CLUSTER": given.name,
        "HOME": "/tmp",  # noqa: S108  # as above
        "KMS_KEY_ARN": key.arn,
        "METRIC_NAMESPACE": access.METRIC_NAMESPACE,
        "SNAPSHOT_FOLDER": SNAPSHOT_FOLDER,
    }
    return _Pod(
        service_account_name=name,
        automount_service_account_token=False,
        enable_service_links=False,
        restart_policy="Never",
        security_context=cron.CronJobV1SpecJobTemplateSpecTemplateSpecSecurityContext(
            run_as_non_root=True,
            run_as_user=str(USER),
            run_as_group=str(GROUP),
            fs_group=str(GROUP),
            seccomp_profile=cron.CronJobV1SpecJobTemplateSpecTemplateSpecSecurityContextSeccompProfile(
                type="RuntimeDefault"
            ),
        ),
        init_container=[_saver(given.images.server, save)],
        container=[_uploader(given.images.aws_cli, upload)],
        volume=_volumes(given, scripts=name, tls_secret=tls_secret),
    )


def _saver(image: str, environment: Mapping[str, str]) -> cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainer:
    return cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainer(
        name="save",
        image=image,
        command=["/bin/sh", "/scripts/save.sh"],
        env=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerEnv(name=key, value=value)
            for key, value in environment.items()
        ],
        resources=cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerResources(
            requests={"cpu": "50m", "memory": "64Mi"}, limits={"memory": "256Mi"}
        ),
        security_context=cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerSecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerSecurityContextCapabilities(
                drop=["ALL"]
            ),
        ),
        volume_mount=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerVolumeMount(
                name=volume, mount_path=path, read_only=volume not in _WRITTEN
            )
            for volume, path in {"tls": "/vault/tls", "token": TOKEN_FOLDER, **_MOUNTS}.items()
        ],
    )


def _uploader(image: str, environment: Mapping[str, str]) -> cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainer:
    return cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainer(
        name="upload",
        image=image,
        command=["/bin/sh", "/scripts/upload.sh"],
        env=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerEnv(name=key, value=value)
            for key, value in environment.items()
        ],
        resources=cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerResources(
            requests={"cpu": "50m", "memory": "128Mi"}, limits={"memory": "512Mi"}
        ),
        security_context=cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerSecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerSecurityContextCapabilities(
                drop=["ALL"]
            ),
        ),
        volume_mount=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerVolumeMount(
                name=volume, mount_path=path, read_only=volume not in _WRITTEN
            )
            for volume, path in _MOUNTS.items()
        ],
    )


_MOUNTS = {"scripts": "/scripts", "snapshot": SNAPSHOT_FOLDER, "tmp": "/tmp"}  # noqa: S108  # as above
_WRITTEN = ("snapshot", "tmp")


def _volumes(
    given: VaultInputs, *, scripts: str, tls_secret: str
) -> list[cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolume]:
    volume = cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolume
    return [
        volume(
            name="scripts",
            config_map=cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeConfigMap(name=scripts),
        ),
        volume(
            name="snapshot",
            empty_dir=cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeEmptyDir(
                size_limit=f"{given.snapshots.folder_gib}Gi"
            ),
        ),
        volume(name="tmp", empty_dir=cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeEmptyDir(size_limit="64Mi")),
        volume(
            # the CA only: the servers' key is none of the job's business
            name="tls",
            secret=cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeSecret(
                secret_name=tls_secret,
                items=[cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeSecretItems(key="ca.crt", path="ca.crt")],
            ),
        ),
        volume(
            name="token",
            projected=[
                cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeProjected(
                    sources=[
                        cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeProjectedSources(
                            service_account_token=(
                                cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeProjectedSourcesServiceAccountToken(
                                    path="token", audience=given.snapshots.audience, expiration_seconds=900
                                )
                            )
                        )
                    ]
                )
            ],
        ),
    ]
