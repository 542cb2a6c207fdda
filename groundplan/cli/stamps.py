"""Which files a project consists of, and whether they are other ones than before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

__all__ = ["ROOMS", "Stamps", "stamps"]

ROOMS = ("environments", "modules", "policies")
_OURS = {"out", "cdktf.out", "__pycache__", "node_modules"}
# what editors leave for a moment beside what they save
_FLEETING = ("~", ".swp", ".swx", ".tmp", ".orig", ".pyc")

Stamps: TypeAlias = Mapping[str, tuple[int, int, int]]


def stamps(project: Path) -> Stamps:
    """Every file that a review may depend on, with its inode, its time and its size."""
    found: dict[str, tuple[int, int, int]] = {}
    top = str(project)
    start = len(top) + 1
    folders = [top, *(f"{top}/{name}" for name in ROOMS)]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            name = entry.name
            if name.startswith(".") or name in _OURS or name.endswith(_FLEETING):
                continue
            try:
                if entry.is_dir():
                    # of the project's own folder, only the rooms
                    folders += [entry.path] if folder != top else []
                    continue
                said = entry.stat()
            except OSError:
                continue
            found[entry.path[start:]] = said.st_ino, said.st_mtime_ns, said.st_size
    return found
