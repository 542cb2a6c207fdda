"""YAML of strangers: an index.yaml, a Chart.yaml."""

from __future__ import annotations

from typing import Any

import yaml

from ...documents.nesting import DEEPEST, is_too_deep

__all__ = ["read_yaml"]

# Every scalar stays text. What YAML would make of a bare date or = is nothing that these files need, and refused where
# it is none; and a version such as 1.10 would lose its zero.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_yaml(content: bytes) -> Any:
    """Maps, lists and texts. Raises ValueError for what is no YAML."""
    if is_too_deep(content):
        raise ValueError(f"it is nested deeper than {DEEPEST} levels")
    try:
        return yaml.load(content, Loader=_Loader)  # noqa: S506 - it makes nothing but maps, lists and texts
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError from error
