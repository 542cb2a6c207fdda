"""prod asks third parties themselves, SendGrid too, keeps deleted secrets for a month, and has a larger Vault."""

from environments.families.email import SENDGRID_KEY
from environments.families.secrets import SecretsFamily
from modules.secrets.secrets_manager import (
    ApiKeyProvider,
    Consumer,
    Create,
    Network,
    Probe,
    Revoke,
    Rotation,
    Secret,
    SecretsManagerInputs,
)
from modules.secrets.vault import Snapshots, VaultInputs

SENDGRID = "https://api.sendgrid.com/v3"
DISPATCHER = "arn:aws:iam::111122223333:role/prod-sendgrid"
"""The roles of the module sendgrid, before what each is for."""

SECRETS = SecretsFamily(
    secrets_manager=SecretsManagerInputs(
        recovery_window_days=30,
        rotation_network=Network(security_group_ids=["sg-0a1b2c3d4e5f60001"]),
        secrets={
            SENDGRID_KEY: Secret(
                kind="api_key",
                description="Key of SendGrid, which mails of claims are sent with",
                provider="sendgrid",
                rotation=Rotation(automatically_after_days=30),
                replica_regions=["us-west-2"],
            )
        },
        consumers={
            "sendgrid": Consumer(secrets=[SENDGRID_KEY], role_arns=[f"{DISPATCHER}-dispatcher", f"{DISPATCHER}-deploy"])
        },
        api_key_providers={
            "geocoder": ApiKeyProvider(
                create=Create(url="https://geocoder.example.com/v1/keys"),
                probe=Probe(url="https://geocoder.example.com/v1/ping"),
                revoke=Revoke(url="https://geocoder.example.com/v1/keys/{key_id}"),
            ),
            # https://www.twilio.com/docs/sendgrid/api-reference/api-keys/create-api-keys
            "sendgrid": ApiKeyProvider(
                key_id_pointer="/api_key_id",
                create=Create(
                    url=f"{SENDGRID}/api_keys",
                    body={"name": "prod-sendgrid {request_id}"},
                    # what the module asks for, and what renews the key: https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions
                    body_lists={
                        "scopes": [
                            "api_keys.create",
                            "api_keys.delete",
                            "mail.send",
                            "templates.create",
                            "templates.versions.create",
                            "templates.versions.activate.create",
                        ]
                    },
                    key_pointer="/api_key",
                    key_id_pointer="/api_key_id",
                ),
                # what the key itself may do, which every key may ask
                probe=Probe(url=f"{SENDGRID}/scopes"),
                revoke=Revoke(url=f"{SENDGRID}/api_keys/{{key_id}}"),
            ),
        },
    ),
    vault=VaultInputs(replicas=5, data_volume_gib=50, memory_mebibytes=4096, snapshots=Snapshots(retention_days=90)),
)
