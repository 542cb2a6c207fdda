"""The rules' METADATA blocks: https://www.openpolicyagent.org/docs/policy-language#metadata."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from groundplan.problems import BadInput, Problem

from . import errors
from .findings import Rule, Severity

__all__ = ["RuleFile", "read_rules", "rule_files"]

# libyaml where PyYAML was built with it: the same values, ten times as fast
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Folders below policies/ that hold no rules.
_NOT_RULES = frozenset({"lib", "testing"})
_RECORD = re.compile(r'^rule := \{"id": "([^"]*)", "severity": "([^"]*)"\}$', re.MULTILINE)
_PACKAGE = re.compile(r"^package (\S+)$", re.MULTILINE)
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Custom(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Text
    severity: Severity
    controls: Annotated[tuple[_Text, ...], ...]
    fields: tuple[_Text, ...] = ()
    fix: _Text
    avoid: dict[str, Any]
    prefer: dict[str, Any]


class _Metadata(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: _Text
    description: _Text
    custom: _Custom


class RuleFile(BaseModel):
    """A rule with what only its documentation and its examples need. `path` is relative to the policies' folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Rule
    path: str
    why: str
    avoid: dict[str, Any]
    prefer: dict[str, Any]


def rule_files(policies: Path) -> tuple[Path, ...]:
    """The files below `policies` that hold a rule each: `<category>/<rule>.rego`, sorted."""
    return tuple(
        sorted(
            path
            for path in policies.glob("*/*.rego")
            if path.parent.name not in _NOT_RULES and not path.name.endswith("_test.rego")
        )
    )


def read_rules(policies: Path) -> tuple[RuleFile, ...]:
    """Every rule with its metadata, by id.

    Raises BadInput naming every block that is missing, incomplete, or says another id or severity than its code.
    """
    if not (policies / "main.rego").is_file():
        raise errors.no_policies(policies)
    read = [
        _rule_file(path.relative_to(policies).as_posix(), path.read_text(encoding="utf-8"))
        for path in rule_files(policies)
    ]
    problems = [problem for _, wrong in read for problem in wrong]
    if problems:
        raise BadInput(problems)
    return tuple(found for found, _ in read if found is not None)


# whoever judges twice in a process, as who watches does, reads the rules once
@cache
def _rule_file(relative: str, text: str) -> tuple[RuleFile | None, tuple[Problem, ...]]:
    """The rule of a file, unless its block is none, and what is wrong with it."""
    try:
        metadata = _Metadata.model_validate(_block(text))
    except ValidationError as error:
        faults = [(".".join(str(part) for part in fault["loc"]), fault["msg"]) for fault in error.errors()]
        return None, tuple(errors.metadata_problem(relative, f"METADATA {where}: {said}") for where, said in faults)
    except yaml.YAMLError as error:
        return None, (errors.metadata_problem(relative, f"METADATA is not YAML: {error}"),)
    custom = metadata.custom
    found = RuleFile(
        rule=Rule(
            id=custom.id,
            title=metadata.title,
            severity=custom.severity,
            controls=custom.controls,
            fix=" ".join(custom.fix.split()),
            fields=custom.fields,
        ),
        path=relative,
        why=" ".join(metadata.description.split()),
        avoid=custom.avoid,
        prefer=custom.prefer,
    )
    wrong = _disagreements(relative.removesuffix(".rego"), custom, text)
    return found, tuple(errors.metadata_problem(relative, message) for message in wrong)


def _block(text: str) -> Any:
    """The YAML of the first METADATA comment; an empty mapping when there is none."""
    lines: list[str] = []
    for line in text.splitlines():
        if not lines and line != "# METADATA":
            continue
        if not line.startswith("#"):
            break
        lines.append(line[2:])
    return yaml.load("\n".join(lines[1:]), Loader=_FAST) or {}  # noqa: S506 (a safe loader)


def _disagreements(identity: str, custom: _Custom, text: str) -> list[str]:
    wrong = []
    if custom.id != identity:
        wrong.append(f"METADATA custom.id is {custom.id}, the file's place says {identity}")
    if not custom.controls:
        wrong.append("METADATA custom.controls is empty")
    record = _RECORD.search(text)
    if record is None:
        wrong.append(f'there is no line rule := {{"id": "{identity}", "severity": "{custom.severity}"}}')
    elif record.groups() != (identity, custom.severity.value):
        wrong.append(f"its rule record says {record[1]} and {record[2]}, not {identity} and {custom.severity}")
    package = _PACKAGE.search(text)
    dotted = identity.replace("/", ".")
    if package is None or package[1] not in {f"rules.{dotted}", f"audits.{dotted}"}:
        wrong.append(f"its package must be rules.{dotted} (or audits.{dotted})")
    return wrong
