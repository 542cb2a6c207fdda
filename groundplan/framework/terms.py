"""Terms: what a rule's author holds in place of values, rendered for Terraform and computed in Python.

A term goes wherever the functions of `groundplan.framework` take a reference: the condition that a module makes its
resources by, and the rule that refuses its inputs, are written in the same words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import errors
from .arithmetic import COMPARISONS, OPERATIONS, Operation
from .constraints import composed
from .hcl import Expression, hcl
from .references import is_opaque

__all__ = ["StillUnknown", "Term", "computed", "constant", "declaration_term", "known"]


class StillUnknown(Exception):
    """A rule met a value that only Terraform will know: Python leaves it to Terraform."""


def _operation(operation: Operation) -> Callable[..., Any]:
    def method(self: Term, *others: Any) -> Term:
        operands = [constant(operand) for operand in (self, *others)]
        return Term(
            lambda: operation.template.format(*(operand.__expression__ for operand in operands)),
            lambda: operation.compute(*map(computed, operands)),
        )

    return method


def _reflected(operation: Operation) -> Callable[..., Any]:
    forward = _operation(operation)

    def method(self: Term, other: Any) -> Any:
        return forward(constant(other), self)

    return method


class Term(Expression):
    """A part of a rule: how Terraform says it, and how Python computes it. Each is found out when it is asked for.

    The expression of a term of one's own must bind like one word: a call, a path, or in parentheses.
    """

    # no name of its own that a setting could have
    __slots__ = ("_compute", "_render")

    def __init__(self, render: str | Callable[[], str], compute: Callable[[], Any]) -> None:
        self._render = render
        self._compute = compute

    @property
    def __expression__(self) -> str:
        """The Terraform expression: a synth of modules that are built already never asks for it."""
        return self._render if isinstance(self._render, str) else self._render()

    def __getattr__(self, name: str) -> Term:
        if name.startswith("__"):
            raise AttributeError(name)
        return Term(
            lambda: f"{self.__expression__}.{name}".removeprefix("."), lambda: known(getattr(computed(self), name))
        )

    def __eq__(self, other: object) -> Term:  # type: ignore[override]  # a rule's == makes a term, not a bool
        right = constant(other)
        return Term(
            lambda: f"({self.__expression__} == {right.__expression__})", lambda: computed(self) == computed(right)
        )

    def __ne__(self, other: object) -> Term:  # type: ignore[override]  # as above
        right = constant(other)
        return Term(
            lambda: f"({self.__expression__} != {right.__expression__})", lambda: computed(self) != computed(right)
        )

    __lt__ = _operation(COMPARISONS["<"])
    __le__ = _operation(COMPARISONS["<="])
    __gt__ = _operation(COMPARISONS[">"])
    __ge__ = _operation(COMPARISONS[">="])
    __add__ = _operation(OPERATIONS["+"])
    __radd__ = _reflected(OPERATIONS["+"])
    __sub__ = _operation(OPERATIONS["-"])
    __rsub__ = _reflected(OPERATIONS["-"])
    __mul__ = _operation(OPERATIONS["*"])
    __rmul__ = _reflected(OPERATIONS["*"])
    __truediv__ = _operation(OPERATIONS["/"])
    __rtruediv__ = _reflected(OPERATIONS["/"])
    __floordiv__ = _operation(OPERATIONS["//"])
    __rfloordiv__ = _reflected(OPERATIONS["//"])
    __mod__ = _operation(OPERATIONS["%"])
    __rmod__ = _reflected(OPERATIONS["%"])
    __pow__ = _operation(OPERATIONS["**"])
    __rpow__ = _reflected(OPERATIONS["**"])
    __neg__ = _operation(OPERATIONS["-x"])
    __pos__ = _operation(OPERATIONS["+x"])
    __abs__ = _operation(OPERATIONS["abs"])
    __floor__ = _operation(OPERATIONS["floor"])
    __ceil__ = _operation(OPERATIONS["ceil"])

    def __or__(self, other: Any) -> Term:
        # a conditional, since Terraform's || evaluates its right side even when the left one decides
        right = constant(other)
        return Term(
            lambda: f"({self.__expression__} ? true : {right.__expression__})",
            lambda: bool(computed(self)) or bool(computed(right)),
        )

    def __and__(self, other: Any) -> Term:
        right = constant(other)
        return Term(
            lambda: f"({self.__expression__} ? {right.__expression__} : false)",
            lambda: bool(computed(self)) and bool(computed(right)),
        )

    def __ror__(self, other: Any) -> Term:
        return constant(other) | self

    def __rand__(self, other: Any) -> Term:
        return constant(other) & self

    def __invert__(self) -> Term:
        return Term(lambda: f"!{self.__expression__}", lambda: not computed(self))

    def __bool__(self) -> bool:
        raise errors.rule_needs_operators(self.__expression__)

    def __hash__(self) -> int:
        return hash(self.__expression__)

    def __iter__(self) -> Any:
        raise errors.rule_needs_operators(self.__expression__)


def constant(value: Any) -> Term:
    """A term for a value that the rule's author wrote; terms stay as they are."""
    return value if isinstance(value, Term) else Term(lambda: hcl(value), lambda: value)


def declaration_term(render: str, declaration: Any) -> Term:
    """The term of a whole declaration; `var` for a module's own inputs."""
    return Term(render, lambda: declaration)


def computed(value: Any) -> Any:
    """What a term comes to in Python: for the second half of a `Term` of one's own, the first being its expression.

    A value that is no term is itself.
    """
    return value._compute() if isinstance(value, Term) else value


def known(value: Any) -> Any:
    """A value as Terraform reads it. Raises StillUnknown for one that only Terraform will know."""
    if is_opaque(value):
        raise StillUnknown
    return composed(value)
