"""Names of time zones, as the IANA database of the package tzdata has them: the same ones on every machine.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-zones
https://tzdata.readthedocs.io/ (its file `zones`)
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from groundplan.problems import nearest
from groundplan.values import ConfigProblem

from . import errors

__all__ = ["FORM", "problems"]

FORM = "[A-Za-z][A-Za-z0-9_+/-]*"
"""What the names look like, for Terraform, which has no copy of the database."""


@cache
def _names() -> frozenset[str]:
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def problems(value: str) -> list[ConfigProblem]:
    """What is wrong with the name of a time zone."""
    if value in _names():
        return []
    return [errors.no_such_zone(value, nearest(value, _names()))]
