"""Keys and values of tags.

https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from groundplan.values import ConfigProblem

from . import errors

__all__ = ["EVERYWHERE", "LONGEST_KEY", "LONGEST_VALUE", "RESERVED", "problems"]

LONGEST_KEY, LONGEST_VALUE = 128, 256
"""In characters."""

EVERYWHERE = "A-Za-z0-9 _.:/=+@-"
"""The characters that every service takes, as they stand in a pattern's brackets; some take more, EC2 any."""

RESERVED = "[Aa][Ww][Ss]:.*"
"""The keys that AWS keeps for itself, for Python's `re` and RE2 alike."""

# letters and digits of any script, and any blank: what the services' own patterns call \p{L}, \p{N} and \p{Z}
_UNUSUAL = re.compile(r"[^\w\s.:/=+@-]")


def problems(tags: Mapping[str, Any]) -> list[ConfigProblem]:
    """What AWS would refuse in the tags of a resource; characters that only some services take are a warning.

    Values that are not texts, unknown ones among them, are passed over.
    """
    found: list[ConfigProblem] = []
    for key, value in tags.items():
        if not 1 <= len(key) <= LONGEST_KEY:
            found.append(errors.wrong_length((key,), "the key of a tag", 1, LONGEST_KEY, len(key)))
        if re.fullmatch(RESERVED, key, re.DOTALL):
            found.append(errors.reserved_tag((key,), key))
        if odd := _UNUSUAL.search(key):
            found.append(errors.unusual_tag((key,), "the key of a tag", key, odd[0]))
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            found.append(errors.wrong_length((key,), "the value of a tag", 0, LONGEST_VALUE, len(value)))
        if isinstance(value, str) and (odd := _UNUSUAL.search(value)):
            found.append(errors.unusual_tag((key,), "the value of a tag", value, odd[0]))
    return found
