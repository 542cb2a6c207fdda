"""Folders to write into, away from what others read, which go however the work ends."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["scratch_beside"]


@contextmanager
def scratch_beside(target: Path) -> Iterator[Path]:
    """Gives an empty folder beside `target`, on the same disk, that is gone when the block ends.

    `target` is not touched. What killed processes left beside it goes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{target.name}-"
    # one at a time: a folder that is about to be owned must not look like one that nobody owns any more
    with _alone(target.parent):
        for leftover in target.parent.glob(f"{prefix}*"):
            _remove_unowned(leftover)
        scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        owned = _own(scratch)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if owned is not None:
            os.close(owned)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Waits until no other process is between here and the end of the block with the same folder."""
    owned = _own(folder, wait=True)
    try:
        yield
    finally:
        if owned is not None:
            os.close(owned)


def _own(folder: Path, *, wait: bool = False) -> int | None:
    """Marks a folder as in use for as long as this process lives; None when another's, or where none can be marked."""
    if sys.platform == "win32":
        return None
    import fcntl

    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened


def _remove_unowned(folder: Path) -> None:
    """Removes what a process left that ended in the middle; one that still runs holds its folder."""
    try:
        owned = _own(folder)
    except OSError:  # gone meanwhile
        return
    if owned is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(owned)
