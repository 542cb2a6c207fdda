"""What is said when groundplan itself is wrong, and when the system refuses: for programs, before anything is imported.

Only Python's own library is imported here: groundplan/cli/launch.py runs this file by its path, in a process that must
not import another groundplan than the project's own.
"""

from __future__ import annotations

import errno
import os
import platform
import signal
import traceback
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["BUG", "INSTALL", "bug_report", "ended", "lacking", "refusal"]

# EX_SOFTWARE of sysexits.h: https://man7.org/linux/man-pages/man3/sysexits.h.3head.html
BUG = 70

_WHOLE = "GROUNDPLAN_TRACEBACK"
# Python words the messages of these by names in code; those of others may hold values of settings.
_ABOUT_CODE = (AttributeError, NameError, ImportError)
_FRAMES = 40
_ROOM = (
    "Free some space there, or let it be elsewhere (TMPDIR for temporary folders, GROUNDPLAN_CACHE_DIR for the cache)."
)
INSTALL = "Run `make`, or what else installs the packages of this project: a pull may have brought one."
_RIGHTS = "Let this user write there, or remove what stands in its place."
_REFUSALS = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.EEXIST: "Remove what stands in its place: a folder is needed there.",
    errno.ENOTDIR: "Remove the file that stands where a folder is needed.",
    errno.EISDIR: "Remove the folder that stands where a file is needed.",
    errno.ENOENT: "It was there or should be: did something else remove it meanwhile? Run the command again.",
    errno.ENOTEMPTY: "Something else writes there at the same time: run the command again when it has ended.",
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: "Raise the limit of a file's size (ulimit -f).",
    errno.EMFILE: "Raise the limit of open files (ulimit -n), or plan fewer stacks at once: --jobs 1.",
    errno.ENFILE: "The system has no open files left: end other programs.",
    errno.ENOMEM: "Plan fewer stacks at once: --jobs 1.",
    errno.EAGAIN: "The system lets no further process start (ulimit -u): plan fewer stacks at once: --jobs 1.",
    errno.ENAMETOOLONG: "Let the project stand in a folder with a shorter path.",
    errno.EIO: "The disk does not work: see the system's log.",
    errno.ELOOP: "Remove the symbolic link that leads to itself.",
}


def refusal(error: BaseException) -> tuple[str, str, str] | None:
    """Path, message and cure when the operating system refused something; None when that is not what happened."""
    if package := lacking(error, Path.cwd()):
        return "", f"this Python has no {package}, or an older one: {error}", INSTALL
    if isinstance(error, MemoryError):
        return "", "there is no memory left", _REFUSALS[errno.ENOMEM]
    if not isinstance(error, OSError) or error.errno not in _REFUSALS:
        return None
    # the second is the target of a rename
    where = error.filename2 if error.filename2 is not None else error.filename
    shown = os.fsdecode(where) if isinstance(where, (str, bytes, os.PathLike)) else ""
    said = (error.strerror or os.strerror(error.errno)).lower()
    return shown, f"the system refused: {said}", _REFUSALS[error.errno]


def lacking(error: BaseException, project: Path) -> str:
    """The package that this Python lacks, where that ended a program; empty where it is the project's own module."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    package = error.name.partition(".")[0]
    is_own = package == "groundplan" or any((project / name).exists() for name in (package, f"{package}.py"))
    return "" if is_own else package


def ended(code: int) -> str:
    """How a process ended, by its return code: a signal is told by its name."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    why = " (as when the machine runs out of memory)" if name == "SIGKILL" else ""
    return f"was killed by {name}{why}"


def bug_report(error: BaseException, command: str, project: Path) -> str:
    """What to send, and where it broke: without the values that messages and the project's own lines may hold."""
    whole = os.environ.get(_WHOLE, "") not in ("", "0")
    lines = [
        f"groundplan itself failed: {type(error).__name__}",
        "    This is a fault of groundplan, not of the settings. Please report it with everything below.",
        "",
        f"    groundplan {_version()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"    while running: {command}",
        "",
    ]
    if whole:
        lines += _indented("".join(traceback.format_exception(error)))
    else:
        for each in _chain(error):
            lines += _frames(each, project)
        lines += ["", f"    Messages that may hold values of settings are left out; {_WHOLE}=1 shows everything."]
    return "\n".join(lines) + "\n"


def _indented(text: str) -> list[str]:
    return [f"    {line}" if line else "" for line in text.rstrip().splitlines()]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What an error came of, first, then the error."""
    found = [error]
    while (
        before := found[-1].__cause__ or (None if found[-1].__suppress_context__ else found[-1].__context__)
    ) is not (None) and before not in found:
        found.append(before)
    yield from reversed(found)


def _frames(error: BaseException, project: Path) -> Iterator[str]:
    yield "    Where it broke, innermost last:"
    frames = traceback.extract_tb(error.__traceback__)
    if len(frames) > _FRAMES:
        yield f"      ... {len(frames) - _FRAMES} frames left out"
    for frame in frames[-_FRAMES:]:
        own = Path(frame.filename).is_relative_to(project) and "site-packages" not in frame.filename
        package = Path(__file__).parent
        ours = Path(frame.filename).is_relative_to(package)
        shown = Path("groundplan", Path(frame.filename).relative_to(package)) if ours else Path(frame.filename)
        shown = shown.relative_to(project) if own and not ours else shown
        yield f'      File "{shown}", line {frame.lineno}, in {frame.name}'
        # a line of the project may hold a value, a line of ours does not
        if frame.line and (ours or not own):
            yield f"        {frame.line}"
    told = f": {error}" if isinstance(error, _ABOUT_CODE) and type(error).__module__ == "builtins" else ""
    yield f"    {type(error).__name__}{told}"


def _version() -> str:
    try:
        return version("groundplan")
    except PackageNotFoundError:
        return "(not installed)"
