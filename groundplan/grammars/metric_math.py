"""CloudWatch's metric math: what an expression names, and whether it can be read at all.

    MetricMath.read("100 * errors / FILL(requests, 1)").names == {"errors", "requests"}

Types of arguments are not looked at, and what stands inside a text is not read: SEARCH and SQL have grammars of their
own. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["FUNCTIONS", "MetricMath", "MetricMathFault"]

FUNCTIONS = frozenset(
    [
        "ABS",
        "ANOMALY_DETECTION_BAND",
        "AVG",
        "CEIL",
        "DATAPOINT_COUNT",
        "DB_PERF_INSIGHTS",
        "DIFF",
        "DIFF_TIME",
        "FILL",
        "FIRST",
        "FLOOR",
        "IF",
        "INSIGHT_RULE_METRIC",
        "LAMBDA",
        "LAST",
        "LOG",
        "LOG10",
        "MAX",
        "METRIC_COUNT",
        "METRICS",
        "MIN",
        "MINUTE",
        "HOUR",
        "DAY",
        "DATE",
        "MONTH",
        "YEAR",
        "EPOCH",
        "PERIOD",
        "RATE",
        "REMOVE_EMPTY",
        "RUNNING_SUM",
        "SEARCH",
        "SERVICE_QUOTA",
        "SLICE",
        "SORT",
        "STDDEV",
        "SUM",
        "TIME_SERIES",
    ]
)
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#using-metric-math-functions"""

_WORDS = {"REPEAT", "LINEAR", "ASC", "DESC", "AVG", "MIN", "MAX", "SUM", "STDDEV"}
"""Arguments in capitals that are neither functions nor texts: how FILL fills, which way and by what SORT sorts."""
_DEEPEST = 50
_TOKENS = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?P<word>[A-Za-z][A-Za-z0-9_]*)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>(),\[\]]))"
)
_LOWEST_FIRST = (("OR", "||"), ("AND", "&&"), ("==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"), ("^",))


class MetricMathFault(ValueError):
    """An expression that CloudWatch would refuse: the text says why, in words that follow a setting's name."""


@dataclass
class MetricMath:
    """An expression that was read: the ids of queries that it asks for, and the functions that it calls."""

    names: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, expression: str) -> MetricMath:
        """Reads an expression. Raises MetricMathFault for what is none."""
        reader = _Reader(expression)
        reader.operation(0, 0)
        reader.end()
        return reader.found


class _Reader:
    """Reads one expression from left to right, the loosest operators outermost."""

    def __init__(self, expression: str) -> None:
        self.found = MetricMath()
        self._tokens = list(_tokens(expression))
        self._at = 0

    def end(self) -> None:
        """Refuses what is left over."""
        if self._at < len(self._tokens):
            raise MetricMathFault(f"must end before {self._tokens[self._at][1]}, or go on with an operator")

    def operation(self, level: int, depth: int) -> None:
        """Operands of one level with its operators between them."""
        if depth > _DEEPEST:
            raise MetricMathFault(f"must not nest deeper than {_DEEPEST} brackets")
        if level == len(_LOWEST_FIRST):
            self._operand(depth)
            return
        self.operation(level + 1, depth)
        while self._take(*_LOWEST_FIRST[level]):
            self.operation(level + 1, depth)

    def _operand(self, depth: int) -> None:
        while self._take("-", "+"):
            pass
        if self._take("("):
            self.operation(0, depth + 1)
            self._demand(")")
        elif self._take("["):
            self._listed("]", depth)
        else:
            self._atom(depth)

    def _atom(self, depth: int) -> None:
        if self._at == len(self._tokens):
            raise MetricMathFault("must not end where a number, an id or a function is due")
        kind, said = self._tokens[self._at]
        self._at += 1
        if kind == "word" and self._take("("):
            if said not in FUNCTIONS:
                raise MetricMathFault(f"must call functions of metric math, which {said} is none of")
            self.found.functions.add(said)
            if not self._take(")"):
                self._listed(")", depth)
        elif kind == "word" and said[0].islower():
            self.found.names.add(said)
        elif kind == "sign" or (kind == "word" and said not in _WORDS):
            raise MetricMathFault(f"must have a number, an id in lower case or a function in place of {said}")

    def _listed(self, close: str, depth: int) -> None:
        self.operation(0, depth + 1)
        while self._take(","):
            self.operation(0, depth + 1)
        self._demand(close)

    def _take(self, *signs: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][0] != "text" and self._tokens[self._at][1] in signs:
            self._at += 1
            return True
        return False

    def _demand(self, sign: str) -> None:
        if not self._take(sign):
            there = self._tokens[self._at][1] if self._at < len(self._tokens) else "its end"
            raise MetricMathFault(f"must have {sign} before {there}")


def _tokens(expression: str) -> list[tuple[str, str]]:
    found, at, whole = [], 0, expression.rstrip()
    while at < len(whole):
        match = _TOKENS.match(whole, at)
        if match is None:
            raise MetricMathFault(f"must be metric math, which {whole[at:].strip()[:20]} cannot stand in")
        found.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        at = match.end()
    return found
