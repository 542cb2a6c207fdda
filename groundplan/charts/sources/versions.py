"""Versions of charts in their order: semantic versions, with or without a v before them."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Rank", "is_same_version", "is_stable", "nearest_versions", "newest_stable", "rank"]

# https://semver.org, where an identifier has no length; numbers of more than 18 digits are nobody's version
_VERSION = re.compile(
    r"v?(\d{1,18})\.(\d{1,18})\.(\d{1,18})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?", re.ASCII
)

Rank = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]


def rank(version: str) -> Rank | None:
    """What versions are ordered by (https://semver.org/#spec-item-11); None for what is no semantic version."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return None
    major, minor, patch, before = match.groups()
    return int(major), int(minor), int(patch), before is None, tuple(_identifiers(before or ""))


def _identifiers(text: str) -> Iterable[tuple[bool, int, str]]:
    for part in text.split(".") if text else ():
        number = part.isdigit() and len(part) <= 18
        # numbers stand below words
        yield (False, int(part), "") if number else (True, 0, part)


def is_stable(version: str) -> bool:
    """Whether it is a semantic version, and no pre-release."""
    ranked = rank(version)
    return ranked is not None and ranked[3]


def is_same_version(one: str, other: str) -> bool:
    """Whether two spellings name one version: Helm takes a v before it as nothing."""
    return one.removeprefix("v") == other.removeprefix("v")


def newest_stable(versions: Iterable[str]) -> str:
    """The highest version that is no pre-release; "" when there is none."""
    stable = [(ranked, version) for version in versions if (ranked := rank(version)) is not None and ranked[3]]
    return max(stable)[1] if stable else ""


def nearest_versions(wanted: str, offered: Iterable[str], *, most: int = 4) -> list[str]:
    """Of what is offered, the versions next to the wanted one in their order, the highest first."""
    ordered = sorted({(ranked, version) for version in offered if (ranked := rank(version)) is not None})
    place = rank(wanted)
    above = len(ordered) if place is None else sum(1 for ranked, _ in ordered if ranked < place)
    first = max(0, min(above - most // 2, len(ordered) - most))
    return [version for _, version in reversed(ordered[first : first + most])]
