"""What is wrong with a machine: what Step Functions would refuse, and what it would run badly.

https://states-language.net/spec.html
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from groundplan.problems import Problem

from . import errors, expressions
from .model import Choice, ChoiceRule, Fail, Map, Parallel, StateMachine, Succeed, Task, Wait, Workflow
from .reading import read

__all__ = ["KNOWN_ERRORS", "check", "problems", "workflows"]

Steps: TypeAlias = tuple[str | int, ...]

LONGEST_DEFINITION_BYTES = 1_048_576
KNOWN_ERRORS = frozenset(
    {
        "States.ALL",
        "States.BranchFailed",
        "States.DataLimitExceeded",
        "States.ExceedToleratedFailureThreshold",
        "States.HeartbeatTimeout",
        "States.Http.Socket",
        "States.IntrinsicFailure",
        "States.ItemReaderFailed",
        "States.NoChoiceMatched",
        "States.ParameterPathFailure",
        "States.Permissions",
        "States.QueryEvaluationError",
        "States.ResultPathMatchFailure",
        "States.ResultWriterFailed",
        "States.Runtime",
        "States.TaskFailed",
        "States.Timeout",
    }
)
"""https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation"""
_STATUS = re.compile(r"States\.Http\.StatusCode\.[1-5][0-9][0-9]")
_EVERY = frozenset({"States.ALL", "States.TaskFailed"})

# https://states-language.net/spec.html#choice-state
_COMPARED = [
    f"{kind}{comparison}"
    for kind in ("String", "Numeric", "Timestamp")
    for comparison in ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
]
OPERATORS = frozenset(
    {
        *_COMPARED,
        *(f"{name}Path" for name in _COMPARED),
        "BooleanEquals",
        "BooleanEqualsPath",
        "StringMatches",
        *(f"Is{kind}" for kind in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")),
    }
)

_ONLY_JSONPATH = frozenset(
    {
        "input_path",
        "output_path",
        "parameters",
        "result_path",
        "result_selector",
        "result",
        "variable",
        "seconds_path",
        "timestamp_path",
        "timeout_seconds_path",
        "heartbeat_seconds_path",
        "items_path",
        "max_concurrency_path",
        "tolerated_failure_count_path",
        "tolerated_failure_percentage_path",
        "error_path",
        "cause_path",
        "max_items_path",
        "max_items_per_batch_path",
        "max_input_bytes_per_batch_path",
    }
)
_ONLY_JSONATA = frozenset({"arguments", "output", "condition", "items"})
_INSTEAD = {
    "input_path": "Write Arguments of $states.input.",
    "output_path": "Write Output.",
    "parameters": "Write Arguments; of a Pass, Output.",
    "result_path": "Write Output, or Assign a variable.",
    "result_selector": "Write Output of $states.result.",
    "result": "Write Output.",
    "variable": "Write Condition.",
    "arguments": "Write Parameters.",
    "output": "Write ResultSelector, ResultPath or OutputPath.",
    "condition": "Write Variable and an operator, such as StringEquals.",
    "items": "Write ItemsPath.",
}
_REFERENCE_PATHS = frozenset({"result_path", "seconds_path", "timestamp_path"})
_MAY_CALL = frozenset({"error_path", "cause_path"})


def problems(definition: str | Mapping[str, Any] | StateMachine, *, express: bool = False) -> list[Problem]:
    """Everything that is wrong with a machine, given as itself or as its JSON; an empty list when all is well.

    Beside what the language has no place for: states that no other leads to or that lead to none, loops that no way
    leads out of, expressions that do not parse, variables that nobody assigns, work that nobody catches the errors of,
    task tokens waited for without a limit. `express` is for express machines, which cannot wait for others' work.
    """
    machine = definition if isinstance(definition, StateMachine) else read(definition)
    if isinstance(machine, list):
        return machine
    return list(check(machine, express=express))


def check(machine: StateMachine, *, express: bool = False) -> Iterator[Problem]:
    """What `problems` tells of a machine whose shape is well."""
    size = len(machine.as_json().encode())
    if size > LONGEST_DEFINITION_BYTES:
        yield errors.too_long("bytes of JSON", size, LONGEST_DEFINITION_BYTES)
    seen: set[str] = set()
    for steps, workflow in workflows(machine):
        yield from _graph(steps, workflow)
        for name in workflow.states:
            if name in seen:
                yield errors.double_name((*steps, "States", name), name)
            seen.add(name)
    top = machine.query_language or "JSONPath"
    for steps, state, language, caught in _states(machine, (), top, caught=False):
        if language == "JSONPath" and top == "JSONata":
            instead = "A machine in JSONata has no state in JSONPath: say QueryLanguage of its states instead."
            yield errors.not_of_language((*steps, "QueryLanguage"), "a machine that is in JSONata", instead)
            continue
        yield from _language(steps, state, language)
        yield from _errors_caught(steps, state, caught)
        if isinstance(state, Wait):
            yield from _waits(steps, state)
        if isinstance(state, Choice):
            for index, rule in enumerate(state.choices):
                yield from _rule((*steps, "Choices", index), rule, language, first=True)
        if express:
            yield from _express(steps, state)
    yield from _variables(machine)


def workflows(workflow: Workflow, steps: Steps = ()) -> Iterator[tuple[Steps, Workflow]]:
    """A machine and every workflow inside of it: branches, and what is done with items."""
    yield steps, workflow
    for name, state in workflow.states.items():
        for inner_steps, inner in _inside((*steps, "States", name), state):
            yield from workflows(inner, inner_steps)


def _inside(steps: Steps, state: Any) -> Iterator[tuple[Steps, Workflow]]:
    if isinstance(state, Parallel):
        for index, branch in enumerate(state.branches):
            yield (*steps, "Branches", index), branch
    if isinstance(state, Map):
        yield (*steps, "ItemProcessor"), state.item_processor


def _states(workflow: Workflow, steps: Steps, language: str, *, caught: bool) -> Iterator[tuple[Steps, Any, str, bool]]:
    """Every state with its language, and whether one around it catches its errors."""
    for name, state in workflow.states.items():
        here = (*steps, "States", name)
        spoken = state.query_language or language
        yield here, state, spoken, caught
        for inner_steps, inner in _inside(here, state):
            yield from _states(inner, inner_steps, language, caught=caught or _catches(state))


def _catches(state: Any) -> bool:
    return any(set(catcher.error_equals) & _EVERY for catcher in getattr(state, "catch", None) or ())


# Where states lead to


def _leads(state: Any) -> Iterator[tuple[Steps, str, bool]]:
    """Where a state leads to, and whether it goes there without an error."""
    if isinstance(state, Choice):
        for index, rule in enumerate(state.choices):
            if rule.next is not None:
                yield ("Choices", index, "Next"), rule.next, True
        if state.default is not None:
            yield ("Default",), state.default, True
    elif getattr(state, "next", None) is not None:
        yield ("Next",), state.next, True
    for index, catcher in enumerate(getattr(state, "catch", None) or ()):
        yield ("Catch", index, "Next"), catcher.next, False


def _graph(steps: Steps, workflow: Workflow) -> Iterator[Problem]:
    states = workflow.states
    if workflow.start_at not in states:
        yield errors.no_such_state((*steps, "StartAt"), workflow.start_at, states)
    whole = workflow.start_at in states
    for name, state in states.items():
        here = (*steps, "States", name)
        for way, target, _ in _leads(state):
            if target not in states:
                whole = False
                yield errors.no_such_state((*here, *way), target, states)
        if not isinstance(state, (Choice, Succeed, Fail)):
            ends, goes = state.end is True, state.next is not None
            if ends and goes:
                yield errors.two_transitions(here)
            if not ends and not goes:
                whole = False
                yield errors.no_transition(here)
    if not whole:  # what leads nowhere would be told again, as what is not reached
        return
    reached = _reached(states, {workflow.start_at}, without_errors=False)
    for name in states:
        if name not in reached:
            yield errors.unreachable((*steps, "States", name))
    for circle in _circles(states, reached):
        first = next(name for name in states if name in circle)
        yield errors.never_ends((*steps, "States", first), circle)


def _reached(states: Mapping[str, Any], first: set[str], *, without_errors: bool) -> set[str]:
    found, ahead = set(first), list(first)
    while ahead:
        for _, target, normal in _leads(states[ahead.pop()]):
            if target not in found and (normal or not without_errors):
                found.add(target)
                ahead.append(target)
    return found


def _circles(states: Mapping[str, Any], reached: set[str]) -> Iterator[set[str]]:
    """States from which no end is reached unless there is an error."""
    lost: set[str] = set()
    for name in states:
        if name not in reached or name in lost:
            continue
        ahead = _reached(states, {name}, without_errors=True)
        if not any(_ends(states[each]) for each in ahead):
            circle = ahead - lost
            lost |= ahead
            yield circle


def _ends(state: Any) -> bool:
    return isinstance(state, (Succeed, Fail)) or getattr(state, "end", None) is True


# What a state says


def _language(steps: Steps, part: Any, language: str) -> Iterator[Problem]:
    """Fields of the other language, and expressions that do not parse."""
    foreign = _ONLY_JSONPATH if language == "JSONata" else _ONLY_JSONATA
    for field, info in type(part).model_fields.items():
        value, here = getattr(part, field), (*steps, info.alias or field)
        if value is None or field in ("query_language", "comment", "choices", "branches", "item_processor"):
            continue
        if field in foreign:
            yield errors.not_of_language(here, language, _INSTEAD.get(field, "Write it as an expression."))
        elif field in ("retry", "catch"):
            for index, each in enumerate(value):
                yield from _language((*here, index), each, language)
        elif field in ("item_reader", "result_writer", "item_batcher", "reader_config"):
            yield from _language(here, value, language)
        elif language == "JSONata":
            yield from _jsonata(here, value)
        elif field.endswith("_path") and isinstance(value, str):
            yield from _path(here, field, value)
        else:
            yield from _template(here, value)


def _jsonata(steps: Steps, value: Any) -> Iterator[Problem]:
    for inner, text in expressions.texts(value):
        if fault := expressions.jsonata_fault(text):
            yield errors.bad_expression((*steps, *inner), text, *fault)


def _path(steps: Steps, field: str, value: str) -> Iterator[Problem]:
    if field in _REFERENCE_PATHS:
        fault = expressions.reference_path_fault(value)
    elif field in _MAY_CALL:
        fault = expressions.template_fault(value)
    else:
        fault = expressions.path_fault(value)
    if fault:
        yield errors.bad_expression(steps, value, *fault)


def _template(steps: Steps, value: Any) -> Iterator[Problem]:
    """Fields whose names end in `.$` hold paths; others hold themselves."""
    if isinstance(value, dict):
        for name, item in value.items():
            here = (*steps, name)
            if name.endswith(".$"):
                text = item if isinstance(item, str) else ""
                if fault := expressions.template_fault(text):
                    yield errors.bad_expression(here, item, *fault)
            else:
                yield from _template(here, item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _template((*steps, index), item)


def _rule(steps: Steps, rule: ChoiceRule, language: str, *, first: bool) -> Iterator[Problem]:
    if first and rule.next is None:
        yield errors.no_transition(steps)
    if language == "JSONata":
        yield from _language(steps, rule, language)
        if rule.condition is None:
            yield errors.one_of(steps, ["Condition"], [])
        elif isinstance(rule.condition, str) and expressions.jsonata_inside(rule.condition) is None:
            reason = "must be a JSONata expression between {% and %}"
            yield errors.bad_expression((*steps, "Condition"), rule.condition, reason, "Write both around it.")
        return
    inner = [("And", each) for each in rule.all_of or ()] + [("Or", each) for each in rule.any_of or ()]
    inner += [("Not", rule.negated)] if rule.negated else []
    if inner:
        for index, (name, each) in enumerate(inner):
            yield from _rule((*steps, name, index), each, language, first=False)
        return
    if rule.variable is None:
        yield errors.one_of(steps, ["Variable", "And", "Or", "Not"], [])
    elif fault := expressions.path_fault(rule.variable):
        yield errors.bad_expression((*steps, "Variable"), rule.variable, *fault)
    given = list(rule.model_extra or {})
    if len(given) != 1 or given[0] not in OPERATORS:
        yield errors.wrong_operators(steps, given, OPERATORS)


def _waits(steps: Steps, state: Wait) -> Iterator[Problem]:
    names = {
        "Seconds": state.seconds,
        "Timestamp": state.timestamp,
        "SecondsPath": state.seconds_path,
        "TimestampPath": state.timestamp_path,
    }
    given = [name for name, value in names.items() if value is not None]
    if len(given) != 1:
        yield errors.one_of(steps, list(names), given)


def _errors_caught(steps: Steps, state: Any, caught: bool) -> Iterator[Problem]:
    for kind in ("retry", "catch"):
        entries: Sequence[Any] = getattr(state, kind, None) or ()
        for index, entry in enumerate(entries):
            here = (*steps, kind.title(), index, "ErrorEquals")
            for name in entry.error_equals:
                if name.startswith("States.") and name not in KNOWN_ERRORS and not _STATUS.fullmatch(name):
                    yield errors.unknown_error(here, name, KNOWN_ERRORS)
            last = index == len(entries) - 1
            if "States.ALL" in entry.error_equals and (len(entry.error_equals) > 1 or not last):
                yield errors.every_error_last(here, "States.ALL")
    if not isinstance(state, Task):
        return
    if not caught and not _catches(state):
        yield errors.no_catch(steps, state.resource)
    limits = (state.timeout_seconds, state.timeout_seconds_path, state.heartbeat_seconds, state.heartbeat_seconds_path)
    if state.resource.endswith(".waitForTaskToken") and not any(limit is not None for limit in limits):
        yield errors.waits_for_ever(steps)


def _express(steps: Steps, state: Any) -> Iterator[Problem]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html"""
    if isinstance(state, Task) and state.resource.endswith((".sync", ".sync:2", ".waitForTaskToken")):
        yield errors.only_standard((*steps, "Resource"), "waits until others' work is done")
    if isinstance(state, Map) and state.distributed:
        yield errors.only_standard((*steps, "ItemProcessor", "ProcessorConfig"), "distributes its items")


