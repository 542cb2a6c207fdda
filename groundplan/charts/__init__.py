"""Helm charts as facts: pinned versions, the values that they read, the fields of the custom resources they bring.

Usage:

    vault = chart("vault")
    problems = check_values(vault, values, where="values")
    problems += collisions(values, extra, where="extra_values", instead={"server.ha.replicas": "replicas"})
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .collisions import Owned, collision_condition, collision_message, collisions, owned_paths
from .custom_resources import (
    Unchecked,
    custom_resource_kinds,
    custom_resource_problems,
    definition_problems,
    definition_unchecked,
    is_cluster_wide_custom_resource,
    unchecked,
)
from .facts import Chart, Dependency, chart, list_charts
from .local_chart import local_chart_files, write_local_chart
from .opaque import is_opaque
from .paths import Step, Way, format_path, parse_path
from .values import check_values, value_warnings

if TYPE_CHECKING:
    from .newer import NewerVersion, newer_versions

__all__ = [
    "Chart",
    "Dependency",
    "NewerVersion",
    "Owned",
    "Step",
    "Unchecked",
    "Way",
    "chart",
    "check_values",
    "collision_condition",
    "collision_message",
    "collisions",
    "custom_resource_kinds",
    "custom_resource_problems",
    "definition_problems",
    "definition_unchecked",
    "format_path",
    "is_cluster_wide_custom_resource",
    "is_opaque",
    "list_charts",
    "local_chart_files",
    "newer_versions",
    "owned_paths",
    "parse_path",
    "unchecked",
    "value_warnings",
    "write_local_chart",
]


def __getattr__(name: str) -> Any:
    """What asks the network comes when it is first used: a synth does without an HTTP client."""
    if name not in {"NewerVersion", "newer_versions"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import newer

    return getattr(newer, name)
