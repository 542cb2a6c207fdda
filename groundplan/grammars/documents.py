"""Documents that AWS takes as JSON: their outermost object, whichever way they are given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from groundplan.values import ConfigProblem

from . import errors

__all__ = ["object_problems"]


def object_problems(
    value: str | Mapping[str, Any], judge: Callable[[Mapping[str, Any]], Iterable[ConfigProblem]], cure: str
) -> list[ConfigProblem]:
    """What `judge` finds in a document, given as its JSON or as what that holds; `cure` is for what is no object."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            return [errors.not_json(str(error))]
    if not isinstance(value, Mapping):
        return [errors.refused((), value, "a JSON object", cure)]
    return list(judge(value))
