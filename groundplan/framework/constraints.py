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
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

from groundplan.grammars.regular_expressions import problems

from . import errors
from .hcl import hcl, quoted

T = TypeVar("T")

__all__ = [
    "Arn",
    "CidrBlock",
    "Constraint",
    "Length",
    "Odd",
    "OneOf",
    "Pattern",
    "Range",
    "Unique",
    "Unlike",
    "Whole",
    "Worded",
    "as_json",
    "composed",
    "encoded",
    "whole",
]


def as_json(value: Any) -> str:
    """`value` as messages show it, on both sides: what Terraform's jsonencode writes, with <, > and & as themselves."""
    if isinstance(value, float) and math.isfinite(value):
        return format(Decimal(repr(value)).normalize(), "f")
    # what is no value of Terraform's is told elsewhere: here it must not stop the message
    text = composed(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr))
    return _escaped(text, "\u2028\u2029")


def encoded(value: Any) -> str:
    """`value` as Terraform's jsonencode writes it, sign by sign.

    https://developer.hashicorp.com/terraform/language/functions/jsonencode
    """
    return _escaped(as_json(value), "<>&")


def _escaped(text: str, characters: str) -> str:
    for character in characters:
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def composed(value: T) -> T:
    """A text as Terraform reads it: in Unicode's composed form (NFC), in which a Kelvin sign is the letter K.

    https://developer.hashicorp.com/terraform/language/expressions/types#types
    """
    if isinstance(value, str) and not value.isascii():
        return cast(T, unicodedata.normalize("NFC", value))
    return value


@cache
def whole(pattern: str) -> str:
    """A regular expression that matches a whole text in Terraform as it does in Python.

    Raises TypeError for one that only Python reads: Terraform would call whatever is given wrong.
    """
    # RE2 leaves the vertical tab out of what Python calls blanks
    parts: list[str] = []
    inside = False
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        inside = part != "]" if inside else part == "["
        parts.append({r"\s": r"\s\v" if inside else r"[\s\v]", r"\S": part if inside else r"[^\s\v]"}.get(part, part))
    made = f"^(?:{''.join(parts)})$"
    for problem in problems(made):
        why = problem.message.rpartition(", which ")[2].rpartition(" at character ")[0]
        raise errors.pattern_only_python_reads(pattern, why, problem.cure)
    return made


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


class Worded(Constraint):
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
class Arn(Worded):
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
