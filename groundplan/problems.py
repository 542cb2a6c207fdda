"""What groundplan says when it cannot go on: problems that a person can act upon, all of them at once.

Every package words its own messages in its `errors.py`; this file only holds what carries them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

__all__ = ["BadInput", "ExitCode", "GroundplanError", "Line", "Problem", "ToolFailed", "cut", "folded", "nearest"]

_LONGEST = 1_000
# Terraform tells of all entries of a map in one message
_LONGEST_MESSAGE = 4_000
_LONGEST_OUTPUT = 8_000
_ALIKE = 3
_INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^]"]*)\]')
_NUMBER = re.compile(r"\d+")


class ExitCode(IntEnum):
    """What the `groundplan` command returns to its shell."""

    FINE = 0
    DENIED = 1
    BAD_INPUT = 2
    TOOL_FAILED = 3
    BUG = 70
    INTERRUPTED = 130
    TERMINATED = 143


@dataclass(frozen=True, order=True)
class Line:
    """A statement in the project's Python, its file relative to the project's folder."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and what to do about it.

    `path` says where, as the author wrote it: `prod.secrets.vault.replicas`. `message` says what is
    wrong with the value that is there; `cure` says what to change. `line` is the statement that said
    the value, where that is known.
    """

    path: str
    message: str
    cure: str = ""
    line: Line | None = field(default=None, compare=False)

    def __str__(self) -> str:
        where = f"{cut(self.path)}: " if self.path else ""
        cure = f"\n    {cut(self.cure)}" if self.cure else ""
        said = f"\n    It is said at {self.line}." if self.line else ""
        return f"{where}{cut(self.message, _LONGEST_MESSAGE)}{cure}{said}"

    def as_json(self) -> dict[str, Any]:
        """For machines: `fix` is the cure; `file` and `line` are there where they are known."""
        said = {"path": cut(self.path), "message": cut(self.message, _LONGEST_MESSAGE), "fix": cut(self.cure)}
        return said | ({"file": self.line.file, "line": self.line.line} if self.line else {})

    def said_at(self, line: Line | None) -> Problem:
        """The same problem, with the statement that said the value."""
        return replace(self, line=line) if line else self

    def below(self, prefix: str) -> Problem:
        """The same problem seen from further out: `replicas` below `prod.secrets.vault`."""
        joined = f"{prefix}.{self.path}" if prefix and self.path and self.path[0] != "[" else f"{prefix}{self.path}"
        return replace(self, path=joined)


class GroundplanError(Exception):
    """Base of everything groundplan raises on purpose; the command line prints it without a traceback."""

    exit_code: ExitCode = ExitCode.TOOL_FAILED


class BadInput(GroundplanError):
    """What a person wrote is wrong. Carries every problem that was found, not only the first."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found: Sequence[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        self.problems: tuple[Problem, ...] = tuple(dict.fromkeys(found))
        super().__init__("\n".join(str(problem) for problem in folded(self.problems)))

    def below(self, prefix: str) -> BadInput:
        """The same problems, with `prefix` in front of every path."""
        return BadInput(problem.below(prefix) for problem in self.problems)


class ToolFailed(GroundplanError):
    """A program that groundplan runs (Terraform, a policy engine, the jsii kernel) did not do its work."""

    exit_code = ExitCode.TOOL_FAILED

    def __init__(self, message: str, *, cure: str = "", output: str = "") -> None:
        self.problem = Problem("", message, cure)
        self.output = output
        # a program says at the end why it ended
        shown = cut(output.rstrip(), _LONGEST_OUTPUT, end=True)
        super().__init__(str(self.problem) + (f"\n{shown}" if shown else ""))


def cut(text: str, longest: int = _LONGEST, *, end: bool = False) -> str:
    """`text` as a message may hold it: a longer one loses its middle, or with `end` all but its end."""
    if len(text) <= longest:
        return text
    head = 0 if end else longest * 2 // 3
    tail = longest - head
    left_out = f"... {len(text) - longest:,} characters left out ..."
    return f"{text[:head]} {left_out} {text[-tail:]}".lstrip()


def folded(problems: Iterable[Problem]) -> list[Problem]:
    """The problems as a person reads them: of many that differ in their place and value alone, the first and how many.

    The order stays. Whoever corrects the first of a kind has the cure of all.
    """
    kinds: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        message = _NUMBER.sub("0", problem.message.partition(", got ")[0])
        kinds.setdefault((_INDEX.sub("[...]", problem.path), message, _NUMBER.sub("0", problem.cure)), []).append(
            problem
        )
    found = []
    for (path, _message, _cure), alike in kinds.items():
        found += alike[:_ALIKE]
        rest = alike[_ALIKE:]
        # one more is as short as saying so
        found += rest if len(rest) <= 1 else [_more(path, rest)]
    return found


def _more(path: str, rest: Sequence[Problem]) -> Problem:
    return Problem(path, f"{len(rest):,} more like these, the last at {rest[-1].path}")


def nearest(given: str, allowed: Iterable[Any]) -> str | None:
    """The allowed name that `given` most likely meant, or None when nothing is close enough to suggest."""
    from rapidfuzz import fuzz, process, utils  # here: only what went wrong pays for it

    names = sorted({str(name) for name in allowed})
    match = process.extractOne(given, names, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=60)
    return match[0] if match else None
