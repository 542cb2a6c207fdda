"""What Vault serves: a stack of its own, since it needs a Vault that runs and was initialized by people."""

from __future__ import annotations

from typing import Literal, Self

from environments.families.certificates import Certificates
from environments.families.secrets import Secrets
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.synth.environment import VaultServer
from groundplan.synth.stack import Stack
from modules.secrets.vault_config import (
    Audit,
    AwsEngine,
    AwsRole,
    Connection,
    DatabaseEngine,
    DatabaseRole,
    Generation,
    KubernetesAuth,
    KubernetesRole,
    PathRule,
    PkiEngine,
    PkiRole,
    Policy,
    PrivateCa,
    TransitEngine,
    TransitKey,
    VaultConfig,
    VaultConfigInputs,
)

__all__ = ["VaultConfigFamily"]

MINUTE, HOUR = 60, 3600
# what the claims service reads, and what it sends something to
CREDENTIALS = ("aws/sts/claims-export", "database/creds/claims-reader", "database/creds/claims-writer")
ANSWERS = ("pki/issue/claims", "transit/decrypt/claims", "transit/encrypt/claims")


def _users(group: str) -> DatabaseRole:
    """Users of a group that the database has: what the group may do is the database's own matter."""
    return DatabaseRole(
        creation_statements=[
            f"CREATE ROLE \"{{{{name}}}}\" WITH LOGIN PASSWORD '{{{{password}}}}' VALID UNTIL '{{{{expiration}}}}' "
            f"IN ROLE {group}"
        ],
        revocation_statements=['DROP ROLE IF EXISTS "{{name}}"'],
        default_ttl_seconds=HOUR,
        max_ttl_seconds=8 * HOUR,
    )


def _may(*paths: str, capability: Literal["read", "update"] = "read") -> dict[str, PathRule]:
    return {path: PathRule(capabilities=[capability]) for path in paths}


class VaultConfigFamily(PlatformFamily):
    """What Vault serves, and to whom."""

    vault_config: VaultConfigInputs = field("policies, logins and engines of Vault")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """The claims service: users of its database, certificates of its own, encryption of what it stores."""
        return cls(
            vault_config=VaultConfigInputs(
                policies={
                    "claims-api": Policy(paths={**_may(*CREDENTIALS), **_may(*ANSWERS, capability="update")}),
                },
                kubernetes=KubernetesAuth(
                    roles={
                        "claims-api": KubernetesRole(
                            service_accounts=["claims-api"], namespaces=["claims"], policies=["claims-api"]
                        )
                    }
                ),
                database=DatabaseEngine(
                    connections={
                        "claims": Connection(
                            database="claims",
                            roles={"reader": _users("claims_reader"), "writer": _users("claims_writer")},
                        )
                    }
                ),
                aws=AwsEngine(
                    region=env.region,
                    roles={
                        "claims-export": AwsRole(
                            role_arns=[env.role_arn("claims-export")], default_ttl_seconds=15 * MINUTE
                        )
                    },
                ),
                pki=PkiEngine(
                    organization="Example Insurance",
                    roles={"claims": PkiRole(domain=f"claims.{env.private_domain}", client=True)},
                ),
                transit=TransitEngine(keys={"claims": TransitKey()}),
            ),
        )

    @classmethod
    def small(cls, env: Platform) -> Self:
        """A root of its own: the private CA there signs for days only."""
        return cls(
            vault_config=VaultConfigInputs(
                pki=PkiEngine(
                    generations={"1": Generation(common_name=f"Example {env.name} Vault CA 1", validity_days=365)},
                    signs="1",
                )
            )
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """A CA below the root of the company."""
        return cls(
            vault_config=VaultConfigInputs(
                pki=PkiEngine(
                    generations={"1": Generation(common_name=f"Example {env.name} Vault CA 1")},
                    signs="1",
                )
            )
        )

    def compose(self, stack: Stack, env: Platform, secrets: Secrets, certificates: Certificates) -> None:
        """The stack `<environment>-vault-config`, after those of Vault itself and of the CA that signs its own."""
        vault, snapshots = secrets.vault.outputs, "snapshots"
        authority = PrivateCa(authority_arn=certificates.private_ca.outputs.root_arn)
        # without one the stack is refused, and what stands for it is never written
        address = (env.vault or VaultServer(address="https://vault.invalid")).address
        wired = VaultConfigInputs(
            audit_log_group_name=vault.audit_log_group_name,
            audit=Audit(file_path=vault.audit_log_path),
            policies={snapshots: Policy(paths=_may("sys/storage/raft/snapshot"))},
            kubernetes=KubernetesAuth(
                roles={
                    snapshots: KubernetesRole(
                        service_accounts=[vault.snapshot_service_account_name],
                        namespaces=[vault.namespace],
                        policies=[snapshots],
                        token_ttl_seconds=10 * MINUTE,
                        token_max_ttl_seconds=15 * MINUTE,
                    )
                }
            ),
            aws=AwsEngine(server_role_arn=vault.server_role_arn),
            pki=PkiEngine(address=address, private_ca=authority) if env.tier == "full" else PkiEngine(address=address),
        )
        VaultConfig(stack, "vault_config", stack.wired(self.vault_config, wired))
