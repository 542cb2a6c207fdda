"""The shape of a value: what Python's annotations, Terraform's types and JSON Schema say in their own words."""

from __future__ import annotations

import dataclasses
import types
import typing
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from . import errors
from .constraints import Constraint, Length, OneOf, Whole
from .hcl import hcl

if TYPE_CHECKING:
    from .inputs import Declaration

__all__ = [
    "Anything",
    "Field",
    "Flag",
    "ListOf",
    "MapOf",
    "Number",
    "ObjectOf",
    "Shape",
    "Text",
    "innermost",
    "shape_of",
    "walk",
]


@dataclass(frozen=True)
class Shape(ABC):
    """Common to all shapes: whether null is allowed, and what a value that is there must satisfy."""

    nullable: bool = False
    constraints: tuple[Constraint, ...] = ()

    @abstractmethod
    def terraform_type(self) -> str:
        """The shape as a Terraform type constraint."""

    @abstractmethod
    def words(self) -> str:
        """The shape for people, with its article: `a whole number`."""

    def json_schema(self) -> dict[str, Any]:
        """The shape as JSON Schema, draft 2020-12."""
        schema = self._schema()
        for constraint in self.constraints:
            schema |= constraint.json_schema()
        return {"anyOf": [schema, {"type": "null"}]} if self.nullable else schema

    @abstractmethod
    def _schema(self) -> dict[str, Any]: ...


class Text(Shape):
    """A string."""

    def terraform_type(self) -> str:
        return "string"

    def words(self) -> str:
        return "a string"

    def _schema(self) -> dict[str, Any]:
        return {"type": "string"}


@dataclass(frozen=True)
class Number(Shape):
    """A number; `whole` for Python's int."""

    whole: bool = True

    def terraform_type(self) -> str:
        return "number"

    def words(self) -> str:
        return "a whole number" if self.whole else "a number"

    def _schema(self) -> dict[str, Any]:
        return {"type": "number"}


class Flag(Shape):
    """True or false."""

    def terraform_type(self) -> str:
        return "bool"

    def words(self) -> str:
        return "True or False"

    def _schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Anything(Shape):
    """Any value: only for what passes through to a chart's own values."""

    def terraform_type(self) -> str:
        return "any"

    def words(self) -> str:
        return "a value"

    def _schema(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class ListOf(Shape):
    """A list of one shape."""

    item: Shape = dataclasses.field(kw_only=True)

    def terraform_type(self) -> str:
        return f"list({self.item.terraform_type()})"

    def words(self) -> str:
        return "a list"

    def _schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.json_schema()}


@dataclass(frozen=True)
class MapOf(Shape):
    """A map from names to one shape; the names become part of resource addresses."""

    item: Shape = dataclasses.field(kw_only=True)
    key: Shape = dataclasses.field(default_factory=lambda: Text())

    def terraform_type(self) -> str:
        return f"map({self.item.terraform_type()})"

    def words(self) -> str:
        return "a dictionary"

    def _schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "object", "additionalProperties": self.item.json_schema()}
        if self.key.constraints:
            schema["propertyNames"] = self.key.json_schema()
        return schema


@dataclass(frozen=True)
class ObjectOf(Shape):
    """A nested class of Inputs."""

    declaration: type[Declaration] = dataclasses.field(kw_only=True)

    def terraform_type(self) -> str:
        parts = ", ".join(f"{field.name} = {field.terraform_type()}" for field in self.declaration.fields())
        return "object({" + parts + "})"

    def words(self) -> str:
        return self.declaration.__name__

    def _schema(self) -> dict[str, Any]:
        return self.declaration.json_schema()


@dataclass(frozen=True)
class Field:
    """One setting of a declaration: its name, its sentence, its shape and its default."""

    name: str
    sentence: str
    shape: Shape
    required: bool
    default: Any
    sensitive: bool

    def terraform_type(self) -> str:
        """The type as an attribute of an object: `optional(number, 3)`."""
        from .inputs import plain

        inner = self.shape.terraform_type()
        if self.required:
            return inner
        return f"optional({inner})" if self.default is None else f"optional({inner}, {hcl(plain(self.default))})"


def shape_of(annotation: Any, constraints: tuple[Any, ...] = (), *, owner: str, name: str) -> Shape:
    """The shape of an annotation. TypeError, naming the class and the field, for one that Terraform cannot say."""
    found, nullable = list(constraints), False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *metadata = get_args(annotation)
            found = [*metadata, *found]
        elif origin in (Union, types.UnionType):
            members = [member for member in get_args(annotation) if member is not type(None)]
            if len(members) != 1:
                raise errors.no_terraform_type(owner, name, annotation)
            nullable, annotation = True, members[0]
        else:
            break
    rules = tuple(each for rule in found if isinstance(rule, Constraint) for each in (rule, *rule.further))
    plain = _plain(annotation, owner, name)
    if not nullable and not rules:
        return plain
    return replace(
        plain, nullable=nullable, constraints=plain.constraints + tuple(_counted(rule, plain) for rule in rules)
    )


def _counted(rule: Constraint, shape: Shape) -> Constraint:
    """A length counts characters of a text, items of a list, entries of a map."""
    unit = "items" if isinstance(shape, ListOf) else "entries" if isinstance(shape, MapOf) else "characters"
    return replace(rule, unit=unit) if isinstance(rule, Length) else rule


def _plain(annotation: Any, owner: str, name: str) -> Shape:
    from .inputs import Declaration

    origin = get_origin(annotation)
    if annotation is Any:
        return Anything()
    if origin is typing.Literal:
        allowed = get_args(annotation)
        if all(isinstance(value, str) for value in allowed):
            return Text(constraints=(OneOf(allowed),))
        if all(isinstance(value, int) for value in allowed):
            return Number(constraints=(Whole(), OneOf(allowed)))
    if origin in (list, tuple) and get_args(annotation):
        return ListOf(item=shape_of(get_args(annotation)[0], owner=owner, name=name))
    if origin in (dict, Mapping) and len(get_args(annotation)) == 2:
        key, item = get_args(annotation)
        return MapOf(item=shape_of(item, owner=owner, name=name), key=shape_of(key, owner=owner, name=name))
    if isinstance(annotation, type):
        if issubclass(annotation, Declaration):
            return ObjectOf(declaration=annotation)
        if annotation in _SIMPLE:
            return _SIMPLE[annotation]
    raise errors.no_terraform_type(owner, name, annotation)


_SIMPLE: dict[type, Shape] = {
    str: Text(),
    bool: Flag(),
    int: Number(constraints=(Whole(),)),
    float: Number(whole=False),
}


def innermost(shape: Shape) -> Shape:
    """What a shape is of, however many lists and maps lie around it."""
    while isinstance(shape, (ListOf, MapOf)):
        shape = shape.item
    return shape


def walk(shape: Shape) -> Iterator[Shape]:
    """The shape and everything inside it, outermost first."""
    yield shape
    if isinstance(shape, (ListOf, MapOf)):
        yield from walk(shape.item)
    elif isinstance(shape, ObjectOf):
        for field in shape.declaration.fields():
            yield from walk(field.shape)
