"""Which versions of a provider a constraint takes, as `terraform init` reads it.

An offline plan starts no provider, so that nobody else holds the constraints.
https://developer.hashicorp.com/terraform/language/expressions/version-constraints
"""

from __future__ import annotations

import re
from typing import TypeAlias

from groundplan.bindings import PROVIDERS

from ..registries import REGISTRIES
from ..schema.utility import UTILITIES, version_of

__all__ = ["excludes", "served_version"]

_NUMBER = r"(0|[1-9][0-9]*)"
_CONDITION = re.compile(
    rf"\s*(=|!=|>=|<=|>|<|~>|)\s*{_NUMBER}(?:\.{_NUMBER}(?:\.{_NUMBER})?)?((?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)\s*"
)

_Release: TypeAlias = tuple[int, int, int]


def served_version(source: str) -> str | None:
    """The version of the provider that an offline plan has the schema of; None when it serves no such provider."""
    short = source.lower()
    for registry in REGISTRIES:
        short = short.removeprefix(registry)
    short = short if "/" in short else f"hashicorp/{short}"
    own = {provider.source: provider.version for provider in PROVIDERS.values()}
    name = short.removeprefix("hashicorp/")
    return version_of(name) if name in UTILITIES else own.get(short)


def excludes(constraint: str, version: str) -> bool:
    """Whether the constraint, `~> 5.0` or `>= 6.0, < 7.0`, refuses the release `version`, `6.25.0`.

    A constraint that is none excludes nothing: the core tells it.
    """
    conditions = [_CONDITION.fullmatch(part) for part in constraint.split(",")]
    if None in conditions:
        return False
    major, minor, patch = (int(number) for number in version.split("."))
    return not all(_takes(found, (major, minor, patch)) for found in conditions if found is not None)


def _takes(condition: re.Match[str], version: _Release) -> bool:
    sign, *numbers, suffix = condition.groups()
    major, minor, patch = (int(number or 0) for number in numbers)
    wanted = major, minor, patch
    # a release comes after the pre-releases of its numbers, and is none of them
    before = suffix.startswith("-")
    if sign in ("", "="):
        return version == wanted and not suffix
    if sign == "!=":
        return version != wanted or bool(suffix)
    if sign == ">":
        return version > wanted or (before and version == wanted)
    if sign == ">=":
        return version >= wanted
    if sign == "<":
        return version < wanted
    if sign == "<=":
        return version < wanted or (version == wanted and not before)
    # ~> lets the last number that is written grow; a major alone stands for <major>.0
    return version >= wanted and version[:1] == wanted[:1] and (numbers[2] is None or version[1] == wanted[1])
