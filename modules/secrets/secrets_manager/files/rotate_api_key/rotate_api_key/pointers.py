"""JSON pointers (RFC 6901): reading a text from a JSON document, and a copy of it with a text replaced.

https://www.rfc-editor.org/rfc/rfc6901
"""

from __future__ import annotations

import copy
from typing import Any


def parts(pointer: str) -> list[str]:
    """The keys of a pointer: `/data/0/a~1b` has `data`, `0` and `a/b`. ValueError when it is no pointer to a member."""
    if not pointer.startswith("/"):
        raise ValueError(f"a JSON pointer starts with a slash, such as /data/key: {pointer!r}")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]


def read(document: Any, pointer: str) -> Any:
    """What the pointer leads to, or None."""
    found = document
    for part in parts(pointer):
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


def replace(document: dict[str, Any], pointer: str, value: str) -> dict[str, Any]:
    """A copy of the document with `value` at the pointer. ValueError when anything but an object is in the way."""
    changed = copy.deepcopy(document)
    *way, last = parts(pointer)
    inner: Any = changed
    for part in way:
        inner = inner.setdefault(part, {}) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        raise ValueError(f"something other than a JSON object is on the way of {pointer!r}")
    inner[last] = value
    return changed
