"""HashiCorp Vault on EKS: raft, its own unseal key, TLS end to end, an audit log in CloudWatch, snapshots in S3."""

from .inputs import Copies, Images, Issuer, Recovery, ServiceMonitor, Snapshots, VaultInputs
from .module import Vault, VaultOutputs

__all__ = [
    "Copies",
    "Images",
    "Issuer",
    "Recovery",
    "ServiceMonitor",
    "Snapshots",
    "Vault",
    "VaultInputs",
    "VaultOutputs",
]
