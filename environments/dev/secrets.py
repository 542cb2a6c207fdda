"""The database functions of dev run behind a group of their own."""

from environments.families.secrets import SecretsFamily
from modules.secrets.secrets_manager import Network, SecretsManagerInputs

SECRETS = SecretsFamily(
    secrets_manager=SecretsManagerInputs(rotation_network=Network(security_group_ids=["sg-0c1d2e3f4a5b60001"])),
)
