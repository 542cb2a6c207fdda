"""What stays open while tests run, and is closed when the last of them is over."""

from __future__ import annotations

from contextlib import ExitStack

__all__ = ["AT_THE_END"]

AT_THE_END = ExitStack()
"""Its callbacks are called once all tests of a process are over: tests/conftest.py closes it."""
