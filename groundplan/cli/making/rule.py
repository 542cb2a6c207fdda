"""A new rule, which demands a value of an argument, and its test."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from groundplan.problems import BadInput, Problem

from .. import errors
from .files import Made, already_there, as_json_text, filled, two_names, word_problems, write

__all__ = ["new_rule"]

_RULE_NAMES_IN_USE = frozenset({"finding", "plan", "plans", "rule"})
# https://www.openpolicyagent.org/docs/policy-language#reserved-names
_REGO_WORDS = frozenset(
    [
        "as",
        "contains",
        "data",
        "default",
        "else",
        "every",
        "false",
        "if",
        "import",
        "in",
        "input",
        "not",
        "null",
        "package",
        "set",
        "some",
        "true",
        "with",
    ]
)
_NO_CATEGORY = frozenset({"lib", "parameters", "selftest", "testing"})


def new_rule(
    project: Path,
    name: str,
    *,
    type_name: str,
    argument: str,
    value: str,
    why: str,
    controls: Sequence[str],
    severity: str,
    title: str | None,
) -> Made:
    """The rule policies/<category>/<rule>.rego, which demands `value` of an argument, and its test.

    `value` is JSON, and what is no JSON is text. Raises BadInput for a name that Rego or this project cannot take, and
    for a type, an argument or a value that the provider does not have.
    """
    category, rule = two_names(name, "<category>/<rule>", "storage/bucket_versioned")
    problems = [*word_problems(name, "category", category), *word_problems(name, "rule", rule)]
    problems += [
        errors.name_in_use(name, what, word)
        for what, word, used in (
            ("category", category, _NO_CATEGORY | _REGO_WORDS),
            ("rule", rule, _RULE_NAMES_IN_USE | _REGO_WORDS),
        )
        if word in used
    ]
    if not (project / "policies" / "main.rego").is_file():
        problems.append(errors.no_rules_here())
    problems += [errors.says_nothing(option) for option, said in (("--why", why), ("--control", controls)) if not said]
    wanted, wrong, found = _demanded(type_name, argument, value)
    problems += found
    given = {
        "argument": argument,
        "category": category,
        "controls": [as_json_text(each) for each in controls],
        "denied": as_json_text(f"must have {argument} = {as_json_text(wanted)}"),
        "rule": rule,
        "severity": severity,
        "title": as_json_text(title or f"{type_name} has {argument} = {as_json_text(wanted)}"),
        "type": type_name,
        "value": as_json_text(wanted),
        "why": textwrap.fill(why, 96, initial_indent="#   ", subsequent_indent="#   "),
        "wrong": as_json_text(wrong),
    }
    files = {
        f"policies/{category}/{rule}.rego": filled("rule/rule.rego", given),
        f"policies/{category}/{rule}_test.rego": filled("rule/rule_test.rego", given),
    }
    problems = problems or already_there(project, files)
    if problems:
        raise BadInput(problems)
    then = [
        "groundplan policies --test",
        f'add "{name}" to the ids in tests/policy/test_rules.py',
        "make docs",
        "groundplan review",
    ]
    return write(project, name, files, then=then)


def _demanded(type_name: str, argument: str, value: str) -> tuple[Any, Any, list[Problem]]:
    """The value as the argument has it, another one of its kind, and what is wrong with either."""
    from groundplan.plan.schema import schema_for

    try:
        wanted = json.loads(value)
    except ValueError:
        wanted = value
    try:
        block = schema_for(type_name)
    except BadInput as unknown:
        return wanted, None, [problem.below("--type") for problem in unknown.problems]
    found = block.attributes.get(argument)
    writable = sorted(name for name, each in block.attributes.items() if not each.computed_only)
    if found is None or found.computed_only or found.type not in ("bool", "number", "string"):
        return wanted, None, [errors.not_an_argument(type_name, argument, writable, known=argument in block.names())]
    if found.type == "string":
        wanted = wanted if isinstance(wanted, str) else value
        return wanted, f"not-{wanted}", []
    if found.type == "bool" and isinstance(wanted, bool):
        return wanted, not wanted, []
    if found.type == "number" and isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
        return wanted, wanted + 1, []
    return wanted, None, [errors.value_of_another_type(type_name, argument, value, found.type)]
