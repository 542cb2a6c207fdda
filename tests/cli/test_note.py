"""`review --note`: into the merge request's own project, and never at the price of the review itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan.cli.errors import no_merge_request
from groundplan.review import MARKER
from tests.cli.conftest import Groundplan
from tests.review.gitlab_standin import Fault, GitLab, gitlab


@pytest.fixture
def server(environment: pytest.MonkeyPatch) -> Iterator[GitLab]:
    """GitLab, and the variables of a fork's pipeline for a merge request in project 7."""
    with gitlab() as made:
        variables = {
            "CI_SERVER_URL": made.url,
            "CI_PROJECT_ID": "99",
            "CI_MERGE_REQUEST_PROJECT_ID": "7",
            "CI_MERGE_REQUEST_IID": "3",
            "CI_PIPELINE_ID": "1200",
            "CI_COMMIT_SHA": "0a1b2c3d",
            "GROUNDPLAN_GITLAB_TOKEN": "token-of-the-test",
        }
        for name, value in variables.items():
            environment.setenv(name, value)
        yield made


@pytest.mark.usefixtures("planned")
def test_the_note_of_a_forks_pipeline_is_in_the_project_of_the_merge_request(
    groundplan: Groundplan, server: GitLab
) -> None:
    said = groundplan("review", "test", "--only", "--note", "--json")

    assert said.code == 0
    (note,) = server.ids
    assert said.json["note"] == {"id": note, "action": "created", "remarks": []}
    assert server.body(note).startswith(f"{MARKER}\n<!-- groundplan pipeline 1200 commit 0a1b2c3d -->\n\n")
    assert "May merge" in server.body(note)


@pytest.mark.usefixtures("planned")
def test_a_note_that_is_not_ours_is_told_beside_the_review(groundplan: Groundplan, server: GitLab) -> None:
    theirs = server.add(f"{MARKER}\n\nMay merge", {"id": 5, "username": "claims-developer"})

    said = groundplan("review", "test", "--only", "--note")

    assert said.code == 0
    assert f"note {theirs} has the review's marker, but claims-developer wrote it" in said.err


@pytest.mark.parametrize("denied", [False, True])
def test_a_note_that_gitlab_refuses_ends_with_3_after_the_reports_and_the_verdict(
    request: pytest.FixtureRequest, groundplan: Groundplan, project: Path, server: GitLab, denied: bool
) -> None:
    request.getfixturevalue("denied_project" if denied else "planned")
    server.fail("POST", Fault(403))

    said = groundplan("review", "test", "--only", "--note")

    assert said.code == 3
    assert ("May not merge" if denied else "May merge") in said.out
    assert "did not create the note of merge request !3 in project 7 (HTTP 403)" in said.err
    for name in ("review.html", "review.md", "gitlab/junit.xml", "gitlab/codequality.json", "gitlab/terraform.json"):
        assert (project / "out" / name).stat().st_size


@pytest.mark.usefixtures("planned")
def test_json_of_a_review_whose_note_failed_is_whole(groundplan: Groundplan, server: GitLab) -> None:
    server.fail("POST", Fault(403))

    said = groundplan("review", "test", "--only", "--note", "--json")

    assert said.code == 3
    assert said.json["outcome"] == "may"
    assert said.json["note"] is None


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize(("name", "value"), [("CI_MERGE_REQUEST_IID", ""), ("CI_PIPELINE_ID", "the last one")])
def test_outside_of_a_merge_requests_pipeline_it_names_what_is_not_set(
    groundplan: Groundplan, environment: pytest.MonkeyPatch, server: GitLab, name: str, value: str
) -> None:
    environment.setenv(name, value)
    environment.delenv("GROUNDPLAN_GITLAB_TOKEN")

    said = groundplan("review", "test", "--only", "--note")

    assert said.code == 2
    (problem,) = no_merge_request(["GROUNDPLAN_GITLAB_TOKEN", name]).problems
    assert f"  {problem}".replace("\n", "\n  ") in said.err
    assert "May merge" in said.out
    assert server.calls == []
