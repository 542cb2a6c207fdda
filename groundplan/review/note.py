"""The merge request's note: one that counts, edited in place, by the pipeline that is newest.

API: https://docs.gitlab.com/api/notes/#merge-requests
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import gitlab
import requests
import urllib3

from groundplan.problems import BadInput

from . import errors

__all__ = ["MARKER", "MAXIMUM_NOTE_CHARACTERS", "Pipeline", "PostedNote", "note_body", "post_note"]

MARKER = "<!-- groundplan review: this note is edited in place -->"
"""A comment that GitLab does not show, by which the note is found again."""

MAXIMUM_NOTE_CHARACTERS = 1_000_000

_STAMP = re.compile(re.escape(MARKER) + r"\s*<!-- groundplan pipeline ([0-9]{1,19}) commit ([0-9a-f]*) -->")
# python-gitlab repeats a POST whose answer was lost, and sleeps for as long as Retry-After says: both are done here
_ONCE: dict[str, Any] = {"obey_rate_limit": False, "retry_transient_errors": False}


@dataclass(frozen=True)
class Pipeline:
    """The pipeline that a review is of: its id (CI_PIPELINE_ID, which grows over all of a GitLab) and its commit."""

    id: int
    commit: str = ""


@dataclass(frozen=True)
class PostedNote:
    """The note's id in GitLab, and what was done: `created`, `edited`, `unchanged`, or `outdated`.

    `outdated` is the note of a newer pipeline, left as it is. `remarks` are sentences for the job's log: notes with
    the review's marker that are not ours, doubles that went.
    """

    id: int
    action: str
    remarks: tuple[str, ...] = ()


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
    pipeline: Pipeline | None = None,
    timeout_seconds: float = 30,
    patience_seconds: float = 120,
) -> PostedNote:
    """Writes the review's note into a merge request: edits the token's own earlier one, creates it when there is none.

    `url` is GitLab's own (`https://gitlab.example.com`, in CI `CI_SERVER_URL`), `project_id` an id or a full path of
    the project that the merge request is in (`CI_MERGE_REQUEST_PROJECT_ID`: a fork's pipeline runs in another one),
    `merge_request_iid` the number after `!`. `token` is a project, group or personal access token with the scope
    `api`: a CI job's own token may not write notes. `body` is out/gitlab/note.md; the marker is put in
    front when it is not there. `pipeline` is written into the note unseen: an older pipeline leaves a newer one's
    note alone, the same pipeline's job may run again.

    A note with the marker that somebody else wrote is left alone. What GitLab cannot do at the moment (429, 5xx, a
    dropped connection) is tried again for `patience_seconds`, and no longer; each request may take `timeout_seconds`.
    Every attempt looks first at what is there, so an answer that was lost makes no second note.

    Raises BadInput when the body is longer than GitLab takes, ToolFailed when GitLab refuses or is not reached. No
    message holds the token.
    """
    if body.lstrip().startswith(MARKER):
        body = body.lstrip().removeprefix(MARKER).lstrip("\n")
    if len(note_body(body)) > MAXIMUM_NOTE_CHARACTERS:
        raise BadInput(errors.note_too_long(len(note_body(body)), MAXIMUM_NOTE_CHARACTERS))
    patience = _Patience(time.monotonic() + patience_seconds)
    session = requests.Session()
    session.hooks["response"].append(patience.hear)
    with gitlab.Gitlab(url, private_token=token, timeout=timeout_seconds, session=session) as server:
        request = server.projects.get(project_id, lazy=True).mergerequests.get(merge_request_iid, lazy=True)
        writer = _Writer(server, request, body, pipeline)
        while True:
            try:
                return writer.write()
            except (gitlab.exceptions.GitlabError, requests.RequestException) as error:
                if patience.wait(error):
                    continue
                status = error.response_code if isinstance(error, gitlab.exceptions.GitlabError) else None
                said = str(error).replace(token, "(token)") if token else str(error)
                break
    # raised out here, so that the chain of exceptions does not carry the request with its headers
    raise errors.note_failed(writer.action, project_id, merge_request_iid, status, said)


@dataclass
class _Patience:
    """Waits between attempts, as long as GitLab asks for and never beyond the end."""

    end: float
    attempts: int = 0
    asked: str = ""

    def hear(self, response: requests.Response, *_: Any, **__: Any) -> None:
        """Remembers how long the last answer asked to wait."""
        self.asked = response.headers.get("Retry-After", "")

    def wait(self, error: Exception) -> bool:
        """Whether another attempt makes sense: then it has waited for it."""
        if not _passes(error):
            return False
        seconds: float = min(0.5 * 2**self.attempts, 15)
        if isinstance(error, gitlab.exceptions.GitlabError) and self.asked:
            with suppress(urllib3.exceptions.InvalidHeader):
                seconds = max(seconds, urllib3.Retry().parse_retry_after(self.asked))
        if time.monotonic() + seconds > self.end:
            return False
        self.attempts += 1
        self.asked = ""
        time.sleep(seconds)
        return True


def _passes(error: Exception) -> bool:
    """Whether this failure may be gone in a moment: a busy or restarting GitLab, a dropped connection."""
    if isinstance(error, gitlab.exceptions.GitlabError):
        status = error.response_code or 0
        return status in (408, 425, 429) or (500 <= status < 600 and status != 501)
    if isinstance(error, requests.exceptions.SSLError):
        return False
    return isinstance(error, (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError))


@dataclass
class _Writer:
    """One note in one merge request. `write` may be called again after it failed, wherever that was."""

    server: gitlab.Gitlab
    request: Any
    body: str
    pipeline: Pipeline | None
    action: str = "read"
    _user: int | None = None
    _asked: bool = False
    _refused: dict[int, int] = field(default_factory=dict)
    _sent: int = 0
    _remarks: list[str] = field(default_factory=list)

    def write(self) -> PostedNote:
        """Looks at what is there, then creates or edits, then clears doubles away."""
        self.action = "read"
        if not self._asked:
            self._user = self._who()
            self._asked = True
        while True:
            # GitLab says 404 of a note that went in the meantime, and 403 of one that is not the token's to edit
            marked = [note for note in self._marked() if self._refused.get(_id(note)) != 404]
            ours = [note for note in marked if self._is_ours(note)]
            others = [note for note in marked if not self._is_ours(note)]
            self._say_others(others)
            newer = [note for note in ours if self.pipeline and _pipeline_of(note) > self.pipeline.id]
            if newer and self.pipeline:
                self._say(errors.note_is_newer(_pipeline_of(newer[0]), self.pipeline.id))
                return PostedNote(_id(newer[0]), "outdated", tuple(self._remarks))
            text = self._text(others)
            if not ours:
                posted = self._create(text)
                if self._sent == 2:
                    # the first one, whose answer was lost, may have arrived late
                    self._sent += 1
                    continue
                return PostedNote(posted, "created", tuple(self._remarks))
            first, *doubles = ours
            done = self._edit(first, text)
            if done:
                self._clear(doubles)
                return PostedNote(_id(first), "created" if self._sent else done, tuple(self._remarks))

    def _who(self) -> int | None:
        """The token's user: tokens of projects and groups have one of their own, a bot. None when GitLab will not say.

        https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
        """
        for path, key in (("/user", "id"), ("/personal_access_tokens/self", "user_id")):
            try:
                found = self.server.http_get(path, **_ONCE)
            except gitlab.exceptions.GitlabHttpError as error:
                if error.response_code not in (403, 404):
                    raise
            else:
                if isinstance(found, dict) and isinstance(found.get(key), int):
                    return int(found[key])
        self._say(errors.token_without_user())
        return None

    def _marked(self) -> list[Any]:
        """The notes with the marker, oldest first."""
        listed = self.request.notes.list(iterator=True, order_by="created_at", sort="asc", per_page=100, **_ONCE)
        return [note for note in listed if not note.system and str(note.body).lstrip().startswith(MARKER)]

    def _is_ours(self, note: Any) -> bool:
        if _id(note) in self._refused:
            return False
        return self._user is None or _author(note).get("id") == self._user

    def _text(self, others: list[Any]) -> str:
        """The note as it is sent: marker, pipeline, a word about reviews that nobody keeps current, the review."""
        head = MARKER
        if self.pipeline:
            head += f"\n<!-- groundplan pipeline {self.pipeline.id} commit {self.pipeline.commit} -->"
        if others:
            named = ", ".join(f"[note {_id(note)}](#note_{_id(note)})" for note in others[:5])
            head += f"\n\n> This review is kept current. Another account's is not, and does not count: {named}."
        text = f"{head}\n\n{self.body}"
        if len(text) > MAXIMUM_NOTE_CHARACTERS:
            raise BadInput(errors.note_too_long(len(text), MAXIMUM_NOTE_CHARACTERS))
        return text

    def _create(self, text: str) -> int:
        self.action = "create"
        self._sent += 1
        return _id(self.request.notes.create({"body": text}, **_ONCE))

    def _edit(self, note: Any, text: str) -> str | None:
        """What was done to the note; None when it is not ours after all, or is gone."""
        # GitLab strips the ends of a note's text
        if str(note.body).strip() == text.strip():
            return "unchanged"
        self.action = "edit"
        note.body = text
        try:
            note.save(**_ONCE)
        except gitlab.exceptions.GitlabUpdateError as error:
            if error.response_code not in (403, 404):
                raise
            self._refused[_id(note)] = error.response_code
            return None
        return "edited"

    def _clear(self, doubles: list[Any]) -> None:
        """Deletes what an earlier race has doubled, where it is known to be ours."""
        if self._user is None:
            return
        for note in doubles:
            self.action = "delete a double of"
            try:
                note.delete(**_ONCE)
            except gitlab.exceptions.GitlabDeleteError as error:
                if error.response_code not in (403, 404):
                    raise
                if error.response_code == 403:
                    self._say(errors.double_stays(_id(note)))
            else:
                self._say(errors.double_deleted(_id(note)))

    def _say_others(self, others: list[Any]) -> None:
        for note in others:
            self._say(errors.note_of_another(_id(note), str(_author(note).get("username") or "somebody else")))

    def _say(self, remark: str) -> None:
        if remark not in self._remarks:
            self._remarks.append(remark)


def _id(note: Any) -> int:
    return int(note.id)


def _author(note: Any) -> dict[str, Any]:
    found = getattr(note, "author", None)
    return found if isinstance(found, dict) else {}


def _pipeline_of(note: Any) -> int:
    """The pipeline that wrote the note; 0 when it does not say."""
    found = _STAMP.match(str(note.body).lstrip())
    return int(found[1]) if found else 0
