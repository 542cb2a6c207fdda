"""Parts that are there always, or only when the module's caller wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from groundplan.framework.expressions import all_of
from groundplan.framework.hcl import expression_of
from groundplan.framework.references import FlagReference
from groundplan.framework.repetition import Element, When, address_of, when

__all__ = ["Part", "maker"]

P = ParamSpec("P")
R = TypeVar("R")


class Part:
    """Makes resources whose presence one flag decides, and refers to them alike in both cases."""

    def __init__(self, condition: Any = None) -> None:
        self.condition = condition
        self._when: When | None = None if condition is None else when(condition)

    def __call__(self, make: Callable[P, R], *arguments: P.args, **settings: P.kwargs) -> R:
        """Makes the resource; the result's attributes are null when it is not there."""
        if self._when is None:
            made: Any = make(*arguments, **settings)
            return cast(R, Element(made, address_of(made)))
        return self._when(make, *arguments, **settings).one

    def also(self, condition: Any) -> Part:
        """The same, and only when `condition` is true too."""
        return Part(condition if self.condition is None else all_of(self.condition, condition))


def maker(only_when: Any) -> Part:
    """A Part from an optional flag, as the helpers of this package take it."""
    if only_when is None or isinstance(only_when, Part):
        return only_when or Part()
    return Part(FlagReference(expression_of(only_when)))
