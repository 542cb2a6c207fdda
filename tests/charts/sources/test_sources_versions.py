from __future__ import annotations

import random

import pytest

from groundplan.charts.sources.versions import is_stable, nearest_versions, newest_stable, rank

# https://semver.org/#spec-item-11, and what stands around it
ORDER = (
    "0.9.99",
    "1.0.0-1",
    "1.0.0-2",
    "1.0.0-11",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.9.0",
    "v1.10.0",
    "2.0.0-0",
    "2.0.0+build.5",
    "10.0.0",
)


def test_versions_stand_in_the_order_of_semantic_versions() -> None:
    shuffled = random.Random(1).sample(ORDER, len(ORDER))
    assert sorted(shuffled, key=lambda version: rank(version) or ()) == list(ORDER)
    assert rank("1.0.0+a") == rank("v1.0.0+b")


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "1.2.3.4", "latest", "1.2.3-", "1.2.3-a..b", "1.2.3 ", "١.2.3", "9" * 5000]
)
def test_what_is_no_semantic_version_has_no_place(text: str) -> None:
    assert rank(text) is None
    assert not is_stable(text)


def test_the_newest_stable_version_is_no_pre_release() -> None:
    assert newest_stable(ORDER) == "10.0.0"
    assert newest_stable([version for version in ORDER if "-" in version]) == ""


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("1.9.5", ["2.0.0-0", "v1.10.0", "1.9.0", "1.0.0"]),
        ("99.0.0", ["10.0.0", "2.0.0+build.5", "2.0.0-0", "v1.10.0"]),
        ("0.0.1", ["1.0.0-11", "1.0.0-2", "1.0.0-1", "0.9.99"]),
        ("nonsense", ["10.0.0", "2.0.0+build.5", "2.0.0-0", "v1.10.0"]),
    ],
)
def test_the_versions_next_to_one_that_is_not_there_are_named(wanted: str, near: list[str]) -> None:
    assert nearest_versions(wanted, [*ORDER, "latest"]) == near
    assert nearest_versions(wanted, ["1.0.0"]) == ["1.0.0"]
    assert nearest_versions(wanted, []) == []
