"""Secrets that somebody pasted where a setting's value should be: found by their looks and by their names."""

from .detector import Detector, Seen
from .search import ORDINARY_WORDS, pasted, without_values

__all__ = ["ORDINARY_WORDS", "Detector", "Seen", "pasted", "without_values"]
