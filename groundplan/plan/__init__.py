"""The plan: the real Terraform core, offline by default, against providers served from the bindings' schemas.

The records come at once; what plans loads when it is first used, so that reading a plan does not load a server.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .meta import Placeholder, PlanMeta, Replacement, plan_paths

if TYPE_CHECKING:
    from .report import PlanReport
    from .run import plan_all, states_after_apply
    from .schema import Attribute, Block, schema_for

__all__ = [
    "Attribute",
    "Block",
    "Placeholder",
    "PlanMeta",
    "PlanReport",
    "Replacement",
    "plan_all",
    "plan_paths",
    "schema_for",
    "states_after_apply",
]

_LATER = {
    "Attribute": "schema",
    "Block": "schema",
    "PlanReport": "report",
    "plan_all": "run",
    "schema_for": "schema",
    "states_after_apply": "run",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)
