"""Every message about a data file that people write."""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.problems import Problem, nearest

__all__ = [
    "against_schema",
    "key_written_twice",
    "no_json_value",
    "no_schema",
    "unknown_key",
    "unquoted_day",
    "unreadable_data",
]

_SHOWN = 400


def against_schema(place: str, path: str, message: str, meant: str) -> Problem:
    return Problem(_at(place, path), _short(message), f"It is meant to be {meant}." if meant else "")


def key_written_twice(place: str, path: str, first: int) -> Problem:
    return Problem(f"{place}: {path}", f"is written twice, first in line {first}", "Keep one of them.")


def no_json_value(place: str, path: str, reason: str) -> Problem:
    return Problem(_at(place, path), reason, "A rule reads JSON: text, numbers, true and false, lists and mappings.")


def no_schema(name: str, schema: str) -> Problem:
    return Problem(
        name,
        f"has no {schema} beside it",
        "Write a JSON Schema that says what its values may be; see policies/README.md.",
    )


def unknown_key(place: str, path: str, key: str, allowed: Iterable[str]) -> Problem:
    names = sorted(allowed)
    guess = nearest(key, names)
    cure = f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}."
    return Problem(_at(place, path), "no rule reads this key", cure)


def unquoted_day(place: str, path: str, text: str) -> Problem:
    return Problem(f"{place}: {path}", f"{text} is a date to YAML, not text", f'Write it in quotes: "{text}".')


def unreadable_data(path: str, reason: str) -> Problem:
    return Problem(path, f"cannot be read: {reason}")


def _at(place: str, path: str) -> str:
    return f"{place}: {path}" if path else place


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
