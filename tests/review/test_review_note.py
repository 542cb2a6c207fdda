"""The merge request's note is written once, and edited after that."""

from __future__ import annotations

import json
import logging

import pytest
import responses
from responses import matchers

from groundplan.problems import BadInput, ToolFailed
from groundplan.review import MARKER, post_note

URL = "https://gitlab.example.com"
NOTES = f"{URL}/api/v4/projects/7/merge_requests/3/notes"
TOKEN = "token-of-the-test"


def note(number: int, body: str, *, system: bool = False) -> dict[str, object]:
    return {"id": number, "body": body, "system": system, "noteable_iid": 3}


def post(body: str = "the review") -> tuple[int, str]:
    posted = post_note(7, 3, url=URL, token=TOKEN, body=body)
    return posted.id, posted.action


@responses.activate
def test_the_first_note_is_created_with_the_marker() -> None:
    responses.get(NOTES, json=[note(1, "a person's words"), note(2, f"{MARKER} was mentioned", system=True)])
    responses.post(NOTES, json=note(9, "x"), status=201)
    assert post() == (9, "created")
    sent = responses.calls[-1].request
    assert json.loads(sent.body or "")["body"] == f"{MARKER}\n\nthe review"
    assert sent.headers["PRIVATE-TOKEN"] == TOKEN


@responses.activate
def test_a_later_review_edits_its_own_note_even_on_a_later_page() -> None:
    first = [note(number, "talk") for number in range(1, 101)]
    page = {"per_page": "100", "order_by": "created_at", "sort": "asc"}
    responses.get(
        NOTES,
        json=first,
        headers={"Link": f'<{NOTES}?page=2&per_page=100&order_by=created_at&sort=asc>; rel="next"', "X-Next-Page": "2"},
        match=[matchers.query_param_matcher(page)],
    )
    responses.get(
        NOTES,
        json=[note(500, f"{MARKER}\n\nthe old review"), note(501, f"{MARKER}\n\na double")],
        match=[matchers.query_param_matcher(page | {"page": "2"})],
    )
    responses.put(f"{NOTES}/500", json=note(500, "x"))
    assert post() == (500, "edited")
    assert json.loads(responses.calls[-1].request.body or "") == {"body": f"{MARKER}\n\nthe review"}


@responses.activate
def test_a_note_that_says_the_same_is_left_alone() -> None:
    responses.get(NOTES, json=[note(5, f"{MARKER}\n\nthe review")])
    assert post("the review\n") == (5, "unchanged")
    assert [call.request.method for call in responses.calls] == ["GET"]


@responses.activate
def test_quoting_the_review_does_not_make_a_persons_note_ours() -> None:
    responses.get(NOTES, json=[note(5, f"> {MARKER}\n\nwhat is this?")])
    responses.post(NOTES, json=note(9, "x"), status=201)
    assert post() == (9, "created")


@responses.activate
@pytest.mark.parametrize(
    ("status", "cure"), [(401, "scope `api`"), (403, "role Reporter"), (404, "iid"), (422, "GitLab's own answer")]
)
def test_a_refusal_says_what_to_do_and_never_the_token(
    status: int, cure: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    responses.get(NOTES, json={"message": f"no, {TOKEN} is not welcome"}, status=status)
    with pytest.raises(ToolFailed) as caught:
        post()
    shown = f"{caught.value}{caught.value.output}{caught.value.__cause__}{caught.value.__context__}"
    assert f"HTTP {status}" in shown
    assert cure in shown
    assert TOKEN not in shown
    assert TOKEN not in caplog.text
    assert TOKEN not in "".join(capsys.readouterr())


@responses.activate
def test_a_server_that_is_not_there_is_told_without_a_traceback() -> None:
    with pytest.raises(ToolFailed, match="GitLab did not read the note"):
        post()


def test_a_note_that_gitlab_would_refuse_is_not_sent() -> None:
    with pytest.raises(BadInput, match="1,000,0"):
        post("x" * 1_000_000)
