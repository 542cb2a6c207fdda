"""What a value must satisfy, said once: checked in Python, rendered as Terraform validation and as JSON Schema.

Every constraint words its rule the same way on both sides, and both sides print the value as JSON. Patterns keep to
what Python's `re` and Terraform's RE2 read alike: no look-around, no back-references.
"""

from __future__ import annotations

import ipaddress
import json
import math
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar, cast

from .hcl import hcl, quoted

T = TypeVar("T")

__all__ = [
    "Arn",
    "AwsScheduleExpression",
    "CidrBlock",
    "Constraint",
    "CronExpression",
    "Length",
    "Odd",
    "OneOf",
    "Pattern",
    "Range",
    "RangesAscend",
    "Unique",
    "Unlike",
    "Whole",
    "as_json",
    "composed",
    "whole",
]


def as_json(value: Any) -> str:
    """`value` as Terraform's jsonencode writes it, so that messages read alike on both sides."""
    if isinstance(value, float) and math.isfinite(value):
        return format(Decimal(repr(value)).normalize(), "f")
    # what is no value of Terraform's is told elsewhere: here it must not stop the message
    text = composed(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def composed(value: T) -> T:
    """A text as Terraform reads it: in Unicode's composed form (NFC), in which a Kelvin sign is the letter K.

    https://developer.hashicorp.com/terraform/language/expressions/types#types
    """
    if isinstance(value, str) and not value.isascii():
        return cast(T, unicodedata.normalize("NFC", value))
    return value


def whole(pattern: str) -> str:
    """A regular expression that matches a whole text in Terraform as it does in Python."""
    # RE2 leaves the vertical tab out of what Python calls blanks
    parts: list[str] = []
    inside = False
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        inside = part != "]" if inside else part == "["
        parts.append({r"\s": r"\s\v" if inside else r"[\s\v]", r"\S": part if inside else r"[^\s\v]"}.get(part, part))
    return f"^(?:{''.join(parts)})$"


class Constraint(ABC):
    """One rule about one value."""

    @property
    def further(self) -> tuple[Constraint, ...]:
        """Rules that come with this one, each with words of its own; they accept what this one refuses."""
        return ()

    @property
    @abstractmethod
    def rule(self) -> str:
        """The rule as a phrase that follows a path: `must be 1 to 35`."""

    @abstractmethod
    def accepts(self, value: Any) -> bool:
        """Whether `value`, of the field's type already, satisfies the rule."""

    @abstractmethod
    def condition(self, expression: str) -> str:
        """The same question as a Terraform expression over `expression`."""

    def shown(self, value: Any) -> str:
        """What was got, for the message."""
        return as_json(value)

    def shown_expression(self, expression: str) -> str:
        """The same as a Terraform expression."""
        return f"jsonencode({expression})"

    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """The rule in JSON Schema's words, as far as it has them."""


@dataclass(frozen=True)
class Whole(Constraint):
    """A number without a fraction; every `int` field has it."""

    @property
    def rule(self) -> str:
        return "must be a whole number"

    def accepts(self, value: Any) -> bool:
        return isinstance(value, int) or float(value).is_integer()

    def condition(self, expression: str) -> str:
        return f"floor({expression}) == {expression}"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer"}


@dataclass(frozen=True)
class Range(Constraint):
    """A number between two bounds, both included; None leaves a side open."""

    low: float | None = None
    high: float | None = None

    @property
    def rule(self) -> str:
        if self.low is None:
            return f"must be {as_json(self.high)} or less"
        if self.high is None:
            return f"must be {as_json(self.low)} or more"
        return f"must be {as_json(self.low)} to {as_json(self.high)}"

    def accepts(self, value: Any) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def condition(self, expression: str) -> str:
        sides = []
        if self.low is not None:
            sides.append(f"{expression} >= {as_json(self.low)}")
        if self.high is not None:
            sides.append(f"{expression} <= {as_json(self.high)}")
        return " && ".join(sides)

    def json_schema(self) -> dict[str, Any]:
        bounds = {"minimum": self.low, "maximum": self.high}
        return {word: bound for word, bound in bounds.items() if bound is not None}


@dataclass(frozen=True)
class Odd(Constraint):
    """A number of voters that can always form a majority."""

    @property
    def rule(self) -> str:
        return "must be odd"

    def accepts(self, value: Any) -> bool:
        return bool(abs(value) % 2 == 1)

    def condition(self, expression: str) -> str:
        return f"abs({expression}) % 2 == 1"

    def json_schema(self) -> dict[str, Any]:
        return {"not": {"multipleOf": 2}}


@dataclass(frozen=True)
class Length(Constraint):
    """How many characters a text has, or how many entries a list or a map."""

    low: int = 0
    high: int | None = None
    unit: str = "characters"

    @property
    def rule(self) -> str:
        if self.high is None:
            return f"must have {self.low} or more {self.unit}"
        if self.low == 0:
            return f"must have at most {self.high} {self.unit}"
        return f"must have {self.low} to {self.high} {self.unit}"

    def accepts(self, value: Any) -> bool:
        return len(value) >= self.low and (self.high is None or len(value) <= self.high)

    def condition(self, expression: str) -> str:
        if self.unit == "characters":
            # length() of a text counts what a reader sees as one character, AWS and Python count code points
            expression = f'split("", {expression})'
        sides = [f"length({expression}) >= {self.low}"] if self.low else []
        if self.high is not None:
            sides.append(f"length({expression}) <= {self.high}")
        return " && ".join(sides) or "true"

    def shown(self, value: Any) -> str:
        return as_json(value) if self.unit == "characters" else as_json(len(value))

    def shown_expression(self, expression: str) -> str:
        return super().shown_expression(expression if self.unit == "characters" else f"length({expression})")

    def json_schema(self) -> dict[str, Any]:
        noun = {"characters": "Length", "items": "Items", "entries": "Properties"}[self.unit]
        schema: dict[str, Any] = {f"min{noun}": self.low} if self.low else {}
        if self.high is not None:
            schema[f"max{noun}"] = self.high
        return schema


@dataclass(frozen=True)
class Pattern(Constraint):
    """A text that a regular expression matches as a whole; `meaning` says it for people."""

    expression: str
    meaning: str

    @property
    def rule(self) -> str:
        return f"must be {self.meaning}"

    def accepts(self, value: Any) -> bool:
        return re.fullmatch(self.expression, value, re.ASCII) is not None

    def condition(self, expression: str) -> str:
        return f"can(regex({quoted(whole(self.expression))}, {expression}))"

    def json_schema(self) -> dict[str, Any]:
        return {"pattern": f"^(?:{self.expression})$"}


@dataclass(frozen=True)
class Unlike(Constraint):
    """A text that a regular expression does not match as a whole; `meaning` says for people what it is then."""

    expression: str
    meaning: str

    @property
    def rule(self) -> str:
        return f"must {self.meaning}"

    def accepts(self, value: Any) -> bool:
        return re.fullmatch(self.expression, value, re.ASCII) is None

    def condition(self, expression: str) -> str:
        return f"!can(regex({quoted(whole(self.expression))}, {expression}))"

    def json_schema(self) -> dict[str, Any]:
        return {"not": {"pattern": f"^(?:{self.expression})$"}}


@dataclass(frozen=True)
class OneOf(Constraint):
    """One of a few texts or numbers."""

    allowed: tuple[Any, ...]

    @property
    def rule(self) -> str:
        return f"must be one of {', '.join(as_json(value) for value in self.allowed)}"

    def accepts(self, value: Any) -> bool:
        return value in self.allowed

    def condition(self, expression: str) -> str:
        return f"contains({hcl(list(self.allowed))}, {expression})"

    def json_schema(self) -> dict[str, Any]:
        return {"enum": list(self.allowed)}


@dataclass(frozen=True)
class Unique(Constraint):
    """A list that names nothing twice."""

    @property
    def rule(self) -> str:
        return "must not name anything twice"

    def accepts(self, value: Any) -> bool:
        return len({as_json(item) for item in value}) == len(value)

    def condition(self, expression: str) -> str:
        # a set is made in one go; Terraform's distinct compares each item with all before it
        return f"length(toset({expression})) == length({expression})"

    def json_schema(self) -> dict[str, Any]:
        return {"uniqueItems": True}


@dataclass(frozen=True)
class CidrBlock(Constraint):
    """An IPv4 network in CIDR notation, its host bits zero (RFC 4632)."""

    @property
    def rule(self) -> str:
        return "must be an IPv4 CIDR block with its host bits zero, such as 10.20.0.0/16"

    def accepts(self, value: Any) -> bool:
        try:
            return bool(str(ipaddress.IPv4Network(value, strict=True)) == value)
        except ValueError:
            return False

    def condition(self, expression: str) -> str:
        return (
            f'(can(regex("^[0-9.]+/[0-9]+$", {expression})) ? '
            f"try(cidrsubnet({expression}, 0, 0) == {expression}, false) : false)"
        )

    def json_schema(self) -> dict[str, Any]:
        return {"pattern": r"^[0-9.]+/[0-9]+$"}


class _Worded(Constraint):
    """A text in a form that has a name of its own, which comes down to a pattern."""

    @property
    @abstractmethod
    def _pattern(self) -> Pattern:
        """The form."""

    @property
    def rule(self) -> str:
        return self._pattern.rule

    def accepts(self, value: Any) -> bool:
        return self._pattern.accepts(value)

    def condition(self, expression: str) -> str:
        return self._pattern.condition(expression)

    def json_schema(self) -> dict[str, Any]:
        return self._pattern.json_schema()


@dataclass(frozen=True)
class Arn(_Worded):
    """An ARN of one AWS service; `resource` is a pattern for what follows the account, in any form when empty.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """

    service: str
    resource: str = ""
    example: str = ""

    @property
    def _pattern(self) -> Pattern:
        resource = self.resource or "[^ ]+"
        example = f", such as {self.example}" if self.example else ""
        return Pattern(
            rf"arn:aws[a-z-]*:{re.escape(self.service)}:[a-z0-9-]*:([0-9]{{12}}|aws)?:{resource}",
            f"the ARN of {_article(self.service)} {self.service} resource{example}",
        )


def _article(service: str) -> str:
    return "an" if service[0] in "aeios" and service not in ("secretsmanager", "ses", "signer", "states") else "a"


# What one field of a schedule may hold, in a form that stays readable inside a validation block.
_MINUTE, _HOUR, _DAY, _MONTH = "[0-5]?[0-9]", "[01]?[0-9]|2[0-3]", "0?[1-9]|[12][0-9]|3[01]", "0?[1-9]|1[0-2]"
_WEEKDAY, _AWS_WEEKDAY = "[0-6]", "[1-7]"


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


# Days that no named month has: the 30th and 31st of February, the 31st of short months. A leap year brings a 29th.
_LATE, _LAST, _FEBRUARY, _SHORT = "(?:30|31)W?", "31W?", "(?:0?2|FEB)", "(?:0?[2469]|11|FEB|APR|JUN|SEP|NOV)"
_NEVER = (
    f"{_LATE}(?:[,-]{_LATE})*(?:/[0-9]+)? {_FEBRUARY}(?:[,-]{_FEBRUARY})*|{_LAST}(?:,{_LAST})* {_SHORT}(?:,{_SHORT})*"
)
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
class CronExpression(_Worded):
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
        return (RangesAscend(), Unlike(rf"[^ ]+ [^ ]+ (?:{_NEVER}) \*", _NEVER_MEANING))


@dataclass(frozen=True)
class AwsScheduleExpression(_Worded):
    """A `cron(...)` of six fields or a `rate(...)`, as EventBridge, AWS Backup and Secrets Manager read them.

    One of day-of-month and day-of-week must be `?`.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
    """

    rate: bool = True

    @property
    def _pattern(self) -> Pattern:
        minute, hour, month = _field(_MINUTE), _field(_HOUR), _field(_MONTH, _MONTHS)
        day = rf"(?:{_field(_DAY)}|L|LW|(?:[1-9]|[12][0-9]|3[01])W)"
        weekday = rf"(?:{_field(_AWS_WEEKDAY, _DAYS)}|L|[1-7]L|[1-7]#[1-5])"
        year = r"(?:\*|(?:19[7-9][0-9]|2[01][0-9][0-9])(?:[-,/][0-9]{1,4})*)"
        cron = rf"cron\({minute} {hour} (?:{day} {month} \?|\? {month} {weekday}) {year}\)"
        rate = r"rate\((?:1 (?:minute|hour|day)|(?:[2-9]|[1-9][0-9]+) (?:minutes|hours|days))\)"
        return Pattern(
            f"{cron}|{rate}" if self.rate else cron,
            "cron(minute hour day-of-month month day-of-week year) with ? for one of the two days, "
            "such as cron(0 5 ? * * *)" + (", or rate(7 days)" if self.rate else ""),
        )

    @property
    def further(self) -> tuple[Constraint, ...]:
        return (Unlike(rf"cron\([^ ]+ [^ ]+ (?:{_NEVER}) \? [^ ]+\)", _NEVER_MEANING),)
