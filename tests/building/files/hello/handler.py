"""A function that does nothing, for the tests of what modules are built of."""

from __future__ import annotations


def handle(_event: object, _context: object) -> None:
    """Nothing."""
