"""Everything this package says to a person, one function a message."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.problems import BadInput, Problem

__all__ = ["CannotRead", "file_not_read", "not_a_chart", "templates_not_read", "unreadable_yaml"]


class CannotRead(Exception):
    """A template that is none: the file, the line, and why; told as a problem of its chart."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


def not_a_chart(name: str) -> BadInput:
    """Files without a Chart.yaml that names a chart."""
    return BadInput(
        Problem(name, "no Helm chart: there is no Chart.yaml with a name", "give the folder that Chart.yaml stands in")
    )


def file_not_read(name: str, path: str, reason: Exception) -> BadInput:
    """A file of the chart that is no YAML or no JSON."""
    return BadInput(
        Problem(
            f"{name}: {path}", f"it cannot be read: {' '.join(str(reason).split())}", "mend it, or take another version"
        )
    )


def templates_not_read(name: str, problems: Sequence[str]) -> BadInput:
    """Templates that Go refuses, with file and line."""
    return BadInput(
        Problem(
            f"{name}: {problem}", "Helm would refuse this template", "mend it, or take another version of the chart"
        )
        for problem in problems
    )


def unreadable_yaml(where: str, line: int | None, *, is_template: bool) -> Problem:
    """A file of definitions that is no YAML."""
    at = f" at line {line}" if line else ""
    cure = "it has {{ }}: give the file that Helm renders from it" if is_template else "mend the file, or leave it out"
    return Problem(where, f"cannot be read as YAML{at}", cure)
