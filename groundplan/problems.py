"""What groundplan says when it cannot go on: problems that a person can act upon, all of them at once.

Every package words its own messages in its `errors.py`; this file only holds what carries them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

__all__ = ["BadInput", "ExitCode", "GroundplanError", "Problem", "ToolFailed", "nearest"]


class ExitCode(IntEnum):
    """What the `groundplan` command returns to its shell."""

    FINE = 0
    DENIED = 1
    BAD_INPUT = 2
    TOOL_FAILED = 3


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and what to do about it.

    `path` says where, as the author wrote it: `prod.secrets.vault.replicas`. `message` says what is
    wrong with the value that is there; `cure` says what to change.
    """

    path: str
    message: str
    cure: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.message}" + (f"\n    {self.cure}" if self.cure else "")

    def below(self, prefix: str) -> Problem:
        """The same problem seen from further out: `replicas` below `prod.secrets.vault`."""
        joined = f"{prefix}.{self.path}" if prefix and self.path and self.path[0] != "[" else f"{prefix}{self.path}"
        return Problem(joined, self.message, self.cure)


class GroundplanError(Exception):
    """Base of everything groundplan raises on purpose; the command line prints it without a traceback."""

    exit_code: ExitCode = ExitCode.TOOL_FAILED


class BadInput(GroundplanError):
    """What a person wrote is wrong. Carries every problem that was found, not only the first."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found: Sequence[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        self.problems: tuple[Problem, ...] = tuple(dict.fromkeys(found))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def below(self, prefix: str) -> BadInput:
        """The same problems, with `prefix` in front of every path."""
        return BadInput(problem.below(prefix) for problem in self.problems)


class ToolFailed(GroundplanError):
    """A program that groundplan runs (Terraform, a policy engine, the jsii kernel) did not do its work."""

    exit_code = ExitCode.TOOL_FAILED

    def __init__(self, message: str, *, cure: str = "", output: str = "") -> None:
        self.problem = Problem("", message, cure)
        self.output = output
        super().__init__(str(self.problem) + (f"\n{output.rstrip()}" if output else ""))


def nearest(given: str, allowed: Iterable[Any]) -> str | None:
    """The allowed name that `given` most likely meant, or None when nothing is close enough to suggest."""
    from rapidfuzz import fuzz, process, utils  # here: only what went wrong pays for it

    names = sorted({str(name) for name in allowed})
    match = process.extractOne(given, names, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=60)
    return match[0] if match else None
