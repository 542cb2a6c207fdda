"""Repeated and optional resources, inside a module where every input is a reference.

    schedules = each(given.schedules)                       # one resource a name
    plan = schedules(BackupPlan, self, "tier", name=schedules.key, ...)
    schedules(BackupSelection, self, "tier", plan_id=plan.here.id, ...)
    return Outputs(plan_arns=plan.all("arn"))

    mesh = when(is_set(given.mesh))                         # one resource, or none
    rule = mesh(SecurityGroupRule, self, "mesh", ...)
    rule.one.id                                             # null when there is none

    routes = each_item(given.routes).documents(lambda route: {"match": route.label, "to": route.receiver})

Addresses are names: a map's names, never positions of a list. A list is for what has an order and no address.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Generic, NoReturn, ParamSpec, TypeVar, cast

import jsii
from cdktf import TerraformDataSource, TerraformElement, TerraformResource

from . import errors
from .hcl import Expression, expression_of, hcl
from .places import name_of, type_of
from .references import (
    AnyReference,
    FlagReference,
    ListReference,
    MapReference,
    ObjectReference,
    Reference,
    TextReference,
    reference,
)
from .shapes import Anything, ListOf, MapOf, Number, Shape, Text
from .watching import unwatched

__all__ = [
    "Each",
    "EachItem",
    "EachPair",
    "Element",
    "Entry",
    "MaybeElement",
    "Optional",
    "Repeated",
    "When",
    "address_of",
    "dependable",
    "dynamic",
    "each",
    "each_item",
    "each_name",
    "each_pair",
    "when",
]

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V")
W = TypeVar("W")

_depth = 0


@contextmanager
def _variables() -> Iterator[tuple[str, str]]:
    """The variables of a loop: others inside a loop, so that the inner one does not hide those of the outer one."""
    global _depth
    suffix = f"_{_depth}" if _depth else ""
    _depth += 1
    try:
        yield f"name{suffix}", f"item{suffix}"
    finally:
        _depth -= 1


class Each(Generic[V]):
    """Repeats over a map. `key` and `value` are the name and the entry of the resource at hand."""

    key: str
    value: V

    def __init__(self, expression: str, item: Shape) -> None:
        self.expression = expression
        self._item = item
        self.key = TextReference("each.key")
        self.value = cast(V, reference(item, "each.value"))

    def __call__(self, make: Callable[P, R], *arguments: P.args, **settings: P.kwargs) -> Repeated[R]:
        """Makes one resource for every entry: `each(Type, self, "id", argument=...)`."""
        element = _element(make(*arguments, **settings))
        _override(element, "for_each", f"${{{self.expression}}}")
        return Repeated(element)

    def where(self, condition: Callable[[V], Any]) -> Each[V]:
        """Only the entries for which `condition` is true."""
        with _variables() as (name, item):
            kept = expression_of(condition(cast(V, reference(self._item, item))))
        return Each(f"{{for {name}, {item} in {self.expression} : {name} => {item} if {kept}}}", self._item)

    def entries(self) -> dict[str, V]:
        """What it repeats over, as a map: of what `where` kept, for instance."""
        return cast(dict[str, V], MapReference(self.expression, self._item))

    def document(self, make: Callable[[str, V], Any]) -> Any:
        """A map with one part of a document for every entry: Helm values, a list of statements by name."""
        with _variables() as (name, item):
            made = hcl(make(TextReference(name), cast(V, reference(self._item, item))))
        return AnyReference(f"{{for {name}, {item} in {self.expression} : {name} => {made}}}")

    def documents(self, make: Callable[[str, V], Any]) -> Any:
        """A list with one part of a document for every entry, in the order of the names."""
        with _variables() as (name, item):
            made = hcl(make(TextReference(name), cast(V, reference(self._item, item))))
        return ListReference(f"[for {name}, {item} in {self.expression} : {made}]", Anything())


class Pair(Generic[V, W]):
    """An entry of `each_pair`: the outer entry and the inner one, with both their names."""

    outer_key: str
    outer: V
    inner_key: str
    inner: W

    def __init__(self, expression: str, outer: Shape, inner: Shape) -> None:
        self.expression = expression
        self.outer_key = TextReference(f"{expression}.outer_key")
        self.inner_key = TextReference(f"{expression}.inner_key")
        self.outer = cast(V, reference(outer, f"{expression}.outer"))
        self.inner = cast(W, reference(inner, f"{expression}.inner"))


class EachPair(Generic[V, W]):
    """Repeats over the entries inside the entries of a map; resources are named `outer/inner`."""

    key: str
    value: Pair[V, W]

    def __init__(self, expression: str, outer: Shape, inner: Shape) -> None:
        self.expression = expression
        self.key = TextReference("each.key")
        self.value = Pair("each.value", outer, inner)

    def __call__(self, make: Callable[P, R], *arguments: P.args, **settings: P.kwargs) -> Repeated[R]:
        """Makes one resource for every pair."""
        element = _element(make(*arguments, **settings))
        _override(element, "for_each", f"${{{self.expression}}}")
        return Repeated(element)


def each(entries: Mapping[str, V]) -> Each[V]:
    """Repeats over a map input, or over a map that the module itself writes (`{"current": ..., "previous": ...}`).

    TypeError for a list: its positions are no names for resources; `each_item` repeats over one inside a document.
    """
    if isinstance(entries, MapReference):
        return Each(expression_of(entries), entries.item)
    if not isinstance(entries, Mapping) or isinstance(entries, Expression):
        raise errors.each_needs_names(entries)
    from .expressions import shape_like

    sample = next(iter(entries.values()), "")
    return Each(hcl(entries), shape_like(sample))


def each_name(names: list[str]) -> Each[str]:
    """Repeats over a list of names; `key` and `value` are both the name. TypeError for a list of anything else."""
    if isinstance(names, ListReference) and not isinstance(names.item, (Text, Anything)):
        raise errors.each_needs_names(names)
    return Each(f"toset({hcl(names)})", Text())


def each_pair(entries: Mapping[str, V], inside: Callable[[V], Mapping[str, W] | list[W]]) -> EachPair[V, W]:
    """Repeats over the maps (or the lists of names) inside the entries of a map input."""
    if not isinstance(entries, MapReference):
        raise errors.each_needs_an_input(entries)
    inner = inside(cast(V, reference(entries.item, "outer")))
    if not isinstance(inner, (MapReference, ListReference)):
        raise errors.each_needs_an_input(inner)
    if isinstance(inner, ListReference) and not isinstance(inner.item, (Text, Anything)):
        raise errors.each_needs_names(inner)
    shape = inner.item if isinstance(inner, MapReference) else Text()
    loop = "inner_key, inner" if isinstance(inner, MapReference) else "inner"
    inner_key = "inner_key" if isinstance(inner, MapReference) else "inner"
    pairs = (
        f"flatten([for outer_key, outer in {expression_of(entries)} : [for {loop} in {expression_of(inner)} : "
        f"{{outer_key = outer_key, outer = outer, inner_key = {inner_key}, inner = inner}}]])"
    )
    keyed = f'{{for pair in {pairs} : "${{pair.outer_key}}/${{pair.inner_key}}" => pair}}'
    return EachPair(keyed, entries.item, shape)


class EachItem(Generic[V]):
    """Repeats over a list inside one document or one resource, in the list's order."""

    def __init__(self, expression: str, item: Shape) -> None:
        self.expression = expression
        self._item = item

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        """Resources have names: a TypeError that says what to declare instead."""
        raise errors.items_have_no_names(self.expression)

    def where(self, condition: Callable[[V], Any]) -> EachItem[V]:
        """Only the items for which `condition` is true."""
        with _variables() as (_, item):
            kept = expression_of(condition(cast(V, reference(self._item, item))))
        return EachItem(f"[for {item} in {self.expression} : {item} if {kept}]", self._item)

    def documents(self, make: Callable[[V], Any]) -> list[Any]:
        """A list with one part of a document for every item."""
        with _variables() as (_, item):
            made = hcl(make(cast(V, reference(self._item, item))))
        return ListReference(f"[for {item} in {self.expression} : {made}]", Anything())


