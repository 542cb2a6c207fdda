"""AWS Private CA: a root and what it signs, revocation that clients can reach, audit reports, sharing."""

from .inputs import Crl, Parent, PrivateCaInputs, PrivateCaOutputs, Root, Subject, Subordinate
from .module import PrivateCa

__all__ = [
    "Crl",
    "Parent",
    "PrivateCa",
    "PrivateCaInputs",
    "PrivateCaOutputs",
    "Root",
    "Subject",
    "Subordinate",
]
