"""References: what a module's author holds while Python runs, in place of values that Terraform fills in.

A reference goes wherever its value would go: as an argument of a resource, inside an f-string, inside a document.
Asking it for its value (a comparison, a truth test, a loop) raises InputInspected with its name.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import FrameType
from typing import Any, NoReturn

from cdktf import Token

from . import errors
from .arithmetic import COMPARISONS, OPERATIONS, Operation
from .hcl import Expression, expression_of, hcl, list_tokens
from .shapes import Anything, Flag, ListOf, MapOf, Number, ObjectOf, Shape, Text
from .watching import unwatched

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
ANYTHING = Anything()
TEXT = Text()
# cdktf hides a reference to a number in a float of this size.
_NUMBER_TOKEN_LIMIT = -1e290

# what to write instead
_IN_AN_EXPRESSION = (
    'text("upper", x), length(x), matches(x, "a.*") or flag("startswith", x, "a"), with Terraform\'s own functions'
)
_EQUAL = "equals(x, y), inside when(...), choose(...), any_of(...) and the like"
_EMPTY = "not_empty(x), inside when(...) or choose(...)"
_TRUTH = "when(x) for an optional part, choose(x, yes, no) for one of two, x & y, x | y, ~x"
_THERE = "is_set(x), inside when(...) or choose(...)"
_LENGTH = "length(x)"
_REPEAT = "each(x) to repeat over a map, each_item(x) over a list of objects, each_name(x) over a list of names"
_AMONG = "contains(list, x), inside when(...) or choose(...)"
_BIND = "each side of & and | in parentheses, (x > 3) & y: they bind closer than comparisons"
_FORMAT = 'text("format", "%03d", x), with Terraform\'s own format'
_ROUND = 'number("floor", x) or number("ceil", x)'
_ORDER = "a rule of the declaration: Terraform has no order of texts"


# Each token is a request to jsii's kernel, which knows it as long as the process lives: an expression needs one.


@cache
@unwatched
def _token(expression: str) -> Any:
    return Token.as_any(f"${{{expression}}}")


@cache
@unwatched
def _number_token(expression: str) -> float:
    return Token.as_number(f"${{{expression}}}")


@cache
@unwatched
def _list_tokens(expression: str) -> list[str]:
    return Token.as_list(f"${{{expression}}}")


@cache
@unwatched
def _map_token(expression: str, *, of_flags: bool) -> Mapping[str, Any]:
    make = Token.as_boolean_map if of_flags else Token.as_string_map
    return make(f"${{{expression}}}")


class Reference(Expression):
    """Common to all references. Nothing of its own has a name that a setting could have."""

    _expression: str

    @property
    def __expression__(self) -> str:
        return self._expression

    def _refuse(self, operation: str, instead: str) -> NoReturn:
        raise errors.input_inspected(self._expression, operation, instead, _asked_at())


def _asked_at() -> str:
    """The file and line of the statement that asked: the innermost one that is not of this framework."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("groundplan.framework."):
        frame = frame.f_back
    return "" if frame is None else errors.line_of(frame.f_code.co_filename, frame.f_lineno)


def _refusing(operation: str, instead: str) -> Callable[..., Any]:
    def method(self: Reference, *_: Any, **__: Any) -> NoReturn:
        self._refuse(operation, instead)

    return method


def _carried(operation: str, instead: str, inherited: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Reference, *arguments: Any, **settings: Any) -> Any:
        if _is_carrier(sys._getframe(1)):
            return inherited(self, *arguments, **settings)
        return self._refuse(operation, instead)

    return method


def _is_carrier(frame: FrameType) -> bool:
    name = f"{frame.f_globals.get('__name__', '')}."
    return any(name.startswith(f"{carrier}.") for carrier in _CARRIERS)


def _same(self: Reference, other: object) -> bool:
    """Whether it is another reference to the same: the one comparison that Python can answer, whoever asks."""
    return isinstance(other, Reference) and other._expression == self._expression


def _equal(self: Reference, other: object) -> bool:
    return _same(self, other) or self._refuse("==", _EQUAL)


