"""Results that need not be computed again: in the user's cache, under keys that stand for all that they depend on."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from groundplan import bindings
from groundplan.files import write_atomically

__all__ = ["Shelf", "code_digest", "files_below", "installed", "own_code"]


_ENDING = ".json.gz"
_PACKAGE = Path(__file__).parent


class Shelf:
    """A folder of the cache with at most so many results, of which the oldest are forgotten."""

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._most = most

    def kept(self, key: str, parts: Mapping[str, type]) -> dict[str, Any] | None:
        """What was kept under `key`; None when nothing was, or it is not made of these parts any more."""
        try:
            # half the time of json's own reader, which is much where a result has megabytes
            found = from_json(gzip.decompress(self._path(key).read_bytes()))
        except (OSError, ValueError, EOFError, zlib.error, RecursionError):
            return None
        if not isinstance(found, dict) or not all(isinstance(found.get(name), kind) for name, kind in parts.items()):
            return None
        return found

    def keep(self, key: str, result: dict[str, Any]) -> None:
        """Keeps `result` under `key`, and forgets the oldest results when there are many."""
        text = json.dumps(result, sort_keys=True, separators=(",", ":"))
        # a cache saves time: that it is full or may not be written stops nobody
        with suppress(OSError):
            path = self._path(key)
            write_atomically(path, gzip.compress(text.encode(), compresslevel=1, mtime=0))
            with os.scandir(path.parent) as there:
                count = sum(entry.name.endswith(_ENDING) for entry in there)
            if count > self._most:
                entries = sorted(path.parent.glob(f"*{_ENDING}"), key=_age, reverse=True)
                # some more than one go at once: looking at the age of each takes longer than the rest
                for old in entries[self._most - self._most // 10 :]:
                    old.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return bindings.cache_folder() / self._name / f"{key}{_ENDING}"


def code_digest(paths: Iterable[Path]) -> str:
    """Stands for the content of these files: what they compute may differ when one of them does."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files below a folder, without what Terraform itself puts there, and Python beside its own files."""
    for path, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".terraform", "__pycache__")))
        for name in sorted(names):
            if not name.startswith(".terraform"):
                file = Path(path, name)
                yield file.relative_to(folder).as_posix(), file.read_bytes()


@cache
def own_code() -> str:
    """Stands for all code and data of this package: any of it may be asked."""
    digest = hashlib.sha256()
    for name, content in files_below(_PACKAGE):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@cache
def installed() -> list[str]:
    """Every installed package with its version: schemas, readers and the bindings are such."""
    found = []
    for place in map(Path, sys.path):
        if place.is_dir():
            found += [each.name for each in place.iterdir() if each.name.endswith(".dist-info")]
    return sorted(found)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
