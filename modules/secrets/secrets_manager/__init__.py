"""AWS Secrets Manager: containers for secrets, their rotation, their copies, and who reads them."""

from .inputs import (
    Consumer,
    KeyRing,
    ManagedSecret,
    Network,
    RdsCredentials,
    ReplicaRegion,
    Rotation,
    Secret,
    SecretsManagerInputs,
    SecretsManagerOutputs,
)
from .module import SecretsManager
from .provider_inputs import ApiKeyProvider, Authentication, Create, Enable, Probe, Revoke

__all__ = [
    "ApiKeyProvider",
    "Authentication",
    "Consumer",
    "Create",
    "Enable",
    "KeyRing",
    "ManagedSecret",
    "Network",
    "Probe",
    "RdsCredentials",
    "ReplicaRegion",
    "Revoke",
    "Rotation",
    "Secret",
    "SecretsManager",
    "SecretsManagerInputs",
    "SecretsManagerOutputs",
]
