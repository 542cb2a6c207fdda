"""Every message of this package, for the person who must act."""

from __future__ import annotations

from pathlib import Path

from groundplan.problems import Problem, ToolFailed

__all__ = [
    "double_deleted",
    "double_stays",
    "not_a_plan",
    "note_failed",
    "note_is_newer",
    "note_of_another",
    "note_too_long",
    "plan_missing",
    "plan_version_unknown",
    "token_without_user",
]


def plan_missing(stack: str, path: Path) -> Problem:
    """A plan that the caller named is not on disk."""
    return Problem(stack, f"its plan {path.as_posix()} is not there", "run `groundplan plan` for this stack first")


def not_a_plan(stack: str, path: Path, reason: str) -> Problem:
    """A file that should hold a plan holds something else."""
    return Problem(
        stack,
        f"{path.as_posix()} is not a plan: {reason}",
        "it must be what `terraform show -json <plan file>` prints; run `groundplan plan` for this stack again",
    )


def plan_version_unknown(stack: str, path: Path, version: object) -> Problem:
    """A plan in a format that did not exist when this was written."""
    return Problem(
        stack,
        f"{path.as_posix()} has format_version {version!r}; this review reads 1.x",
        "plan with a Terraform of version 1, or update groundplan",
    )


def note_too_long(length: int, limit: int) -> Problem:
    """A note that GitLab would refuse."""
    return Problem(
        "body",
        f"a note of {length:,} characters; GitLab takes {limit:,}",
        "post out/gitlab/note.md, which is cut to fit, and link the whole review",
    )


def note_failed(
    action: str, project_id: int | str, merge_request_iid: int, status: int | None, said: str
) -> ToolFailed:
    """GitLab did not take the note. The token is never part of the message."""
    cures = {
        401: "the token is not valid there, or has expired: give a project or group access token with the scope `api`",
        403: "the token may not write notes here: it needs the scope `api` and at least the role Reporter in the "
        "project of the merge request; where the discussion is locked, it must be a member of that project",
        404: "check the project id and the merge request's iid (the number after `!`); the token must see the project",
        429: "GitLab limits the rate of requests, and asks for a longer wait than a job may take: run it again later",
    }
    cure = cures.get(status or 0, "GitLab's own answer is below")
    if status is None or status >= 500:
        cure = "it was tried again for a while: run the job again when GitLab answers; the reports are written"
    code = f" (HTTP {status})" if status else ""
    return ToolFailed(
        f"GitLab did not {action} the note of merge request !{merge_request_iid} in project {project_id}{code}",
        cure=cure,
        output=said,
    )


def note_of_another(note_id: int, author: str) -> str:
    """A note that looks like the review, of an account that the token is not."""
    return (
        f"note {note_id} has the review's marker, but {author} wrote it, not the token's own account: it is left as it "
        "is, and the review has a note of its own. When an earlier token wrote it, delete it by hand."
    )


def note_is_newer(theirs: int, ours: int) -> str:
    """The note is of a later pipeline than the one that wants to write it."""
    return f"the note is of pipeline {theirs}, which is newer than this one, {ours}: it stays as it is"


def token_without_user() -> str:
    """GitLab does not say whose token it is."""
    return (
        "GitLab does not tell whose token this is, so the review's note is known by its marker alone: the scope `api` "
        "includes to read that"
    )


def double_deleted(note_id: int) -> str:
    """A second note of ours is gone."""
    return f"note {note_id} was a second one of this review: it is deleted"


def double_stays(note_id: int) -> str:
    """A second note of ours that may not be deleted."""
    return f"note {note_id} is a second one of this review, and GitLab does not let its token delete it: do it by hand"
