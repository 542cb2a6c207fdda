"""Expressions: values that Terraform computes from references.

text("coalesce", given.domain, f"{given.name}.example.com")     # ${coalesce(var.domain, "${var.name}.example.com")}
choose(is_set(given.kms_key), given.kms_key.arn, key.arn)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from . import errors
from .conditions import is_set
from .hcl import OnlyWhen, hcl
from .references import (
    AnyReference,
    FlagReference,
    ListReference,
    MapReference,
    NumberReference,
    ObjectReference,
    Reference,
    TextReference,
)
from .shapes import Anything, Flag, ListOf, MapOf, Number, Shape, Text
from .terms import Term, computed, constant

__all__ = [
    "any_value",
    "calculated",
    "choose",
    "concat",
    "first_set",
    "fitted",
    "flag",
    "join",
    "map_of_text",
    "merged",
    "number",
    "only_when",
    "present",
    "text",
    "texts",
    "unrepeated",
    "without_nulls",
]

T = TypeVar("T")


def _call(function: str, arguments: Sequence[Any]) -> str:
    if any(isinstance(argument, Term) for argument in arguments):
        raise errors.terraform_alone(function)
    return f"{function}({', '.join(hcl(argument) for argument in arguments)})"


def text(function: str, *arguments: Any) -> str:
    """A string that a Terraform function gives."""
    return TextReference(_call(function, arguments))


def number(function: str, *arguments: Any) -> float:
    """A number that a Terraform function gives."""
    return NumberReference(_call(function, arguments))


def flag(function: str, *arguments: Any) -> bool:
    """True or false, as a Terraform function gives it."""
    return cast(bool, FlagReference(_call(function, arguments)))


def texts(function: str, *arguments: Any) -> list[str]:
    """A list of strings that a Terraform function gives."""
    return ListReference(_call(function, arguments))


def unrepeated(items: Sequence[str]) -> list[str]:
    """A list's strings, each once and in alphabetical order.

    Terraform's own `distinct` keeps the order, and compares each string with all before it: of ten thousand ARNs that
    takes minutes.
    """
    return texts("tolist", any_value("toset", items))


def map_of_text(function: str, *arguments: Any) -> dict[str, str]:
    """A map of strings that a Terraform function gives."""
    return MapReference(_call(function, arguments), Text())


def any_value(function: str, *arguments: Any) -> Any:
    """A value of any type that a Terraform function gives."""
    return AnyReference(_call(function, arguments))


def calculated(template: str, **operands: Any) -> float:
    """Arithmetic: `calculated("{hours} * 3600", hours=given.within_hours)`."""
    return NumberReference(template.format(**{name: f"({hcl(value)})" for name, value in operands.items()}))


def present(value: T | None) -> T:
    """An optional input as if it were given, for its settings in places that are there only when it is.

    `choose(is_set(given.mesh), present(given.mesh).port, 443)`: Terraform looks at the chosen side alone.
    """
    return cast(T, value)


def choose(condition: Any, yes: T, no: T) -> T:
    """`yes` when the flag is true, else `no`; both of one type."""
    rendered = f"{hcl(condition)} ? {hcl(yes)} : {hcl(no)}"
    if any(isinstance(operand, Term) for operand in (condition, yes, no)):
        return cast(T, Term(f"({rendered})", lambda: computed(yes if computed(condition) else no)))
    return cast(T, _like(yes if yes is not None else no, rendered))


def only_when(condition: Any, entries: Mapping[str, Any], *, but: Sequence[str] = ()) -> dict[str, Any]:
    """A document's object of which the entries are there when the flag is true; those of `but` always are.

    For a part of a chart that a value switches off: what is written for it then changes nothing, and whoever reads a
    plan would look at it in vain. Terraform looks at all entries in any case: settings that are not given have to be
    chosen away, see `choose`.
    """
    return OnlyWhen(condition, entries, but)


def first_set(*values: T | None) -> T:
    """The first value that is not null."""
    if any(isinstance(value, Term) for value in values):
        first, *others = map(constant, values)
        return cast(T, choose(is_set(first), first, first_set(*others)) if others else first)
    known = [value for value in values if value is not None]
    rendered = hcl(known[-1])
    for value in reversed(known[:-1]):
        rendered = f"({hcl(value)} != null ? {hcl(value)} : {rendered})"
    return cast(T, _like(known[-1], rendered))


def concat(*lists: Sequence[Any]) -> list[Any]:
    """Lists one after another."""
    kept = [items.item for items in lists if isinstance(items, ListReference)]
    return ListReference(_call("concat", lists), *kept[:1])


def merged(*maps: Mapping[str, Any]) -> dict[str, Any]:
    """Maps over one another: the later one wins."""
    return MapReference(_call("merge", maps))


def without_nulls(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A document's object without the settings that turn out to be null: for readers that take null for a value."""
    written = {name: value for name, value in settings.items() if value is not None}
    return cast(dict[str, Any], AnyReference(f"{{for word, value in {hcl(written)} : word => value if value != null}}"))


def join(separator: str, items: Sequence[str]) -> str:
    """A list's strings in one."""
    return text("join", separator, items)


def fitted(name: str, limit: int) -> str:
    """A name within a service's limit of characters: cut readably, with a suffix that the whole name decides."""
    whole = hcl(name)
    cut = f'"${{trimsuffix(substr({whole}, 0, {limit - 9}), "-")}}-${{substr(sha256({whole}), 0, 8)}}"'
    return TextReference(f"length({whole}) <= {limit} ? {whole} : {cut}")


def _like(sample: Any, rendered: str) -> Reference:
    wrapped = f"({rendered})"
    if isinstance(sample, ObjectReference):
        return ObjectReference(sample._shape, wrapped)
    if isinstance(sample, MapReference):
        return MapReference(wrapped, sample.item)
    if isinstance(sample, ListReference):
        return ListReference(wrapped, sample.item)
    if isinstance(sample, (AnyReference,)):
        return AnyReference(wrapped)
    if isinstance(sample, (FlagReference, bool)):
        return FlagReference(wrapped)
    if isinstance(sample, str):
        return TextReference(wrapped)
    if isinstance(sample, (int, float)):
        return NumberReference(wrapped)
    if isinstance(sample, (list, tuple)):
        return ListReference(wrapped)
    if isinstance(sample, Mapping):
        return MapReference(wrapped)
    return AnyReference(wrapped)


def shape_like(value: Any) -> Shape:
    """The shape of a Python value, as far as one can tell."""
    if isinstance(value, MapReference):
        return MapOf(item=value.item)
    if isinstance(value, ListReference):
        return ListOf(item=value.item)
    if isinstance(value, ObjectReference):
        return value._shape
    if isinstance(value, (FlagReference, bool)):
        return Anything() if isinstance(value, AnyReference) else Flag()
    if isinstance(value, str):
        return Text()
    if isinstance(value, (int, float)):
        return Number()
    if isinstance(value, (list, tuple)):
        return ListOf(item=Anything())
    return MapOf(item=Anything()) if isinstance(value, Mapping) else Anything()
