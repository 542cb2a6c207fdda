"""What a command will need: looked for before anything is made, and loaded while others work for it."""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

__all__ = ["AFTER_CHECK", "AFTER_PLAN", "AFTER_REVIEW", "ANEW", "aside", "imports", "is_missing"]

AFTER_PLAN = ("groundplan.plan",)
AFTER_CHECK = (
    *AFTER_PLAN,
    "groundplan.rendering",
    "groundplan.policy",
    "groundplan.review",
    "groundplan.cli.leading",
    # what the rules' own documents are held against
    "jsonschema",
)
AFTER_REVIEW = (*AFTER_CHECK, "groundplan.review.writing")
ANEW = ("groundplan.plan.server.serve", "groundplan.iam.checks")
"""What only plans that are made anew need."""


def aside(work: Callable[[], object]) -> None:
    """Does it in another thread, for which nobody waits.

    What fails there is met again, and told, by whoever needs what was to be done.
    """

    def quietly() -> None:
        with suppress(Exception):
            work()

    threading.Thread(target=quietly, daemon=True, name="groundplan-ahead").start()


def imports(names: Iterable[str]) -> None:
    """Imports these modules."""
    for name in names:
        importlib.import_module(name)


def is_missing(package: str) -> bool:
    """Whether a Python package is not installed, without loading it."""
    try:
        return importlib.util.find_spec(package) is None
    except ImportError:
        return True
