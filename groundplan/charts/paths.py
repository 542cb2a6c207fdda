r"""Paths into a tree of chart values: `server.ha.replicas`, `hosts[].paths`, `schedules.*.template`.

`[]` means every item of a list, `[3]` the fourth one, `*` any key. A dot inside a key is written `\.`, and so are
`\`, `[` and `*`: `podAnnotations.eks\.amazonaws\.com/role-arn`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from . import errors

__all__ = ["Step", "Way", "format_path", "parse_path"]


class Step(Enum):
    """A step that is not one key: into every item of a list, or through any key of a map."""

    ITEMS = "[]"
    ANY_KEY = "*"


Way = tuple[str | int | Step, ...]
"""A path taken apart: keys, list indexes and wildcards."""

_SPECIAL = re.compile(r"([\\.\[*])")
_KEY = re.compile(r"(?:[^\\.\[*]|\\.)+", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_INDEX = re.compile(r"\[(\d*)\]")


def format_path(way: Iterable[str | int | Step]) -> str:
    """Writes a path. `parse_path` reads it back, unless a key is empty."""
    text = ""
    for step in way:
        if step is Step.ITEMS:
            text += "[]"
        elif isinstance(step, int):
            text += f"[{step}]"
        else:
            key = "*" if isinstance(step, Step) else _SPECIAL.sub(r"\\\1", step)
            text += f".{key}" if text else key
    return text


def parse_path(text: str) -> Way:
    """Reads a path. Raises BadInput when it is malformed; the empty text is the path of the whole tree."""
    steps: list[str | int | Step] = []
    position = 0
    while position < len(text):
        if text[position] == "[" and (index := _INDEX.match(text, position)):
            steps.append(int(index[1]) if index[1] else Step.ITEMS)
            position = index.end()
            continue
        if steps:
            if text[position] != ".":
                raise errors.malformed_path(text, f"a dot is missing at character {position + 1}")
            position += 1
        if text.startswith("*", position):
            steps.append(Step.ANY_KEY)
            position += 1
        elif key := _KEY.match(text, position):
            steps.append(_ESCAPED.sub(r"\1", key[0]) if "\\" in key[0] else key[0])
            position = key.end()
        else:
            raise errors.malformed_path(text, f"a key is missing at character {position + 1}")
    return tuple(steps)
