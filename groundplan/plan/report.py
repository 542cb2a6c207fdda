"""What came of planning, and what a plan's JSON says: replacements, what nobody checked, and a line for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundplan.files import write_atomically
from groundplan.problems import BadInput, Problem
from groundplan.values import UNKNOWN

from . import checks
from .diagnostics import Diagnostic
from .meta import Placeholder, PlanMeta, Replacement, plan_paths
from .schema import provider_facts
from .upstream import Output

if TYPE_CHECKING:
    from .told import Told

__all__ = [
    "PlanReport",
    "Planned",
    "plan_bytes",
    "possible_replacements",
    "refuse",
    "replacements",
    "summary",
    "unchecked",
    "warning_text",
    "write",
]


@dataclass(frozen=True)
class PlanReport:
    """What came of `plan_all`.

    `plans` and `metas` are by stack. `reused` names the stacks whose plan was still good. `gone` names the stacks that
    only the base has, whose plans destroy them. `terraform` is the core's version and where it came from.
    """

    plans: dict[str, Path]
    metas: dict[str, PlanMeta]
    reused: tuple[str, ...]
    gone: tuple[str, ...]
    terraform: str


@dataclass
class Planned:
    """One stack's plan, or why there is none."""

    plan: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    placeholders: tuple[Placeholder, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    skipped: bool = False
    reused: bool = False
    told: Told | None = None
    """What is said of the plan, where it was made offline: then that is all of it."""


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


def possible_replacements(plan: dict[str, Any]) -> tuple[Replacement, ...]:
    """The updates of which a provider decides by code of its own, at apply, whether they replace."""
    found = []
    for change in plan.get("resource_changes", ()):
        type_name, values = change["type"], change["change"]
        if values["actions"] != ["update"] or change["mode"] != "managed":
            continue
        facts = provider_facts(type_name)
        before, after = values["before"], {**(values["after"] or {}), **_unknown(values.get("after_unknown"))}
        changed = {
            path.partition(".")[0]
            for path in facts.paths
            if facts.at(path).get("force_new_if") and _at(before, path) != _at(after, path)
        }
        if changed:
            found.append(
                Replacement(
                    address=change["address"],
                    attributes=tuple(sorted(changed)),
                    holds_data=checks.holds_data(type_name),
                )
            )
    return tuple(sorted(found, key=lambda replacement: replacement.address))


def _unknown(after: Any) -> dict[str, Any]:
    """The attributes that are unknown as a whole."""
    return {name: UNKNOWN for name, value in after.items() if value is True} if isinstance(after, dict) else {}


def _at(value: Any, path: str) -> Any:
    """What stands at a path without positions: everything there, for a list."""
    if not path or value is None or value is UNKNOWN:
        return value
    if isinstance(value, list):
        return [_at(item, path) for item in value]
    head, _, rest = path.partition(".")
    return _at(value.get(head), rest) if isinstance(value, dict) else value


def unchecked(plan: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What nobody checks before apply, by resource type, for the types in the plan."""
    types = sorted({change["type"] for change in plan.get("resource_changes", ()) if change["mode"] == "managed"})
    return {name: limits for name in types if (limits := tuple(checks.unchecked(name)))}


def warning_text(diagnostic: Diagnostic) -> str:
    """A warning of Terraform's, with its address when it has one."""
    return f"{diagnostic.address}: {diagnostic.text}" if diagnostic.address else diagnostic.text


def write(out_folder: Path, meta: PlanMeta, plan: bytes, report: PlanReport) -> None:
    """Writes a stack's plan, which `plan_bytes` made, and its meta, and enters them into the report."""
    path, beside = plan_paths(out_folder, meta.stack)
    write_atomically(path, plan)
    write_atomically(beside, (meta.model_dump_json(indent=2) + "\n").encode())
    report.plans[meta.stack] = path
    report.metas[meta.stack] = meta


def refuse(problems: Sequence[Problem]) -> None:
    """Raises BadInput when there is any problem."""
    if problems:
        raise BadInput(problems)
