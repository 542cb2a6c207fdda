"""A page that reloads is the page, and a script that its own policy lets run."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from groundplan.problems import Line, Problem
from groundplan.review import leave_page, without_reloading, write_problems
from groundplan.review.page import problems_page
from groundplan.review.reloading import version_file, write_page

HOSTILE = st.text(st.sampled_from("<>&\"' script-src nonce=/body a\n\u202e"), max_size=60)
PROBLEMS = st.lists(st.builds(Problem, HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=3)


@given(PROBLEMS, HOSTILE)
def test_whatever_a_page_says_it_is_the_same_once_it_no_longer_reloads(problems: list[Problem], output: str) -> None:
    from groundplan.review.reloading import _reloading

    page = problems_page(problems, output)
    assert without_reloading(_reloading(page, "v")) == page
    assert without_reloading(page) == page


def test_the_policy_of_a_reloading_page_allows_its_script_alone(tmp_path: Path) -> None:
    path = tmp_path / "review.html"
    write_problems(path, [Problem("prod.a", "is wrong", "Do this.", Line("environments/prod/a.py", 7))], "and said so")
    page = path.read_text()
    allowed = re.search(r"script-src 'nonce-([^']+)'", page)
    assert allowed
    assert page.count(f'<script nonce="{allowed[1]}"') == page.count("<script") == 1
    assert "environments/prod/a.py:7" in page
    assert "and said so" in page


def test_only_a_page_that_differs_is_another_version(tmp_path: Path) -> None:
    path = tmp_path / "review.html"
    said = []
    for text in ("one", "one", "two"):
        write_page(path, problems_page([Problem("", text)]), watched=True)
        said.append(version_file(path).read_text())
    assert said[0] == said[1] != said[2]
    # another script each time, which nobody can foresee
    nonces = set()
    for _ in range(2):
        write_page(path, problems_page([Problem("", "two")]), watched=True)
        nonces.update(re.findall(r"nonce-([^']+)", path.read_text()))
    assert len(nonces) == 2


def test_when_nobody_writes_the_next_page_it_asks_for_none(tmp_path: Path) -> None:
    path = tmp_path / "review.html"
    leave_page(path)
    page = problems_page([Problem("a", "b")])
    write_page(path, page, watched=True)
    leave_page(path)
    assert path.read_text() == page
    assert not version_file(path).exists()
