"""Runs main.py of the current folder, and tells what is wrong in the project's Python without a traceback.

A program by itself: it runs before main.py has imported anything, and with whatever groundplan that folder holds, since
a base revision brings its own. Ends with 2 for a mistake in the project's code, else as main.py ends.

With --standby it imports ahead what main.py will need, and waits: one line of JSON on standard input names the imports,
{"imports": ["cdktf"]}, and a second one, when the time has come, what to add to the environment, {"A": "b"}. Ends with
75 when a file that it has imported is another by then, and with 0 when no second line comes. How main.py ended it
writes to standard output as soon as it knows, in JSON: what is left then, ending the kernel and Python, is nothing to
wait for. What main.py prints goes to standard error.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

_NOT_THE_AUTHORS = {"groundplan", "site-packages", "node_modules", ".venv", "venv"}
_BAD_INPUT = 2
_INTERRUPTED = 130
_TERMINATED = 143
_SECONDS = 0.5
# where whoever started this reads the problems again, for machines
_PROBLEMS = "GROUNDPLAN_PROBLEMS"
# where this leaves the names of what the next one may import ahead
_IMPORTED = "GROUNDPLAN_IMPORTED"
# EX_TEMPFAIL of sysexits.h: start another one
_STALE = 75
# of the project, only this is imported ahead: what it is about is settings, and they change
_AHEAD = ("groundplan", "modules")


def _launch(project: Path, *, standby: bool = False) -> None:
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    failing = runpy.run_path(str(Path(__file__).parents[1] / "failing.py"))
    # as `python main.py` has it; this file's own folder has no business there
    sys.path[0] = str(project)
    if standby:
        answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        _stand_by(project)
        try:
            _run(project, failing)
        except SystemExit as error:
            _answer(answer, error.code)
            raise
        _answer(answer, 0)
    else:
        _run(project, failing)


def _run(project: Path, failing: dict[str, Any]) -> None:
    try:
        runpy.run_path(str(project / "main.py"), run_name="__main__")
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    except SystemExit as error:
        told = _told_end(error, project)
        if told is not None:
            sys.stderr.write(told)
        raise
    except Exception as error:
        told = _told(error, project, failing["INSTALL"] if failing["lacking"](error, project) else "")
        if told is None:
            report = failing["bug_report"](error, "main.py", project)
            _for_machines("", f"groundplan itself failed: {type(error).__name__}", f"Please report this.\n{report}")
            sys.stderr.write(report)
            raise SystemExit(failing["BUG"]) from None
        place, _, what = told.partition(": ")
        _for_machines(place, *what.rstrip().split("\n", 1))
        sys.stderr.write(told)
        raise SystemExit(_BAD_INPUT) from None
    finally:
        _tell_imports(project)


def _answer(answer: TextIO, code: object) -> None:
    """Says how main.py ended; of what Python itself would print or count otherwise, whoever waits sees the end."""
    if code is None or isinstance(code, int):
        for printed in (sys.stdout, sys.stderr):
            printed.flush()
        answer.write(f"{json.dumps(code or 0)}\n")
        answer.flush()


def _stand_by(project: Path) -> None:
    """Imports ahead, and waits for the word to go on."""
    first = sys.stdin.readline()
    if not first:
        raise SystemExit(0)
    names: list[str] = json.loads(first)["imports"]
    before = _files(project) if names else {}
    try:
        for name in names:
            importlib.import_module(name)
    # an import that ends the program, too: whatever it is, main.py itself shall meet it, and tell
    except (Exception, SystemExit):
        raise SystemExit(_STALE) from None
    # what is imported stays: no collection need look at it while somebody waits
    gc.collect()
    gc.freeze()
    second = sys.stdin.readline()
    if not second:
        raise SystemExit(0)
    # a file that came meanwhile counts too: it may stand in for one that was imported from elsewhere
    if names and before != _files(project):
        raise SystemExit(_STALE)
    os.environ.update(json.loads(second))


def _files(project: Path) -> dict[str, tuple[int, int]]:
    """Every Python file of the project that may be imported ahead, with time and size."""
    found = {}
    for room in _AHEAD:
        for where, folders, files in os.walk(project / room):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in files:
                if name.endswith(".py"):
                    path = os.path.join(where, name)  # noqa: PTH118 - hundreds of them, while somebody waits
                    with suppress(FileNotFoundError):
                        said = os.stat(path)  # noqa: PTH116 - as above
                        found[path] = said.st_mtime_ns, said.st_size
    return found


def _tell_imports(project: Path) -> None:
    where = os.environ.get(_IMPORTED)
    if where:
        with suppress(OSError):
            Path(where).write_text(json.dumps(list(_ahead(sys.modules, project))), encoding="utf-8")


def _ahead(names: Iterable[str], project: Path) -> Iterator[str]:
    """Of what was imported, in its order, what another run of main.py may import before anything is settled."""
    for name in list(names):
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None)
        # the bindings of a provider are loaded by whoever builds a module, and all at once
        if name == "__main__" or not isinstance(file, str) or name.startswith("cdktf_cdktf_provider_"):
            continue
        path = Path(file)
        own = path.is_relative_to(project) and not _NOT_THE_AUTHORS & set(path.relative_to(project).parts)
        if not own or path.relative_to(project).parts[0] in _AHEAD:
            yield name


def _stop(_signum: int, _frame: object) -> None:
    """Ends main.py as an exception does, so that what it began is cleaned up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(_TERMINATED)


