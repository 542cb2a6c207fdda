"""Python's garbage collector, for programs that make much and keep it until their end."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collecting_rarely"]

_OF_PYTHON_ITSELF = 1_000
"""More objects than Python 3.12 sets aside for good as it starts."""
_others_have_set_aside = False
"""Whether that was seen once: to count it goes through all of it, a tenth of a second for a process that holds much."""


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Inside, garbage is looked for so rarely that it is no tenth of the time: what is made there mostly stays.

    Nor is it looked for when the program ends, whose memory goes back whole.
    """
    usual = gc.get_threshold()
    gc.set_threshold(400_000, 50, 100)
    # once, however often this is entered
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        # counted as old, or all that was made here would be looked through as soon as the usual holds again; what
        # others set aside for good stays there
        if not _is_set_aside():
            gc.freeze()
            gc.unfreeze()
        gc.set_threshold(*usual)


def _is_set_aside() -> bool:
    global _others_have_set_aside
    _others_have_set_aside = _others_have_set_aside or gc.get_freeze_count() >= _OF_PYTHON_ITSELF
    return _others_have_set_aside
