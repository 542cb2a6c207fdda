"""Checks the values of a declaration in Python, with the messages that Terraform's validation would give."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from groundplan.problems import Problem

from . import errors
from .constraints import Constraint, as_json, composed
from .inputs import Declaration, plain
from .references import is_opaque
from .rules import EachRule, Rule
from .shapes import Anything, Flag, ListOf, MapOf, Number, ObjectOf, Shape, Text
from .terms import StillUnknown, computed, declaration_term
from .wrong import unknown_where_wrong

__all__ = ["checked", "problems_of"]

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""What Python takes for text and nothing else does: https://www.unicode.org/faq/utf_bom.html#utf16-2"""


def problems_of(declaration: Declaration, path: str = "", *, partly: bool = False) -> list[Problem]:
    """Everything that is wrong with a declaration's values, with `path` in front: an empty list when all is well.

    Values that only Terraform will know (outputs of other modules) are left to Terraform. With `partly`, what is
    missing may still be filled: each value that is there is looked at by itself, and no rules between them.
    """
    return list(_object(declaration, path, partly))


def _object(declaration: Declaration, path: str, partly: bool) -> Iterator[Problem]:
    declared, given = type(declaration).named(), declaration.given()
    wrong: list[Problem] = []
    for name in given:
        if name not in declared:
            yield errors.unknown_input(_join(path, name), name, declared)
    for name, field in declared.items():
        if name not in given:
            if field.required and not partly:
                wrong.append(errors.missing_input(_join(path, name), field.sentence))
            continue
        wrong += _value(field.shape, given[name], _join(path, name), partly, secret=field.sensitive)
    yield from wrong
    if partly:
        return
    # what is wrong by itself is told: that it does not fit the rest either would be told of the same cause
    rest = unknown_where_wrong(declaration, wrong, path)
    sound = not wrong
    for rule in type(declaration).rules:
        for problem in _rule(rule, rest, path, sound=sound):
            sound = False
            yield problem
    if sound:
        yield from checked(declaration, path)


def checked(declaration: Declaration, path: str = "") -> Iterator[Problem]:
    """What the declaration's own checks find, with `path` in front."""
    for check in type(declaration).checks:
        for found in check(declaration):
            yield Problem(_join(path, found.path), found.message, found.cure)


def _rule(rule: Rule, declaration: Declaration, path: str, *, sound: bool) -> Iterator[Problem]:
    root = declaration_term("var", declaration)
    broken: list[tuple[str, Any, Any]] = []
    try:
        if isinstance(rule, EachRule):
            inside = f".{rule.inside}" if rule.inside else ""
            broken = [
                (f"[{as_json(key)}]{inside}", entry, rule.found(root, key, entry)) for key, entry in rule.broken(root)
            ]
        elif not computed(rule.term(root)):
            broken = [("", declaration, computed(rule.finds(root)) if rule.finds else None)]
    except StillUnknown:
        return
    except Exception:
        # values that are wrong by themselves, and reported, may not be comparable
        if sound:
            raise
        return
    beside = rule.beside if isinstance(rule, EachRule) else ()
    for where, of, found in broken:
        shown = [f"{name} = {as_json(plain(_at(of, name)))}" for name in rule.shows]
        shown += [f"{name} = {as_json(plain(_at(declaration, name)))}" for name in beside]
        shown += [as_json(found)] if found is not None else []
        message = rule.message + (f", got {', '.join(shown)}" if shown else "")
        yield errors.rule_broken(_join(path, rule.setting) + where, message)


def _at(declaration: Any, name: str) -> Any:
    """The setting `name`, which may be one of an optional setting: `object_lock.retention_days`."""
    for step in name.split("."):
        declaration = None if declaration is None else getattr(declaration, step)
    return declaration


def _value(shape: Shape, value: Any, path: str, partly: bool, *, secret: bool = False) -> Iterator[Problem]:
    if is_opaque(value):
        return
    if value is None:
        if not shape.nullable and not isinstance(shape, Anything):
            yield errors.wrong_type(path, shape.words(), value)
        return
    if not _fits(shape, value):
        yield (
            errors.wrong_type(path, shape.words(), value)
            if not isinstance(shape, ObjectOf)
            else errors.not_inputs(path, shape.words(), value)
        )
        return
    value = composed(value)
    if isinstance(shape, ListOf):
        for index, item in enumerate(value):
            yield from _value(shape.item, item, f"{path}[{index}]", partly)
    elif isinstance(shape, MapOf):
        for key, item in value.items():
            inner = f"{path}[{as_json(key)}]"
            if not isinstance(key, str):
                yield errors.wrong_type(inner, "a string as its name", key)
                continue
            for rule in shape.key.constraints:
                if not is_opaque(key) and not rule.accepts(composed(key)):
                    yield errors.rule_broken(inner, f"its name {rule.rule}, got {as_json(key)}")
            yield from _value(shape.item, item, inner, partly)
    elif isinstance(shape, ObjectOf):
        yield from _object(value, path, partly)
    yield from _constraints(shape.constraints, value, path, secret=secret)


def _constraints(rules: tuple[Constraint, ...], value: Any, path: str, *, secret: bool) -> Iterator[Problem]:
    for rule in rules:
        if not rule.accepts(value):
            yield errors.rule_broken(path, rule.rule if secret else f"{rule.rule}, got {rule.shown(plain(value))}")


def _fits(shape: Shape, value: Any) -> bool:
    if isinstance(shape, Text):
        return isinstance(value, str) and not _HALF_CHARACTER.search(value)
    if isinstance(shape, Flag):
        return isinstance(value, bool)
    if isinstance(shape, Number):
        return (isinstance(value, int) and not isinstance(value, bool)) or (
            isinstance(value, float) and math.isfinite(value)
        )
    if isinstance(shape, ListOf):
        return isinstance(value, (list, tuple))
    if isinstance(shape, MapOf):
        return isinstance(value, Mapping)
    if isinstance(shape, ObjectOf):
        return isinstance(value, shape.declaration)
    return True


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
