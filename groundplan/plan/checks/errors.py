"""Every message of the checks beyond the schema: the value that is there, what is allowed, what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from groundplan.problems import BadInput, Problem, ToolFailed, nearest
from groundplan.values import ConfigProblem

from .patterns import in_words

__all__ = [
    "SECRET_NAMES",
    "between",
    "bounds",
    "choices",
    "cidr",
    "conflict",
    "deployer_unknown",
    "empty_entry",
    "length",
    "listed",
    "neither",
    "not_allowed",
    "not_pattern",
    "not_together",
    "other_than",
    "outside",
    "pattern",
    "refused",
    "region_of_another_partition",
    "schemas_missing",
    "several",
    "unparsable",
    "valid",
    "whole_between",
    "within_document",
    "wrong_items",
    "wrong_key",
    "wrong_length",
    "wrong_pattern",
]

Path = tuple[str | int, ...]

_NUMBER = re.compile(r"[-+]?[0-9.]+")

SECRET_NAMES = re.compile(
    r"password|passwd|passphrase|private_key|secret_(string|binary|key)|(auth|access|session|bearer)_token|"
    r"client_secret|credentials|set_sensitive|^(secret|token|content_base64|insecure_value|value_wo|data_wo)$"
)


def region_of_another_partition(region: str, partition: str, provider: str) -> ConfigProblem:
    return ConfigProblem(
        ("region",),
        f"must be a region of the partition {partition}, as that of the provider, {provider}, is; got {region!r}",
        "Leave region out, or choose one of the partition: no account reaches into another.",
    )


def _unshown(value: Any) -> str:
    return f"a {type(value).__name__} that is not shown"


def _shown(path: Path, value: Any) -> str:
    """The value as a message may show it: of what looks like a secret, only its type."""
    names = [part for part in path if isinstance(part, str)]
    if any(SECRET_NAMES.search(name) for name in names):
        return _unshown(value)
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
    return ConfigProblem(
        path, f"must {choices(allowed)}; got {_shown(path, value)}", _meant(value, allowed) or "Use an allowed value."
    )


def _meant(value: Any, allowed: Sequence[Any]) -> str:
    """The nearest name, as a question; nothing for numbers, of which none is a misspelt other one."""
    names = [str(choice) for choice in allowed if not _NUMBER.fullmatch(str(choice))]
    close = nearest(str(value), names) if names and not _NUMBER.fullmatch(str(value)) else None
    return f"Did you mean {close!r}?" if close else ""


def wrong_pattern(path: Path, value: Any, pattern: str, says: str) -> ConfigProblem:
    words = in_words(pattern)
    if says:
        return ConfigProblem(path, f"must be {says}; got {_shown(path, value)}", f"Write {says}.")
    if words:
        return ConfigProblem(path, f"must {words}; got {_shown(path, value)}", f"It must {words}.")
    return ConfigProblem(
        path,
        f"must match AWS's pattern {pattern}; got {_shown(path, value)}",
        "Write it in the form that AWS asks for.",
    )


# What a value must be, in the words that come after "must". They end up in `refused`.


def choices(allowed: Sequence[Any]) -> str:
    return f"be one of {_words([repr(choice) if choice == '' else choice for choice in allowed])}"


def other_than(refused: Sequence[Any]) -> str:
    return f"be other than {_words(refused)}"


def between(low: Any, high: Any) -> str:
    return f"be {bounds(low, high)}"


def whole_between(low: int | None, high: int | None) -> str:
    return "be a whole number" if low is None and high is None else f"be a whole number, {bounds(low, high)}"


def length(found: int, low: int | None, high: int | None, unit: str) -> str:
    return f"have {bounds(low, high)} {unit}, has {found}"


def pattern(written: str, words: str | None) -> str:
    return words or f"match the provider's pattern {written}"


def not_pattern(written: str, words: str | None) -> str:
    return f"not {words}" if words else f"not match the provider's pattern {written}"


def valid(language: str, reason: str) -> str:
    return f"be {language}, and is not: {reason}"


def cidr(version: int | None) -> str:
    form = {4: "10.0.0.0/16", 6: "2001:db8::/56"}.get(version or 0, "10.0.0.0/16 or 2001:db8::/56")
    return f"be {f'an IPv{version}' if version else 'a'} CIDR block, such as {form}"


def listed(words: Sequence[str]) -> str:
    return " or ".join(repr(word) for word in words)


def refused(
    path: Path, value: Any, wanted: Sequence[str], *, allowed: Sequence[Any] = (), secret: bool = False
) -> ConfigProblem:
    """A value that the provider does not take; `wanted` says what it must be, `allowed` which names there are."""
    shown = _unshown(value) if secret else _shown(path, value)
    return ConfigProblem(
        path, f"must {' and must '.join(wanted)}; got {shown}", _meant(value, allowed) or _cure(wanted)
    )


def wrong_key(path: Path, key: str, wanted: Sequence[str], *, allowed: Sequence[Any] = ()) -> ConfigProblem:
    return ConfigProblem(
        path, f"the key must {' and must '.join(wanted)}; got {key!r}", _meant(key, allowed) or _cure(wanted)
    )


def _cure(wanted: Sequence[str]) -> str:
    """What to do, from what the value must be; a pattern is no help to anybody."""
    plain = [re.sub(r", has \d+$|, and is not: .*|: it .*|: its .*", "", each, flags=re.DOTALL) for each in wanted]
    if any("the provider's pattern" in each for each in plain):
        return "Write it in the form that the provider's documentation of this argument asks for."
    if plain == ["be an ARN"]:
        return "Give the whole ARN: that of a resource in the project is its attribute arn."
    return f"Change it: it must {' and must '.join(plain)}."


def empty_entry(path: Path) -> ConfigProblem:
    return ConfigProblem(path, "must not be null", "Leave the entry out, or give it a value.")


def wrong_length(path: Path, value: str, length: int, low: int | None, high: int | None) -> ConfigProblem:
    rule = bounds(low, high)
    return ConfigProblem(
        path,
        f"must have {rule} characters, has {length}; got {_shown(path, value)}",
        f"Write {rule} characters.",
    )


def wrong_items(path: Path, count: int, low: int | None, high: int | None) -> ConfigProblem:
    rule = bounds(low, high)
    return ConfigProblem(path, f"must have {rule} entries, has {count}", f"Give {rule} entries.")


def outside(path: Path, value: Any, low: Any, high: Any) -> ConfigProblem:
    rule = bounds(low, high)
    return ConfigProblem(path, f"must be {rule}; got {_shown(path, value)}", f"Use a number that is {rule}.")


def bounds(low: Any, high: Any) -> str:
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
    together = "both" if len(present) == 2 else "all"
    return ConfigProblem(
        path, f"{' and '.join(present)} cannot {together} be set", f"Keep one of {', '.join(present)}."
    )


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
