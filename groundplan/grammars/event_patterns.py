"""Event patterns of EventBridge: which events a rule is about.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
What the pages leave open is as https://github.com/aws/event-ruler compiles it, the library that EventBridge runs.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from groundplan.values import ConfigProblem, is_unknown

from . import errors
from .documents import object_problems

__all__ = ["problems"]

Path: TypeAlias = tuple[str | int, ...]

_OR = "$or"
_CHOICES = "Write an object for each of the choices."
_VALUES = "a text, a number, true, false, null or a filter"


def problems(value: str | Mapping[str, Any]) -> list[ConfigProblem]:
    """What EventBridge would refuse in a pattern, given as its JSON or as what that holds. Unknown parts are fine."""
    cure = "Name a field of the event: {'source': ['aws.s3']}."
    return object_problems(value, lambda given: _object((), given), cure)


def _object(path: Path, given: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    if not given:
        yield errors.refused(path, given, "an object with a field in it", "Name a field, or take the object out.")
    for name, value in given.items():
        here = (*path, name)
        if is_unknown(value):
            continue
        if name == _OR:
            yield from _either(here, value)
        elif isinstance(value, Mapping):
            yield from _object(here, value)
        elif isinstance(value, list):
            if not value:
                yield errors.refused(here, value, "a list with a value in it", "Name a value, or take the field out.")
            for index, item in enumerate(value):
                yield from _value((*here, index), item)
        else:
            yield errors.refused(
                here, value, "an object of fields or a list of values", f"Put it into a list: {json.dumps([value])}."
            )


def _either(path: Path, value: Any) -> Iterator[ConfigProblem]:
    if not isinstance(value, list) or len(value) < 2:
        yield errors.refused(path, value, "a list of two objects or more", _CHOICES)
        return
    for index, item in enumerate(value):
        if isinstance(item, Mapping):
            yield from _object((*path, index), item)
        elif not is_unknown(item):
            yield errors.refused(
                (*path, index), item, "an object of fields", "Write an object for each of the choices."
            )


def _value(path: Path, item: Any) -> Iterator[ConfigProblem]:
    """One value of a leaf: a text, a number, true, false or null, or a filter."""
    if isinstance(item, list):
        yield errors.refused(path, item, _VALUES, "Take the inner list apart.")
    elif isinstance(item, Mapping):
        yield from _filter(path, item, _FILTERS)


def _filter(
    path: Path, item: Mapping[str, Any], filters: Mapping[str, Callable[[Path, Any], Iterator[ConfigProblem]]]
) -> Iterator[ConfigProblem]:
    if len(item) != 1:
        yield errors.refused(path, item, "a filter with one key", "Write a filter of its own for each key.")
        return
    [(name, given)] = item.items()
    here = (*path, name)
    if name not in filters:
        yield errors.no_such_key(path, name, filters)
    elif not is_unknown(given):
        yield from filters[name](here, given)


def _text(path: Path, given: Any) -> Iterator[ConfigProblem]:
    if not isinstance(given, str):
        yield errors.refused(path, given, "a text", "Write one text; for several, a filter for each.")


def _affix(path: Path, given: Any) -> Iterator[ConfigProblem]:
    """A prefix or a suffix, which may be one in any case of its letters."""
    if isinstance(given, Mapping):
        yield from _filter(path, given, {"equals-ignore-case": _text})
    else:
        yield from _text(path, given)


def _wildcard(path: Path, given: Any) -> Iterator[ConfigProblem]:
    yield from _text(path, given)
    if isinstance(given, str) and "**" in re.sub(r"\\.", "", given):
        yield errors.refused(path, given, "a text without ** in it", "Write one * for any characters.")
    if isinstance(given, str) and re.search(r"\\(?![*\\])", re.sub(r"\\[*\\]", "", given)):
        yield errors.refused(path, given, r"a text with \ before * or \ alone", "Write two of them for one.")


def _exists(path: Path, given: Any) -> Iterator[ConfigProblem]:
    if not isinstance(given, bool):
        yield errors.refused(path, given, "true or false", "Write it without quotes.")


def _cidr(path: Path, given: Any) -> Iterator[ConfigProblem]:
    try:
        fine = isinstance(given, str) and "/" in given and bool(ipaddress.ip_network(given, strict=False))
    except ValueError:
        fine = False
    if not fine:
        yield errors.refused(path, given, "a CIDR block", "Write it like 10.0.0.0/24.")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _numeric(path: Path, given: Any) -> Iterator[ConfigProblem]:
    """One comparison, or a range: from its lower end to its upper one."""
    pairs = [given[at : at + 2] for at in range(0, len(given), 2)] if isinstance(given, list) else []
    signs = [str(pair[0]) for pair in pairs]
    sound = bool(pairs) and all(len(pair) == 2 and _is_number(pair[1]) for pair in pairs)
    one = len(signs) == 1 and signs[0] in {"=", "<", "<=", ">", ">="}
    between = len(signs) == 2 and signs[0] in {">", ">="} and signs[1] in {"<", "<="}
    if any(is_unknown(part) for pair in pairs for part in pair):
        return
    if not sound or not (one or between):
        allowed = "a comparison and a number, or a range from low to high"
        yield errors.refused(path, given, allowed, 'Write it like ["=", 5] or [">", 0, "<=", 100].')
    elif between and pairs[0][1] >= pairs[1][1]:
        yield errors.refused(path, given, "a range from low to high", "Exchange the two numbers.")


def _all_but(path: Path, given: Any) -> Iterator[ConfigProblem]:
    if isinstance(given, Mapping):
        yield from _filter(path, given, _ALL_BUT)
        return
    items = given if isinstance(given, list) else [given]
    if any(is_unknown(item) for item in items):
        return
    texts, numbers = all(isinstance(item, str) for item in items), all(_is_number(item) for item in items)
    if not items or not (texts or numbers):
        allowed = "a text, a number, or a list of texts alone or of numbers alone"
        yield errors.refused(path, given, allowed, "Write a filter for each kind.")


def _texts(one: Callable[[Path, Any], Iterator[ConfigProblem]]) -> Callable[[Path, Any], Iterator[ConfigProblem]]:
    def several(path: Path, given: Any) -> Iterator[ConfigProblem]:
        if isinstance(given, list):
            if not given:
                yield errors.refused(path, given, "a list with a text in it", "Name a text.")
            for index, item in enumerate(given):
                if not is_unknown(item):
                    yield from one((*path, index), item)
        else:
            yield from one(path, given)

    return several


_ALL_BUT: Mapping[str, Callable[[Path, Any], Iterator[ConfigProblem]]] = {
    "prefix": _texts(_affix),
    "suffix": _texts(_affix),
    "equals-ignore-case": _texts(_text),
    "wildcard": _texts(_wildcard),
}
_FILTERS: Mapping[str, Callable[[Path, Any], Iterator[ConfigProblem]]] = {
    "exactly": _text,
    "prefix": _affix,
    "suffix": _affix,
    "anything-but": _all_but,
    "numeric": _numeric,
    "exists": _exists,
    "cidr": _cidr,
    "equals-ignore-case": _text,
    "wildcard": _wildcard,
}
