"""Who looks at the functions of a module while it is built, and what need not be looked at."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import Any, ParamSpec, TypeVar

__all__ = ["unwatched", "watched"]

P = ParamSpec("P")
R = TypeVar("R")
Note = Callable[[FrameType, str, Any], None]

_watching: list[Note] = []


@contextmanager
def watched(note: Note) -> Iterator[None]:
    """While it is open, `note` is told of every call and its end, as by sys.setprofile."""
    before = sys.getprofile()
    _watching.append(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)
        _watching.pop()


def unwatched(function: Callable[P, R]) -> Callable[P, R]:
    """A function inside of which nobody looks: for what is called often and runs no function of a module.

    Of all that Python calls in a build most is in such functions: telling it takes longer than doing it.
    """

    @wraps(function)
    def run(*arguments: P.args, **settings: P.kwargs) -> R:
        # any other profiler is told what it asks for
        if not _watching or sys.getprofile() is not _watching[-1]:
            return function(*arguments, **settings)
        note = _watching[-1]
        sys.setprofile(None)
        try:
            return function(*arguments, **settings)
        finally:
            sys.setprofile(note)

    return run
