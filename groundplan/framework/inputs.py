"""Declarations: the typed settings of a module or an environment, and a module's typed results.

One class says it once. From it come Terraform's variables, the check of the values that a composition gives, the call
that an IDE completes, the README's tables and a JSON Schema.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

from groundplan.problems import Problem

from . import errors
from .annotations import annotated_in, annotations_of
from .constraints import Constraint, Length, Range
from .origins import Origin
from .rules import Rule
from .shapes import Anything, Field, ListOf, MapOf, ObjectOf, innermost, shape_of

__all__ = ["Declaration", "Inputs", "Outputs", "field", "holding", "output", "passes_through", "plain"]

D = TypeVar("D", bound="Declaration")
_REQUIRED = object()


@dataclass(frozen=True)
class _Setting:
    """What `field` was told."""

    sentence: str
    default: Any
    constraints: tuple[Constraint, ...]
    sensitive: bool


def field(
    sentence: str,
    /,
    *,
    default: Any = _REQUIRED,
    ge: float | None = None,
    le: float | None = None,
    min_length: int = 0,
    max_length: int | None = None,
    sensitive: bool = False,
) -> Any:
    """One setting: `sentence` says what it is for and what happens when it is left out, without a final period.

    Without `default` the setting is required; None is a default for `... | None` only. `ge` and `le` bound a number,
    both included; `min_length` and `max_length` bound a text's characters, a list's items, a map's entries. Patterns,
    choices and the like are part of the type: see `groundplan.framework.types`.
    """
    found: list[Constraint] = []
    if ge is not None or le is not None:
        found.append(Range(ge, le))
    if min_length or max_length is not None:
        found.append(Length(min_length, max_length))
    return _Setting(sentence, default, tuple(found), sensitive)


def output(sentence: str, /, *, sensitive: bool = False) -> Any:
    """One result of a module: `sentence` says what it is and who needs it."""
    return field(sentence, sensitive=sensitive)


# Without field_specifiers every setting may be left out for a type checker: a layer of an environment says a part of
# an object only, and what is missing in the end is told with its path, when all layers are known.
@dataclass_transform(kw_only_default=True)
class _Meta(type):
    """Makes declarations, and holds what is asked of the class: a setting may have the name of any of it.

    To type checkers a declaration's settings are its constructor's keyword arguments.
    """

    _settings: dict[str, _Setting]
    _scope: Mapping[str, Any]
    _fields: tuple[Field, ...]
    _named: Mapping[str, Field]
    _looked_up: dict[str, Any]
    _made: dict[str, Field]

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _Meta:
        settings = {word: value for word, value in body.items() if isinstance(value, _Setting)}
        rest = {word: value for word, value in body.items() if word not in settings}
        annotated = annotated_in(rest)
        for word in settings:
            if word not in annotated:
                raise errors.field_without_type(name, word)
        made = super().__new__(cls, name, bases, rest)
        if bases:
            for word, annotation in annotated.items():
                if word not in settings and not str(annotation).startswith(_CLASS_VARIABLE):
                    raise errors.field_without_sentence(name, word)
            for word in settings:
                if word.startswith("_") or any(word in vars(base) for base in made.__mro__):
                    raise errors.name_is_taken(name, word)
        made._settings = settings
        made._made = {}
        # names of a function's own classes are looked up where the declaration stands
        made._scope = sys._getframe(1).f_locals
        return made

    def fields(cls) -> tuple[Field, ...]:
        """Every setting in the order of its declaration. TypeError for a type that Terraform cannot say."""
        if "_fields" not in vars(cls):
            cls._fields = tuple(_fields(cls))
        return cls._fields

    def named(cls) -> Mapping[str, Field]:
        """Every setting by its name, in the same order."""
        if "_named" not in vars(cls):
            cls._named = {declared.name: declared for declared in cls.fields()}
        return cls._named

    def names(cls) -> tuple[str, ...]:
        """The names of every setting, in the order of their declaration."""
        return tuple(dict.fromkeys(name for base in _declared_by(cls) for name in base._settings))

    def sentence(cls) -> str:
        """The first paragraph of the class's docstring, in one line."""
        return " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split())

    def json_schema(cls) -> dict[str, Any]:
        """The declaration as JSON Schema, draft 2020-12; unknown settings are errors in it."""
        properties: dict[str, Any] = {}
        for declared in cls.fields():
            schema = {"description": declared.sentence, **declared.shape.json_schema()}
            if not declared.required and declared.default is not None:
                schema["default"] = plain(declared.default)
            properties[declared.name] = schema
        return {
            "type": "object",
            "description": cls.sentence(),
            "properties": properties,
            "required": [declared.name for declared in cls.fields() if declared.required],
            "additionalProperties": False,
        }


_CLASS_VARIABLE = ("ClassVar", "typing.ClassVar")


