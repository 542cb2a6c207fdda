"""What a value must satisfy, said once: checked in Python, rendered as Terraform validation and as JSON Schema.

Every constraint words its rule the same way on both sides, and both sides print the value as JSON. Patterns keep to
what Python's `re` and Terraform's RE2 read alike: no look-around, no back-references.
"""

from __future__ import annotations

import ipaddress
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .hcl import hcl, quoted

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
    "Unique",
    "Whole",
    "as_json",
]


def as_json(value: Any) -> str:
    """`value` as Terraform's jsonencode writes it, so that messages read alike on both sides."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


class Constraint(ABC):
    """One rule about one value."""

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
        return bool(float(value).is_integer())

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
        return bool(value % 2 == 1)

    def condition(self, expression: str) -> str:
        return f"{expression} % 2 == 1"

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
        return f"can(regex({quoted(f'^(?:{self.expression})$')}, {expression}))"

    def json_schema(self) -> dict[str, Any]:
        return {"pattern": f"^(?:{self.expression})$"}


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
        return f"length(distinct({expression})) == length({expression})"

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
