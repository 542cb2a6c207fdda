"""Semantic versions: how much a change moves one. https://semver.org/"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

from . import errors

__all__ = ["UNRELEASED", "Bump", "checked", "largest", "needed", "numbers"]

Bump: TypeAlias = Literal["patch", "minor", "major"]
UNRELEASED = "0.0.0"
"""Stands for no version: of a module that was never released, or of packages that nobody releases."""

_SIZES: tuple[Bump, ...] = get_args(Bump)
_VERSION = re.compile(
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)


def checked(version: str) -> str:
    """`version` when it is one. BadInput when it is not."""
    if _VERSION.fullmatch(version) is None:
        raise errors.not_a_version(version)
    return version


def numbers(version: str) -> tuple[int, int, int]:
    """Major, minor and patch; a pre-release counts as what it prepares."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise errors.not_a_version(version)
    return int(found[1]), int(found[2]), int(found[3])


def largest(bumps: Iterable[Bump]) -> Bump:
    """The largest of them; `patch` when there is none."""
    return max(bumps, key=_SIZES.index, default="patch")


def needed(released: str, bump: Bump) -> str:
    """The lowest version after `released` that may carry such a change. Below 1.0.0 a minor version may break."""
    major, minor, patch = numbers(released)
    if bump == "patch":
        return f"{major}.{minor}.{patch + 1}"
    if bump == "minor" or major == 0:
        return f"{major}.{minor + 1}.0"
    return f"{major + 1}.0.0"
