"""The merge request's note: one, edited in place, never posted again.

API: https://docs.gitlab.com/api/notes/#merge-requests
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gitlab
import requests

from groundplan.problems import BadInput

from . import errors

__all__ = ["MARKER", "MAXIMUM_NOTE_CHARACTERS", "PostedNote", "note_body", "post_note"]

MARKER = "<!-- groundplan review: this note is edited in place -->"
"""A comment that GitLab does not show, by which the note is found again."""

MAXIMUM_NOTE_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class PostedNote:
    """The note's id in GitLab, and what was done: `created`, `edited` or `unchanged`."""

    id: int
    action: str


def note_body(markdown: str) -> str:
    """The review with the marker in front."""
    return f"{MARKER}\n\n{markdown}"


def post_note(
    project_id: int | str,
    merge_request_iid: int,
    *,
    url: str,
    token: str,
    body: str,
    timeout_seconds: float = 30,
) -> PostedNote:
    """Writes the review's note into a merge request: edits its own earlier one, creates it when there is none.

    `url` is GitLab's own (`https://gitlab.example.com`, in CI `CI_SERVER_URL`), `project_id` an id or a full path,
    `merge_request_iid` the number after `!`. `token` is a project, group or personal access token with the scope
    `api`: a CI job's own token may not write notes. `body` is out/gitlab/note.md; the marker is put in
    front when it is not there.

    Raises BadInput when the body is longer than GitLab takes, ToolFailed when GitLab refuses or is not reached. No
    message holds the token.
    """
    if MARKER not in body:
        body = note_body(body)
    if len(body) > MAXIMUM_NOTE_CHARACTERS:
        raise BadInput(errors.note_too_long(len(body), MAXIMUM_NOTE_CHARACTERS))
    action = "read"
    try:
        with gitlab.Gitlab(url, private_token=token, timeout=timeout_seconds) as server:
            request = server.projects.get(project_id, lazy=True).mergerequests.get(merge_request_iid, lazy=True)
            note = _own(request)
            if note is None:
                action = "create"
                return PostedNote(_id(request.notes.create({"body": body})), "created")
            # GitLab strips the ends of a note's text
            if str(note.body).strip() == body.strip():
                return PostedNote(_id(note), "unchanged")
            action = "edit"
            note.body = body
            note.save()
            return PostedNote(_id(note), "edited")
    except (gitlab.exceptions.GitlabError, requests.RequestException) as error:
        status = error.response_code if isinstance(error, gitlab.exceptions.GitlabError) else None
        said = str(error).replace(token, "(token)") if token else str(error)
    # raised out here, so that the chain of exceptions does not carry the request with its headers
    raise errors.note_failed(action, project_id, merge_request_iid, status, said)


def _id(note: Any) -> int:
    return int(note.id)


def _own(request: Any) -> Any | None:
    """The first note with the marker, oldest first, so that a doubled note never starts to alternate."""
    for note in request.notes.list(iterator=True, order_by="created_at", sort="asc", per_page=100):
        if not note.system and str(note.body).lstrip().startswith(MARKER):
            return note
    return None
