"""What is shown of a stack, kept for the next review by all that it depends on: most stacks are as they were.

It is what the page shows, with everything removed that a plan marks sensitive. Of a live plan nothing is kept: it may
hold what nobody marked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from groundplan.remembering import digest
from groundplan.shelf import Shelf, installed, own_code

from .model import StackReview

__all__ = ["kept_or", "key_of"]

_SHELF = Shelf("reviews", most=500)


def key_of(*parts: object) -> str:
    """Stands for these parts, for our code and facts, and for what is installed."""
    return digest(own_code(), *installed(), *map(repr, parts))


def kept_or(key: str, make: Callable[[], StackReview]) -> StackReview:
    """What was kept under `key`; made now, and kept, where nothing was."""
    known = _SHELF.kept(key, {"stack": dict})
    if known is not None:
        return _from_json(known["stack"])
    made = make()
    try:
        said = _adapter().dump_python(made, mode="json")
        again = _from_json(json.loads(json.dumps(said)))
    except ValueError:
        # JSON has no word for something of it
        return made
    if again == made:
        _SHELF.keep(key, {"stack": said})
    return made


def _from_json(said: Any) -> StackReview:
    found: StackReview = _adapter().validate_python(said)
    return found


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(StackReview)
