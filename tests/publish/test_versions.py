"""Semantic versions."""

from __future__ import annotations

import pytest

from groundplan.problems import BadInput
from groundplan.publish.versions import Bump, checked, largest, needed


@pytest.mark.parametrize("version", ["1.4.0", "0.0.1", "2.0.0-rc.1", "1.0.0+build.7"])
def test_semantic_versions_are_taken(version: str) -> None:
    assert checked(version) == version


@pytest.mark.parametrize("version", ["", "1", "1.4", "v1.4.0", "01.4.0", "1.4.0-", "1.4.0\n", "../1.4.0"])
def test_anything_else_is_refused_with_what_was_given(version: str) -> None:
    with pytest.raises(BadInput, match="must be a semantic version, got"):
        checked(version)


@pytest.mark.parametrize(
    ("released", "bump", "expected"),
    [
        ("1.4.2", "patch", "1.4.3"),
        ("1.4.2", "minor", "1.5.0"),
        ("1.4.2", "major", "2.0.0"),
        ("0.4.2", "major", "0.5.0"),
        ("1.4.2-rc.1", "minor", "1.5.0"),
    ],
)
def test_a_change_moves_its_part_of_the_version(released: str, bump: Bump, expected: str) -> None:
    assert needed(released, bump) == expected


def test_the_largest_change_decides_and_nothing_is_a_patch() -> None:
    assert largest(["minor", "major", "patch"]) == "major"
    assert largest([]) == "patch"
