"""Secrets: AWS Secrets Manager for what AWS rotates, Vault for what the cluster's workloads lease."""

from __future__ import annotations

from dataclasses import dataclass

from environments.certificates import INTERNAL_ISSUER, Certificates
from environments.settings import Platform
from groundplan.synth.stack import Stack
from modules.secrets.secrets_manager import Network, ReplicaRegion, SecretsManager, SecretsManagerInputs
from modules.secrets.vault import Copies, Issuer, ServiceMonitor, Snapshots, Vault, VaultInputs

__all__ = ["Secrets", "secrets"]


@dataclass(frozen=True)
class Secrets:
    """What other families need of this one."""

    manager: SecretsManager
    vault: Vault


def secrets(stack: Stack, env: Platform, *, certificates: Certificates) -> Secrets:
    """The stack `<environment>-secrets`."""
    # Vault's certificate is signed by an issuer that must be there
    stack.add_dependency(certificates.stack)
    manager = SecretsManager(
        stack,
        "secrets_manager",
        SecretsManagerInputs(
            name=f"{env.name}-secrets",
            alarm_topic_arn=env.alarm_topic_arn,
            permissions_boundary_arn=env.permissions_boundary_arn,
            log_retention_days=env.log_retention_days,
            organization_id=env.organization_id,
            secrets=env.secrets.catalog,
            consumers=env.secrets.consumers,
            api_key_providers=env.secrets.api_key_providers,
            administrator_role_arns=env.secrets.administrator_role_arns,
            recovery_window_days=env.secrets.recovery_window_days,
            replica_regions={env.dr_region: ReplicaRegion()} if env.tier == "full" else {},
            rotation_network=Network(
                subnet_ids=env.network.private_subnet_ids,
                security_group_ids=env.secrets.rotation_security_group_ids,
            ),
        ),
    )
    vault = Vault(
        stack,
        "vault",
        VaultInputs(
            name=f"{env.name}-vault",
            cluster=env.cluster,
            alarm_topic_arn=env.alarm_topic_arn,
            permissions_boundary_arn=env.permissions_boundary_arn,
            log_retention_days=env.log_retention_days,
            issuer=Issuer(name=INTERNAL_ISSUER, kind="AWSPCAClusterIssuer", group="awspca.cert-manager.io"),
            certificate_days=certificates.internal_days,
            replicas=env.vault.replicas,
            zones=env.vault.zones,
            data_volume_gib=env.vault.data_volume_gib,
            memory_mebibytes=env.vault.memory_mebibytes,
            snapshots=Snapshots(retention_days=env.vault.snapshot_retention_days),
            copies=Copies(region=env.dr_region) if env.tier == "full" else None,
            service_monitor=ServiceMonitor() if env.tier == "full" else None,
        ),
    )
    return Secrets(manager, vault)
