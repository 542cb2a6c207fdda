"""Every message of this package, for the person who must act."""

from __future__ import annotations

from pathlib import Path

from groundplan.problems import Problem, ToolFailed

__all__ = [
    "not_a_plan",
    "note_failed",
    "note_too_long",
    "plan_missing",
    "plan_version_unknown",
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
        403: "the token may not write notes: it needs the scope `api` and at least the role Reporter",
        404: "check the project id and the merge request's iid (the number after `!`); the token must see the project",
        429: "GitLab limits the rate of requests: try again in a minute",
    }
    cure = cures.get(status or 0, "try again; when it stays, read GitLab's own answer below")
    code = f" (HTTP {status})" if status else ""
    return ToolFailed(
        f"GitLab did not {action} the note of merge request !{merge_request_iid} in project {project_id}{code}",
        cure=cure,
        output=said,
    )
