"""Folders that are replaced whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["replacing"]

_CURRENT_FOLDER = -100
_EXCHANGE = 2


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Gives an empty folder beside `target`, which takes its place when the block ends without an error.

    Until then `target` stays as it was, even when the process is killed. What killed processes left beside it goes.
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
        _put(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if owned is not None:
            os.close(owned)


def _put(new: Path, target: Path) -> None:
    new.chmod(0o755)
    if not target.exists():
        new.rename(target)
    elif not _exchanged(new, target):
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        target.rename(old / "old")
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchanges two folders in one step, where the system can: False when not.

    https://man7.org/linux/man-pages/man2/renameat2.2.html
    """
    if sys.platform != "linux":
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # a C library without it
        return False
    done: int = renameat2(_CURRENT_FOLDER, os.fsencode(one), _CURRENT_FOLDER, os.fsencode(other), _EXCHANGE)
    return done == 0


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
