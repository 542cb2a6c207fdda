"""The jsii kernel as one process of Node.js, and not as two.

What jsii starts is a Node.js that starts a second, the kernel itself, and hands on all that is said between Python and
it: a process more for each program, and twice the way for each of thousands of requests. Here the kernel's own file
runs, and its end of the conversation, its file 3, is a socket of ours. Source of both files:
https://github.com/aws/jsii/tree/main/packages/%40jsii/runtime
"""

from __future__ import annotations

import atexit
import errno
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

import jsii._embedded.jsii as embedded
from jsii._kernel.providers import ProcessProvider
from jsii._kernel.providers.process import _NodeProcess, jdefault
from jsii._kernel.types import InvokeResponse
from jsii.errors import JavaScriptError

__all__ = ["direct", "unanswered"]

_PROGRAM = "lib/program.js"
_SECONDS_TO_END = 5
# an answer that nobody reads takes room, without which the kernel stops to read what it is asked
_MOST_UNREAD = 64
# Python starts no program with a socket as that file; a shell does, and becomes it
_WITH_FILE_3 = ("/bin/sh", "-c", 'exec "$@" 3<&0 </dev/null', "sh")


def direct(provider: Any) -> Any:
    """What asks the kernel without anybody between, in place of jsii's own provider; any other stays what it is.

    JSII_RUNTIME names another kernel, which is then started as jsii does; so is one that has its files elsewhere.
    """
    ours = type(provider) is ProcessProvider and "JSII_RUNTIME" not in os.environ
    return _Direct() if ours and _PROGRAM in embedded.EMBEDDED_FILES.values() else provider


def unanswered(provider: Any) -> AbstractContextManager[None]:
    """Inside, methods without a result are asked for and not waited for: the kernel does them while Python goes on.

    What fails of them is raised by whatever is asked of the kernel next. None of them may call back into Python.
    """
    return provider.unanswered() if isinstance(provider, _Direct) else nullcontext()


class _Kernel(_NodeProcess):
    """The kernel's process, which speaks as jsii's two do."""

    def start(self) -> None:
        node = os.environ.get("JSII_NODE", "node")
        if shutil.which(node) is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), node)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            process: Any = subprocess.Popen(
                [*_WITH_FILE_3, node, "--max-old-space-size=4069", "--preserve-symlinks", str(self._program())],
                env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}"},
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            self._sinks = [
                _begun(process.stdout, lambda: sys.stdout),
                _begun(process.stderr, lambda: sys.stderr),
            ]
            process.stdin, process.stdout = ours.makefile("wb"), ours.makefile("rb")
        self._process = process
        self._unread = 0
        atexit.register(self.stop)
        self.handshake()

    def send(self, request: Any, response_type: Any) -> Any:
        """Asks, after what was posted has been answered; raises what failed of that."""
        self._read_answers()
        return super().send(request, response_type)

    def post(self, request: Any) -> None:
        """Asks for what has no result; what fails of it is raised by whatever is asked next."""
        if self._unread == _MOST_UNREAD:
            self._read_answers()
        process: Any = self._process
        process.stdin.write(json.dumps(self._serializer.unstructure(request), default=jdefault).encode() + b"\n")
        process.stdin.flush()
        self._unread += 1

    def _read_answers(self) -> None:
        failed: list[Any] = []
        while self._unread:
            self._unread -= 1
            answer: Any = self._next_message()
            if "ok" not in answer:
                failed.append(answer)
        if failed:
            error_of_jsii: Any = JavaScriptError
            raise RuntimeError(failed[0].get("error", failed[0])) from error_of_jsii(failed[0].get("stack", ""))

    def stop(self) -> None:
        atexit.unregister(self.stop)
        process: Any = getattr(self, "_process", None)
        if process is None or process.stdin.closed:
            return
        # it may have ended before, as by Ctrl-C
        with suppress(OSError):
            process.stdin.write(b'{"exit":0}\n')
            process.stdin.flush()
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.terminate()
        for sink in self._sinks:
            sink.join(_SECONDS_TO_END)
        for end in (process.stdin, process.stdout):
            with suppress(OSError):
                end.close()
        self._ctx_stack.close()

    def _program(self) -> Path:
        """The kernel's files, where they have the names by which it looks for them; maps are for who debugs it."""
        folder = Path(self._ctx_stack.enter_context(tempfile.TemporaryDirectory()))
        for resource, name in embedded.EMBEDDED_FILES.items():
            if name.startswith("lib/") and name.endswith(".js"):
                (folder / Path(name).name).write_bytes(files(embedded).joinpath(resource).read_bytes())
        return folder / Path(_PROGRAM).name


class _Direct(ProcessProvider):
    """jsii's provider, whose process is this kernel; it begins with the first request."""

    _kernel: Any = None
    _waits = True

    def invoke(self, request: Any) -> Any:
        """Asks for a method's result, unless nobody waits for it."""
        if self._waits:
            return super().invoke(request)
        self._process.post(request)
        return InvokeResponse()

    @contextmanager
    def unanswered(self) -> Iterator[None]:
        """Inside, methods are asked for and not waited for."""
        self._waits = False
        try:
            yield
        finally:
            self._waits = True

    @property
    def _process(self) -> Any:
        if self._kernel is None:
            kernel_of_jsii: Any = _Kernel
            begun = kernel_of_jsii()
            begun.start()
            self._kernel = begun
        return self._kernel


def _begun(source: IO[bytes], target: Callable[[], Any]) -> threading.Thread:
    """Has what the kernel prints come out where this process prints by then, as jsii has."""

    def hand_on() -> None:
        with source:
            for line in source:
                target().buffer.write(line)
                target().flush()

    thread = threading.Thread(target=hand_on, name="jsii-printed", daemon=True)
    thread.start()
    return thread