def _end_with(parent: int) -> None:
    """Ends this process when the one that started it is gone."""
    while os.getppid() == parent:
        time.sleep(_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _for_machines(path: str, message: str, fix: str = "") -> None:
    where = os.environ.get(_PROBLEMS)
    if where:
        # what cannot be left there has been printed all the same
        with suppress(OSError):
            Path(where).write_text(json.dumps([{"path": path, "message": message, "fix": fix}]), encoding="utf-8")


def _told(error: Exception, project: Path, cure: str) -> str | None:
    """Place, message, statement and callers; None when no line of the project is behind the error.

    `cure` is what to do where no statement is to be corrected.
    """
    what = str(error).strip() or "no message"
    if isinstance(error, SyntaxError) and error.filename and _is_own(Path(error.filename), project):
        shown = "".join(traceback.format_exception_only(error)).splitlines()[1:-1]
        places = [f"{_relative(error.filename, project)}:{error.lineno}"]
        statement = [line.strip() if "^" not in line else line[4:] for line in shown]
        what = error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if _is_own(Path(frame.filename), project)]
        # main.py hands over to groundplan: what then fails elsewhere is not the author's
        if own and own[0].name == "<module>" and own[0] is not frames[-1] and not isinstance(error, ImportError):
            own = own[1:]
        if not own:
            return None
        places = [f"{_relative(frame.filename, project)}:{frame.lineno}" for frame in reversed(own)]
        statement = [own[-1].line or ""]
    lines = [f"{places[0]}: {type(error).__name__}: {what}"]
    lines += [f"        {line}" for line in statement if line]
    if len(places) > 1:
        lines.append(f"    called at {', '.join(places[1:])}")
    lines.append(f"    {cure or 'Correct this statement; python main.py prints the whole traceback.'}")
    return "\n".join(lines) + "\n"


def _told_end(error: SystemExit, project: Path) -> str | None:
    """The statement of the project that ends main.py; None when groundplan itself did, which has told why."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(Path(frame.filename), project)]
    # sys.exit() is no frame: it is compiled
    if not own or own[-1] is not frames[-1]:
        return None
    place = f"{_relative(own[-1].filename, project)}:{own[-1].lineno}"
    return f"{place}: SystemExit ends main.py here\n        {own[-1].line}\n"


def _is_own(file: Path, project: Path) -> bool:
    return file.is_relative_to(project) and not _NOT_THE_AUTHORS & set(file.relative_to(project).parts)


def _relative(file: str, project: Path) -> str:
    return Path(file).relative_to(project).as_posix()


if __name__ == "__main__":
    _launch(Path.cwd().resolve(), standby=sys.argv[1:] == ["--standby"])
