"""Documents inside strings: IAM policies and other JSON, Helm values and other YAML."""

from __future__ import annotations

import json
import re
from typing import Any

from groundplan.documents.kubernetes import read_yaml

__all__ = ["identities", "may_open", "opened"]

_YAML_START = re.compile(r"(?:\s*#[^\n]*\n|---[^\n]*\n|\s*\n)*(?:- |[\"']?[\w./*-]+[\"']?:(?:\s|$))")
# An alias can make a small text expand without end when it is walked.
_YAML_ALIAS = re.compile(r"(?:^|[\s\[{,:-])\*\w")

# Terraform's own values are never this deep, and Python's stack is not without end.
_DEPTH = 60

# What names an item of a list in IAM, Helm and Kubernetes documents and in Terraform's blocks, best first.
_IDENTITIES = ("Sid", "sid", "name", "Name", "id", "Id", "key", "Key")


def may_open(text: str) -> bool:
    """Whether it is worth asking `opened`: false for nearly all of a plan's strings, and cheap."""
    return "\n" in text or text.lstrip()[:1] in ("{", "[")


def opened(text: str) -> dict[str, Any] | list[Any] | None:
    """The document that `text` is, or None when it is plain text.

    JSON must be a whole object or array. YAML must be of several lines and start like a mapping or a list; one with
    aliases stays text.
    """
    start = text.lstrip()[:1]
    document: Any = None
    if start in ("{", "["):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
    if document is None and "\n" in text and _YAML_START.match(text) and not _YAML_ALIAS.search(text):
        try:
            document = read_yaml(text)
        except ValueError:
            return None
    if isinstance(document, (dict, list)) and document:
        try:
            plain: dict[str, Any] | list[Any] = _plain(document, _DEPTH)
        except ValueError:
            return None
        return plain
    return None


def _plain(value: Any, depth: int) -> Any:
    """The document with only what JSON knows: YAML also has dates, sets, bytes and keys that are not strings."""
    if depth == 0:
        raise ValueError("too deep to be shown leaf by leaf")
    if isinstance(value, dict):
        return {str(key): _plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, depth - 1) for item in value]
    if isinstance(value, (set, tuple)):
        return sorted(str(item) for item in value)
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


def identities(items: list[Any]) -> tuple[str, list[str]] | None:
    """The key that names every item of a list, and the names; None when no key does so without repetition."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    for key in _IDENTITIES:
        names = [item.get(key) for item in items]
        if all(isinstance(name, str) and name for name in names) and len(set(names)) == len(names):
            return key, [str(name) for name in names]
    return None
