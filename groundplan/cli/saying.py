"""What commands print: answers, on standard output; all else, on standard error."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

__all__ = ["answer", "answers", "line", "out", "said", "spinner"]

_PIPE_COLUMNS = 160


def _console(*, stderr: bool = False) -> Console:
    """A pipe has no width, and 80 columns would break addresses and paths."""
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPE_COLUMNS
    return console


said = _console(stderr=True)
out = _console()

answers: list[Any] = []
"""What --json is to print, kept until everything else that prints has ended."""


@contextmanager
def spinner(first: str) -> Iterator[Any]:
    """Shows on a terminal what takes its time; a pipeline's log gets a line a step."""
    if not said.is_terminal:
        yield lambda text: said.print(text, markup=False, soft_wrap=True)
        return
    with said.status(first) as status:
        yield lambda text: status.update(text.replace("[", r"\["))


def line(text: str) -> None:
    """Prints a line as it is on standard error."""
    said.print(text, markup=False, soft_wrap=True)


def answer(value: Any) -> None:
    """Keeps what --json prints for when the command has ended."""
    answers.append(value)
