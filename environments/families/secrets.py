"""Secrets: AWS Secrets Manager for what AWS rotates, Vault for what workloads lease, and HSMs for who needs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from environments.families.certificates import INTERNAL_ISSUER, Certificates
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.problems import Problem
from groundplan.synth.stack import Stack
from modules.secrets.cloudhsm import Cloudhsm, CloudhsmInputs
from modules.secrets.secrets_manager import (
    ApiKeyProvider,
    Authentication,
    Consumer,
    Create,
    KeyRing,
    Network,
    Probe,
    RdsCredentials,
    ReplicaRegion,
    Revoke,
    Rotation,
    Secret,
    SecretsManager,
    SecretsManagerInputs,
)
from modules.secrets.vault import Copies, Issuer, ServiceMonitor, Snapshots, Vault, VaultInputs

__all__ = ["SENDGRID_KEY", "Secrets", "SecretsFamily"]

SENDGRID_KEY = "sendgrid"
"""The secret with SendGrid's key, which the family email reads."""
_SENDGRID = "https://api.sendgrid.com/v3"
_SENDGRID_SCOPES = [
    # what renews the key itself
    "api_keys.create",
    "api_keys.delete",
    "mail.send",
    "templates.create",
    "templates.versions.create",
    "templates.versions.activate.create",
]
"""https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions: without any, a key may do everything."""


@dataclass(frozen=True)
class Secrets:
    """What other families need of this one."""

    manager: SecretsManager
    vault: Vault
    kept: SecretsManagerInputs
    """Which secrets the manager has, and who reads them."""


