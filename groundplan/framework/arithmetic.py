"""Arithmetic and order, said once: how Terraform writes an operation, and how Python computes it.

References render them, terms of rules render and compute them: so both sides have the same operations, with Python's
meaning.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["COMPARISONS", "OPERATIONS", "Operation"]


@dataclass(frozen=True)
class Operation:
    """`template` has `{0}` and, for two operands, `{1}` in it, and binds like one word; `compute` is Python's own."""

    template: str
    compute: Callable[..., Any]


OPERATIONS = {
    "+": Operation("({0} + {1})", operator.add),
    "-": Operation("({0} - {1})", operator.sub),
    "*": Operation("({0} * {1})", operator.mul),
    "/": Operation("({0} / {1})", operator.truediv),
    "//": Operation("floor({0} / {1})", operator.floordiv),
    # Terraform's own remainder has the sign of the first number, Python's that of the second
    "%": Operation("({0} - {1} * floor({0} / {1}))", operator.mod),
    "**": Operation("pow({0}, {1})", operator.pow),
    "-x": Operation("(-{0})", operator.neg),
    "+x": Operation("{0}", operator.pos),
    "abs": Operation("abs({0})", abs),
    "floor": Operation("floor({0})", math.floor),
    "ceil": Operation("ceil({0})", math.ceil),
}

COMPARISONS = {
    "<": Operation("({0} < {1})", operator.lt),
    "<=": Operation("({0} <= {1})", operator.le),
    ">": Operation("({0} > {1})", operator.gt),
    ">=": Operation("({0} >= {1})", operator.ge),
}
