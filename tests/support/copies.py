"""Copies of projects, for tests that change them: what nobody changes is the same file, under another name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["copy_of_cache", "kept_as_it_is", "linked"]


_NEVER_WRITTEN_AGAIN = ("jsii", "node")


def linked(source: Path, target: Path) -> Path:
    """A copy whose files are those of `source`: who changes one must put a new one in its place."""
    return Path(shutil.copytree(source, target, copy_function=os.link, dirs_exist_ok=True))


def copy_of_cache(source: Path, target: Path) -> Path:
    """A cache to write to; what the jsii kernel and Node.js keep there is most of it, and never written again."""
    shutil.copytree(source, target, ignore=lambda folder, _: _NEVER_WRITTEN_AGAIN if Path(folder) == source else [])
    for name in _NEVER_WRITTEN_AGAIN:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, copy_function=os.link)
    return target


@contextmanager
def kept_as_it_is(folder: Path) -> Iterator[Path]:
    """A folder that is linked to. At the end, whoever has written to one of its files after all is told."""
    before = _state(folder)
    yield folder
    changed = sorted(path for path, state in _state(folder).items() if before.get(path) != state)
    assert not changed, f"tests have changed what others have too: {changed}"


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    found = ((path, path.stat()) for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (state.st_mtime_ns, state.st_size) for path, state in found}