def each_item(items: Sequence[V]) -> EachItem[V]:
    """Repeats over a list input, such as the choices of a workflow or the routes of alerts, whose order counts.

    It makes parts of documents, and entries of `having` and `dynamic`; resources repeat over names, with `each`.
    """
    if not isinstance(items, ListReference):
        raise errors.each_needs_an_input(items)
    return EachItem(expression_of(items), items.item)


class When:
    """Makes resources that are there only when a flag is true."""

    def __init__(self, condition: Any) -> None:
        self.expression = expression_of(condition)

    def __call__(self, make: Callable[P, R], *arguments: P.args, **settings: P.kwargs) -> Optional[R]:
        """Makes the resource once or not at all: `when(flag)(Type, self, "id", argument=...)`."""
        element = _element(make(*arguments, **settings))
        _override(element, "count", f"${{{self.expression} ? 1 : 0}}")
        return Optional(element)


def when(condition: Any) -> When:
    """An optional part; `condition` is a flag, known when Terraform plans."""
    return When(condition)


class Repeated(Generic[R]):
    """The resources that `each(...)` made."""

    def __init__(self, element: TerraformElement) -> None:
        self.element = element
        self.address = address_of(element)

    @property
    def here(self) -> R:
        """The one of the entry at hand, for other resources that repeat over the same names."""
        return self.at(TextReference("each.key"))

    def at(self, key: str) -> R:
        """The one of a name."""
        return cast(R, Element(self.element, f"{self.address}[{expression_of(key)}]"))

    def all(self, attribute: str) -> dict[str, Any]:
        """An attribute of all of them, by name."""
        shape = _shape(type(self.element), attribute)
        return MapReference(f"{{for name, made in {self.address} : name => made.{attribute}}}", shape)

    def list(self, attribute: str) -> list[Any]:
        """An attribute of all of them, in the order of their names."""
        shape = _shape(type(self.element), attribute)
        return ListReference(f"[for name, made in {self.address} : made.{attribute}]", shape)

    def having(self, block: str, entries: Any, make: Callable[[Any], Any]) -> Repeated[R]:
        """Adds a repeated nested block, see `dynamic`."""
        dynamic(self.element, block, entries, make)
        return self


