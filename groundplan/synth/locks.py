"""Who may write now: advisory locks in a folder of their own, which nothing replaces."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import errors

__all__ = ["beside", "holding"]

_PATIENCE_SECONDS = 600.0


def beside(folder: Path) -> Path:
    """Where things are kept about `folder` that are not in it: `.groundplan` next to it, which git ignores."""
    kept = folder.parent / ".groundplan"
    if not kept.is_dir():
        kept.mkdir(parents=True, exist_ok=True)
    ignore = kept / ".gitignore"
    if not ignore.is_file():
        ignore.write_text("*\n", encoding="utf-8")
    return kept


@contextmanager
def holding(folder: Path, doing: str, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """Holds the lock of `folder` for the block, and waits for it while another process has it.

    Who waits says for whom; raises ToolFailed after ten minutes, or GROUNDPLAN_LOCK_SECONDS. The system lets go of a
    lock when its process ends, however it ends.
    """
    from filelock import FileLock, Timeout  # here: importing it takes as long as writing does

    path = beside(folder) / f"{folder.name}.lock"
    told = path.with_suffix(".holder")
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        (say or _say)(errors.waiting(folder.name, _holder(told)))
        seconds = _patience()
        try:
            lock.acquire(timeout=seconds)
        except Timeout:
            raise errors.still_held(folder.name, _holder(told), seconds) from None
    try:
        told.write_text(f"{doing} (process {os.getpid()})", encoding="utf-8")
        yield
    finally:
        lock.release()


def _holder(told: Path) -> str:
    try:
        return told.read_text(encoding="utf-8") or "another process"
    except OSError:  # it has the lock, and has not said yet who it is
        return "another process"


def _patience() -> float:
    try:
        return max(0.0, float(os.environ.get("GROUNDPLAN_LOCK_SECONDS", "")))
    except ValueError:
        return _PATIENCE_SECONDS


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
