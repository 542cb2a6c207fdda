"""Every message of the checks beyond the schema: the value that is there, what is allowed, what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from groundplan.problems import BadInput, Problem, ToolFailed, nearest
from groundplan.values import ConfigProblem

__all__ = [
    "SECRET_NAMES",
    "conflict",
    "deployer_unknown",
    "neither",
    "not_allowed",
    "not_together",
    "outside",
    "schemas_missing",
    "several",
    "unparsable",
    "within_document",
    "wrong_items",
    "wrong_length",
    "wrong_pattern",
]

Path = tuple[str | int, ...]

SECRET_NAMES = re.compile(
    r"password|passwd|passphrase|private_key|secret_(string|binary|key)|(auth|access|session|bearer)_token|"
    r"client_secret|credentials|set_sensitive|^(secret|token|content_base64|insecure_value|value_wo|data_wo)$"
)


def _shown(path: Path, value: Any) -> str:
    """The value as a message may show it: of what looks like a secret, only its type."""
    names = [part for part in path if isinstance(part, str)]
    if any(SECRET_NAMES.search(name) for name in names):
        return f"a {type(value).__name__} that is not shown"
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:100]}... ({len(text)} characters)"


def _words(choices: Sequence[Any], limit: int = 30) -> str:
    listed = ", ".join(str(choice) for choice in choices[:limit])
    return listed + (f" and {len(choices) - limit} more" if len(choices) > limit else "")


def schemas_missing() -> ToolFailed:
    return ToolFailed(
        "AWS's resource schemas are missing",
        cure="Install groundplan's locked requirements: cfn-lint is one of them.",
    )


def not_allowed(path: Path, value: Any, allowed: Sequence[Any]) -> ConfigProblem:
    close = nearest(str(value), allowed)
    return ConfigProblem(
        path,
        f"must be one of {_words(allowed)}; got {_shown(path, value)}",
        f"Did you mean {close!r}?" if close else "Use one of the allowed values.",
    )


def wrong_pattern(path: Path, value: Any, pattern: str, says: str) -> ConfigProblem:
    rule = says or f"text that matches {pattern}"
    return ConfigProblem(path, f"must be {rule}; got {_shown(path, value)}", f"Write {rule}.")


def wrong_length(path: Path, value: str, length: int, low: int | None, high: int | None) -> ConfigProblem:
    rule = _bounds(low, high)
    return ConfigProblem(
        path,
        f"must have {rule} characters, has {length}; got {_shown(path, value)}",
        f"Write {rule} characters.",
    )


def wrong_items(path: Path, count: int, low: int | None, high: int | None) -> ConfigProblem:
    rule = _bounds(low, high)
    return ConfigProblem(path, f"must have {rule} entries, has {count}", f"Give {rule} entries.")


def outside(path: Path, value: Any, low: Any, high: Any) -> ConfigProblem:
    rule = _bounds(low, high)
    return ConfigProblem(path, f"must be {rule}; got {_shown(path, value)}", f"Use a number that is {rule}.")


def _bounds(low: Any, high: Any) -> str:
    if low is not None and high is not None:
        return f"exactly {low}" if low == high else f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}"


def unparsable(path: Path, language: str, reason: str) -> ConfigProblem:
    return ConfigProblem(
        path, f"is not {language}: {reason}", f"Render it with {language.lower()}encode, or correct it."
    )


def within_document(path: Path, problem: ConfigProblem) -> ConfigProblem:
    where = ".".join(str(part) for part in problem.attribute_path)
    where = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", where)
    message = f"{where}: {problem.message}" if where else problem.message
    return replace(problem, attribute_path=path, message=message)


def conflict(path: Path, present: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(path, f"{' and '.join(present)} cannot both be set", f"Keep one of {', '.join(present)}.")


def several(path: Path, present: Sequence[str], choices: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(
        path, f"exactly one of {', '.join(choices)} must be set, got {' and '.join(present)}", "Keep one of them."
    )


def neither(path: Path, choices: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(path, f"one of {', '.join(choices)} must be set, got none", "Set one of them.")


def not_together(path: Path, present: Sequence[str], absent: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(
        path, f"{' and '.join(present)} needs {' and '.join(absent)}, which is not set", f"Set {', '.join(absent)} too."
    )


def deployer_unknown(types: Sequence[str]) -> BadInput:
    return BadInput(
        Problem(
            name,
            "nobody says which IAM actions deploy this type",
            "Leave it out, and add its actions by hand; groundplan/plan/checks/data/mapping.json lists what is known.",
        )
        for name in types
    )
