"""Every process that groundplan starts: none of them outlives the command, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO, Any

__all__ = ["Stopped", "end", "forget", "run", "scratch", "start", "stoppable"]

# Asked to end, a process may clean up for so long; then it is ended.
_SECONDS_TO_CLEAN_UP = 0.7
# Nothing may keep the command from ending: not a thread that computes, and not a system that no longer answers. All
# three together stay below the two seconds that are promised.
_SECONDS_AT_MOST = 0.9
_SECONDS_FOR_THREADS = 0.2

_POSIX = os.name == "posix"


class Stopped(BaseException):
    """Somebody ended the command. No Exception, so that nothing on the way takes it for a failure of its own."""

    def __init__(self, signum: int) -> None:
        self.signum = signum
        super().__init__(signal.Signals(signum).name)

    @property
    def exit_code(self) -> int:
        """What a shell says of a program that this signal ended: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self.signum


class _Running:
    def __init__(self) -> None:
        # taken by a signal's handler too, which runs in a thread that may hold it
        self.lock = threading.RLock()
        self.processes: list[subprocess.Popen[Any]] = []
        self.patient: set[subprocess.Popen[Any]] = set()
        # set while no patient process runs
        self.hasty = threading.Event()
        self.hasty.set()
        self.stopped: Stopped | None = None
        # how deep the main thread is in what must not be broken off, and who asked it to end meanwhile
        self.undisturbed = 0
        self.asked: Callable[[], None] | None = None


_running = _Running()


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    patient: bool = False,
    **pipes: Any,
) -> subprocess.Popen[Any]:
    """Starts a process in a group of its own: it and all that it starts are ended together.

    Ctrl-C reaches it through this process alone. `forget` it when it has ended. Stopped when this command is ending.
    A `patient` one is asked to end, each time that somebody asks, and takes the time that it needs: a Terraform that
    applies writes its state first, and killed it would leave a lock and resources that nobody knows.
    """
    with _undisturbed(), _running.lock:
        if _running.stopped is not None:
            raise Stopped(_running.stopped.signum)
        process = subprocess.Popen(
            command, env=None if env is None else dict(env), cwd=cwd, process_group=0 if _POSIX else None, **pipes
        )
        _running.processes.append(process)
        if patient:
            _running.patient.add(process)
            _running.hasty.clear()
    return process


def forget(process: subprocess.Popen[Any]) -> None:
    """What has ended need not be ended any more."""
    with _running.lock, suppress(ValueError):
        _running.patient.discard(process)
        if not _running.patient:
            _running.hasty.set()
        _running.processes.remove(process)


def end(process: subprocess.Popen[Any]) -> None:
    """Ends a process and all that it started: it is asked to, may clean up for a moment, and is killed then."""
    if process.poll() is None:
        _end(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_CLEAN_UP)
    # what it had started and did not end
    _end(process, _KILL)
    process.wait()
    forget(process)


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes | None = None,
    stdout: int | IO[Any] | None = subprocess.PIPE,
    stderr: int | IO[Any] | None = subprocess.PIPE,
    timeout: float | None = None,
    patient: bool = False,
    meanwhile: Callable[[], object] = lambda: None,
) -> subprocess.CompletedProcess[bytes]:
    """Runs a process to its end. OSError when it cannot be started, TimeoutExpired when it takes too long (seconds).

    A `patient` one is waited for as `start` says, also when the command is stopped. `meanwhile` is called once it runs,
    and its pipes are read after that.
    """
    process = None
    try:
        with _undisturbed():
            process = start(
                command,
                env=env,
                cwd=cwd,
                patient=patient,
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=stdout,
                stderr=stderr,
            )
        meanwhile()
        said, complained = process.communicate(stdin, timeout)
    except BaseException as error:
        if process is None:
            raise
        if not isinstance(error, Stopped):
            _end(process, _KILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(None if patient else _SECONDS_TO_CLEAN_UP + _SECONDS_AT_MOST)
        # what it had started and did not end
        _end(process, _KILL)
        raise
    finally:
        if process is not None:
            with _undisturbed():
                for pipe in (process.stdin, process.stdout, process.stderr):
                    if pipe is not None:
                        # what nobody reads any more may still wait to be written
                        with suppress(OSError):
                            pipe.close()
                forget(process)
    return subprocess.CompletedProcess(list(command), process.returncode, said or b"", complained or b"")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Who asks this command to end while a process begins, or has just ended, is answered after that.

    Else one that has begun would be known to nobody, and a deploy would go on by itself. Signals are answered in the
    main thread alone: https://docs.python.org/3/library/signal.html.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _running.undisturbed += 1
    try:
        yield
    finally:
        _running.undisturbed -= 1
        if not _running.undisturbed and _running.asked is not None:
            asked, _running.asked = _running.asked, None
            asked()


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """A folder for a process's temporary files, which goes with whatever an ended process left in it."""
    # something may still be writing there when everything was ended at once
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, Ctrl-C and SIGTERM raise Stopped in the main thread, and end every process that was started here."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    over = threading.Event()

    def stop(signum: int, _frame: FrameType | None) -> None:
        if _running.stopped is not None:
            # who asks again means what is patient: Terraform ends at once when it is asked twice
            _end_all(signal.SIGTERM, only_patient=True)
            return
        if _running.undisturbed:
            _running.asked = partial(stop, signum, None)
            return
        stopped = Stopped(signum)
        with _running.lock:
            _running.stopped = stopped
        _end_all(signal.SIGTERM)
        threading.Thread(target=_insist, args=(over, stopped.exit_code), daemon=True, name="groundplan-stop").start()
        raise stopped

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler if _running.stopped is None else signal.SIG_IGN)
        over.set()


_KILL = signal.SIGKILL if _POSIX else signal.SIGTERM


def _insist(over: threading.Event, exit_code: int) -> None:
    threading.Event().wait(_SECONDS_TO_CLEAN_UP)
    _end_all(_KILL)
    _running.hasty.wait()
    over.wait(_SECONDS_AT_MOST)
    # whoever told the user has done so; what still computes is a thread that Python would wait for
    threading.Event().wait(_SECONDS_FOR_THREADS)
    os._exit(exit_code)


def _end_all(signum: int, *, only_patient: bool = False) -> None:
    with _running.lock:
        for process in _running.processes:
            if process not in _running.patient:
                if not only_patient:
                    _end(process, signum)
            elif signum != _KILL:
                _ask(process)


def _ask(process: subprocess.Popen[Any]) -> None:
    """As Ctrl-C does at a terminal: it and all that it started are told.

    cdktf applies in a terminal of its own, which goes away with cdktf and kills Terraform: so what is in terminals of
    their own is told alone, and the program ends after it.
    """
    if not _POSIX:
        process.terminate()
        return
    for group in _told(process.pid):
        with suppress(OSError):
            os.killpg(group, signal.SIGINT)


def _told(pid: int) -> set[int]:
    """The process groups that Ctrl-C is for: those in terminals of their own, or else the program's."""
    import psutil  # here: nobody else needs it

    groups = set()
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        session = os.getsid(pid)
        for process in psutil.Process(pid).children(recursive=True):
            with suppress(ProcessLookupError):
                if os.getsid(process.pid) != session:
                    groups.add(os.getpgid(process.pid))
    return groups or {pid}


def _end(process: subprocess.Popen[Any], signum: int) -> None:
    with suppress(OSError):
        if not _POSIX:
            process.terminate()
        elif signum == _KILL:
            os.killpg(process.pid, signum)
        else:
            # it ends in order what it has started itself, such as the jsii kernel of main.py
            os.kill(process.pid, signum)
