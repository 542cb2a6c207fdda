"""Results that need not be computed again: keyed by everything that they depend on, in the user's cache.

Only offline results are kept: they hold no secret that the synthesized files do not hold.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from groundplan.bindings import PROVIDERS
from groundplan.shelf import Shelf, code_digest

from .schema import version_key

__all__ = ["keep", "kept", "key_of"]

_SHELF = Shelf("plans", most=500)
keep = _SHELF.keep
kept = _SHELF.kept


def key_of(*parts: Any) -> str:
    """A key over these parts and over the code, the facts and the bindings that a plan comes from."""
    text = json.dumps([_code_digest(), *(version_key(name) for name in PROVIDERS), *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _code_digest() -> str:
    return importlib.metadata.version("cfn-lint") + code_digest(_code(Path(__file__).parent))


def _code(package: Path) -> Iterable[Path]:
    """The plan's own code and data, and those of the rooms whose judgement goes into a plan."""
    for room in (package, package.parent / "grammars", package.parent / "iam"):
        yield from (path for path in room.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    yield package.parent / "values.py"
