"""How main.py ends when it cannot go on: in words, with an exit code that says of what kind, and for machines too."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from groundplan.bindings.node import node_in_use, node_version
from groundplan.failing import bug_report, refusal
from groundplan.problems import BadInput, ExitCode, Problem, ToolFailed, folded

from . import errors

__all__ = ["cleanly", "node_trouble", "with_exception", "with_problems"]

# Set by the command line, which reads there what was printed here; it also tells mistakes of the project's own.
_PROBLEMS = "GROUNDPLAN_PROBLEMS"


def with_problems(problems: Iterable[Problem], exit_code: ExitCode, text: str = "") -> NoReturn:
    """Prints the problems, or `text` that holds more, leaves them for the command line, and ends with `exit_code`."""
    found = list(problems)
    print(text or BadInput(found), file=sys.stderr)
    where = os.environ.get(_PROBLEMS)
    if where:
        # what cannot be left there has been printed all the same
        with suppress(OSError):
            Path(where).write_text(json.dumps([problem.as_json() for problem in folded(found)]), encoding="utf-8")
    raise SystemExit(int(exit_code)) from None


def with_exception(error: Exception, project: Path) -> NoReturn:
    """Ends as the exception deserves: a mistake of the project's is bad input, a refusal is told so."""
    trouble = node_trouble()
    if trouble is not None:
        # what jsii could not start it cannot stop either, and Python would tell so with a traceback
        sys.unraisablehook = lambda _what: None
        with_problems([trouble.problem], ExitCode.TOOL_FAILED)
    refused = refusal(error)
    if refused is not None:
        with_problems([Problem(*refused)], ExitCode.TOOL_FAILED)
    if _PROBLEMS in os.environ:
        raise error
    if _is_the_projects(error, project.resolve()):
        # the whole traceback, as Python prints it, and not Python's exit code: 1 means denied
        traceback.print_exception(error)
        raise SystemExit(int(ExitCode.BAD_INPUT)) from None
    sys.stderr.write(bug_report(error, "main.py", project.resolve()))
    raise SystemExit(int(ExitCode.BUG)) from None


def node_trouble() -> ToolFailed | None:
    """Why the jsii kernel cannot run, or None when its Node.js works."""
    node = node_in_use()
    if node is None:
        named = os.environ.get("JSII_NODE")
        return errors.no_node(f"there is no program {named}" if named else "there is no node on PATH")
    return None if node_version(node) else errors.no_node(f"{node} does not say its version")


@contextmanager
def cleanly() -> Iterator[None]:
    """Inside, Ctrl-C and SIGTERM end the program as exceptions do: what was begun is removed, and nothing is left."""

    def stop(_signum: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit(int(ExitCode.TERMINATED))

    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        print(errors.stopped("Ctrl-C"), file=sys.stderr)
        raise SystemExit(int(ExitCode.INTERRUPTED)) from None
    except SystemExit as ended:
        if ended.code == ExitCode.TERMINATED:
            print(errors.stopped("SIGTERM"), file=sys.stderr)
        raise
    finally:
        if ours and signal.getsignal(signal.SIGTERM) is stop:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _is_the_projects(error: Exception, project: Path) -> bool:
    """Whether a statement of the project is behind it, main.py's own call of main aside."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    package = Path(__file__).parents[1]
    # what is no Python never ran, so no frame is of it
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(project):
        return True
    return any(
        Path(frame.filename).is_relative_to(project)
        and not Path(frame.filename).is_relative_to(package)
        and "site-packages" not in frame.filename
        for frame in frames
    )
