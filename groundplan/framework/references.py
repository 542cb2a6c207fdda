"""References: what a module's author holds while Python runs, in place of values that Terraform fills in.

A reference goes wherever its value would go: as an argument of a resource, inside an f-string, inside a document.
Asking it for its value (a comparison, a truth test, a loop) raises InputInspected with its name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from cdktf import Token

from . import errors
from .hcl import expression_of, list_tokens
from .shapes import Anything, Flag, ListOf, MapOf, Number, ObjectOf, Shape, Text

__all__ = [
    "FlagReference",
    "ListReference",
    "MapReference",
    "NumberReference",
    "ObjectReference",
    "Reference",
    "TextReference",
    "is_opaque",
    "reference",
]

# The way to the jsii kernel looks into every argument, rooms that carry documents look for `${`; nobody else may.
_CARRIERS = ("typeguard", "jsii._kernel", "copy", "groundplan.framework", "groundplan.iam", "groundplan.charts")
_INSPECTING = (
    "capitalize",
    "casefold",
    "count",
    "endswith",
    "find",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "islower",
    "isnumeric",
    "isupper",
    "lower",
    "lstrip",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "upper",
    "zfill",
)
ANYTHING = Anything()
# cdktf hides a reference to a number in a float of this size.
_NUMBER_TOKEN_LIMIT = -1e290


class Reference:
    """Common to all references: `expression` is how Terraform says it, without `${}`."""

    expression: str

    def _refuse(self, operation: str) -> NoReturn:
        raise errors.input_inspected(self.expression, operation)


def _refusing(operation: str) -> Callable[..., Any]:
    def method(self: Reference, *_: Any, **__: Any) -> NoReturn:
        self._refuse(operation)

    return method


def _carried(operation: str, inherited: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Reference, *arguments: Any) -> Any:
        if sys._getframe(1).f_globals.get("__name__", "").startswith(_CARRIERS):
            return inherited(self, *arguments)
        return self._refuse(operation)

    return method


class TextReference(Reference, str):
    """Stands for a string."""

    def __new__(cls, expression: str) -> TextReference:
        """The reference to an expression that gives a string."""
        made = str.__new__(cls, f"${{{expression}}}")
        made.expression = expression
        return made

    @classmethod
    def of_token(cls, token: str) -> TextReference:
        """The reference that a token of cdktf stands for, of whatever type it is."""
        made = str.__new__(cls, token)
        # inside an expression cdktf resolves its token without braces
        made.expression = token
        return made

    def __str__(self) -> str:
        return str.__str__(self)

    __hash__ = str.__hash__
    __eq__ = _carried("==", str.__eq__)
    __ne__ = _carried("!=", str.__ne__)
    __lt__ = __le__ = __gt__ = __ge__ = _refusing("an order")
    __bool__ = _carried("whether it is empty", lambda self: str.__len__(self) > 0)
    __len__ = _carried("its length", str.__len__)
    __iter__ = _carried("a loop over it", str.__iter__)
    __contains__ = _carried("in", str.__contains__)
    __getitem__ = _carried("a part of it", str.__getitem__)


for _name in _INSPECTING:
    setattr(TextReference, _name, _carried(f".{_name}()", getattr(str, _name)))


class NumberReference(Reference, float):
    """Stands for a number."""

    def __new__(cls, expression: str) -> NumberReference:
        """The reference to an expression that gives a number."""
        made = float.__new__(cls, Token.as_number(f"${{{expression}}}"))
        made.expression = expression
        return made

    def __str__(self) -> str:
        return f"${{{self.expression}}}"

    def __format__(self, _: str) -> str:
        return str(self)

    __hash__ = float.__hash__
    __eq__ = _carried("==", float.__eq__)
    __ne__ = _carried("!=", float.__ne__)
    __lt__ = __le__ = __gt__ = __ge__ = _refusing("an order")
    __bool__ = _refusing("whether it is zero")
    __int__ = _refusing("int()")
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _refusing("arithmetic (use number(...))")
    __truediv__ = __rtruediv__ = __floordiv__ = __mod__ = __round__ = _refusing("arithmetic (use number(...))")


class FlagReference(Reference):
    """Stands for true or false, as cdktf's own IResolvable does."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        token: Any = Token.as_any(f"${{{expression}}}")
        self.__jsii_ref__ = token.__jsii_ref__
        self.__jsii_type__ = token.__jsii_type__
        self._token = token

    @property
    def creation_stack(self) -> list[str]:
        """For cdktf's IResolvable."""
        return list(self._token.creation_stack)

    @property
    def type_hint(self) -> Any:
        """For cdktf's IResolvable."""
        return self._token.type_hint

    def resolve(self, context: Any) -> Any:
        """For cdktf's IResolvable."""
        return self._token.resolve(context)

    def to_string(self) -> str:
        """For cdktf's IResolvable."""
        return str(self)

    def __str__(self) -> str:
        return f"${{{self.expression}}}"

    __hash__ = object.__hash__
    __eq__ = _refusing("==")
    __ne__ = _refusing("!=")
    __bool__ = _refusing("if, and, or, not")