def _unequal(self: Reference, other: object) -> bool:
    return not _same(self, other) and self._refuse("!=", _EQUAL)


class TextReference(Reference, str):
    """Stands for a string."""

    def __new__(cls, expression: str) -> TextReference:
        """The reference to an expression that gives a string."""
        made = str.__new__(cls, f"${{{expression}}}")
        made._expression = expression
        return made

    @classmethod
    def of_token(cls, token: str) -> TextReference:
        """The reference that a token of cdktf stands for, of whatever type it is."""
        made = str.__new__(cls, token)
        # cdktf fills in its token, and what it writes around it is taken away where a module is written
        made._expression = token
        return made

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, spec: str) -> str:
        return str.__str__(self) if spec == "" else self._refuse(f"the format {spec!r}", _FORMAT)

    __hash__ = str.__hash__
    __eq__ = _equal
    __ne__ = _unequal
    __lt__ = __le__ = __gt__ = __ge__ = _refusing("an order", _ORDER)
    __bool__ = _carried("whether it is empty", 'negated(equals(x, ""))', lambda self: str.__len__(self) > 0)
    __len__ = _carried("its length", _LENGTH, str.__len__)
    __iter__ = _carried("a loop over it", _IN_AN_EXPRESSION, str.__iter__)
    __contains__ = _carried("in", 'flag("strcontains", x, "a")', str.__contains__)
    __getitem__ = _carried("a part of it", 'text("substr", x, 0, 3)', str.__getitem__)
    __mod__ = _refusing("%", _FORMAT)


for _name in dir(str):
    if not _name.startswith("_") and _name != "maketrans":
        setattr(TextReference, _name, _carried(f".{_name}()", _IN_AN_EXPRESSION, getattr(str, _name)))


def _calculation(operation: Operation, *, turned: bool = False) -> Callable[..., Any]:
    def method(self: NumberReference, *others: Any) -> Any:
        if len(others) > 1 or not all(isinstance(other, (int, float)) for other in others):
            return NotImplemented
        operands = (*others, self) if turned else (self, *others)
        kind: Callable[[str], Any] = FlagReference if operation in COMPARISONS.values() else NumberReference
        return kind(operation.template.format(*map(_operand, operands)))

    return method


def _operand(number: Any) -> str:
    """A number inside an expression: in parentheses unless it is one word, one call or in parentheses already."""
    rendered = hcl(number)
    return rendered if re.fullmatch(r"[\w.]+|\w*\([^()]*\)", rendered) else f"({rendered})"


class NumberReference(Reference, float):
    """Stands for a number. Arithmetic makes another one, and an order a flag, both computed by Terraform."""

    def __new__(cls, expression: str) -> NumberReference:
        """The reference to an expression that gives a number."""
        made = float.__new__(cls, _number_token(expression))
        made._expression = expression
        return made

    def __str__(self) -> str:
        return f"${{{self._expression}}}"

    def __format__(self, spec: str) -> str:
        return str(self) if spec == "" else self._refuse(f"the format {spec!r}", _FORMAT)

    __hash__ = float.__hash__
    __eq__ = _equal
    __ne__ = _unequal
    __lt__ = _calculation(COMPARISONS["<"])
    __le__ = _calculation(COMPARISONS["<="])
    __gt__ = _calculation(COMPARISONS[">"])
    __ge__ = _calculation(COMPARISONS[">="])
    __add__ = _calculation(OPERATIONS["+"])
    __radd__ = _calculation(OPERATIONS["+"], turned=True)
    __sub__ = _calculation(OPERATIONS["-"])
    __rsub__ = _calculation(OPERATIONS["-"], turned=True)
    __mul__ = _calculation(OPERATIONS["*"])
    __rmul__ = _calculation(OPERATIONS["*"], turned=True)
    __truediv__ = _calculation(OPERATIONS["/"])
    __rtruediv__ = _calculation(OPERATIONS["/"], turned=True)
    __floordiv__ = _calculation(OPERATIONS["//"])
    __rfloordiv__ = _calculation(OPERATIONS["//"], turned=True)
    __mod__ = _calculation(OPERATIONS["%"])
    __rmod__ = _calculation(OPERATIONS["%"], turned=True)
    __pow__ = _calculation(OPERATIONS["**"])
    __rpow__ = _calculation(OPERATIONS["**"], turned=True)
    __neg__ = _calculation(OPERATIONS["-x"])
    __pos__ = _calculation(OPERATIONS["+x"])
    __abs__ = _calculation(OPERATIONS["abs"])
    __floor__ = _calculation(OPERATIONS["floor"])
    __ceil__ = _calculation(OPERATIONS["ceil"])
    __bool__ = _refusing("whether it is zero", "x > 0 or equals(x, 0), inside when(...) or choose(...)")
    __int__ = __trunc__ = _refusing("int()", _ROUND)
    __round__ = _refusing("round()", _ROUND)
    __divmod__ = __rdivmod__ = _refusing("divmod()", "x // y and x % y")
    is_integer = as_integer_ratio = hex = _refusing("what number it is", 'number("floor", x)')


