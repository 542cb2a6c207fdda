"""Whether the cron library of Kubernetes reads a schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["schedule_is_wrong"]


_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_CRON_FIELDS: tuple[tuple[str, int, int, Mapping[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?(?:ns|us|µs|ms|s|m|h))+")


def schedule_is_wrong(schedule: str) -> str:
    """Why the cron library of Kubernetes does not read a schedule; nothing where it does.

    ParseStandard of https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
    """
    if schedule.startswith("@"):
        every = schedule.startswith("@every ") and _DURATION.fullmatch(schedule.removeprefix("@every "))
        return "" if schedule in _DESCRIPTORS or every else f"there is no {schedule.split()[0]}"
    fields = schedule.split()
    if len(fields) != len(_CRON_FIELDS):
        return f"it has {len(fields)} fields, not 5"
    for text, (title, first, last, names) in zip(fields, _CRON_FIELDS, strict=True):
        for term in text.split(","):
            if term and not _is_term(term, first, last, names):
                return f"{term} is no {title}"
    return ""


def _is_term(term: str, first: int, last: int, names: Mapping[str, int]) -> bool:
    span, slash, step = term.partition("/")
    if slash and not (_digits(step) and int(step) > 0):
        return False
    if span in ("*", "?"):
        return True
    ends = span.split("-")
    numbers = [names.get(end.lower(), int(end) if _digits(end) else -1) for end in ends]
    return len(ends) <= 2 and all(first <= number <= last for number in numbers) and numbers[0] <= numbers[-1]


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
