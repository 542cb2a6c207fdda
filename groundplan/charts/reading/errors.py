"""Everything this package says to a person, one function a message."""

from __future__ import annotations

__all__ = ["CannotRead"]


class CannotRead(Exception):
    """A template that is none: the file, the line, and why. Whoever reads a chart tells it as a problem of the chart."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason
