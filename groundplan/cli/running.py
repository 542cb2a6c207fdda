"""Runs the command line, as the program `groundplan` does."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from groundplan import children
from groundplan.failing import refusal
from groundplan.garbage import collecting_rarely
from groundplan.problems import ExitCode, GroundplanError

from . import errors
from .app import app
from .ending import ended_by_typer, failure_of, problems_of, report_of, tell
from .saying import answers

__all__ = ["main"]


def main() -> None:
    """Runs the command line. Every failure ends with a code of its own and in words; a fault of ours with a report."""
    answers.clear()
    machine = "--json" in sys.argv[1:]
    with children.stoppable(), collecting_rarely():
        try:
            code = _answered(machine)
        # an answer that cannot be written: Python would end with 1, and 1 means denied
        except Exception as error:
            sys.stderr.write(report_of(error))
            code = int(ExitCode.BUG)
    raise SystemExit(code)


def _answered(machine: bool) -> int:
    """Runs the command and prints its answer."""
    try:
        with _only_answers(machine):
            code = _ran(machine)
        for answer in answers:
            sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # whoever read the output has gone: nobody is left to be told; and Python's own flush at exit would fail too
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = _READER_GONE
    except OSError as refused:
        # standard output is a file on a full disk
        path, message, cure = refusal(refused) or ("", str(refused), "")
        tell(errors.system_refused(path or "standard output", message, cure))
        code = int(ExitCode.TOOL_FAILED)
    return code


# as a shell says it of a program that SIGPIPE ended
_READER_GONE = 141


def _ran(machine: bool) -> int:
    """Runs the command, tells how it failed, and gives the exit code."""
    failure: GroundplanError
    try:
        try:
            return int(app(standalone_mode=False) or 0)
        # a library that ends the program, and one that panics, must not choose the exit code: 1 means denied
        except BaseException as error:
            if isinstance(error, SystemExit) and ended_by_typer(error):
                return int(error.code or 0)
            failure = failure_of(error)
            tell(failure)
    except children.Stopped as stopped:
        # in the middle of telling something else
        failure = errors.Interrupted(stopped.exit_code)
        tell(failure)
    if machine:
        # what was done before it failed stays said
        done = answers[0] if answers and isinstance(answers[0], dict) else {}
        answers[:] = [{**done, "exit_code": int(failure.exit_code), "problems": problems_of(failure)}]
    return int(failure.exit_code)


@contextmanager
def _only_answers(machine: bool) -> Iterator[None]:
    """For machines, standard output holds the answer alone: what settings or programs print goes to standard error."""
    if not machine:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
