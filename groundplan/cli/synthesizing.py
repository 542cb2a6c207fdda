"""main.py, run for a command: where it writes, and what it told when it could not."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundplan import children
from groundplan.problems import ExitCode, GroundplanError, Line, Problem

from . import errors

if TYPE_CHECKING:
    from .standby import Standby

__all__ = ["Synthesized", "run_main"]


class Synthesized(GroundplanError):
    """main.py has already told what is wrong."""

    def __init__(self, exit_code: int, problems: Sequence[Problem] = ()) -> None:
        super().__init__("")
        self.exit_code = ExitCode(exit_code)
        self.problems = tuple(problems)


def run_main(
    project: Path,
    out: Path,
    names: Sequence[str],
    *,
    elsewhere: Collection[str] = (),
    fresh: bool,
    mark: Path | None = None,
    standby: Standby | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Runs main.py in a process of its own, or of `standby`. Synthesized when it has told what is wrong.

    While a process of its own runs, `meanwhile` is called.
    """
    environment = {
        "CDKTF_OUTDIR": str(out),
        "GROUNDPLAN_SELECT": ",".join(names),
        "GROUNDPLAN_ELSEWHERE": ",".join(sorted(elsewhere)),
        "GROUNDPLAN_FRESH": "1" if fresh else "",
        "GROUNDPLAN_MARK": str(mark or ""),
    }
    launcher = str(Path(__file__).with_name("launch.py"))
    with children.scratch("groundplan-synth-") as temporary:
        environment["GROUNDPLAN_PROBLEMS"] = str(temporary / _PROBLEMS)
        if standby is not None:
            code = standby.run(environment)
        else:
            # what it prints is for people; what it leaves when it is ended, the kernel's files too, goes with it
            sys.stdout.flush()
            variables = {**os.environ, **environment, "TMPDIR": str(temporary)}
            command = [sys.executable, launcher]
            done = children.run(command, cwd=project, env=variables, stdout=2, stderr=None, meanwhile=meanwhile)
            code = done.returncode
        if code in (ExitCode.BAD_INPUT, ExitCode.TOOL_FAILED, ExitCode.BUG):
            raise Synthesized(code, _told(temporary / _PROBLEMS))
    if code:
        raise errors.synth_broke(code)


_PROBLEMS = "problems.json"


def _told(file: Path) -> list[Problem]:
    """The problems that main.py has printed, once more for machines; none when it could not leave them."""
    try:
        return [_problem(each) for each in json.loads(file.read_bytes())]
    except (OSError, ValueError, KeyError, TypeError):
        return [Problem("main.py", "could not be synthesized", "What it printed to standard error says why.")]


def _problem(each: dict[str, Any]) -> Problem:
    said = Problem(each["path"], each["message"], each["fix"])
    return said.said_at(Line(each["file"], each["line"])) if "file" in each else said
