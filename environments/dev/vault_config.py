"""Where dev's databases are."""

from environments.families.vault_config import VaultConfigFamily
from modules.secrets.vault_config import Connection, DatabaseEngine, VaultConfigInputs

__all__ = ["VAULT_CONFIG"]

VAULT_CONFIG = VaultConfigFamily(
    vault_config=VaultConfigInputs(
        database=DatabaseEngine(
            connections={"claims": Connection(host="claims-dev.abcdefghijkl.us-east-1.rds.amazonaws.com")}
        ),
    )
)
