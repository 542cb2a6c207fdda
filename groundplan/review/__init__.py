"""The review of a merge request: what changes, what stops it, what nobody can know yet.

Reads plans, findings and the manifest; writes Markdown, a page, and the reports that GitLab shows.

What writes, draws and posts loads when it is first used: every command says an outcome, and few write a review.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .model import Outcome

if TYPE_CHECKING:
    from .markdown import MAXIMUM_CHARACTERS
    from .note import MARKER, Pipeline, PostedNote, post_note
    from .reading import redactors, without_secrets
    from .reloading import leave_page, without_reloading, write_problems
    from .writing import ReviewFiles, write_review

__all__ = [
    "MARKER",
    "MAXIMUM_CHARACTERS",
    "Outcome",
    "Pipeline",
    "PostedNote",
    "ReviewFiles",
    "leave_page",
    "post_note",
    "redactors",
    "without_reloading",
    "without_secrets",
    "write_problems",
    "write_review",
]

_LATER = {
    "MARKER": "note",
    "MAXIMUM_CHARACTERS": "markdown",
    "Pipeline": "note",
    "PostedNote": "note",
    "ReviewFiles": "writing",
    "leave_page": "reloading",
    "post_note": "note",
    "redactors": "reading",
    "without_reloading": "reloading",
    "without_secrets": "reading",
    "write_problems": "reloading",
    "write_review": "writing",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)
