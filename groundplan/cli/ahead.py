"""What a command will need, loaded while others work for it: main.py, and Terraform's core."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

__all__ = ["AFTER_CHECK", "AFTER_PLAN", "AFTER_REVIEW", "ANEW", "aside", "imports"]

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
