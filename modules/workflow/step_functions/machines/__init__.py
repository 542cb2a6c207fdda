"""The machines that an insurer needs first, as typed Python: for use, and to begin one's own with."""

from .batch_orchestration import BatchPlaces, batch_orchestration
from .claim_processing import ClaimPlaces, claim_processing
from .policy_renewal import RenewalPlaces, policy_renewal

__all__ = [
    "BatchPlaces",
    "ClaimPlaces",
    "RenewalPlaces",
    "batch_orchestration",
    "claim_processing",
    "policy_renewal",
]
