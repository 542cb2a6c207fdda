"""The messages of checks that are more than a rule."""

from __future__ import annotations

import json

from groundplan.problems import Problem

__all__ = ["DERIVE", "json_fault", "not_json"]

DERIVE = "Let machine(...) of this module write it: it derives the access of the definition."


def json_fault(given: str) -> str | None:
    """Why a text is not JSON; None when it is."""
    try:
        json.loads(given)
    except ValueError as error:
        return str(error)
    return None


def not_json(path: str, reason: str) -> Problem:
    """A text that the execution would get as its input."""
    return Problem(path, f"is not JSON: {reason}", "Write what the execution gets as JSON, such as json.dumps gives.")