class ListReference(Reference, list[Any]):
    """Stands for a list."""

    def __init__(self, expression: str) -> None:
        tokens = Token.as_list(f"${{{expression}}}")
        list.__init__(self, tokens)
        list_tokens[tokens[0]] = expression
        self.expression = expression

    def __str__(self) -> str:
        return f"${{{self.expression}}}"

    __hash__ = object.__hash__  # type: ignore[assignment]  # a reference is one thing, whatever its list will hold
    __eq__ = _refusing("==")
    __ne__ = _refusing("!=")
    __bool__ = _carried("whether it is empty", lambda _: True)
    __len__ = _carried("its length", list.__len__)
    __iter__ = _carried("a loop over it", list.__iter__)
    __getitem__ = _carried("a part of it", list.__getitem__)
    __contains__ = _refusing("in")
    __add__ = _refusing("+ (use concat(...))")
    __radd__ = _refusing("+ (use concat(...))")


class MapReference(Reference, dict[str, Any]):
    """Stands for a map from names to values of one shape; `each(...)` repeats over it."""

    def __init__(self, expression: str, item: Shape = ANYTHING) -> None:
        # the bindings look at the type of a map's values on the way to the jsii kernel
        make = Token.as_boolean_map if isinstance(item, Flag) else Token.as_string_map
        dict.__init__(self, make(f"${{{expression}}}"))
        self.expression = expression
        self.item = item

    def __str__(self) -> str:
        return f"${{{self.expression}}}"

    __hash__ = object.__hash__  # type: ignore[assignment]  # a reference is one thing, whatever its map will hold
    __eq__ = _refusing("==")
    __ne__ = _refusing("!=")
    __bool__ = _carried("whether it is empty", lambda _: True)
    __len__ = _carried("its length", dict.__len__)
    __iter__ = _carried("a loop over it (use each(...))", dict.__iter__)
    items = _carried("a loop over it (use each(...))", dict.items)
    keys = _carried("a loop over it (use each(...))", dict.keys)
    values = _carried("a loop over it (use each(...))", dict.values)
    __contains__ = _refusing("in")
    get = _refusing("a look-up by name")

    def __getitem__(self, key: str) -> Any:
        if sys._getframe(1).f_globals.get("__name__", "").startswith(_CARRIERS):
            return dict.__getitem__(self, key)
        return reference(self.item, f"{self.expression}[{_index(key)}]")


class ObjectReference(Reference):
    """Stands for a declaration: each of its settings is a reference of its own shape."""

    def __init__(self, shape: ObjectOf, expression: str) -> None:
        self.expression = expression
        self.shape = shape

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        for field in self.shape.declaration.fields():
            if field.name == name:
                return reference(field.shape, f"{self.expression}.{name}")
        raise errors.unknown_setting(
            self.shape.declaration.__name__, name, (field.name for field in self.shape.declaration.fields())
        )

    def __str__(self) -> str:
        return f"${{{self.expression}}}"

    __hash__ = object.__hash__
    __eq__ = _refusing("==")
    __ne__ = _refusing("!=")
    __bool__ = _refusing("whether it is there (use when(is_set(...)))")
    __iter__ = _refusing("a loop over it")


def reference(shape: Shape, expression: str) -> Any:
    """The reference of a shape to a Terraform expression."""
    if isinstance(shape, Number):
        return NumberReference(expression)
    if isinstance(shape, Flag):
        return FlagReference(expression)
    if isinstance(shape, ListOf):
        return ListReference(expression)
    if isinstance(shape, MapOf):
        return MapReference(expression, shape.item)
    if isinstance(shape, ObjectOf):
        return ObjectReference(shape, expression)
    return TextReference(expression) if isinstance(shape, Text) else AnyReference(expression)


class AnyReference(FlagReference):
    """Stands for a value of any type: a chart's `extra_values`."""

    __bool__ = _refusing("whether it is empty")


def _index(key: Any) -> str:
    return expression_of(key)


def is_opaque(value: Any) -> bool:
    """Whether only Terraform knows `value`: a reference of ours, or one of cdktf's tokens."""
    if isinstance(value, Reference):
        return True
    if isinstance(value, str):
        return "TfToken[" in value  # any other `${` is a text, and is escaped where it is written
    if isinstance(value, float):
        return float("-inf") < value < _NUMBER_TOKEN_LIMIT
    if isinstance(value, list):
        return len(value) == 1 and isinstance(value[0], str) and value[0].startswith("#{TfToken[")
    if isinstance(value, Mapping):
        return len(value) == 1 and next(iter(value)).startswith("${TfToken[") if value else False
    return hasattr(value, "__jsii_ref__")
