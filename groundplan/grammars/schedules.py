"""Schedules of AWS: `cron(...)` of six fields, `rate(...)` and `at(...)`, and which service takes which of them.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from groundplan.values import ConfigProblem

from . import errors

__all__ = [
    "BACKUP",
    "EVENTBRIDGE",
    "NEVER",
    "RESTORE_TESTING",
    "SCHEDULER",
    "SECRETS_MANAGER",
    "ScheduleService",
    "problems",
]

_MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_DAYS = "SUN|MON|TUE|WED|THU|FRI|SAT"
_DAY = "0?[1-9]|[12][0-9]|3[01]"
_WEEKDAY = f"[1-7]|{_DAYS}"


def _list(value: str, *others: str) -> str:
    """`*`, values, ranges, steps and lists of them; `others` are further forms of an entry."""
    term = rf"(?:\*|(?:{value})(?:-(?:{value}))?)(?:/[1-9][0-9]{{0,3}})?"
    entry = f"(?:{'|'.join([term, *others])})" if others else term
    return f"{entry}(?:,{entry})*"


@dataclass(frozen=True)
class _Field:
    name: str
    pattern: str
    allowed: str


_WILD = ", also as a list, a range or a step, such as"
_FIELDS = (
    _Field("minute", _list("[0-5]?[0-9]"), f"0 to 59 or *{_WILD} 0/15"),
    _Field("hour", _list("[01]?[0-9]|2[0-3]"), f"0 to 23 or *{_WILD} 8-17"),
    _Field(
        "day of month",
        _list(_DAY, "LW", "L(?:-[1-9][0-9]?)?", f"(?:{_DAY})W"),
        f"1 to 31, *, L for the last or a number with W for the nearest weekday{_WILD} 1,15",
    ),
    _Field("month", _list(f"0?[1-9]|1[0-2]|{_MONTHS}"), f"1 to 12, JAN to DEC or *{_WILD} JAN,JUL"),
    _Field(
        "day of week",
        _list(_WEEKDAY, f"(?:{_WEEKDAY})?L", f"(?:{_WEEKDAY})#[1-5]"),
        f"1 (Sunday) to 7, SUN to SAT, *, 6L for the last Friday or 3#2 for the second Tuesday{_WILD} MON-FRI",
    ),
    _Field("year", _list("19[7-9][0-9]|2[01][0-9][0-9]"), f"1970 to 2199 or *{_WILD} 2030-2032"),
)
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4

# Days that no named month has: the 30th and 31st of February, the 31st of short months. A leap year brings a 29th.
_LATE, _LAST, _FEBRUARY, _SHORT = "(?:30|31)W?", "31W?", "(?:0?2|FEB)", "(?:0?[2469]|11|FEB|APR|JUN|SEP|NOV)"
NEVER = (
    f"{_LATE}(?:[,-]{_LATE})*(?:/[0-9]+)? {_FEBRUARY}(?:[,-]{_FEBRUARY})*|{_LAST}(?:,{_LAST})* {_SHORT}(?:,{_SHORT})*"
)
"""A day of month and a month, with a space between them, that never come together; in any cron grammar."""


@dataclass(frozen=True)
class ScheduleService:
    """What one service takes. `rates` has the units after 1, and those after more; empty for no rates at all.

    `least_hours` is the shortest rate in hours, at most 9. `narrower` has fields of which it takes less than the
    grammar, with the words for it.
    """

    name: str
    rates: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    at: bool = False
    least_hours: int = 0
    narrower: tuple[tuple[str, str, str], ...] = ()

    def _too_short(self, unit: str) -> bool:
        return bool(self.least_hours) and unit.startswith("hour")

    @property
    def also(self) -> str:
        """What comes beside the fields of cron(...), in words that follow them; empty for nothing."""
        narrow = "".join(f"; the {name} is {words}" for name, _, words in self.narrower)
        rate = ", or rate(7 days)" if self.rates else ""
        shortest = f"; a rate is {self.least_hours} hours or more" if self.least_hours else ""
        return f"{rate}{narrow}{shortest}"

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in words, the commonest first."""
        return (
            "cron(minute hour day-of-month month day-of-week year)",
            *(["rate(number unit)"] if self.rates else []),
            *(["at(yyyy-mm-ddThh:mm:ss)"] if self.at else []),
        )

    @property
    def fields(self) -> tuple[_Field, ...]:
        """The six fields as this service takes them."""
        less: Mapping[str, _Field] = {name: _Field(name, pattern, words) for name, pattern, words in self.narrower}
        return tuple(less.get(one.name, one) for one in _FIELDS)

    @property
    def pattern(self) -> str:
        """The whole grammar as an expression that Python's `re` and RE2 read alike; dates of at(...) are only near."""
        minute, hour, day, month, weekday, year = (f"(?:{one.pattern})" for one in self.fields)
        found = [rf"cron\({minute} {hour} (?:{day} {month} \?|\? {month} {weekday}) {year}\)"]
        if self.rates:
            one, more = ("|".join(unit for unit in units if not self._too_short(unit)) for units in self.rates)
            hours = f"|(?:[{self.least_hours}-9]|[1-9][0-9]+) hours" if self.least_hours else ""
            found.append(rf"rate\((?:1 (?:{one})|(?:[2-9]|[1-9][0-9]+) (?:{more}){hours})\)")
        if self.at:
            found.append(r"at\([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\)")
        return "|".join(found)


