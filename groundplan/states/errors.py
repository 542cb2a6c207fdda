"""Every message about a state machine: which state, what is wrong with it, what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from groundplan.problems import BadInput, Line, Problem, nearest

__all__ = [
    "bad_expression",
    "double_name",
    "every_error_last",
    "lacking",
    "never_assigned",
    "never_ends",
    "no_arn",
    "no_catch",
    "no_such_state",
    "no_transition",
    "not_an_integration",
    "not_json",
    "not_of_language",
    "not_the_language",
    "not_told",
    "one_of",
    "only_standard",
    "shape_problems",
    "spare",
    "too_long",
    "two_transitions",
    "unknown_error",
    "unreachable",
    "waits_for_ever",
    "wrong_operators",
]

Location = Sequence[str | int]


def at(steps: Iterable[str | int]) -> str:
    """A place in a machine, as people find it: `States["Pay"].Catch[0].Next`."""
    said, named = "", False
    for step in steps:
        if isinstance(step, int):
            said += f"[{step}]"
        elif named:
            said += f"[{json.dumps(step, ensure_ascii=False)}]"
        else:
            said += f".{step}" if said else step
        named = step == "States"
    return said


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=lambda one: type(one).__name__)
    return text if len(text) <= 120 else f"{text[:100]}... ({len(text)} characters)"


def _meant(given: str, allowed: Iterable[str], otherwise: str) -> str:
    close = nearest(given, allowed)
    return f"Did you mean {_shown(close)}?" if close else otherwise


def not_json(reason: str) -> Problem:
    return Problem("", f"is not JSON: {reason}", "Give what StateMachine(...).as_json() writes, or correct it.")


def not_the_language(
    kind: str, found: Iterable[Mapping[str, Any]], values: Mapping[str, Any], fields: Iterable[str], line: Line
) -> BadInput:
    return BadInput(problem.below(kind).said_at(line) for problem in shape_problems(found, values, {"": fields}))


def shape_problems(
    found: Iterable[Mapping[str, Any]], document: Any, fields: Mapping[str, Iterable[str]]
) -> list[Problem]:
    """What pydantic found, in words for a person; `fields` are the names that each type of state has."""
    return [_shape_problem(each, document, fields) for each in found]


def _shape_problem(found: Mapping[str, Any], document: Any, fields: Mapping[str, Iterable[str]]) -> Problem:
    steps: list[str | int] = []
    here, around = document, document
    for step in found["loc"]:
        inside = (isinstance(here, Mapping) and step in here) or (
            isinstance(here, list) and isinstance(step, int) and step < len(here)
        )
        if inside:
            steps.append(step)
            here, around = here[step], here
    kind, last = found["type"], found["loc"][-1] if found["loc"] else ""
    if kind == "missing":
        return Problem(at([*steps, last]), "must be given", f"Say {last}.")
    if kind == "extra_forbidden":
        allowed = list(fields.get(around.get("Type", "") if isinstance(around, Mapping) else "", ()))
        cure = f"Take it out; there are {', '.join(sorted(allowed))}." if allowed else "Take it out."
        return Problem(at(steps), "is nothing that the language knows here", _meant(str(last), allowed, cure))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        given = here.get("Type") if isinstance(here, Mapping) else here
        types = list(fields)
        message = f"must be one of {', '.join(types)}, got {_shown(given)}"
        return Problem(at([*steps, "Type"]), message, _meant(str(given), types, "Say what kind of state it is."))
    reason = found["msg"].removeprefix("Input ")
    return Problem(at(steps), f"{reason}, got {_shown(found['input'])}", "Write what the language takes there.")


def no_such_state(steps: Location, given: str, states: Iterable[str]) -> Problem:
    cure = _meant(given, states, f"Name one of {', '.join(sorted(states))}, or add it.")
    return Problem(at(steps), f"must be a state beside it, got {_shown(given)}", cure)


def unreachable(steps: Location) -> Problem:
    return Problem(
        at(steps), "is reached from no other state", "Lead to it by a Next, a Default or a Catch; or remove it."
    )


def no_transition(steps: Location) -> Problem:
    return Problem(at(steps), "does not say what comes after it", "Say Next, or End: true.")


def two_transitions(steps: Location) -> Problem:
    return Problem(at(steps), "says both Next and End", "Keep one of the two.")


def never_ends(steps: Location, circle: Iterable[str]) -> Problem:
    return Problem(
        at(steps),
        f"goes on for ever: without an error, no end is reached from {', '.join(sorted(circle))}",
        "Lead out of the loop by a Choice, to a state that ends.",
    )


def double_name(steps: Location, name: str) -> Problem:
    return Problem(
        at(steps),
        f"has a name that another state of the machine has: {_shown(name)}",
        "Give one of the two another name: a name is one in the whole machine, inside of maps and branches too.",
    )


def no_catch(steps: Location, resource: str) -> Problem:
    return Problem(
        at([*steps, "Catch"]),
        f"catches no error of {resource}, so one ends the execution with work half done and paid for",
        "Catch States.ALL, here or in the Map or Parallel around it, and lead to what undoes or reports it.",
    )


def waits_for_ever(steps: Location) -> Problem:
    return Problem(
        at([*steps, "TimeoutSeconds"]),
        "waits for its task token up to a year, which is how long an execution may last",
        "Say TimeoutSeconds or HeartbeatSeconds, and catch States.Timeout or States.HeartbeatTimeout.",
    )


def unknown_error(steps: Location, given: str, allowed: Iterable[str]) -> Problem:
    cure = _meant(given, allowed, "Names that begin with States. are the language's own.")
    return Problem(at(steps), f"is no error of the language: {_shown(given)}", cure)


def every_error_last(steps: Location, name: str) -> Problem:
    return Problem(
        at(steps), f"{name} must stand alone, in the last one of the list", "Put it last, into an entry of its own."
    )


def one_of(steps: Location, names: Sequence[str], given: Sequence[str]) -> Problem:
    said = f", got {' and '.join(given)}" if given else ""
    return Problem(at(steps), f"must say one of {', '.join(names)}{said}", "Keep one of them.")


def not_of_language(steps: Location, language: str, instead: str) -> Problem:
    return Problem(at(steps), f"is not for a state in {language}", instead)


def bad_expression(steps: Location, given: str, reason: str, cure: str) -> Problem:
    return Problem(at(steps), f"{reason}, got {_shown(given)}", cure)


def wrong_operators(steps: Location, given: Sequence[str], operators: Iterable[str]) -> Problem:
    cure = _meant(given[0], operators, "Such as StringEquals.") if given else "Such as StringEquals."
    return Problem(at(steps), f"must compare by one operator, got {', '.join(given) or 'none'}", cure)


def only_standard(steps: Location, what: str) -> Problem:
    return Problem(
        at(steps),
        f"{what}, which express machines cannot",
        "Make the machine a standard one, or have the state begin the work without waiting for it.",
    )


def too_long(name: str, count: int, limit: int) -> Problem:
    return Problem("", f"must have at most {limit:,} {name}, got {count:,}", "Move states into a machine of their own.")


def not_an_integration(steps: Location, given: str, known: Iterable[str]) -> Problem:
    return Problem(
        at([*steps, "Resource"]),
        f"is no integration whose permissions are known: {_shown(given)}",
        _meant(given, known, f"Have a Lambda function ask for it, or use one of {', '.join(sorted(known))}."),
    )


def not_told(steps: Location, what: str, given: Any) -> Problem:
    return Problem(
        at(steps),
        f"must be told, as the machine may use nothing else: {what}, got {_shown(given)}",
        "Write it as a text; what only the execution knows may come after its beginning: "
        "\"{% 'https://api.example.com/claims/' & $states.input.id %}\".",
    )


def no_arn(steps: Location, given: Any, example: str) -> Problem:
    return Problem(at(steps), f"must be an ARN, got {_shown(given)}", f"Write it like {example}.")


def lacking(path: str, states: Iterable[str], action: str, resource: str, cure: str) -> Problem:
    return Problem(path, f"lacks {action} on {resource}, which {', '.join(states)} needs", cure)


def spare(path: str, action: str, resource: str, cure: str) -> Problem:
    return Problem(path, f"has {action} on {resource}, which no state needs", cure)


def never_assigned(steps: Location, name: str) -> Problem:
    return Problem(at(steps), f"uses ${name}, which no state assigns", "Assign it in a state that comes before it.")
