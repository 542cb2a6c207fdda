"""Parts that are there always, only when the module's caller wants them, or once an entry of a map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from groundplan.framework import all_of, choose, expression_of
from groundplan.framework.references import FlagReference
from groundplan.framework.repetition import Each, Element, When, address_of, when

__all__ = ["Part", "maker"]

P = ParamSpec("P")
R = TypeVar("R")


class Part:
    """Makes resources whose presence one flag decides, or one for every entry, and refers to them alike in all cases.

    For entries a reference is to the one of the entry at hand: it is for other resources of the same entries.
    """

    def __init__(self, condition: Any = None, entries: Each[Any] | None = None) -> None:
        self.condition = condition
        self.entries = entries
        self._when: When | None = None if condition is None else when(condition)

    def __call__(self, make: Callable[P, R], *arguments: P.args, **settings: P.kwargs) -> R:
        """Makes the resource; the result's attributes are null when it is not there."""
        if self.entries is not None:
            return self.entries(make, *arguments, **settings).here
        if self._when is None:
            made: Any = make(*arguments, **settings)
            return cast(R, Element(made, address_of(made)))
        return self._when(make, *arguments, **settings).one

    def template(self, text: str) -> str:
        """A text with attributes of what this part makes in it; null when it is not there."""
        return text if self.condition is None else choose(self.condition, text, cast(str, None))

    def also(self, condition: Any) -> Part:
        """The same, and only when `condition` is true too."""
        if self.entries is not None:
            return Part(entries=self.entries.where(lambda _: condition))
        return Part(condition if self.condition is None else all_of(self.condition, condition))


def maker(only_when: Any) -> Part:
    """A Part from an optional flag, or from `each(...)` entries, as the helpers of this package take it."""
    if isinstance(only_when, Each):
        return Part(entries=only_when)
    if only_when is None or isinstance(only_when, Part):
        return only_when or Part()
    return Part(FlagReference(expression_of(only_when)))
