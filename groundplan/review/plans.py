"""A plan file, as far as a review shows it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundplan.problems import BadInput

from . import errors
from .model import Action, CheckStatus
from .sensitive import secrets_of

__all__ = ["ACTIONS", "Plan", "action_of", "content_of", "kind_of", "moves", "plan_of"]

ACTIONS: dict[tuple[str, ...], Action] = {
    ("no-op",): Action.NOOP,
    ("create",): Action.CREATE,
    ("read",): Action.READ,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("create", "forget"): Action.REPLACE,
    ("forget",): Action.FORGET,
}


@dataclass(frozen=True)
class Plan:
    """What is kept of a plan file while all of them are read."""

    resources: tuple[Mapping[str, Any], ...]
    outputs: Mapping[str, Any]
    unchanged: int
    blockers: tuple[str, ...]
    drift: tuple[Mapping[str, Any], ...] = ()
    checks: tuple[Mapping[str, Any], ...] = ()
    invocations: tuple[Mapping[str, Any], ...] = ()
    types: Counter[str] = field(default_factory=Counter)
    digest: str = ""
    """Stands for the whole file."""
    secrets: frozenset[str] = frozenset()
    """What it marks sensitive."""


def content_of(stack: str, path: Path) -> bytes:
    """What a plan file holds. Raises BadInput where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(errors.plan_missing(stack, path)) from None


def plan_of(stack: str, path: Path, content: bytes, own: str) -> Plan:
    """What is kept of a plan file's content; `own` is its digest."""
    plan = _load(stack, path, content)
    return _kept(plan, own, frozenset(secrets_of(plan)))


def _load(stack: str, path: Path, content: bytes) -> dict[str, Any]:
    try:
        plan = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadInput(errors.not_a_plan(stack, path, f"not JSON ({error})")) from None
    if not isinstance(plan, dict) or "format_version" not in plan:
        raise BadInput(errors.not_a_plan(stack, path, "a JSON object with `format_version` is expected"))
    if not str(plan["format_version"]).startswith("1."):
        raise BadInput(errors.plan_version_unknown(stack, path, plan["format_version"]))
    return plan


def _kept(plan: Mapping[str, Any], own: str, secrets: frozenset[str]) -> Plan:
    changes = plan.get("resource_changes") or ()
    kept = tuple(change for change in changes if action_of(change) is not Action.NOOP or moves(change))
    outputs = {
        name: change
        for name, change in (plan.get("output_changes") or {}).items()
        if tuple(change.get("actions") or ()) not in ((), ("no-op",))
    }
    blockers = []
    if plan.get("errored"):
        blockers.append("Terraform stopped with an error: the plan is not whole")
    # complete is false for -target too: https://developer.hashicorp.com/terraform/internals/json-format
    if plan.get("complete") is False or plan.get("deferred_changes"):
        blockers.append("the plan is not complete: Terraform deferred a part of it, or was told to plan only a part")
    checks = tuple(check for check in plan.get("checks") or () if check.get("status") in set(CheckStatus))
    for check in checks:
        if check.get("status") != CheckStatus.UNKNOWN and kind_of(check) != "check":
            blockers.append("a condition of its own fails, which stops Terraform: the plan is not whole")
            break
    return Plan(
        kept,
        outputs,
        len(changes) - len(kept),
        tuple(blockers),
        drift=tuple(each for each in plan.get("resource_drift") or () if action_of(each) is not Action.NOOP),
        checks=checks,
        invocations=tuple(plan.get("action_invocations") or ()),
        types=Counter(
            str(each.get("type"))
            for each in changes
            if each.get("mode") == "managed" and (each.get("change") or {}).get("after") is not None
        ),
        digest=own,
        secrets=secrets,
    )


def kind_of(check: Mapping[str, Any]) -> str:
    """`check`, `resource`, `output_value` or `var`."""
    return str((check.get("address") or {}).get("kind", "check"))


def action_of(resource: Mapping[str, Any]) -> Action:
    """What Terraform would do with a resource."""
    actions = tuple((resource.get("change") or {}).get("actions") or ("no-op",))
    # An action that no Terraform of today writes must not pass unseen.
    return ACTIONS.get(actions, Action.UPDATE)


def moves(resource: Mapping[str, Any]) -> bool:
    """Whether a resource gets another address, or comes from outside."""
    return bool(resource.get("previous_address") or (resource.get("change") or {}).get("importing"))
