"""Runs a program and measures it, its children included."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Sample", "run", "surroundings"]

PROJECT = Path(__file__).parents[1]
_PROC = Path("/proc")
_BETWEEN_SAMPLES_SECONDS = 0.1
_KIBIBYTE = 1024


@dataclass(frozen=True)
class Sample:
    """One run: its wall clock and processor time, what it printed, and the most memory of all its processes at once."""

    seconds: float
    cpu_seconds: float
    out: str
    peak_bytes: int | None


def surroundings(cache: Path, **more: str) -> dict[str, str]:
    """The environment variables of a measured program: compiled Python is kept, as it is for any user."""
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("GROUNDPLAN_", "JSII_", "CDKTF_"))
    }
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**ours, "PYTHONPATH": str(PROJECT), "GROUNDPLAN_CACHE_DIR": str(cache), "PYTHONHASHSEED": "0", **more}


def run(
    arguments: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    memory: bool = False,
    fine: Sequence[int] = (0,),
) -> Sample:
    """Runs this Python with `arguments`; `memory` samples the memory of all its processes, which costs some time.

    Raises RuntimeError with the program's own words when it ends with an exit code that is not `fine`.
    """
    began, used = time.perf_counter(), _used_by_children()
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        peak = _Peak(process.pid) if memory and (_PROC / "self" / "smaps_rollup").exists() else None
        out, err = process.communicate()
        seconds = time.perf_counter() - began
    if process.returncode not in fine:
        raise RuntimeError(f"python {' '.join(arguments)} ended with {process.returncode}\n{out}\n{err}")
    return Sample(seconds, _used_by_children() - used, out, peak.stop() if peak else None)


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Peak(threading.Thread):
    """Watches a process and everything below it: shared memory is divided among those that share it."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._most = 0
        self._done = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._done.wait(_BETWEEN_SAMPLES_SECONDS):
            self._most = max(self._most, sum(_proportional_bytes(pid) for pid in _tree(self._root)))

    def stop(self) -> int:
        self._done.set()
        self.join()
        return self._most


def _tree(root: int) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in (_PROC / str(pid) / "task").glob("*"):
            try:
                waiting += [int(child) for child in (task / "children").read_text().split()]
            except OSError:  # ended meanwhile
                continue
    return found


def _proportional_bytes(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:  # ended meanwhile
        return 0
    return next((int(line.split()[1]) * _KIBIBYTE for line in lines if line.startswith("Pss:")), 0)
