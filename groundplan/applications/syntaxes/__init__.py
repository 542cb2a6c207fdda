"""How each syntax of a configuration is read and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, cast

from groundplan.charts.opaque import is_opaque
from groundplan.charts.paths import Way

from ..facts import Application
from ..places import Place
from ..walking import Finding, walk
from .wiring import unwired

__all__ = ["findings"]

Reader = Callable[[Application, Place, str, Way], Iterator[Finding]]
"""What is wrong with a text at a place, which is whole."""

_READERS = {"alloy": "alloy", "corefile": "corefile", "hcl": "hcl", "json": "documents", "yaml": "documents"}
"""The file that has the reader of a syntax, which is called as the syntax is; imported when there is such a text."""


def findings(
    application: Application,
    place: Place,
    value: Any,
    way: Way,
    *,
    is_whole: bool = False,
    beside: Iterable[Way] | None = (),
) -> Iterator[Finding]:
    """What is wrong with the value at a place.

    `is_whole` when nothing is merged with a map that is there; otherwise `beside` are the ways of what is, inside, and
    None where nobody knows.
    """
    facts = application.part(place.part)
    if is_opaque(value):
        yield Finding("unchecked", way, value)
    elif isinstance(value, str) and value in place.but:
        return
    elif facts is None:
        # charts show a part that is gone, and print it when something is in it
        if value not in ({}, [], ""):
            yield Finding("unknown key", way, value)
    elif place.syntax == "map":
        yield from walk(application, facts, value, way, is_whole=is_whole)
        if is_whole or beside is not None:
            yield from unwired(application, value, way, others=() if is_whole else (*place.brings, *(beside or ())))
    elif isinstance(value, str):
        read = cast(Reader, getattr(import_module(f".{_READERS[place.syntax]}", __name__), f"{place.syntax}_text"))
        yield from read(application, place, value, way)