class Optional(Generic[R]):
    """The resource that `when(...)` may have made."""

    def __init__(self, element: TerraformElement) -> None:
        self.element = element
        self.address = address_of(element)

    @property
    def one(self) -> R:
        """Its attributes, each null when it is not there."""
        return cast(R, MaybeElement(self.element, self.address))

    def having(self, block: str, entries: Any, make: Callable[[Any], Any]) -> Optional[R]:
        """Adds a repeated nested block, see `dynamic`."""
        dynamic(self.element, block, entries, make)
        return self


def dynamic(element: Any, block: str, entries: Any, make: Callable[[Any], Any]) -> None:
    """A nested block repeated over a map, a list or `each_item(...)`, or there only when an optional object is.

    `make` gets the entry at hand and returns the block as one of the bindings' structs, or as a dictionary in
    Terraform's names. `block` may name a block inside another one (`rule.filter` is `filter` of the single `rule`).
    """
    label = block.rpartition(".")[2]
    if isinstance(entries, ObjectReference):
        expression, entry = f"{expression_of(entries)}[*]", reference(entries._shape, f"{label}.value")
    elif isinstance(entries, MapReference):
        expression = expression_of(entries)
        entry = Entry(f"{label}.key", reference(entries.item, f"{label}.value"))
    elif isinstance(entries, ListReference):
        expression, entry = expression_of(entries), reference(entries.item, f"{label}.value")
    elif isinstance(entries, EachItem):
        expression, entry = entries.expression, reference(entries._item, f"{label}.value")
    elif isinstance(entries, FlagReference):
        expression, entry = f"{expression_of(entries)} ? [true] : []", entries
    else:
        raise errors.each_needs_an_input(entries)
    parent, _, _ = block.rpartition(".")
    path = f"{parent}.dynamic.{label}" if parent else f"dynamic.{label}"
    _override(_element(element), path, {"for_each": f"${{{expression}}}", "content": _block(make(entry))})


class Entry:
    """The entry at hand of a repeated block over a map."""

    def __init__(self, key: str, value: Any) -> None:
        self.key = TextReference(key)
        self.value = value


def address_of(element: TerraformElement) -> str:
    """A resource's address inside its module: `aws_kms_key.unseal`."""
    if isinstance(element, TerraformResource):
        return f"{type_of(element)}.{name_of(element)}"
    if isinstance(element, TerraformDataSource):
        return f"data.{type_of(element)}.{name_of(element)}"
    raise errors.not_a_resource(element)


def _element(made: Any) -> Any:
    if isinstance(made, (Repeated, Optional)):
        return made.element
    if isinstance(made, (TerraformResource, TerraformDataSource)):
        return made
    raise errors.not_a_resource(made)


@unwatched
def _override(element: Any, path: str, value: Any) -> None:
    element.add_override(path, value)


def _block(content: Any) -> Any:
    """A nested block in Terraform's names; what is not set is left out."""
    values = getattr(content, "_values", content)
    if isinstance(values, Reference):
        return str(values)
    if isinstance(values, Mapping):
        return {name: _block(value) for name, value in values.items() if value is not None}
    if isinstance(values, (list, tuple)):
        return [_block(item) for item in values]
    return values


class Element(Expression):
    """One resource, or one instance of a repeated one: its attributes are references."""

    def __init__(self, made: TerraformElement, address: str) -> None:
        self._made = made
        self._address = address

    @property
    def __expression__(self) -> str:
        """The whole resource, for `depends_on` and the like."""
        return self._address

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return reference(_shape(type(self._made), name), self._attribute(name))

    def _attribute(self, name: str) -> str:
        return f"{self._address}.{name}"


def dependable(element: Any) -> Any:
    """What `depends_on` takes, for a resource in any of the forms it has here."""
    return element._made if isinstance(element, Element) else _element(element)


class MaybeElement(Element):
    """A resource that may not be there."""

    def _attribute(self, name: str) -> str:
        return f"one({self._address}[*].{name})"


@cache
def _shape(kind: type, attribute: str) -> Shape:
    """The shape of a bindings class's attribute, from its annotation."""
    found = getattr(kind, attribute, None)
    if not isinstance(found, property) or found.fget is None:
        names = [name for name in dir(kind) if isinstance(getattr(kind, name, None), property)]
        raise errors.unknown_setting(kind.__name__, attribute, names)
    wanted = typing.get_type_hints(found.fget).get("return")
    if wanted is str:
        return Text()
    if wanted in (jsii.Number, int, float):
        return Number(whole=False)
    origin = typing.get_origin(wanted)
    if origin is list:
        return ListOf(item=Text())
    if isinstance(wanted, type) and wanted.__name__ == "StringMap":
        return MapOf(item=Text())
    return Anything()