class SecretsFamily(PlatformFamily):
    """Which secrets there are, and who reads them."""

    secrets_manager: SecretsManagerInputs = field("secrets that AWS rotates")
    vault: VaultInputs = field("secrets that the cluster's workloads lease")
    cloudhsm: CloudhsmInputs | None = field(
        "HSMs of one's own; left out, there are none: AWS KMS keeps what there is, and each HSM is paid by the hour, "
        "so it is for a zone of payments in production",
        default=None,
    )

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """The claims database, the partners' portal and the key of policy documents."""
        return cls(
            # production's zone of payments may turn it on, in a file of its own
            cloudhsm=None,
            secrets_manager=SecretsManagerInputs(
                secrets={
                    "claims-database": Secret(
                        kind="rds_credentials",
                        rds=RdsCredentials(engine="postgresql"),
                    ),
                    "partner-portal": Secret(
                        kind="oauth_client_secret", description="Client secret of the partner portal"
                    ),
                    "document-key": Secret(
                        kind="encryption_key",
                        description="Keys that policy documents are encrypted with before they are stored",
                        rotation=Rotation(automatically_after_days=90),
                    ),
                },
                consumers={"claims-api": Consumer(role_arns=[env.role_arn("claims-api")])},
                rotation_network=Network(subnet_ids=env.network.private_subnet_ids),
            ),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """One user of the database, one server of Vault."""
        return cls(
            secrets_manager=SecretsManagerInputs(
                recovery_window_days=7,
                secrets={
                    "claims-database": Secret(
                        description="User of the claims database", rotation=Rotation(automatically_after_days=30)
                    ),
                    "document-key": Secret(key_ring=KeyRing(keep_keys=4)),
                },
                consumers={"claims-api": Consumer(secrets=["claims-database", "document-key"])},
            ),
            vault=VaultInputs(
                replicas=1, zones=1, data_volume_gib=10, memory_mebibytes=512, snapshots=Snapshots(retention_days=7)
            ),
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """Everything in the other region too, database users that take turns, and keys that third parties renew."""
        dr = [env.dr_region]
        return cls(
            secrets_manager=SecretsManagerInputs(
                administrator_role_arns=[env.role_arn("secrets-administrator")],
                secrets={
                    "claims-database": Secret(
                        description="Users of the claims database, which take turns",
                        rds=RdsCredentials(users="alternating", superuser_secret="claims-master"),
                        rotation=Rotation(schedule_expression="cron(0 4 ? * SUN *)", window_hours=3),
                        replica_regions=dr,
                    ),
                    "claims-master": Secret(
                        kind="rds_credentials",
                        description="Superuser of the claims database",
                        rds=RdsCredentials(engine="postgresql"),
                        rotation=Rotation(automatically_after_days=30, window_hours=3),
                        replica_regions=dr,
                    ),
                    "geocoding": Secret(
                        kind="api_key",
                        description="Geocoding of claims, by a third party",
                        provider="geocoder",
                        rotation=Rotation(automatically_after_days=30),
                        replica_regions=dr,
                    ),
                    SENDGRID_KEY: Secret(
                        kind="api_key",
                        description="Key of SendGrid, which mails of claims are sent with",
                        provider="sendgrid",
                        rotation=Rotation(automatically_after_days=30),
                        replica_regions=dr,
                    ),
                    "partner-portal": Secret(replica_regions=dr),
                    "document-key": Secret(key_ring=KeyRing(keep_keys=24), replica_regions=dr),
                },
                consumers={
                    "claims-api": Consumer(
                        secrets=["claims-database", "geocoding", "document-key"],
                        # and what reads them into the cluster: the store `claims` of the family cluster
                        role_arns=[env.role_arn("claims-api"), env.role_arn(f"{env.name}-cluster-store-claims")],
                    ),
                    "partner-api": Consumer(secrets=["partner-portal"], role_arns=[env.role_arn("partner-api")]),
                    # the functions of the module sendgrid
                    "sendgrid": Consumer(
                        secrets=[SENDGRID_KEY],
                        role_arns=[env.role_arn(f"{env.name}-sendgrid-{part}") for part in ("dispatcher", "deploy")],
                    ),
                },
                api_key_providers={
                    "geocoder": ApiKeyProvider(
                        authentication=Authentication(header="Authorization", format="Bearer {key}"),
                        key_id_pointer="/key_id",
                        create=Create(key_pointer="/key", key_id_pointer="/id"),
                        revoke=Revoke(method="DELETE"),
                    ),
                    # https://www.twilio.com/docs/sendgrid/api-reference/api-keys/create-api-keys
                    "sendgrid": ApiKeyProvider(
                        key_id_pointer="/api_key_id",
                        create=Create(
                            url=f"{_SENDGRID}/api_keys",
                            body={"name": f"{env.name}-sendgrid {{request_id}}"},
                            body_lists={"scopes": _SENDGRID_SCOPES},
                            key_pointer="/api_key",
                            key_id_pointer="/api_key_id",
                        ),
                        # what the key itself may do, which every key may ask
                        probe=Probe(url=f"{_SENDGRID}/scopes"),
                        revoke=Revoke(url=f"{_SENDGRID}/api_keys/{{key_id}}"),
                    ),
                },
                replica_regions={env.dr_region: ReplicaRegion()},
            ),
            vault=VaultInputs(
                replicas=3,
                zones=3,
                injector_replicas=3,
                copies=Copies(region=env.dr_region),
                service_monitor=ServiceMonitor(),
            ),
        )

    def unfit(self, env: Platform) -> Iterable[Problem]:
        """Servers of Vault that wait for zones which the environment does not have."""
        there = env.network.availability_zones
        if self.vault.zones > len(there):
            yield Problem(
                "vault.zones",
                f"must be at most {len(there)}, as many as network.availability_zones ({', '.join(there)}), "
                f"got {self.vault.zones}",
                "Spread over fewer zones, or give the network another one: a server without a zone never starts.",
            )

    def compose(self, stack: Stack, env: Platform, certificates: Certificates) -> Secrets:
        """The stack `<environment>-secrets`."""
        managed = SecretsManagerInputs(name=f"{env.name}-secrets")
        manager = SecretsManager(stack, "secrets_manager", stack.wired(self.secrets_manager, managed))
        leased = VaultInputs(
            issuer=Issuer(name=INTERNAL_ISSUER, kind="AWSPCAClusterIssuer", group="awspca.cert-manager.io"),
            certificate_days=certificates.internal_days,
        )
        vault = Vault(stack, "vault", stack.wired(self.vault, leased))
        if self.cloudhsm is not None:
            zones = dict(zip(env.network.availability_zones, env.network.private_subnet_ids, strict=True))
            placed = CloudhsmInputs(
                name=f"{env.name}-cloudhsm",
                subnets=zones,
                first_zone=env.network.availability_zones[0],
            )
            hsms = Cloudhsm(stack, "cloudhsm", stack.wired(self.cloudhsm, placed))
            stack.tell(
                hsms.outputs,
                "cluster_id",
                "cluster_csr",
                "hsm_certificate",
                "aws_hardware_certificate",
                "manufacturer_hardware_certificate",
                "hsm_ip_addresses",
            )
        return Secrets(manager, vault, self.secrets_manager)
