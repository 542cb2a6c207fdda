"""The words that a chart knows of a setting: what its templates compare it with, and what its schema lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["words_beside"]

_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_KEY = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)")
_WORD = re.compile(r'"([^"\n{}]{1,60})"')


def words_beside(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """By the name of a setting, the words in the same action of a template, and those of its `enum`; sorted.

    `{{ if eq .Values.logLevel "debug" }}` gives `debug` for `logLevel`. Whoever looks for a value that makes a
    difference tries these: most other texts make none there.
    """
    found: dict[str, set[str]] = {}
    for path, content in files.items():
        if "templates/" in path:
            for action in _ACTION.findall(content.decode(errors="replace")):
                words = _WORD.findall(action)
                for key in _KEY.findall(action) if words else ():
                    found.setdefault(key, set()).update(words)
        elif path.endswith("values.schema.json"):
            for key, words in _listed(_parsed(content)):
                found.setdefault(key, set()).update(words)
    return {key: sorted(words) for key, words in found.items()}


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _listed(schema: Any) -> Iterator[tuple[str, list[str]]]:
    """Every property with an `enum`, and its words."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        for key, inner in properties.items() if isinstance(properties, dict) else ():
            said = inner.get("enum") if isinstance(inner, dict) else None
            if isinstance(said, list):
                yield str(key), [word for word in said if isinstance(word, str)]
        for inner in schema.values():
            yield from _listed(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _listed(inner)
