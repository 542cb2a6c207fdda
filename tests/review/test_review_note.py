"""A merge request has one note that counts: the token's own, of the newest pipeline, whatever fails on the way."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import responses

from groundplan.problems import BadInput, ToolFailed
from groundplan.review import MARKER, Pipeline, PostedNote, post_note
from tests.review.gitlab_standin import BOT, Fault, GitLab, gitlab

URL = "https://gitlab.example.com"
TOKEN = "token-of-the-test"
PERSON = {"id": 5, "username": "claims-developer"}
NOTES = "/projects/7/merge_requests/3/notes"


@dataclass
class Clock:
    """Time that passes by sleeping alone."""

    now: float = 0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("groundplan.review.note.time", made)
    return made


@pytest.fixture
def server(clock: Clock) -> Iterator[GitLab]:
    with gitlab() as made:
        yield made


def post(server: GitLab, body: str = "the review", pipeline: int | None = None) -> PostedNote:
    given = Pipeline(pipeline, "0a1b2c3d") if pipeline else None
    return post_note(7, 3, url=server.url, token=TOKEN, body=body, pipeline=given)


class TestOneNote:
    """Which note is the review's."""

    def test_the_first_is_created_with_the_marker(self, server: GitLab) -> None:
        server.add("a person's words", PERSON)
        server.add(f"{MARKER} was mentioned", system=True)

        posted = post(server)

        assert posted.action == "created"
        assert server.body(posted.id) == f"{MARKER}\n\nthe review"

    def test_a_later_review_edits_it_even_on_a_later_page(self, server: GitLab) -> None:
        for number in range(100):
            server.add(f"talk {number}", PERSON)
        own = server.add(f"{MARKER}\n\nthe old review")

        assert post(server) == PostedNote(own, "edited")
        assert server.body(own) == f"{MARKER}\n\nthe review"
        assert len(server.ids) == 101

    def test_one_that_says_the_same_is_left_alone(self, server: GitLab) -> None:
        own = server.add(f"{MARKER}\n\nthe review")

        assert post(server, f"{MARKER}\n\nthe review\n") == PostedNote(own, "unchanged")
        assert {call.split()[0] for call in server.calls} == {"GET"}

    def test_quoting_the_review_does_not_make_a_persons_note_ours(self, server: GitLab) -> None:
        server.add(f"> {MARKER}\n\nwhat is this?")

        assert post(server).action == "created"

    def test_doubles_of_our_own_go_and_the_oldest_stays(self, server: GitLab) -> None:
        own = server.add(f"{MARKER}\n\nthe old review")
        double = server.add(f"{MARKER}\n\nthe same once more")
        talk = server.add("what do these two say?", PERSON)

        posted = post(server)

        assert (posted.id, posted.action) == (own, "edited")
        assert server.ids == [own, talk]
        assert str(double) in posted.remarks[0]


class TestNotOurs:
    """A note with the marker that another account wrote."""

    @pytest.mark.parametrize("maintainer", [False, True], ids=["that GitLab protects", "that GitLab would let us edit"])
    def test_it_is_left_alone_and_the_review_has_its_own_with_a_word_about_it(
        self, server: GitLab, maintainer: bool
    ) -> None:
        server.maintainer = maintainer
        theirs = server.add(f"{MARKER}\n\nMay merge", PERSON)

        posted = post(server)

        assert posted.action == "created"
        assert server.body(theirs) == f"{MARKER}\n\nMay merge"
        assert f"[note {theirs}](#note_{theirs})" in server.body(posted.id)
        assert server.body(posted.id).endswith("\n\nthe review")
        (remark,) = posted.remarks
        assert f"note {theirs} " in remark
        assert PERSON["username"] in remark
        assert post(server) == PostedNote(posted.id, "unchanged", posted.remarks)

    def test_its_pipeline_number_stops_no_review(self, server: GitLab) -> None:
        server.add(f"{MARKER}\n<!-- groundplan pipeline 99999 commit 0a -->\n\nMay merge", PERSON)

        assert post(server, pipeline=12).action == "created"

    def test_a_token_that_may_not_read_its_user_is_known_by_what_it_says_of_itself(self, server: GitLab) -> None:
        server.user = None
        server.add(f"{MARKER}\n\nMay merge", PERSON)
        own = server.add(f"{MARKER}\n\nthe old review")

        assert post(server).id == own

    def test_a_token_that_gitlab_tells_nothing_of_edits_the_first_note_that_it_may(self, server: GitLab) -> None:
        server.user, server.tells_token = None, False
        server.add(f"{MARKER}\n\nMay merge", PERSON)
        own = server.add(f"{MARKER}\n\nthe old review")
        double = server.add(f"{MARKER}\n\nperhaps another's")

        posted = post(server)

        assert (posted.id, posted.action) == (own, "edited")
        assert double in server.ids
        assert any("does not tell whose token" in remark for remark in posted.remarks)

    def test_a_token_that_gitlab_tells_nothing_of_creates_a_note_where_it_may_edit_none(self, server: GitLab) -> None:
        server.user, server.tells_token = None, False
        theirs = server.add(f"{MARKER}\n\nMay merge", PERSON)

        posted = post(server)

        assert posted.action == "created"
        assert f"#note_{theirs}" in server.body(posted.id)


