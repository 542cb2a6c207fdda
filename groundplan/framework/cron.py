"""Schedules: the cron grammars of Kubernetes and of AWS, as constraints that Python and Terraform read alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.grammars.schedules import EVENTBRIDGE, NEVER, ScheduleService

from .constraints import Constraint, Pattern, Unlike, Worded
from .hcl import hcl

__all__ = ["AwsScheduleExpression", "CronExpression", "RangesAscend"]

# What one field of a schedule may hold, in a form that stays readable inside a validation block.
_MINUTE, _HOUR, _DAY, _MONTH = "[0-5]?[0-9]", "[01]?[0-9]|2[0-3]", "0?[1-9]|[12][0-9]|3[01]", "0?[1-9]|1[0-2]"
_WEEKDAY = "[0-6]"


def _field(numbers: str, names: Sequence[str] = ()) -> str:
    """The pattern of one field of a schedule: `*`, values, ranges, steps and lists of them."""
    value = "(?:" + "|".join([numbers, *names]) + ")"
    term = rf"(?:\*|{value}(?:-{value})?)(?:/[1-9][0-9]?)?"
    return f"{term}(?:,{term})*"


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NUMBERS = {
    name: str(number) for names, first in ((_DAYS, 0), (_MONTHS, 1)) for number, name in enumerate(names, first)
}


_NEVER_MEANING = "name a day that one of its months has"


@dataclass(frozen=True)
class RangesAscend(Constraint):
    """A cron schedule whose ranges go from low to high: Kubernetes refuses FRI-MON, and 50-10 too.

    https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
    """

    @property
    def rule(self) -> str:
        return "must have ranges from low to high, such as 1-5 or MON-FRI"

    def accepts(self, value: Any) -> bool:
        ranges = re.findall("([0-9]+|[A-Z]+)-([0-9]+|[A-Z]+)", value)
        ends = [[_NUMBERS.get(end, end) for end in both] for both in ranges]
        return all(int(low) <= int(high) for low, high in ends if (low + high).isdigit())

    def condition(self, expression: str) -> str:
        number = "tonumber(lookup(numbers, found[{side}], found[{side}]))"
        found = f'regexall("([0-9]+|[A-Z]+)-([0-9]+|[A-Z]+)", {expression})'
        ascends = f"{number.format(side=0)} <= {number.format(side=1)}"
        return f"alltrue(flatten([for numbers in [{hcl(_NUMBERS)}] : [for found in {found} : try({ascends}, true)]]))"

    def json_schema(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class CronExpression(Worded):
    """A five-field cron schedule as Kubernetes reads it, or one of its short forms such as `@daily`.

    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
    """

    @property
    def _pattern(self) -> Pattern:
        fields = (
            _field(_MINUTE),
            _field(_HOUR),
            _field(_DAY),
            _field(_MONTH, _MONTHS),
            _field(_WEEKDAY, _DAYS),
        )
        return Pattern(
            "@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|" + " ".join(fields),
            "a cron schedule of five fields (minute, hour, day of month, month, day of week), such as 0 2 * * *",
        )

    @property
    def further(self) -> tuple[Constraint, ...]:
        # with a day of the week beside it, either of the two days is enough
        return (RangesAscend(), Unlike(rf"[^ ]+ [^ ]+ (?:{NEVER}) \*", _NEVER_MEANING))


@dataclass(frozen=True)
class AwsScheduleExpression(Worded):
    """A `cron(...)` of six fields, and what else one service of AWS takes: the grammar is `groundplan.grammars`' own.

    One of day-of-month and day-of-week must be `?`.
    """

    service: ScheduleService = EVENTBRIDGE

    @property
    def _pattern(self) -> Pattern:
        return Pattern(
            self.service.pattern,
            "cron(minute hour day-of-month month day-of-week year) with ? for one of the two days, "
            f"such as cron(0 5 ? * * *){self.service.also}",
        )

    @property
    def further(self) -> tuple[Constraint, ...]:
        return (Unlike(rf"cron\([^ ]+ [^ ]+ (?:{NEVER}) \? [^ ]+\)", _NEVER_MEANING),)
