"""Python's garbage collector, for programs that make much and keep it until their end."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collecting_rarely"]


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Inside, garbage is looked for so rarely that it is no tenth of the time: what is made there mostly stays.

    Nor is it looked for when the program ends, whose memory goes back whole.
    """
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    # once, however often this is entered
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
