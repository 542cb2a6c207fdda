"""What is said of settings that CloudWatch reads only when they are applied."""

from __future__ import annotations

import json
from collections.abc import Sequence

from groundplan.problems import Problem, nearest

__all__ = ["metric_unused", "no_such_metric", "not_metric_math"]


def not_metric_math(path: str, why: str, expression: str) -> Problem:
    """An expression that cannot be read."""
    return Problem(
        path,
        f"{why}, got {json.dumps(expression)}",
        "See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html",
    )


def no_such_metric(path: str, name: str, known: Sequence[str], expression: str) -> Problem:
    """An expression asks for an id that no metric has."""
    like = nearest(name, known)
    return Problem(
        path,
        f"must ask for ids of metrics, which {json.dumps(name)} is none of, got {json.dumps(expression)}",
        (f"Did you mean {json.dumps(like)}? " if like else "") + f"There are {', '.join(map(json.dumps, known))}.",
    )


def metric_unused(path: str, name: str, expression: str) -> Problem:
    """A metric that the expression does not ask for: it would be paid for and decide nothing."""
    return Problem(
        path,
        f"must be asked for by expression, which does not name {json.dumps(name)}, got {json.dumps(expression)}",
        "Remove the metric, or name it in the expression.",
    )
