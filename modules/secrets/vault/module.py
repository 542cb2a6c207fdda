"""What Vault is made of."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.kms_replica_key import KmsReplicaKey
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.storage_class_v1 import StorageClassV1, StorageClassV1Metadata

from groundplan.building import (
    Key,
    account_id,
    encryption_key,
    ingress_policy,
    log_group,
    logs_use,
    name_of,
    namespace,
    partition,
    region,
    release,
    tags,
    volumes_use,
    workload_role,
)
from groundplan.framework import (
    Module,
    Outputs,
    choose,
    concat,
    dependable,
    first_set,
    is_set,
    jsonencode,
    negated,
    output,
    part_id,
    present,
    text,
    when,
)
from groundplan.framework.references import TextReference
from groundplan.iam import document

from . import access
from .alarms import audit_alarms, key_alarms
from .certificate import certificate
from .chart import CHART, INJECTOR_PORT, INSTEAD, TLS_FOLDER, injector_labels, values
from .inputs import VaultInputs
from .snapshots import snapshot_job, snapshot_store

__all__ = ["Vault", "VaultOutputs"]

SIDECAR_FILES = ("audit/fluent-bit.yaml", "reload.sh")


class VaultOutputs(Outputs):
    """What Vault tells the modules that come after it."""

    namespace: str = output("namespace that Vault runs in")
    address: str = output("URL of Vault inside the cluster")
    active_address: str = output("URL of the active server inside the cluster, which alone gives snapshots")
    service_account_name: str = output("service account of the servers, which asks Kubernetes about tokens that log in")
    ca_secret_name: str = output("secret in the namespace whose ca.crt clients trust Vault by")
    unseal_key_arn: str = output("ARN of the KMS key that unseals Vault")
    unseal_key_replica_arn: str | None = output("ARN of that key's replica in the region of the copies; null without")
    server_role_arn: str = output(
        "ARN of the servers' role: copies.unseal_role_arns of the Vault that this one restores"
    )
    snapshot_role_arn: str = output("ARN of the snapshot job's role")
    snapshot_service_account_name: str = output(
        "service account of the snapshot job, which the Vault role snapshots.vault_role must be bound to"
    )
    snapshot_bucket_name: str = output("name of the bucket of the snapshots")
    snapshot_bucket_arn: str = output("ARN of the bucket of the snapshots")
    copies_bucket_name: str | None = output("name of the bucket of the snapshots' copies; null without")
    data_key_arn: str = output("ARN of the key of the volumes, the audit log and the snapshots")
    audit_log_group_name: str = output("name of the log group of the audit log")
    audit_log_group_arn: str = output("ARN of the log group of the audit log")
    audit_log_path: str = output("file that the audit device must write, which is what is shipped")


class Vault(Module[VaultInputs, VaultOutputs]):
    """Keeps and hands out secrets: HashiCorp Vault in a cluster, unsealed by a KMS key of its own.

    Three servers or more with integrated storage, one a zone; TLS to every one of them and between them; an audit log
    that leaves the cluster as it is written; snapshots in S3. It starts uninitialized: people do that once, see README.
    """

    def build(self, given: VaultInputs) -> VaultOutputs:
        """Makes it."""
        log_group_name = f"/vault/{given.name}/audit"
        tls_secret = f"{given.release_name}-tls"

        unseal_key, unseal_key_name, replica_arn = self._unseal_keys(given)
        data_key = encryption_key(
            self,
            "data",
            given,
            existing=given.kms_key,
            name=f"{given.name}-data",
            purpose=f"volumes, audit log and snapshots of Vault in {given.cluster.name}",
            statements=[
                logs_use(self, f"/vault/{given.name}/"),
                *volumes_use(self),
            ],
        )
        audit_log = log_group(self, "audit", given, name=log_group_name, key=data_key)
        server = workload_role(
            self,
            "server",
            given,
            name=f"{given.name}-server",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=given.release_name,
            statements=[*access.unseal(unseal_key), *access.audit_logs(audit_log.arn)],
        )

        home = namespace(
            self,
            "vault",
            name=given.namespace,
            labels={
                # the CSI provider mounts folders of its node
                "pod-security.kubernetes.io/enforce": choose(given.csi_enabled, "privileged", "restricted"),
                "pod-security.kubernetes.io/warn": "restricted",
            },
        )
        storage_class_name = first_set(given.storage_class_name, f"{given.name}-gp3")
        volumes = when(negated(is_set(given.storage_class_name)))(
            StorageClassV1,
            self,
            part_id("storage_class", "encrypted"),
            metadata=StorageClassV1Metadata(name=f"{given.name}-gp3"),
            storage_provisioner="ebs.csi.aws.com",
            reclaim_policy="Retain",
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            parameters={
                "type": "gp3",
                "encrypted": "true",
                "kmsKeyId": data_key.arn,
                "tagSpecification_1": "Service=vault",
                # raft's own snapshots are Vault's backup: one of a single server's volume restores nothing
                "tagSpecification_2": "BackupTier=none",
            },
        )
        files = {path.rpartition("/")[2]: self.shipped_text(path) for path in SIDECAR_FILES}
        sidecars = ConfigMapV1(
            self,
            part_id("files", "sidecars"),
            metadata=ConfigMapV1Metadata(name=f"{given.release_name}-sidecars", namespace=given.namespace),
            data=files,
            depends_on=[dependable(home)],
        )
        ingress_policy(
            self,
            "injector",
            name=f"{given.release_name}-agent-injector",
            namespace=given.namespace,
            pods=injector_labels(given),
            ports=[INJECTOR_PORT],
            after=[home],
            only_when=given.injector_enabled,
        )
        signed = certificate(self, given, secret=tls_secret, after=[home])
        servers = release(
            self,
            "vault",
            CHART,
            name=given.release_name,
            namespace=given.namespace,
            values=values(
                given,
                role=server,
                config=self._server_config(given, unseal_key_name),
                storage_class_name=storage_class_name,
                tls_secret=tls_secret,
                sidecars={
                    "name": f"{given.release_name}-sidecars",
                    "checksum": text("sha256", text("jsonencode", files)),
                },
                log_group_name=log_group_name,
                region=region(self),
            ),
            extra=given.extra_values,
            instead=INSTEAD,
            after=[home, volumes, sidecars, signed, *server.ready],
        )
        store = snapshot_store(self, given, data_key)
        snapshots = snapshot_job(self, given, bucket=store.bucket, key=data_key, tls_secret=tls_secret, after=servers)

        key_alarms(self, given, key_arns=[unseal_key, data_key.arn])
        audit_alarms(self, given, log_group_name=audit_log.name)
        return VaultOutputs(
            namespace=name_of(home, given.namespace),
            address=f"https://{given.release_name}.{given.namespace}.svc:8200",
            active_address=f"https://{given.release_name}-active.{given.namespace}.svc:8200",
            service_account_name=given.release_name,
            ca_secret_name=tls_secret,
            unseal_key_arn=unseal_key,
            unseal_key_replica_arn=replica_arn,
            server_role_arn=server.arn,
            snapshot_role_arn=snapshots.arn,
            snapshot_service_account_name=f"{given.release_name}-snapshots",
            snapshot_bucket_name=store.bucket.name,
            snapshot_bucket_arn=store.bucket.arn,
            copies_bucket_name=store.copies.name,
            data_key_arn=data_key.arn,
            audit_log_group_name=audit_log.name,
            audit_log_group_arn=audit_log.arn,
            audit_log_path="/vault/audit/audit.log",
        )

    def _unseal_keys(self, given: VaultInputs) -> tuple[str, str, str]:
        """The ARN of the key that unseals Vault, what the server calls it, and its replica's ARN, null without one."""
        account_arn = f"arn:{partition(self)}:iam::{account_id(self)}:root"
        # the role's own policy needs the key, so the key names the role by its address
        server_role_arn = TextReference("aws_iam_role.server.arn")
        own: Key = encryption_key(
            self,
            "unseal",
            given,
            name=f"{given.name}-unseal",
            purpose=f"unseals Vault in {given.cluster.name}: without it nothing that Vault holds can ever be read",
            administration=access.unseal_key_administration(account_arn),
            statements=access.unseal_key_use(server_role_arn),
            # cannot be changed later, and a replica costs nothing until it is made
            multi_region=True,
            only_when=negated(is_set(given.recovery)),
        )
        copies = present(given.copies)
        replica = when(is_set(given.copies))(
            KmsReplicaKey,
            self,
            part_id("replica", "unseal"),
            description=f"unseals Vault in {given.cluster.name} when it is restored here",
            primary_key_arn=own.arn,
            deletion_window_in_days=30,
            policy=jsonencode(
                document(
                    *access.unseal_key_administration(account_arn),
                    *access.unseal_replica_use(account_arn, concat([server_role_arn], copies.unseal_role_arns)),
                )
            ),
            region=copies.region,
            tags=tags(self, given),
        )
        recovered = present(given.recovery).unseal_key_arn
        return (
            choose(is_set(given.recovery), recovered, own.arn),
            choose(is_set(given.recovery), recovered, own.alias_or_arn),
            replica.one.arn,
        )

    def _server_config(self, given: VaultInputs, unseal_key_name: str) -> str:
        """The server's configuration as text: the chart takes no structure here."""
        template = self.ship("files/server.hcl.tftpl", (self.folder() / "files" / "server.hcl.tftpl").read_bytes())
        settings: dict[str, Any] = {
            "cluster_name": given.name,
            "release": given.release_name,
            "replicas": given.replicas,
            "tls_folder": TLS_FOLDER,
            "region": region(self),
            "kms_key_id": unseal_key_name,
        }
        return text("templatefile", template, settings)
