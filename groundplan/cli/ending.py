"""How a command ended: every failure in words, and a fault of ours with a report."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from groundplan import children
from groundplan.failing import bug_report, refusal
from groundplan.problems import BadInput, ExitCode, GroundplanError, Problem, ToolFailed, folded

from . import errors, saying

__all__ = ["ended_by_typer", "failure_of", "problems_of", "report_of", "tell"]


# Typer brings a copy of click of its own, or uses click's: this is its class either way.
_UsageError: Any = typer.BadParameter.__mro__[1]


def ended_by_typer(end: SystemExit) -> bool:
    """Whether Typer itself ended the program, as it does once it has told a shell what completes a word."""
    if isinstance(end.__context__, BrokenPipeError):
        return False
    trace = end.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__")).split(".")[0] == "typer"


def failure_of(error: BaseException) -> GroundplanError:
    """What ended a command, in words."""
    if isinstance(error, GroundplanError):
        return error
    if isinstance(error, children.Stopped):
        return errors.Interrupted(error.exit_code)
    if isinstance(error, _UsageError):
        return errors.Misused(error)
    if isinstance(error, (typer.Abort, KeyboardInterrupt)):
        return errors.Interrupted(int(ExitCode.INTERRUPTED))
    if isinstance(error, SystemExit) and isinstance(error.__context__, BrokenPipeError):
        # what Typer makes of it, with 1 for its exit code
        error = error.__context__
    if isinstance(error, BrokenPipeError):
        raise error
    if (refused := refusal(error)) is not None:
        return errors.system_refused(*refused)
    return errors.Bug(error, report_of(error))


def report_of(error: BaseException) -> str:
    """What a person sends us of a fault of ours: where it was, and no value of theirs."""
    return bug_report(error, " ".join(["groundplan", *_words(sys.argv[1:])]), Path.cwd())


def _words(arguments: Sequence[str]) -> Iterator[str]:
    """The command and the names of its options: their values are the user's own."""
    for index, argument in enumerate(arguments):
        if index == 0 or argument.startswith("-"):
            yield argument.partition("=")[0]


def problems_of(failure: GroundplanError) -> list[dict[str, str]]:
    """The failure for machines: path, message and fix of each problem."""
    problems: Sequence[Problem] = (
        failure.problems
        if isinstance(failure, BadInput)
        else [failure.problem]
        if isinstance(failure, ToolFailed)
        else getattr(failure, "problems", None) or [Problem("", str(failure))]
    )
    return [problem.as_json() for problem in folded(problems)]


def tell(error: GroundplanError) -> None:
    """Prints the failure on standard error."""
    if isinstance(error, BadInput):
        count = len(error.problems)
        saying.said.print(f"[red]{count} problem{'s' if count != 1 else ''}[/red]")
        for problem in folded(error.problems):
            saying.said.print(f"  {problem}".replace("\n", "\n  "), markup=False, soft_wrap=True)
    elif isinstance(error, errors.Misused):
        error.show()
    elif isinstance(error, ToolFailed) or str(error):
        saying.said.print(str(error), markup=False, style="red", soft_wrap=True)
