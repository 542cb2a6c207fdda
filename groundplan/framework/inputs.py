"""Declarations: the typed settings of a module or an environment, and a module's typed results.

One class says it once. From it come Terraform's variables, the check of the values that a composition gives, the call
that an IDE completes, the README's tables and a JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self, dataclass_transform

import pydantic
from pydantic import BaseModel, ConfigDict
from pydantic._internal._model_construction import ModelMetaclass
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from groundplan.problems import Problem

from . import errors
from .constraints import Constraint, Length, Range
from .origins import Origin
from .rules import Rule
from .shapes import Anything, Field, ListOf, MapOf, ObjectOf, shape_of, walk

__all__ = ["Declaration", "Inputs", "Outputs", "field", "output", "plain"]


def field(
    sentence: str,
    /,
    *,
    default: Any = PydanticUndefined,
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
    extra: dict[str, Any] = {"constraints": tuple(found), "sensitive": sensitive}
    return pydantic.Field(default=default, description=sentence, json_schema_extra=extra)


def output(sentence: str, /, *, sensitive: bool = False) -> Any:
    """One result of a module: `sentence` says what it is and who needs it."""
    return field(sentence, sensitive=sensitive)


# Without field_specifiers every setting may be left out for a type checker: a layer of an environment says a part of
# an object only, and what is missing in the end is told with its path, when all layers are known.
@dataclass_transform(kw_only_default=True)
class _Meta(ModelMetaclass):
    """Tells type checkers that a declaration's settings are its constructor's keyword arguments."""


class Declaration(BaseModel, metaclass=_Meta):
    """Common to inputs, environments and outputs: named, typed, documented values.

    Making one checks nothing: `problems()` tells everything that is wrong, with paths, so that a person sees all of
    it at once and where it stands in the whole environment.
    """

    # pydantic never validates a value here: what would do that is half of what a class costs at its import
    model_config = ConfigDict(
        arbitrary_types_allowed=True, protected_namespaces=(), ignored_types=(Rule,), defer_build=True
    )

    rules: ClassVar[tuple[Rule, ...]] = ()
    """What must hold between several settings."""

    checks: ClassVar[tuple[Callable[[Any], Iterable[Problem]], ...]] = ()
    """What must hold and Terraform cannot say, such as a graph without a cycle: asked in Python alone.

    Each function gets the declaration once everything else about it is well, and tells what is wrong, with paths
    inside the declaration. Values may still be references: see `groundplan.framework.references.is_opaque`.
    """

    def __init__(self, **values: Any) -> None:
        self._hold(values, Origin.of_caller())

    def _hold(self, values: dict[str, Any], origin: Origin) -> None:
        object.__setattr__(self, "__dict__", values)
        object.__setattr__(self, "__pydantic_fields_set__", set(values))
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", {"origin": origin})

    def __getattr__(self, name: str) -> Any:
        for declared in type(self).fields():
            if declared.name == name:
                if declared.required:
                    raise errors.missing_when_read(type(self).__name__, name, declared.sentence)
                return declared.default
        raise AttributeError(f"{type(self).__name__} has no setting {name}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed: make another with .but({name}=...)")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), repr(self)))

    def but(self, **changes: Any) -> Self:
        """The same, with some settings changed."""
        change = self.holding(changes, Origin.of_caller())
        return self.holding({**self.__dict__, **changes}, Origin(layers=(self, change)))

    @classmethod
    def holding(cls, values: Mapping[str, Any], origin: Origin) -> Self:
        """One with these values, said where `origin` tells."""
        made = cls.__new__(cls)
        made._hold(dict(values), origin)
        return made

    def origin(self) -> Origin:
        """Where the settings were written."""
        found: Origin = (self.__pydantic_private__ or {})["origin"]
        return found

    def given(self) -> Mapping[str, Any]:
        """The settings that were written, unknown ones included; defaults are not in it."""
        return self.__dict__

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """Every setting in the order of its declaration. TypeError for a type that Terraform cannot say."""
        if "_fields" not in cls.__dict__:
            type.__setattr__(cls, "_fields", tuple(_fields(cls)))
        found: tuple[Field, ...] = cls.__dict__["_fields"]
        return found

    @classmethod
    def sentence(cls) -> str:
        """The first paragraph of the class's docstring, in one line."""
        return " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split())

    @classmethod
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


class Inputs(Declaration):
    """What may be set: of a module, of a part of it, of an environment."""


class Outputs(Declaration):
    """What a module tells the modules that come after it."""


def plain(value: Any) -> Any:
    """`value` without classes of ours: declarations become dictionaries of what was set on them."""
    if isinstance(value, Declaration):
        return {name: plain(item) for name, item in value.given().items() if item is not None}
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return [plain(item) for item in value]
    return value


def _fields(cls: type[Declaration]) -> Iterator[Field]:
    for name, info in cls.model_fields.items():
        yield _field(cls, name, info)


def _field(cls: type[Declaration], name: str, info: FieldInfo) -> Field:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    own: Any = extra.get("constraints", ())
    if not info.description:
        raise errors.field_without_sentence(cls.__name__, name)
    shape = shape_of(info.annotation, (*info.metadata, *own), owner=cls.__name__, name=name)
    required = info.default is PydanticUndefined
    if not issubclass(cls, Outputs) and shape.nullable is not (not required and info.default is None):
        raise errors.null_without_default(cls.__name__, name, shape.nullable)
    sensitive = bool(extra.get("sensitive"))
    for inner in walk(shape):
        if isinstance(inner, ObjectOf) and any(part.sensitive for part in inner.declaration.fields()):
            raise errors.sensitive_inside(cls.__name__, name)
    return Field(
        name=name,
        sentence=info.description,
        shape=shape,
        required=required,
        default=None if required else info.default,
        sensitive=sensitive,
    )


def passes_through(declared: Field) -> bool:
    """Whether a setting takes any value at all, such as a chart's `extra_values`."""
    shape = declared.shape
    return isinstance(shape, Anything) or (isinstance(shape, (ListOf, MapOf)) and isinstance(shape.item, Anything))
