"""Results that need not be computed again: keyed by everything that they depend on, in the user's cache.

Only offline results are kept: they hold no secret that the synthesized files do not hold.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import json
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from groundplan.bindings import PROVIDERS
from groundplan.files import write_atomically

from .schema import cache_folder, version_key

__all__ = ["keep", "kept", "key_of"]

_MOST = 500


def key_of(*parts: Any) -> str:
    """A key over these parts and over the code, the facts and the bindings that a plan comes from."""
    text = json.dumps([_code_digest(), *(version_key(name) for name in PROVIDERS), *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def kept(key: str, parts: Mapping[str, type]) -> dict[str, Any] | None:
    """What was kept under `key`; None when nothing was, or it is not made of these parts any more."""
    try:
        found = json.loads(gzip.decompress(_path(key).read_bytes()))
    except (OSError, ValueError, EOFError, zlib.error, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), kind) for name, kind in parts.items()):
        return None
    return found


def keep(key: str, result: dict[str, Any]) -> None:
    """Keeps `result` under `key`, and forgets the oldest results when there are many."""
    text = json.dumps(result, sort_keys=True, separators=(",", ":"))
    # a cache saves time: that it is full or may not be written stops nobody
    with suppress(OSError):
        write_atomically(_path(key), gzip.compress(text.encode(), compresslevel=1, mtime=0))
        folder = _path(key).parent
        entries = sorted(folder.glob("*.json.gz"), key=_age, reverse=True)
        for old in entries[_MOST:]:
            old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _path(key: str) -> Path:
    return cache_folder() / "plans" / f"{key}.json.gz"


@cache
def _code_digest() -> str:
    package = Path(__file__).parent
    digest = hashlib.sha256(importlib.metadata.version("cfn-lint").encode())
    for path in sorted(_code(package)):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _code(package: Path) -> Iterable[Path]:
    for path in package.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path
    # The checks judge policies with it.
    yield from package.parent.joinpath("iam").glob("*.py")