def _joined(template: str, operation: str, *, turned: bool = False) -> Callable[..., Any]:
    def method(self: FlagReference, other: Any) -> FlagReference:
        if not isinstance(other, (bool, FlagReference)):
            self._refuse(f"{operation} with {other}", _BIND)
        operands = (other, self) if turned else (self, other)
        return FlagReference(template.format(*(f"({hcl(operand)})" for operand in operands)))

    return method


# a conditional, since Terraform's && and || evaluate their right side even when the left one decides
_AND, _OR = "({0} ? {1} : false)", "({0} ? true : {1})"


class FlagReference(Reference):
    """Stands for true or false, as cdktf's own IResolvable does. `&`, `|` and `~` make another one."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        token = _token(expression)
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
        return f"${{{self._expression}}}"

    __hash__ = object.__hash__
    __eq__ = _equal
    __ne__ = _unequal
    __bool__ = _refusing("if, and, or, not", _TRUTH)
    __and__ = _joined(_AND, "&")
    __rand__ = _joined(_AND, "&", turned=True)
    __or__ = _joined(_OR, "|")
    __ror__ = _joined(_OR, "|", turned=True)

    def __invert__(self) -> FlagReference:
        return FlagReference(f"!({self._expression})")


class ListReference(Reference, list[Any]):
    """Stands for a list of one shape; `each_item(...)` repeats over one of objects."""

    def __init__(self, expression: str, item: Shape = TEXT) -> None:
        tokens = _list_tokens(expression)
        list.__init__(self, tokens)
        list_tokens[tokens[0]] = expression
        self._expression = expression
        self.item = item

    def __str__(self) -> str:
        return f"${{{self._expression}}}"

    __hash__ = object.__hash__  # type: ignore[assignment]  # a reference is one thing, whatever its list will hold
    __eq__ = _equal
    __ne__ = _unequal
    __lt__ = __le__ = __gt__ = __ge__ = _refusing("an order", "a rule of the declaration")
    __bool__ = _carried("whether it is empty", _EMPTY, lambda _: True)
    __len__ = _carried("its length", _LENGTH, list.__len__)
    __iter__ = _carried("a loop over it", _REPEAT, list.__iter__)
    __getitem__ = _carried(
        "a part of it", 'text("element", x, 0), or slice and one as any_value(...)', list.__getitem__
    )
    __contains__ = _refusing("in", _AMONG)
    __add__ = __radd__ = __iadd__ = __mul__ = __rmul__ = __imul__ = _refusing("+ and *", "concat(x, y)")


class MapReference(Reference, dict[str, Any]):
    """Stands for a map from names to values of one shape; `each(...)` repeats over it."""

    def __init__(self, expression: str, item: Shape = ANYTHING) -> None:
        # the bindings look at the type of a map's values on the way to the jsii kernel
        dict.__init__(self, _map_token(expression, of_flags=isinstance(item, Flag)))
        self._expression = expression
        self.item = item

    def __str__(self) -> str:
        return f"${{{self._expression}}}"

    __hash__ = object.__hash__  # type: ignore[assignment]  # a reference is one thing, whatever its map will hold
    __eq__ = _equal
    __ne__ = _unequal
    __bool__ = _carried("whether it is empty", _EMPTY, lambda _: True)
    __len__ = _carried("its length", _LENGTH, dict.__len__)
    __iter__ = _carried("a loop over it", _REPEAT, dict.__iter__)
    items = _carried("a loop over it", _REPEAT, dict.items)
    keys = _carried("a loop over it", f"{_REPEAT}, or keys(x)", dict.keys)
    values = _carried("a loop over it", f"{_REPEAT}, or values(x)", dict.values)
    __contains__ = _refusing("in", "contains(keys(x), name)")
    get = _refusing("a look-up by name", 'text("lookup", x, name, otherwise)')
    __or__ = __ror__ = __ior__ = _refusing("|", "merged(x, y)")

    def __getitem__(self, key: str) -> Any:
        if _is_carrier(sys._getframe(1)):
            return dict.__getitem__(self, key)
        return reference(self.item, f"{self._expression}[{expression_of(key)}]")


_CHANGES = {
    ListReference: "append clear extend insert pop remove reverse sort __setitem__ __delitem__",
    MapReference: "clear pop popitem setdefault update __setitem__ __delitem__",
}
for _kind, _names in _CHANGES.items():
    for _name in _names.split():
        setattr(_kind, _name, _refusing(f".{_name}()", "concat(x, y) for lists, merged(x, y) for maps"))
for _name in ("count", "index"):
    setattr(ListReference, _name, _refusing(f".{_name}()", 'number("index", x, y)'))


class ObjectReference(Reference):
    """Stands for a declaration: each of its settings is a reference of its own shape."""

    def __init__(self, shape: ObjectOf, expression: str) -> None:
        self._expression = expression
        self._shape = shape

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        for field in self._shape.declaration.fields():
            if field.name == name:
                return reference(field.shape, f"{self._expression}.{name}")
        raise errors.unknown_setting(
            self._shape.declaration.__name__, name, (field.name for field in self._shape.declaration.fields())
        )

    def __str__(self) -> str:
        return f"${{{self._expression}}}"

    __hash__ = object.__hash__
    __eq__ = _equal
    __ne__ = _unequal
    __bool__ = _refusing("whether it is there", _THERE)
    __iter__ = _refusing("a loop over it", "its settings one by one")
    __contains__ = _refusing("in", _THERE)


def reference(shape: Shape, expression: str) -> Any:
    """The reference of a shape to a Terraform expression."""
    if isinstance(shape, Number):
        return NumberReference(expression)
    if isinstance(shape, Flag):
        return FlagReference(expression)
    if isinstance(shape, ListOf):
        return ListReference(expression, shape.item)
    if isinstance(shape, MapOf):
        return MapReference(expression, shape.item)
    if isinstance(shape, ObjectOf):
        return ObjectReference(shape, expression)
    return TextReference(expression) if isinstance(shape, Text) else AnyReference(expression)


class AnyReference(FlagReference):
    """Stands for a value of any type: a chart's `extra_values`."""

    __bool__ = _refusing("whether it is empty", _THERE)


_KNOWN = frozenset({bool, int, type(None)})


def is_opaque(value: Any) -> bool:
    """Whether only Terraform knows `value`: a reference of ours, or one of cdktf's tokens."""
    if type(value) in _KNOWN:
        return False
    if isinstance(value, Reference):
        return True
    if isinstance(value, str):
        return "TfToken[" in value  # any other `${` is a text, and is escaped where it is written
    if isinstance(value, float):
        return float("-inf") < value < _NUMBER_TOKEN_LIMIT
    if isinstance(value, list):
        return len(value) == 1 and isinstance(value[0], str) and value[0].startswith("#{TfToken[")
    if isinstance(value, Mapping):
        return len(value) == 1 and str(next(iter(value))).startswith("&{TfToken[") if value else False
    return hasattr(value, "__jsii_ref__")
