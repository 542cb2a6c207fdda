"""A rule's `avoid` and `prefer` examples as plans: what documents a rule also proves it.

An example maps a resource type to its attributes, as a plan shows them (blocks are lists), and may hold `actions`
(what the plan does, `[create]` unless said), `before` (attributes that were different, by resource type), `provider`,
`waivers` and `permits`. Text with a Terraform reference,
`${aws_s3_bucket.example.id}`, is known only after apply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.bindings import PROVIDERS
from groundplan.problems import BadInput

from . import errors
from .metadata import RuleFile

__all__ = ["SELFTEST_STACK", "Example", "example_document", "examples_as_plan", "selftest_document"]

SELFTEST_STACK = "prod-selftest"
# The day that every example is judged on, and a day that is still to come then.
SELFTEST_DAY = "2026-06-30"
_MONTH_LATER = "2026-07-30"
_SETTINGS = frozenset({"actions", "before", "provider", "waivers", "permits"})
_REFERENCE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True)
class Example:
    """One example and where it stands: `module` becomes its module call, none for the root."""

    rule: str
    content: Mapping[str, Any]
    module: str | None = None


def example_document(rule: RuleFile, *, good: bool) -> dict[str, Any]:
    """The rule's own example as an input of main.rego, with its exceptions under `exceptions`."""
    return examples_as_plan([Example(rule.rule.id, rule.prefer if good else rule.avoid)])


def selftest_document(rules: Sequence[RuleFile]) -> dict[str, Any]:
    """One plan that holds every rule's `avoid` example, each in a module of its own: every rule must deny it."""
    return examples_as_plan(
        [Example(item.rule.id, item.avoid, item.rule.id.replace("/", "_")) for item in rules],
    )


def examples_as_plan(examples: Sequence[Example]) -> dict[str, Any]:
    """The examples in one plan: `{plan, groundplan, exceptions}`. Raises BadInput for a key that means nothing."""
    root: dict[str, Any] = {"resources": [], "module_calls": {}}
    changes: list[dict[str, Any]] = []
    providers: dict[str, Any] = {}
    exceptions: dict[str, list[Any]] = {"waivers": [], "permits": []}
    for example in examples:
        _check(example)
        for kind in ("waivers", "permits"):
            exceptions[kind].extend(_dated(entry) for entry in example.content.get(kind, []))
        for name, settings in example.content.get("provider", {}).items():
            providers[name] = {"name": name, "expressions": {key: _expression(item) for key, item in settings.items()}}
        home = root
        if example.module:
            home = root["module_calls"].setdefault(
                example.module, {"source": f"./modules/{example.module}", "module": {"resources": []}}
            )["module"]
        for type_name, attributes in example.content.items():
            if type_name in _SETTINGS:
                continue
            actions = list(example.content.get("actions", ["create"]))
            earlier = {**attributes, **example.content.get("before", {}).get(type_name, {})}
            changes.append(_change(type_name, attributes, earlier, actions, example.module))
            home["resources"].append(
                {
                    "address": f"{type_name}.example",
                    "mode": "managed",
                    "type": type_name,
                    "name": "example",
                    "expressions": {key: _expression(item) for key, item in attributes.items()},
                }
            )
    return {
        "plan": {
            "format_version": "1.2",
            "resource_changes": changes,
            "configuration": {"provider_config": providers, "root_module": root},
        },
        "groundplan": {"stack": SELFTEST_STACK, "environment": "prod", "today": SELFTEST_DAY, "absent": []},
        "exceptions": exceptions,
    }


def _check(example: Example) -> None:
    wrong = [key for key in example.content if key not in _SETTINGS and key.partition("_")[0] not in PROVIDERS]
    if wrong:
        raise BadInput(errors.unknown_example_key(example.rule, key) for key in wrong)


def _dated(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Entries say {in_a_month} where a date would otherwise grow old in the documentation."""
    return {key: str(item).replace("{in_a_month}", _MONTH_LATER) for key, item in entry.items()}


def _change(
    type_name: str, attributes: Mapping[str, Any], earlier: Mapping[str, Any], actions: list[str], module: str | None
) -> dict[str, Any]:
    unknown = {"id": True, **{key: mark for key, item in attributes.items() if (mark := _unknown(item))}}
    change: dict[str, Any] = {
        "address": f"module.{module}.{type_name}.example" if module else f"{type_name}.example",
        "mode": "managed",
        "type": type_name,
        "name": "example",
        "provider_name": f"registry.terraform.io/hashicorp/{type_name.partition('_')[0]}",
        "change": {
            "actions": actions,
            "before": None if actions == ["create"] else _all_known(earlier),
            "after": None if actions == ["delete"] else _all_known(attributes),
            "after_unknown": unknown,
            "after_sensitive": {},
        },
    }
    if module:
        change["module_address"] = f"module.{module}"
    return change


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and bool(_REFERENCE.search(value))


def _all_known(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _known(item) for key, item in attributes.items() if not _is_reference(item)}


def _known(value: Any) -> Any:
    """What a plan's `after` shows: unknown attributes are left out, unknown items of a list are null."""
    if isinstance(value, Mapping):
        return {key: _known(item) for key, item in value.items() if not _is_reference(item)}
    if isinstance(value, list):
        return [None if _is_reference(item) else _known(item) for item in value]
    return value


def _unknown(value: Any) -> Any:
    """What a plan's `after_unknown` shows, empty where everything is known."""
    if _is_reference(value):
        return True
    if isinstance(value, Mapping):
        return {key: mark for key, item in value.items() if (mark := _unknown(item))}
    if isinstance(value, list):
        marks = [_unknown(item) for item in value]
        return [mark or False for mark in marks] if any(marks) else []
    return False


def _expression(value: Any) -> Any:
    """What a plan's configuration shows of an argument or of nested blocks."""
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        return [{key: _expression(item) for key, item in block.items()} for block in value]
    found: dict[str, Any] = {"constant_value": value}
    references: list[str] = []
    for reference in _REFERENCE.findall(json.dumps(value)):
        references += [reference, ".".join(reference.split(".")[:2])]
    if references:
        found["references"] = references
    return found