class Declaration(metaclass=_Meta):
    """Common to inputs, environments and outputs: named, typed, documented values.

    Making one checks nothing: `problems_of` tells everything that is wrong, with paths, so that a person sees all of
    it at once and where it stands in the whole environment.

    A setting may have any name that Terraform knows but for the few words of a declaration's own: those that this
    class has below. TypeError, where it is declared, for one of them and for a name that begins with an underscore.
    """

    rules: ClassVar[tuple[Rule, ...]] = ()
    """What must hold between several settings."""

    checks: ClassVar[tuple[Callable[[Any], Iterable[Problem]], ...]] = ()
    """What must hold and Terraform cannot say, such as a graph without a cycle: asked in Python alone.

    Each function gets the declaration once everything else about it is well, and tells what is wrong, with paths
    inside the declaration. Values may still be references: see `groundplan.framework.references.is_opaque`.
    """

    # beside the settings, which alone are in the dictionary
    __slots__ = ("__dict__", "_origin")

    def __init__(self, /, **values: Any) -> None:
        self._hold(values, Origin.of_caller())

    def _hold(self, values: dict[str, Any], origin: Origin) -> None:
        object.__setattr__(self, "__dict__", values)
        object.__setattr__(self, "_origin", origin)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python looks for, and does without
            raise AttributeError(name)
        declared = type(self).named().get(name)
        if declared is not None:
            if declared.required:
                raise errors.missing_when_read(type(self).__name__, name, declared.sentence)
            return declared.default
        raise errors.unknown_setting(type(self).__name__, name, [declared.name for declared in type(self).fields()])

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_origin":  # as copying does
            return object.__setattr__(self, name, value)
        raise AttributeError(f"{type(self).__name__} cannot be changed: make another with .but({name}=...)")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), repr(self)))

    def but(self, /, **changes: Any) -> Self:
        """The same, with some settings changed."""
        change = holding(type(self), changes, Origin.of_caller())
        return holding(type(self), {**self.__dict__, **changes}, Origin(layers=(self, change)))

    def given(self) -> Mapping[str, Any]:
        """The settings that were written, unknown ones included; defaults are not in it."""
        return self.__dict__


class Inputs(Declaration):
    """What may be set: of a module, of a part of it, of an environment."""


class Outputs(Declaration):
    """What a module tells the modules that come after it."""


def holding(kind: type[D], values: Mapping[str, Any], origin: Origin) -> D:
    """A declaration with these values, said where `origin` tells."""
    made = kind.__new__(kind)
    made._hold(dict(values), origin)
    return made


def plain(value: Any) -> Any:
    """`value` without classes of ours: declarations become dictionaries of what was set on them."""
    if isinstance(value, Declaration):
        return {name: plain(item) for name, item in value.given().items() if item is not None}
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return [plain(item) for item in value]
    return value


def _declared_by(cls: _Meta) -> list[_Meta]:
    """A declaration and those that it is made from, the first of them first."""
    return [base for base in reversed(cls.__mro__) if isinstance(base, _Meta)]


def _fields(cls: _Meta) -> Iterator[Field]:
    found: dict[str, _Meta] = {}
    for base in _declared_by(cls):
        if base._settings:
            _annotations(base)
            found.update(dict.fromkeys(base._settings, base))
    for name, base in found.items():
        # a setting of many modules is made once, whichever of them asks first: results alone are judged otherwise
        if issubclass(cls, Outputs) is not issubclass(base, Outputs):
            yield _field(cls, name, _annotations(base)[name], base._settings[name])
            continue
        if name not in base._made:
            base._made[name] = _field(cls, name, _annotations(base)[name], base._settings[name])
        yield base._made[name]


def _annotations(cls: _Meta) -> dict[str, Any]:
    """A declaration's own annotations, with the names in them looked up."""
    if "_looked_up" not in vars(cls):
        read = {name: _read(said) if isinstance(said, str) else said for name, said in annotations_of(cls).items()}
        written = type("Annotations", (), {"__annotations__": read})
        cls._looked_up = typing.get_type_hints(
            written, vars(sys.modules[cls.__module__]), dict(cls._scope), include_extras=True
        )
    return cls._looked_up


@cache
def _read(annotation: str) -> typing.ForwardRef:
    """An annotation that is text, as Python reads it: once for all that say the same, such as `str | None`."""
    return typing.ForwardRef(annotation, is_argument=False, is_class=True)


def _field(cls: _Meta, name: str, annotation: Any, setting: _Setting) -> Field:
    if not setting.sentence:
        raise errors.field_without_sentence(cls.__name__, name)
    shape = shape_of(annotation, setting.constraints, owner=cls.__name__, name=name)
    required = setting.default is _REQUIRED
    if not issubclass(cls, Outputs) and shape.nullable is not (not required and setting.default is None):
        raise errors.null_without_default(cls.__name__, name, shape.nullable)
    inner = innermost(shape)
    # what is further inside was looked at when the fields of that one were made
    if isinstance(inner, ObjectOf) and any(part.sensitive for part in inner.declaration.fields()):
        raise errors.sensitive_inside(cls.__name__, name)
    return Field(
        name=name,
        sentence=setting.sentence,
        shape=shape,
        required=required,
        default=None if required else setting.default,
        sensitive=setting.sensitive,
    )


def passes_through(declared: Field) -> bool:
    """Whether a setting takes any value at all, such as a chart's `extra_values`."""
    shape = declared.shape
    return isinstance(shape, Anything) or (isinstance(shape, (ListOf, MapOf)) and isinstance(shape.item, Anything))
