"""Expressions inside of a machine: JSONata between {% and %}, and JSONPath.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
https://states-language.net/spec.html#path
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

__all__ = [
    "functions",
    "jsonata_fault",
    "jsonata_inside",
    "literal_beginning",
    "path_fault",
    "reference_path_fault",
    "template_fault",
    "texts",
]

_OPEN, _CLOSE = "{%", "%}"
# https://states-language.net/spec.html#ref-paths
_REFERENCE = re.compile(r"\$\$?(\.[^\s.\[\]'\"*?@,:()]+|\[\d+\]|\['[^'\]]+'\]|\[\"[^\"\]]+\"\])*")
# https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
_INTRINSICS = frozenset(
    {
        "States.Array",
        "States.ArrayContains",
        "States.ArrayGetItem",
        "States.ArrayLength",
        "States.ArrayPartition",
        "States.ArrayRange",
        "States.ArrayUnique",
        "States.Base64Decode",
        "States.Base64Encode",
        "States.Format",
        "States.Hash",
        "States.JsonMerge",
        "States.JsonToString",
        "States.MathAdd",
        "States.MathRandom",
        "States.StringSplit",
        "States.StringToJson",
        "States.UUID",
    }
)
# https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
_OF_STEP_FUNCTIONS = frozenset({"hash", "parse", "partition", "random", "range", "uuid"})
_BEGINNING = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)")\s*(&|$)""")
_EVAL = re.compile(r"\$eval\s*\(")
Fault = tuple[str, str]


def jsonata_inside(text: str) -> str | None:
    """The expression of a text that is one; None for a text that stands for itself."""
    if text.startswith(_OPEN) and text.endswith(_CLOSE) and len(text) >= len(_OPEN + _CLOSE):
        return text[len(_OPEN) : -len(_CLOSE)].strip()
    return None


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def jsonata_fault(text: str) -> Fault | None:
    """What is wrong with a text that may be JSONata, and what to do; None when nothing is."""
    expression = jsonata_inside(text)
    if expression is None:
        if text.lstrip().startswith(_OPEN) or text.rstrip().endswith(_CLOSE):
            return f"must begin with {_OPEN} and end with {_CLOSE} to be JSONata", "Write nothing around them."
        return None
    if not expression:
        return "holds no expression", f"Write one between {_OPEN} and {_CLOSE}."
    if _EVAL.search(expression):
        # https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
        return "calls $eval, which Step Functions does not have", "Write the expression itself, or use $parse for JSON."
    from jsonata import Jsonata  # here: a machine without JSONata does without it
    from jsonata.jexception import JException

    try:
        Jsonata(expression)
    except JException as error:
        return f"must be a JSONata expression: {error}", "Correct it: https://docs.jsonata.org says how one is written."
    return None


@lru_cache(maxsize=1)
def functions() -> frozenset[str]:
    """The functions that an expression may name: JSONata's, and those that Step Functions adds."""
    from jsonata import Jsonata

    return frozenset(Jsonata.static_frame.bindings) | _OF_STEP_FUNCTIONS


@lru_cache(maxsize=4096)
def path_fault(text: str) -> Fault | None:
    """What is wrong with a JSONPath; one that begins with $$ is of the context."""
    if not text.startswith("$"):
        return "must begin with $ to be a path", "Write $ for the whole, $.claim.id for a part."
    import jsonpath  # here: a machine in JSONata does without it

    try:
        jsonpath.compile(re.sub(r"^\$\$", "$", text))
    except jsonpath.JSONPathError as error:
        reason = str(error).splitlines()[0]
        return f"must be a JSONPath: {reason}", "Correct it, such as $.claim.lines[0].amount."
    return None


def reference_path_fault(text: str) -> Fault | None:
    """What is wrong with a path that must name one place, where something is put."""
    if not _REFERENCE.fullmatch(text):
        return "must name one place", "Write it with names and numbers alone, such as $.claim.lines[0]."
    return None


def template_fault(text: str) -> Fault | None:
    """What is wrong with the value of a field whose name ends in `.$`: a path, a variable, or an intrinsic function."""
    if not text.startswith("States."):
        return path_fault(text)
    name, opened, _ = text.partition("(")
    if not opened or name not in _INTRINSICS:
        return f"calls {name}, which is no intrinsic function", f"There are {', '.join(sorted(_INTRINSICS))}."
    if not _balanced(text):
        return "has parentheses or quotes that do not close", "Close each that was opened."
    return None


def _balanced(text: str) -> bool:
    depth, quoted, skipped = 0, False, False
    for character in text:
        if skipped:
            skipped = False
        elif character == "\\":
            skipped = True
        elif character == "'":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth < 0:
                return False
    return depth == 0 and not quoted


def literal_beginning(value: Any) -> tuple[str, bool] | None:
    """What a text surely begins with, and whether that is all of it; None when only the execution knows.

    `{% 'https://api.example.com/claims/' & $states.input.id %}` begins with its first part.
    """
    if not isinstance(value, str):
        return None
    expression = jsonata_inside(value)
    if expression is None:
        return value, True
    found = _BEGINNING.match(expression)
    if found is None:
        return None
    return found[1] if found[1] is not None else found[2], not found[3]


def texts(value: Any, steps: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text inside of a value, with the way to it."""
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from texts(item, (*steps, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, (*steps, index))
