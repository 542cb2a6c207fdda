"""Secrets of every kind, as production would have them."""

from __future__ import annotations

from modules.secrets.secrets_manager import (
    ApiKeyProvider,
    Consumer,
    Create,
    ManagedSecret,
    Network,
    Probe,
    RdsCredentials,
    ReplicaRegion,
    Revoke,
    Rotation,
    Secret,
    SecretsManagerInputs,
)

ACCOUNT = "111122223333"
ROLES = f"arn:aws:iam::{ACCOUNT}:role"
MASTER = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:rds!db-0a1b2c-AbCdEf"
MASTER_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0d6c1c2e-0000-4000-8000-000000000001"

GATEWAY = ApiKeyProvider(
    key_id_pointer="/api_key_id",
    create=Create(
        url="https://api.example.com/v1/keys",
        body={"label": "payments"},
        body_lists={"scopes": ["charges.create", "charges.read"]},
        key_pointer="/data/secret",
        key_id_pointer="/data/id",
    ),
    probe=Probe(url="https://api.example.com/v1/whoami"),
    revoke=Revoke(url="https://api.example.com/v1/keys/{key_id}"),
)

FULL = SecretsManagerInputs(
    name="prod-secrets",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-alarms",
    organization_id="o-exampleorg0",
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    administrator_role_arns=[f"{ROLES}/break-glass"],
    replica_regions={"us-west-2": ReplicaRegion()},
    rotation_network=Network(
        subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        security_group_ids=["sg-0123456789abcdef0"],
    ),
    secrets={
        "claims-db-master": Secret(
            kind="rds_credentials",
            description="Master user of the claims database",
            rds=RdsCredentials(managed_secret=ManagedSecret(arn=MASTER, kms_key_arn=MASTER_KEY)),
            rotation=Rotation(automatically_after_days=7),
        ),
        "claims-db": Secret(
            kind="rds_credentials",
            description="Users of the claims API in its database",
            rds=RdsCredentials(users="alternating", superuser_secret="claims-db-master"),
            rotation=Rotation(schedule_expression="cron(0 3 ? * SUN *)", window_hours=2),
            replica_regions=["us-west-2"],
        ),
        "policies-db": Secret(
            kind="rds_credentials",
            description="User of the policies API in its database",
            rds=RdsCredentials(engine="mysql"),
            rotation=Rotation(automatically_after_days=30),
        ),
        "payments-gateway": Secret(
            kind="api_key",
            description="Key of the payment gateway",
            provider="gateway",
            rotation=Rotation(automatically_after_days=30),
            replica_regions=["us-west-2"],
        ),
        "crm": Secret(kind="oauth_client_secret", description="OAuth client of the CRM"),
        "documents-key": Secret(
            kind="encryption_key",
            description="Encrypts the fields of claim documents",
            rotation=Rotation(automatically_after_days=90),
            replica_regions=["us-west-2"],
        ),
    },
    consumers={
        "claims-api": Consumer(
            secrets=["claims-db", "claims-db-master", "documents-key"], role_arns=[f"{ROLES}/claims-api"]
        ),
        "payments-api": Consumer(secrets=["payments-gateway"], role_arns=[f"{ROLES}/payments-api"]),
    },
    api_key_providers={"gateway": GATEWAY},
)

SMALL = SecretsManagerInputs(
    name="dev-secrets",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:dev-alarms",
    secrets={"crm": Secret(kind="oauth_client_secret", description="OAuth client of the CRM")},
    recovery_window_days=7,
)
