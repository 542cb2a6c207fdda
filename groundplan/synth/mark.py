"""What one run of main.py leaves for the command that started it: that it synthesized, and what.

cdktf.out may be older, or written by somebody else a moment later. The mark is a folder of the command's own: it holds
the whole synthesized content as this run left it, and, written last, the names of the stacks that this run made.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from groundplan.problems import BadInput

from . import errors
from .manifest import MANIFEST, Manifest
from .terraforms import is_terraforms

__all__ = ["copy_synthesized", "read_mark", "snapshot_in", "write_mark"]

_MARK = "mark.json"


def snapshot_in(folder: Path) -> Path:
    """Where the synthesized content stands in the folder of a mark."""
    return folder / "cdktf.out"


def write_mark(folder: Path, out: Path, stacks: Iterable[str]) -> None:
    """Leaves the mark of a run that has written `stacks` into `out`; the caller holds the lock of `out`."""
    copy_synthesized(out, snapshot_in(folder))
    (folder / _MARK).write_text(json.dumps({"stacks": list(stacks)}), encoding="utf-8")


def read_mark(folder: Path) -> list[str] | None:
    """The stacks that the run made; None when it wrote nothing."""
    try:
        return [str(name) for name in json.loads((folder / _MARK).read_bytes())["stacks"]]
    except FileNotFoundError:
        return None


def copy_synthesized(out: Path, target: Path) -> None:
    """Copies what plans are made of: the manifest and the stacks' folders, without what Terraform keeps in them."""
    target.mkdir(parents=True)
    try:
        stacks = Manifest.read(out).stacks
    except ValueError as error:
        raise BadInput(errors.damaged_manifest(out.name, str(error))) from None
    for stack in stacks:
        folder = out / stack.folder
        if folder.is_dir():
            shutil.copytree(folder, target / stack.folder, ignore=_ignoring_terraforms(folder))
    shutil.copy(out / MANIFEST, target / MANIFEST)


def _ignoring_terraforms(folder: Path) -> Callable[[str, list[str]], set[str]]:
    def ignored(where: str, names: list[str]) -> set[str]:
        return {name for name in names if is_terraforms(Path(where, name).relative_to(folder))}

    return ignored
