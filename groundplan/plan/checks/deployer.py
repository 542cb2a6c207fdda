"""Which IAM actions whoever applies a stack needs, from AWS's own resource schemas."""

from __future__ import annotations

from collections.abc import Iterable

from . import errors, mapping

__all__ = ["deployer_actions"]

_HANDLERS = ("create", "read", "update", "delete")


def deployer_actions(types: Iterable[str]) -> tuple[str, ...]:
    """The IAM actions that create, read, update and delete resources of these Terraform types; sorted.

    They are those that AWS's CloudFormation handlers ask for (`handlers.*.permissions` of the resource schemas), which
    comes close to what the provider calls: a first draft of a deployer's policy, to be confirmed in a sandbox account.
    Types of helm and kubernetes need none. Raises BadInput with every aws type that nobody knows.
    """
    actions: set[str] = set()
    unknown: list[str] = []
    for name in sorted(set(types)):
        if not name.startswith("aws_"):
            continue
        raw = mapping.data("mapping").get(name)
        known = mapping.mapping(name)
        handlers = known.schema.get("handlers", {}) if known else {}
        found = {action for step in _HANDLERS for action in handlers.get(step, {}).get("permissions", ())}
        found |= set(raw.get("actions", ())) if raw else set()
        if not found:
            unknown.append(name)
        actions |= found
    if unknown:
        raise errors.deployer_unknown(unknown)
    return tuple(sorted(actions))
