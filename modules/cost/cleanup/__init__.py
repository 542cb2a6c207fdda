"""Cleanup: waste that is found and, where its owners say so, deleted; and a weekly report of costs."""

from .inputs import CleanupInputs, Deletion, Mail, Report
from .module import Cleanup, CleanupOutputs

__all__ = ["Cleanup", "CleanupInputs", "CleanupOutputs", "Deletion", "Mail", "Report"]
