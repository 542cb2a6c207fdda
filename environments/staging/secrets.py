"""staging asks the third party's sandbox, and has a smaller Vault."""

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
        recovery_window_days=7,
        rotation_network=Network(security_group_ids=["sg-0b1c2d3e4f5a60001"]),
        api_key_providers={
            "geocoder": ApiKeyProvider(
                create=Create(url="https://sandbox.geocoder.example.com/v1/keys"),
                probe=Probe(url="https://sandbox.geocoder.example.com/v1/ping"),
                revoke=Revoke(url="https://sandbox.geocoder.example.com/v1/keys/{key_id}"),
            )
        },
    ),
    vault=VaultInputs(data_volume_gib=20, memory_mebibytes=1024, snapshots=Snapshots(retention_days=30)),
)
