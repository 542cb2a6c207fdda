"""The review of a merge request: what changes, what stops it, what nobody can know yet.

Reads plans, findings and the manifest; writes Markdown, a page, and the reports that GitLab shows.
"""

from .markdown import MAXIMUM_CHARACTERS
from .model import Outcome
from .note import MARKER, Pipeline, PostedNote, post_note
from .reading import without_secrets
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
    "without_reloading",
    "without_secrets",
    "write_problems",
    "write_review",
]
