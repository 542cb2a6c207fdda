"""What a value must look like to be a duration, a size, a flag: how the programs behind the charts read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network
from typing import Any

from .facts import Application

__all__ = ["FORMS", "Form", "amount", "as_text", "fits"]

# https://pkg.go.dev/time#ParseDuration, and days, weeks and years as Prometheus has them:
# https://pkg.go.dev/github.com/prometheus/common/model#ParseDuration
_DURATION = re.compile(r"[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w|y))+)")
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w|y)")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_UNITS |= {"w": 7 * 86_400, "y": 365 * 86_400}
_SIZE = re.compile(r"(?:\d++(?:\.\d++)?\s*+(?:[kKmMgGtTpPeE]i?)?+[bB]?+)++")
_INTEGER = re.compile(r"[-+]?\d+")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Form:
    """What a value of this form is called in messages, and whether a text, and a number, has it."""

    words: str
    text: Callable[[str], bool]
    number: Callable[[float], bool] = lambda _: False


def _is_block(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


FORMS: Mapping[str, Form] = {
    "string": Form("a string", lambda _: True),
    "integer": Form("a whole number", lambda text: bool(_INTEGER.fullmatch(text)), lambda n: float(n).is_integer()),
    "number": Form("a number", lambda text: bool(_NUMBER.fullmatch(text)), lambda _: True),
    "boolean": Form("true or false", lambda _: False),
    # a number without a unit means nanoseconds to Go, which nobody means who writes one
    "duration": Form(
        "a duration with its unit, such as 30s or 1h30m", lambda t: bool(_DURATION.fullmatch(t)), lambda n: n == 0
    ),
    "size": Form("a size, such as 10MB", lambda text: bool(_SIZE.fullmatch(text)), lambda n: n >= 0),
    "csv": Form("a string with commas between its items", lambda _: True),
    "pairs": Form(
        "pairs with commas between them, such as key=value,other=value",
        lambda text: all("=" in item for item in re.split(r"(?<!\\),", text) if item.strip()),
    ),
    "flag": Form("true or false", lambda t: t.lower() in ("1", "t", "true", "0", "f", "false"), lambda n: n in (0, 1)),
    "capsule": Form("what a component exports", lambda _: False),
    "cidr": Form("an IP address or a CIDR block", _is_block),
}


def as_text(value: Any) -> str:
    """A scalar as Helm prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def fits(application: Application, kind: str, value: Any) -> bool:
    """Whether a scalar has a form, read as the application reads its values."""
    form = FORMS[kind]
    if application.is_text:
        text = as_text(value)
        if kind == "boolean":
            return text.lower() in {word for words in application.words.values() for word in words}
        # an empty one is as if nothing were said
        return not text or form.text(text)
    if isinstance(value, bool):
        return kind in ("boolean", "flag") or (kind == "string" and application.scalars == "yaml")
    if isinstance(value, str):
        # numbers of 64 bits are texts in protobuf's JSON
        is_number = kind in ("integer", "number")
        return form.text(value) and (not is_number or application.scalars in ("json", "loose"))
    if isinstance(value, date):
        return kind == "string"
    # Go's YAML takes a number for a text; protobuf's JSON does not
    return form.number(value) or (kind in ("string", "csv") and application.scalars in ("yaml", "loose"))


def amount(value: Any) -> float | None:
    """How much a number, a duration (in seconds) or a text of a number is; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    if isinstance(value, str) and _DURATION.fullmatch(value):
        total = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(value))
        return -total if value.startswith("-") else total
    return None