class TestPipelines:
    """Two pipelines of one merge request."""

    @pytest.mark.parametrize("order", list(itertools.permutations([11, 12, 13])))
    def test_the_newest_wins_in_whatever_order_they_come(self, server: GitLab, order: tuple[int, ...]) -> None:
        for number in order:
            post(server, f"the review of {number}", number)

        (own,) = server.ids
        assert server.body(own).startswith(f"{MARKER}\n<!-- groundplan pipeline 13 commit 0a1b2c3d -->\n")
        assert server.body(own).endswith("the review of 13")

    def test_an_older_one_says_why_it_leaves_the_note(self, server: GitLab) -> None:
        own = server.add(f"{MARKER}\n<!-- groundplan pipeline 13 commit 0a -->\n\nnewer")

        posted = post(server, pipeline=12)

        assert (posted.id, posted.action) == (own, "outdated")
        assert "pipeline 13, which is newer than this one, 12" in posted.remarks[0]
        assert server.body(own).endswith("newer")

    def test_a_job_that_runs_again_in_the_same_pipeline_edits_it(self, server: GitLab) -> None:
        first = post(server, "before", 12)

        assert post(server, "after", 12) == PostedNote(first.id, "edited")

    def test_a_note_from_before_pipelines_were_written_down_is_edited(self, server: GitLab) -> None:
        own = server.add(f"{MARKER}\n\nthe old review")

        assert post(server, pipeline=12) == PostedNote(own, "edited")


class TestFaults:
    """What GitLab cannot do at the moment is tried again, for a bounded time."""

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
    @pytest.mark.parametrize(
        "fault", [Fault(500), Fault(502), Fault(503), Fault(504), Fault(429, {"Retry-After": "7"}), Fault()], ids=str
    )
    @pytest.mark.parametrize("done", [False, True], ids=["not done", "done, and its answer lost"])
    def test_each_request_may_fail_and_one_note_remains(
        self, server: GitLab, method: str, fault: Fault, done: bool
    ) -> None:
        if method in ("PUT", "DELETE"):
            server.add(f"{MARKER}\n\nthe old review")
        if method == "DELETE":
            server.add(f"{MARKER}\n\na double")
        server.fail(method, Fault(fault.status, fault.headers, done=done))

        posted = post(server, pipeline=12)

        assert server.ids == [posted.id]
        assert server.body(posted.id).endswith("the review")
        assert not any(server.faults.values())

    def test_a_created_note_whose_answer_is_lost_is_found_and_said_to_be_created(self, server: GitLab) -> None:
        server.fail("POST", Fault(done=True))

        posted = post(server)

        assert posted.action == "created"
        assert server.ids == [posted.id]
        assert server.calls.count(f"POST {NOTES}") == 1

    def test_it_waits_as_long_as_gitlab_asks(self, server: GitLab, clock: Clock) -> None:
        server.fail("POST", Fault(429, {"Retry-After": "21"}))

        assert post(server).action == "created"
        assert clock.slept == [21]

    def test_it_does_not_wait_longer_than_it_may(self, server: GitLab, clock: Clock) -> None:
        server.fail("POST", Fault(429, {"Retry-After": "3600"}))

        with pytest.raises(ToolFailed, match="HTTP 429") as caught:
            post(server)
        assert "run it again later" in str(caught.value)
        assert clock.slept == []

    @pytest.mark.parametrize("said", ["soon", "-1", "Wed, 21 Oct 2015 07:28:00 GMT"])
    def test_a_wait_that_is_no_number_is_no_harm(self, server: GitLab, said: str) -> None:
        server.fail("GET", Fault(429, {"Retry-After": said}))

        assert post(server).action == "created"

    def test_a_gitlab_that_stays_away_is_given_up_within_two_minutes(self, server: GitLab, clock: Clock) -> None:
        server.fail("POST", *[Fault(503)] * 100)

        with pytest.raises(ToolFailed, match=r"did not create the note .*HTTP 503") as caught:
            post(server)
        assert "run the job again" in str(caught.value)
        assert sum(clock.slept) <= 120
        assert len(clock.slept) > 5
        assert server.ids == []

    def test_a_refusal_is_not_tried_again(self, server: GitLab, clock: Clock) -> None:
        server.fail("POST", Fault(422))

        with pytest.raises(ToolFailed, match="HTTP 422"):
            post(server)
        assert clock.slept == []

    def test_a_note_that_a_person_deletes_meanwhile_is_created_anew(self, server: GitLab) -> None:
        gone = server.add(f"{MARKER}\n\nthe old review")
        server.fail("PUT", Fault(404))

        posted = post(server)

        assert posted.action == "created"
        assert posted.id != gone
        assert posted.remarks == ()


@responses.activate
@pytest.mark.parametrize(
    ("status", "cure"), [(401, "scope `api`"), (404, "iid"), (403, "role Reporter"), (422, "GitLab's own answer")]
)
def test_a_refusal_says_what_to_do_and_never_the_token(
    status: int, cure: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    responses.get(f"{URL}/api/v4/user", json=BOT)
    responses.get(f"{URL}/api/v4{NOTES}", json={"message": f"no, {TOKEN} is not welcome"}, status=status)
    with pytest.raises(ToolFailed) as caught:
        post_note(7, 3, url=URL, token=TOKEN, body="the review")
    shown = f"{caught.value}{caught.value.output}{caught.value.__cause__}{caught.value.__context__}"
    assert f"HTTP {status}" in shown
    assert cure in shown
    assert TOKEN not in shown
    assert TOKEN not in caplog.text
    assert TOKEN not in "".join(capsys.readouterr())


@responses.activate
def test_a_server_that_is_not_there_is_told_without_a_traceback(clock: Clock) -> None:
    with pytest.raises(ToolFailed, match="GitLab did not read the note"):
        post_note(7, 3, url=URL, token=TOKEN, body="the review")
    assert sum(clock.slept) <= 120


def test_a_note_that_gitlab_would_refuse_is_not_sent() -> None:
    with pytest.raises(BadInput, match="1,000,0"):
        post_note(7, 3, url=URL, token=TOKEN, body="x" * 1_000_000)
