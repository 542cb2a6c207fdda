"""cert-manager: certificates of Let's Encrypt and AWS Private CA, ordered, renewed and watched over in a cluster."""

from .inputs import (
    AcmeIssuer,
    Certificate,
    CertManagerInputs,
    Gateway,
    Http01,
    Images,
    IssuerReference,
    IstioCsr,
    Metrics,
    PrivateCaIssuer,
    Workload,
)
from .module import CertManager, CertManagerOutputs

__all__ = [
    "AcmeIssuer",
    "CertManager",
    "CertManagerInputs",
    "CertManagerOutputs",
    "Certificate",
    "Gateway",
    "Http01",
    "Images",
    "IssuerReference",
    "IstioCsr",
    "Metrics",
    "PrivateCaIssuer",
    "Workload",
]
