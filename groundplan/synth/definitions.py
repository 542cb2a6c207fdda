"""Modules, built once for as long as their Python stays the same."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from groundplan import bindings
from groundplan.framework.definition import Definition, define
from groundplan.framework.module import Module

__all__ = ["Definitions"]

_KEPT = 4
_SHAPING = ("applications", "building", "charts", "documents", "framework", "grammars", "iam", "states", "values.py")
"""What modules are made with, directly or not; `problems.py` and `files.py` only tell and write something."""


class Definitions:
    """Builds the modules of a project, or finds them built in the user's cache; `fresh` builds them anew."""

    def __init__(self, project: Path, *, fresh: bool = False) -> None:
        self.project = project
        self.built: list[str] = []
        self._fresh = fresh
        self._known: dict[type, tuple[Definition, Path]] = {}
        self._scratch: list[Path] = []

    def of(self, kind: type[Module[Any, Any]]) -> Definition:
        """What a module is."""
        return self._found(kind)[0]

    def folder(self, kind: type[Module[Any, Any]]) -> Path:
        """Where its Terraform module stands, to be copied."""
        return self._found(kind)[1] / "module"

    def all(self) -> list[Definition]:
        """Every module asked for so far, by name."""
        return sorted((definition for definition, _ in self._known.values()), key=lambda definition: definition.name)

    def close(self) -> None:
        """Removes what was built without a cache."""
        for folder in self._scratch:
            shutil.rmtree(folder, ignore_errors=True)

    def _found(self, kind: type[Module[Any, Any]]) -> tuple[Definition, Path]:
        if kind not in self._known:
            self._known[kind] = self._cached(kind)
        return self._known[kind]

    def _cached(self, kind: type[Module[Any, Any]]) -> tuple[Definition, Path]:
        if self._fresh:
            folder = Path(tempfile.mkdtemp(prefix="groundplan-module-"))
            self._scratch.append(folder)
            return self._build(kind, folder), folder
        shelf = bindings.cache_folder() / "modules"
        target = shelf / f"{kind.name}-{self._key(kind)}"
        definition = _read(target)
        if definition is not None:
            # what is in use is not what is thrown out, however many checkouts share the cache
            with suppress(OSError):
                os.utime(target)
        else:
            shelf.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f".{kind.name}-", dir=shelf) as scratch:
                building = Path(scratch, "module")
                building.mkdir()
                definition = self._build(kind, building)
                shutil.rmtree(target, ignore_errors=True)
                # another process may have been quicker, with the same content
                with suppress(OSError):
                    building.rename(target)
            self._prune(shelf, kind.name, target)
        return definition, target

    def _build(self, kind: type[Module[Any, Any]], folder: Path) -> Definition:
        definition = define(kind, folder / "module", project=self.project)
        (folder / "definition.json").write_text(definition.model_dump_json(indent=2), encoding="utf-8")
        self.built.append(kind.name)
        return definition

    def _prune(self, shelf: Path, name: str, newest: Path) -> None:
        older = [path for path in shelf.glob(f"{name}-*") if path != newest and len(path.name) == len(newest.name)]
        older.sort(key=lambda path: path.stat().st_mtime if path.exists() else 0, reverse=True)
        for path in older[_KEPT - 1 :]:
            shutil.rmtree(path, ignore_errors=True)

    def _key(self, kind: type[Module[Any, Any]]) -> str:
        digest = hashlib.sha256(_framework_key().encode())
        family = kind.folder().parent
        for path in (*sorted(self.project.glob("modules/*.py")), *sorted(family.glob("*.py")), *_files(kind.folder())):
            _add(digest, path, self.project)
        return digest.hexdigest()[:16]


def _read(entry: Path) -> Definition | None:
    """The definition of a module that was built before; None when it was not, or is damaged."""
    try:
        return Definition.model_validate_json((entry / "definition.json").read_bytes())
    except (OSError, ValueError):
        return None


@cache
def _framework_key() -> str:
    """A digest of everything beside its own folder that shapes a module."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256(repr((sorted(bindings.versions().items()), bindings.PROVIDERS)).encode())
    for room in _SHAPING:
        for path in [root / room] if (root / room).is_file() else list(_files(root / room)):
            _add(digest, path, root)
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            yield Path(where, name)


def _add(digest: Any, path: Path, root: Path) -> None:
    content = path.read_bytes()
    digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
    digest.update(content)
