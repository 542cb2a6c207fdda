"""What is wrong, as what nobody knows: so that one wrong value is told once, and not wherever it is passed on.

A composition makes names, domains and ARNs of an environment's facts. Of a fact that is wrong it gets a stand-in, which
every check passes over as it does what only Terraform will know; what is wrong besides is still told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from groundplan.problems import Problem

from .constraints import OneOf
from .inputs import Declaration, holding
from .origins import Origin, Step, steps_of
from .references import TextReference
from .shapes import ListOf, MapOf, Number, ObjectOf, Shape, Text

__all__ = ["unknown_where_wrong"]

D = TypeVar("D", bound=Declaration)

_NUMBER = -1e300
"""A number of the kind that cdktf's tokens hide in."""


def unknown_where_wrong(declaration: D, problems: Iterable[Problem], path: str) -> D:
    """The declaration that stands at `path`, with a stand-in for every value that one of its problems is about.

    A stand-in is opaque (`references.is_opaque`). One for a word of a few, which a composition asks for, refuses to be
    compared: no answer would be right. Nothing with a stand-in in it may be written.
    """
    for problem in problems:
        if problem.path.startswith(path):
            whole = ObjectOf(declaration=type(declaration))
            declaration = _replaced(declaration, whole, steps_of(problem.path[len(path) :]), problem.path)
    return declaration


def _replaced(value: Any, shape: Shape, steps: Sequence[Step], path: str) -> Any:
    if not steps:
        return _stand_in(value, shape, path)
    step, *rest = steps
    if isinstance(value, Declaration) and isinstance(shape, ObjectOf):
        inner = next((field.shape for field in type(value).fields() if field.name == step), None)
        if inner is None:
            return value
        given = dict(value.given())
        given[str(step)] = _replaced(given.get(str(step)), inner, rest, path)
        return holding(type(value), given, value._origin)
    if isinstance(value, list) and isinstance(shape, ListOf) and isinstance(step, int) and step < len(value):
        return [*value[:step], _replaced(value[step], shape.item, rest, path), *value[step + 1 :]]
    if isinstance(value, dict) and isinstance(shape, MapOf) and step in value:
        return {**value, step: _replaced(value[step], shape.item, rest, path)}
    return value


def _stand_in(value: Any, shape: Shape, path: str) -> Any:
    token = f"TfToken[{path}]"
    if isinstance(shape, Text):
        few = any(isinstance(rule, OneOf) for rule in shape.constraints)
        return TextReference.of_token(f"${{{token}}}") if few else f"${{{token}}}"
    if isinstance(shape, Number):
        return _NUMBER
    if isinstance(shape, ObjectOf) and shape.nullable and value is None:
        return f"${{{token}}}"
    if isinstance(shape, ObjectOf) and not isinstance(value, shape.declaration):
        fields = [field for field in shape.declaration.fields() if field.required]
        made = {field.name: _stand_in(None, field.shape, f"{path}.{field.name}") for field in fields}
        return holding(shape.declaration, made, Origin())
    if isinstance(shape, ListOf) and not isinstance(value, list):
        return [f"#{{{token}}}"]
    if isinstance(shape, MapOf) and not isinstance(value, dict):
        return {f"&{{{token}}}": ""}
    # what is of its type already is wrong beside something else only
    return value
