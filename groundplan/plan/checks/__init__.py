"""Checks beyond the provider's schema: what the services are known to refuse, from their own facts."""

from __future__ import annotations

from .deployer import deployer_actions
from .facts import LambdaRuntimes, holds_data, lambda_runtimes, replacement_paths, unchecked
from .places import check_place
from .resources import check_resource

__all__ = [
    "LambdaRuntimes",
    "check_place",
    "check_resource",
    "deployer_actions",
    "holds_data",
    "lambda_runtimes",
    "replacement_paths",
    "unchecked",
]
