"""Names of time zones, as Python's zoneinfo reads them from the system's copy of the IANA database.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-zones
"""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from groundplan.problems import nearest
from groundplan.values import ConfigProblem

from . import errors

__all__ = ["FORM", "problems"]

FORM = "[A-Za-z][A-Za-z0-9_+/-]*"
"""What the names look like, for Terraform, which has no copy of the database."""


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def problems(value: str) -> list[ConfigProblem]:
    """What is wrong with the name of a time zone; nothing on a machine that has no copy of the database."""
    if not _names() or value in _names():
        return []
    return [errors.no_such_zone(value, nearest(value, _names()))]