# Variables

_USED = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_QUOTED = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")
_BOUND = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)\s*:=|function\s*\(([^)]*)\)|λ\s*\(([^)]*)\)|[@#]\$([A-Za-z_]\w*)")
_CALLED = re.compile(r"\$[A-Za-z_][A-Za-z0-9_]*\s*\(")


def _variables(machine: StateMachine) -> Iterator[Problem]:
    """Variables that no state assigns at all: which of them comes before which is left to the execution."""
    if machine.query_language != "JSONata":
        return
    assigned: set[str] = set()
    for _, workflow in workflows(machine):
        for state in workflow.states.values():
            for part in (state, *(getattr(state, "catch", None) or ()), *getattr(state, "choices", ())):
                assigned |= set(getattr(part, "assign", None) or {})
    known = assigned | expressions.functions() | {"states"}
    for steps, text in expressions.texts(machine.document()):
        expression = expressions.jsonata_inside(text)
        if expression is None or expressions.jsonata_fault(text):
            continue
        bare = _QUOTED.sub("''", expression)
        bound = {name for found in _BOUND.findall(bare) for part in found for name in re.findall(r"[A-Za-z_]\w*", part)}
        for name in dict.fromkeys(_USED.findall(_CALLED.sub("(", bare))):
            if name not in known | bound:
                yield errors.never_assigned(steps, name)