_ONE, _MORE = ("minute", "hour", "day"), ("minutes", "hours", "days")
EVENTBRIDGE = ScheduleService("EventBridge", rates=(_ONE, _MORE))
"""Rules: a rate of 1 is singular, a greater one plural."""
SCHEDULER = ScheduleService("EventBridge Scheduler", rates=((*_ONE, *_MORE), (*_MORE, *_ONE)), at=True)
"""Its API lists both numbers of each unit."""
RESTORE_TESTING = ScheduleService("AWS Backup's restore testing")
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html"""
BACKUP = ScheduleService(
    "AWS Backup",
    narrower=(("minute", "[0-5]?[0-9]", "one minute, 0 to 59: AWS Backup starts a backup once an hour at the most"),),
)
"""Plans take no rates. https://docs.aws.amazon.com/cdk/api/v1/docs/@aws-cdk_aws-backup.BackupPlanRuleProps.html"""
SECRETS_MANAGER = ScheduleService(
    "Secrets Manager",
    rates=(("day", "hour"), ("days", "hours")),
    least_hours=4,
    narrower=(
        ("minute", "0?0", "0: a rotation begins on the hour"),
        ("year", r"\*", "*: a rotation comes in every year"),
    ),
)
"""Rotations: on the hour, every year, and 4 hours apart at the least."""


@cache
def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def problems(value: str, service: ScheduleService) -> list[ConfigProblem]:
    """What `service` would refuse in a schedule; a day that never comes is a warning."""
    return list(_problems(value, service))


def _problems(value: str, service: ScheduleService) -> Iterator[ConfigProblem]:
    form, _, rest = value.partition("(")
    inside = rest[:-1]
    if not rest.endswith(")"):
        yield errors.wrong_form(value, service.name, service.forms)
    elif form == "cron":
        yield from _cron(value, inside, service)
    elif form == "rate" and service.rates:
        yield from _rate(value, inside, service)
    elif form == "at" and service.at:
        if not _is_time(inside):
            yield errors.no_such_date(value)
    else:
        yield errors.wrong_form(value, service.name, service.forms)


def _cron(value: str, inside: str, service: ScheduleService) -> Iterator[ConfigProblem]:
    texts = inside.split(" ")
    if len(texts) != len(_FIELDS):
        yield errors.wrong_fields(value, len(inside.split()))
        return
    free = [texts[_DAY_OF_MONTH] == "?", texts[_DAY_OF_WEEK] == "?"]
    if all(free):
        yield errors.both_days(value)
    elif not any(free):
        yield errors.neither_day(value)
    wrong = False
    for number, (one, text) in enumerate(zip(service.fields, texts, strict=True)):
        skipped = number in (_DAY_OF_MONTH, _DAY_OF_WEEK) and text == "?"
        if not skipped and not _whole(one.pattern).fullmatch(text):
            wrong = True
            yield errors.wrong_field(value, one.name, text, one.allowed)
    if not wrong and _whole(NEVER).fullmatch(f"{texts[_DAY_OF_MONTH]} {texts[_DAY_OF_MONTH + 1]}"):
        yield errors.never_comes(value)


def _rate(value: str, inside: str, service: ScheduleService) -> Iterator[ConfigProblem]:
    found = _whole("([1-9][0-9]*) ([a-z]+)").fullmatch(inside)
    if found is None or service.rates is None:
        yield errors.wrong_rate(value, service.name)
        return
    number, unit = int(found[1]), found[2]
    right = service.rates[0] if number == 1 else service.rates[1]
    if unit not in right:
        yield errors.wrong_unit(value, service.name, number, right)
    elif unit.startswith("hour") and number < service.least_hours:
        least = f"rate({service.least_hours} hours)"
        yield errors.refused((), value, f"{least} or a longer one", f"Write {least}, or more hours or days.")


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%S") == text
    except ValueError:
        return False
