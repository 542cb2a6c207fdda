"""What the tests have Vault serve: everything, as little as there can be, and a root of its own."""

from __future__ import annotations

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
    VaultConfigInputs,
)

TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
AUTHORITY = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/0d6c1c2e-0000-4000-8000-000000000000"
ROLES = "arn:aws:iam::111122223333:role/"
READER = DatabaseRole(
    creation_statements=[
        "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE claims_reader"
    ],
    revocation_statements=['DROP ROLE IF EXISTS "{{name}}"'],
    max_ttl_seconds=28_800,
)
CLAIMS = Connection(
    host="claims.abcdefghijkl.us-east-1.rds.amazonaws.com",
    database="claims",
    ca_certificate="-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    root_rotations=2,
    roles={"reader": READER},
)

FULL = VaultConfigInputs(
    name="prod-vault-config",
    alarm_topic_arn=TOPIC,
    audit_log_group_name="/vault/prod-vault/audit",
    audit=Audit(),
    policies={
        "claims-api": Policy(
            paths={
                "database/creds/claims-reader": PathRule(capabilities=["read"]),
                "transit/encrypt/claims": PathRule(capabilities=["update"]),
                "transit/decrypt/claims": PathRule(capabilities=["update"]),
            }
        ),
        "snapshots": Policy(paths={"sys/storage/raft/snapshot": PathRule(capabilities=["read"])}),
    },
    kubernetes=KubernetesAuth(
        roles={
            "claims-api": KubernetesRole(
                service_accounts=["claims-api"], namespaces=["claims"], policies=["claims-api"], token_ttl_seconds=600
            ),
            "snapshots": KubernetesRole(
                service_accounts=["vault-snapshots"],
                namespaces=["vault"],
                policies=["snapshots"],
                token_ttl_seconds=600,
                token_max_ttl_seconds=900,
            ),
        }
    ),
    database=DatabaseEngine(
        connections={
            "claims": CLAIMS,
            "ledger": CLAIMS.but(
                host="ledger.abcdefghijkl.us-east-1.rds.amazonaws.com", database="ledger", root_rotations=0
            ),
        }
    ),
    aws=AwsEngine(
        region="us-east-1",
        server_role_arn=f"{ROLES}prod-vault-server",
        roles={
            "claims-export": AwsRole(role_arns=[f"{ROLES}claims-export"], default_ttl_seconds=900),
            "partners": AwsRole(
                role_arns=[f"{ROLES}partner-a", f"{ROLES}claims-export"], external_id="example-insurance"
            ),
        },
    ),
    pki=PkiEngine(
        organization="Example Insurance",
        private_ca=PrivateCa(authority_arn=AUTHORITY),
        generations={
            "2026": Generation(common_name="Example Vault CA 1"),
            "2030": Generation(common_name="Example Vault CA 2", validity_days=1825),
        },
        signs="2026",
        address="https://vault.example.com:8200",
        roles={"claims": PkiRole(domain="claims.internal.example.com", client=True)},
    ),
    transit=TransitEngine(
        keys={
            "claims": TransitKey(rotation_days=30),
            "documents": TransitKey(type="hmac", min_decryption_version=3),
        }
    ),
)
SMALL = VaultConfigInputs(name="dev-vault-config", alarm_topic_arn=TOPIC, audit_log_group_name="/vault/dev-vault/audit")
ROOT = FULL.but(pki=FULL.pki.but(private_ca=None) if FULL.pki else None)
