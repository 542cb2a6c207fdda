"""What a plan's JSON says beyond Terraform's own words: replacements, what nobody checked, and a line for people."""

from __future__ import annotations

import json
from typing import Any

from . import checks
from .diagnostics import Diagnostic
from .meta import Replacement

__all__ = ["plan_bytes", "replacements", "summary", "unchecked", "warning_text"]


def plan_bytes(plan: dict[str, Any]) -> bytes:
    """The plan as it is written: sorted, on one line, equal for equal plans."""
    return json.dumps(plan, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def summary(plan: dict[str, Any]) -> str:
    """`3 to add, 1 to change, 0 to destroy`, a replacement counting as one of each as Terraform counts it."""
    actions = [action for change in plan.get("resource_changes", ()) for action in change["change"]["actions"]]
    return (
        f"{actions.count('create')} to add, {actions.count('update')} to change, {actions.count('delete')} to destroy"
    )


def replacements(plan: dict[str, Any]) -> tuple[Replacement, ...]:
    """The resources that would be destroyed and created anew, and by which attributes."""
    found = []
    for change in plan.get("resource_changes", ()):
        if {"create", "delete"} <= set(change["change"]["actions"]):
            attributes = sorted({str(path[0]) for path in change["change"].get("replace_paths", ()) if path})
            found.append(
                Replacement(
                    address=change["address"],
                    attributes=tuple(attributes),
                    holds_data=checks.holds_data(change["type"]),
                )
            )
    return tuple(sorted(found, key=lambda replacement: replacement.address))


def unchecked(plan: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What nobody checks before apply, by resource type, for the types in the plan."""
    types = sorted({change["type"] for change in plan.get("resource_changes", ()) if change["mode"] == "managed"})
    return {name: limits for name in types if (limits := tuple(checks.unchecked(name)))}


def warning_text(diagnostic: Diagnostic) -> str:
    """A warning of Terraform's, with its address when it has one."""
    return f"{diagnostic.address}: {diagnostic.text}" if diagnostic.address else diagnostic.text
