"""One value against what is allowed for it: enumerations, patterns, lengths, bounds and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from groundplan.values import ConfigProblem, is_unknown

from . import errors

__all__ = ["check_value", "compiled", "limits"]

Path = tuple[str | int, ...]

_KEYS = ("enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")


def limits(schema: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is allowed, in JSON Schema's words: AWS's, changed by `own`.

    `also` in `own` adds values that Terraform takes and AWS's schema does not list; a null takes a limit away.
    """
    merged = {key: schema[key] for key in _KEYS if key in schema} | dict(own)
    if "enum" in merged and "also" in merged:
        merged["enum"] = [*merged["enum"], *merged["also"]]
    return {key: value for key, value in merged.items() if value is not None}


@cache
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern, None when it uses what Python does not have, such as Unicode classes: then nobody checks it."""
    try:
        return re.compile(pattern)
    except re.error:
        return None


def check_value(path: Path, value: Any, allowed: Mapping[str, Any], *, required: bool) -> Iterator[ConfigProblem]:
    """What is wrong with one known value. Only the limits that fit the value's own type are looked at.

    An empty string in an optional attribute means "not set" to most of the provider: it is let through.
    """
    if is_unknown(value) or value is None:
        return
    if "enum" in allowed and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        if not (value == "" and not required) and not any(_same(value, choice) for choice in allowed["enum"]):
            yield errors.not_allowed(path, value, allowed["enum"])
        return
    if isinstance(value, str):
        yield from _text(path, value, allowed, required=required)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = allowed.get("minimum"), allowed.get("maximum")
        if (low is not None and value < low) or (high is not None and value > high):
            yield errors.outside(path, value, low, high)
    elif isinstance(value, (list, tuple)) and not any(is_unknown(item) for item in value):
        low, high = allowed.get("minItems"), allowed.get("maxItems")
        if value and ((low is not None and len(value) < low) or (high is not None and len(value) > high)):
            yield errors.wrong_items(path, len(value), low, high)


def _text(path: Path, value: str, allowed: Mapping[str, Any], *, required: bool) -> Iterator[ConfigProblem]:
    if value == "" and not required:
        return
    counted = re.sub(r"\s", "", value) if allowed.get("withoutSpace") else value
    low, high = allowed.get("minLength"), allowed.get("maxLength")
    if (low is not None and len(counted) < low) or (high is not None and len(counted) > high):
        yield errors.wrong_length(path, value, len(counted), low, high)
    elif "pattern" in allowed:
        expression = compiled(allowed["pattern"])
        if expression is not None and not expression.search(value):
            yield errors.wrong_pattern(path, value, allowed["pattern"], allowed.get("says", ""))


def _same(value: Any, choice: Any) -> bool:
    """Terraform may carry a number as text, and the other way round."""
    return bool(value == choice) or (not isinstance(choice, bool) and str(value) == str(choice))
