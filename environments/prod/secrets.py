"""prod asks the third party itself, keeps deleted secrets for a month, and has a larger Vault."""

from environments.families.secrets import SecretsFamily
from modules.secrets.secrets_manager import (
    ApiKeyProvider,
    Create,
    Network,
    Probe,
    Revoke,
    SecretsManagerInputs,
)
from modules.secrets.vault import Snapshots, VaultInputs

SECRETS = SecretsFamily(
    secrets_manager=SecretsManagerInputs(
        recovery_window_days=30,
        rotation_network=Network(security_group_ids=["sg-0a1b2c3d4e5f60001"]),
        api_key_providers={
            "geocoder": ApiKeyProvider(
                create=Create(url="https://geocoder.example.com/v1/keys"),
                probe=Probe(url="https://geocoder.example.com/v1/ping"),
                revoke=Revoke(url="https://geocoder.example.com/v1/keys/{key_id}"),
            ),
        },
    ),
    vault=VaultInputs(replicas=5, data_volume_gib=50, memory_mebibytes=4096, snapshots=Snapshots(retention_days=90)),
)
