"""A machine that Step Functions would refuse, or run badly, is told of with the state's name and a cure."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.problems import BadInput
from groundplan.states import (
    Catcher,
    Choice,
    ChoiceRule,
    Fail,
    ItemProcessor,
    Map,
    Parallel,
    ProcessorConfig,
    Retrier,
    StateMachine,
    Succeed,
    Task,
    Wait,
    Workflow,
    problems,
    read,
)

WORK: dict[str, Any] = {"resource": "arn:aws:states:::lambda:invoke", "arguments": {"FunctionName": "work"}}
CAUGHT: dict[str, Any] = {**WORK, "catch": [Catcher(next="Failed")]}
FAILED = Fail(error="Failed")


def machine(**states: Any) -> StateMachine:
    return StateMachine(start_at=next(iter(states)), states=states)


SOUND = machine(Work=Task(**CAUGHT, next="Done"), Failed=FAILED, Done=Succeed())


def test_a_sound_machine_is_fine_as_python_and_as_json() -> None:
    assert problems(SOUND) == problems(SOUND.as_json()) == problems(SOUND.document()) == []


def asking(arguments: Any) -> StateMachine:
    return machine(Work=Task(**{**CAUGHT, "arguments": arguments}, end=True), Failed=FAILED)


WRONG: dict[str, tuple[StateMachine, str, str]] = {
    "an unknown target": (
        machine(Work=Task(**CAUGHT, next="Dome"), Failed=FAILED, Done=Succeed()),
        'States["Work"].Next: must be a state beside it, got "Dome"',
        'Did you mean "Done"?',
    ),
    "a first state that is not there": (
        StateMachine(start_at="Wrok", states={"Work": Succeed()}),
        'StartAt: must be a state beside it, got "Wrok"',
        'Did you mean "Work"?',
    ),
    "an unknown target after an error": (
        machine(Work=Task(**WORK, catch=[Catcher(next="Nowhere")], end=True), Failed=FAILED),
        'States["Work"].Catch[0].Next: must be a state beside it, got "Nowhere"',
        "Name one of Failed, Work, or add it.",
    ),
    "a target outside of its branch": (
        machine(
            Both=Parallel(branches=[Workflow(start_at="In", states={"In": Wait(seconds=1, next="Out")})], next="Out"),
            Out=Succeed(),
        ),
        'States["Both"].Branches[0].States["In"].Next: must be a state beside it, got "Out"',
        "Name one of In, or add it.",
    ),
    "an unreachable state": (
        machine(Work=Task(**CAUGHT, end=True), Failed=FAILED, Alone=Succeed()),
        'States["Alone"]: is reached from no other state',
        "Lead to it by a Next, a Default or a Catch; or remove it.",
    ),
    "an unreachable state of a branch": (
        machine(
            Both=Parallel(
                branches=[
                    Workflow(start_at="In", states={name: Wait(seconds=1, end=True) for name in ("In", "Alone")})
                ],
                end=True,
            )
        ),
        'States["Both"].Branches[0].States["Alone"]: is reached from no other state',
        "Lead to it by a Next, a Default or a Catch; or remove it.",
    ),
    "bad JSONata of what is kept of an error": (
        machine(Work=Task(**WORK, catch=[Catcher(next="Failed", output="{% $half. %}")], end=True), Failed=FAILED),
        'States["Work"].Catch[0].Output: must be a JSONata expression: Unexpected end of expression, got '
        '"{% $half. %}"',
        "Correct it: https://docs.jsonata.org says how one is written.",
    ),
    "no way on": (
        machine(Work=Task(**CAUGHT), Failed=FAILED),
        'States["Work"]: does not say what comes after it',
        "Say Next, or End: true.",
    ),
    "two ways on": (
        machine(Work=Wait(seconds=1, next="Done", end=True), Done=Succeed()),
        'States["Work"]: says both Next and End',
        "Keep one of the two.",
    ),
    "a loop without end": (
        machine(Ask=Task(**CAUGHT, next="Pause"), Pause=Wait(seconds=60, next="Ask"), Failed=FAILED),
        'States["Ask"]: goes on for ever: without an error, no end is reached from Ask, Pause',
        "Lead out of the loop by a Choice, to a state that ends.",
    ),
    "one name twice": (
        machine(
            Each=Map(
                item_processor=ItemProcessor(start_at="Done", states={"Done": Succeed()}),
                next="Done",
            ),
            Done=Succeed(),
        ),
        'States["Each"].ItemProcessor.States["Done"]: has a name that another state of the machine has: "Done"',
        "Give one of the two another name: a name is one in the whole machine, inside of maps and branches too.",
    ),
    "work that nobody catches the errors of": (
        machine(Work=Task(**WORK, retry=[Retrier(error_equals=["States.ALL"])], end=True)),
        'States["Work"].Catch: catches no error of arn:aws:states:::lambda:invoke, so one ends the execution with work '
        "half done and paid for",
        "Catch States.ALL, here or in the Map or Parallel around it, and lead to what undoes or reports it.",
    ),
    "work of which one error is caught": (
        machine(
            Work=Task(**WORK, catch=[Catcher(error_equals=["Late"], next="Failed")], end=True),
            Failed=FAILED,
        ),
        'States["Work"].Catch: catches no error of arn:aws:states:::lambda:invoke, so one ends the execution with work '
        "half done and paid for",
        "Catch States.ALL, here or in the Map or Parallel around it, and lead to what undoes or reports it.",
    ),
    "a token that is waited for without a limit": (
        machine(
            Ask=Task(**{**CAUGHT, "resource": "arn:aws:states:::lambda:invoke.waitForTaskToken"}, end=True),
            Failed=FAILED,
        ),
        'States["Ask"].TimeoutSeconds: waits for its task token up to a year, which is how long an execution may last',
        "Say TimeoutSeconds or HeartbeatSeconds, and catch States.Timeout or States.HeartbeatTimeout.",
    ),
    "bad JSONata": (
        asking({"Payload": {"id": "{% $states.input. %}"}}),
        'States["Work"].Arguments.Payload.id: must be a JSONata expression: Unexpected end of expression, got '
        '"{% $states.input. %}"',
        "Correct it: https://docs.jsonata.org says how one is written.",
    ),
    "half of JSONata": (
        asking({"Payload": "{% $states.input"}),
        'States["Work"].Arguments.Payload: must begin with {% and end with %} to be JSONata, got "{% $states.input"',
        "Write nothing around them.",
    ),
    "a function that Step Functions leaves out": (
        asking({"Payload": "{% $eval('1') %}"}),
        'States["Work"].Arguments.Payload: calls $eval, which Step Functions does not have, got "{% $eval(\'1\') %}"',
        "Write the expression itself, or use $parse for JSON.",
    ),
    "a variable that nobody assigns": (
        asking({"Payload": "{% $clam.id %}"}),
        'States["Work"].Arguments.Payload: uses $clam, which no state assigns',
        "Assign it in a state that comes before it.",
    ),
    "a condition that is a text": (
        machine(
            Which=Choice(choices=[ChoiceRule(condition="$states.input.ok", next="Done")], default="Done"),
            Done=Succeed(),
        ),
        'States["Which"].Choices[0].Condition: must be a JSONata expression between {% and %}, got "$states.input.ok"',
        "Write both around it.",
    ),
    "a field of the other language": (
        machine(Work=Task(**{**CAUGHT, "arguments": None}, parameters={"a": 1}, end=True), Failed=FAILED),
        'States["Work"].Parameters: is not for a state in JSONata',
        "Write Arguments; of a Pass, Output.",
    ),
    "a state in the other language": (
        machine(Work=Task(**CAUGHT, query_language="JSONPath", end=True), Failed=FAILED),
        'States["Work"].QueryLanguage: is not for a state in a machine that is in JSONata',
        "A machine in JSONata has no state in JSONPath: say QueryLanguage of its states instead.",
    ),
    "a wait for two times": (
        machine(Pause=Wait(seconds=1, timestamp="2026-11-30T06:00:00Z", end=True)),
        'States["Pause"]: must say one of Seconds, Timestamp, SecondsPath, TimestampPath, got Seconds and Timestamp',
        "Keep one of them.",
    ),
    "an error that there is not": (
        machine(Work=Task(**CAUGHT, retry=[Retrier(error_equals=["States.Timout"])], end=True), Failed=FAILED),
        'States["Work"].Retry[0].ErrorEquals: is no error of the language: "States.Timout"',
        'Did you mean "States.Timeout"?',
    ),
    "every error before another": (
        machine(
            Work=Task(
                **WORK,
                catch=[Catcher(next="Failed"), Catcher(error_equals=["Late"], next="Failed")],
                end=True,
            ),
            Failed=FAILED,
        ),
        'States["Work"].Catch[0].ErrorEquals: States.ALL must stand alone, in the last one of the list',
        "Put it last, into an entry of its own.",
    ),
}
PATHS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a bad path": (
        {"Type": "Pass", "InputPath": "$.claim[", "End": True},
        'States["Work"].InputPath: must be a JSONPath: ',
        "Correct it, such as $.claim.lines[0].amount.",
    ),
    "a path that is a text": (
        {"Type": "Pass", "Parameters": {"claim.$": "claim"}, "End": True},
        'States["Work"].Parameters.claim.$: must begin with $ to be a path, got "claim"',
        "Write $ for the whole, $.claim.id for a part.",
    ),
    "a place that may be many": (
        {"Type": "Pass", "ResultPath": "$.claims[*]", "End": True},
        'States["Work"].ResultPath: must name one place, got "$.claims[*]"',
        "Write it with names and numbers alone, such as $.claim.lines[0].",
    ),
    "a function that there is not": (
        {"Type": "Pass", "Parameters": {"id.$": "States.Uuid()"}, "End": True},
        'States["Work"].Parameters.id.$: calls States.Uuid, which is no intrinsic function, got "States.Uuid()"',
        "There are States.Array, ",
    ),
    "a function that does not close": (
        {"Type": "Pass", "Parameters": {"id.$": "States.Format('{}', $.id"}, "End": True},
        'States["Work"].Parameters.id.$: has parentheses or quotes that do not close, got ',
        "Close each that was opened.",
    ),
    "a comparison that there is not": (
        {"Type": "Choice", "Choices": [{"Variable": "$.ok", "BoolEquals": True, "Next": "Work"}], "Default": "Work"},
        'States["Work"].Choices[0]: must compare by one operator, got BoolEquals',
        'Did you mean "BooleanEquals"?',
    ),
    "a type of state that there is not": (
        {"Type": "Tsak", "Resource": "x", "End": True},
        'States["Work"].Type: must be one of Task, Pass, Choice, Wait, Succeed, Fail, Parallel, Map, got "Tsak"',
        'Did you mean "Task"?',
    ),
    "a field that there is not": (
        {"Type": "Task", "Resource": "x", "Ned": True},
        'States["Work"].Ned: is nothing that the language knows here',
        'Did you mean "End"?',
    ),
    "a field of the wrong type": (
        {"Type": "Wait", "Seconds": -1, "End": True},
        'States["Work"].Seconds: should be greater than or equal to 0, got -1',
        "Write what the language takes there.",
    ),
    "a task without a resource": (
        {"Type": "Task", "End": True},
        'States["Work"].Resource: must be given',
        "Say Resource.",
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_what_is_wrong_is_told_at_its_state(wrong: str) -> None:
    given, message, cure = WRONG[wrong]
    told = {f"{problem.path}: {problem.message}": problem.cure for problem in problems(given)}
    assert told.get(message) == cure, told
    assert len(told) == 1, "one fault is told once"


@pytest.mark.parametrize("wrong", sorted(PATHS))
def test_what_is_wrong_with_a_state_in_jsonpath_is_told_at_its_state(wrong: str) -> None:
    state, message, cure = PATHS[wrong]
    told = [
        problem
        for problem in problems({"StartAt": "Work", "States": {"Work": state}})
        if f"{problem.path}: {problem.message}".startswith(message) and problem.cure.startswith(cure)
    ]
    assert told


def test_what_is_no_json_or_no_object_is_told() -> None:
    assert [problem.message for problem in problems("{")] == [
        "is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
    ]
    assert [problem.message for problem in problems("[]")] == ["is not JSON: it holds no object"]


def test_a_state_that_is_written_wrong_in_python_is_told_with_its_class_and_line() -> None:
    with pytest.raises(BadInput) as told:
        Task(resource="x", nxet="Done")  # type: ignore[call-arg]
    (problem,) = told.value.problems
    assert (problem.path, problem.cure) == ("Task.nxet", 'Did you mean "next"?')
    assert problem.line is not None
    assert problem.line.file.endswith("tests/states/test_checks.py")


def test_a_machine_of_another_hand_is_read_in_the_language_that_aws_takes_it_for() -> None:
    given = {
        "StartAt": "Which",
        "States": {
            "Which": {
                "Type": "Choice",
                "Choices": [
                    {
                        "And": [
                            {"Variable": "$.kind", "StringEquals": "glass"},
                            {"Not": {"Variable": "$$.Execution.Id", "IsPresent": False}},
                        ],
                        "Next": "Done",
                    }
                ],
                "Default": "Made",
            },
            "Made": {
                "Type": "Pass",
                "Parameters": {
                    "id.$": "States.Format('{}-\\'{}', $.id, States.UUID())",
                    "all.$": "$.lines[?(@.n > 1)]",
                },
                "ResultPath": "$.made['one'].more[0]",
                "Next": "Done",
            },
            "Done": {"Type": "Succeed"},
        },
    }
    machine = read(given)
    assert isinstance(machine, StateMachine)
    assert machine.query_language == "JSONPath"
    assert problems(given) == []


def test_a_state_has_a_name_of_at_most_80_characters() -> None:
    def told(name: str) -> list[str]:
        return [one.message for one in problems({"StartAt": name, "States": {name: {"Type": "Succeed"}}})]

    assert told("x" * 80) == []
    assert [said.partition(",")[0] for said in told("x" * 81)] == ["String should have at most 80 characters"]
    assert [said.partition(",")[0] for said in told("")] == ["String should have at least 1 character"]


def test_errors_inside_of_a_map_may_be_caught_around_it() -> None:
    inner = ItemProcessor(start_at="Work", states={"Work": Task(**WORK, end=True)})
    assert (
        problems(machine(Each=Map(item_processor=inner, catch=[Catcher(next="Failed")], end=True), Failed=FAILED)) == []
    )


def test_names_that_an_expression_binds_itself_are_no_variables() -> None:
    expression = "{% ($total := $sum($states.input.lines.amount); $map([1], function($v, $i) {$v + $total})) %}"
    assert problems(asking({"Payload": expression})) == []


def test_an_express_machine_neither_waits_for_others_nor_distributes() -> None:
    config = ProcessorConfig(mode="DISTRIBUTED", execution_type="EXPRESS")
    processor = ItemProcessor(processor_config=config, start_at="Done", states={"Done": Succeed()})
    given = machine(
        Work=Task(**{**CAUGHT, "resource": "arn:aws:states:::ecs:runTask.sync"}, next="Each"),
        Each=Map(item_processor=processor, end=True),
        Failed=FAILED,
    )
    assert problems(given) == []
    assert [problem.path for problem in problems(given, express=True)] == [
        'States["Work"].Resource',
        'States["Each"].ItemProcessor.ProcessorConfig',
    ]


def test_null_inside_of_data_stays_and_fields_that_say_nothing_go() -> None:
    work = asking({"Payload": {"none": None}})
    written = work.document()["States"]["Work"]
    assert written["Arguments"] == {"Payload": {"none": None}}
    assert "TimeoutSeconds" not in written


NAMES = ["A", "B", "C", "D", "E"]


@given(st.lists(st.sampled_from([*NAMES, "end"]), min_size=5, max_size=5), st.lists(st.sampled_from(NAMES), max_size=3))
@settings(max_examples=40)
def test_a_chain_of_states_is_fine_exactly_when_it_is_walked_to_an_end(targets: list[str], ways: list[str]) -> None:
    """The checks agree with walking: from the first state every state is come to, and an end from every one."""
    states: dict[str, Any] = {
        name: Wait(seconds=1, end=True) if target == "end" else Wait(seconds=1, next=target)
        for name, target in zip(NAMES, targets, strict=True)
    }
    rules = [ChoiceRule(condition="{% true %}", next=name) for name in ways]
    if rules:
        states["A"] = Choice(choices=rules, default=targets[0] if targets[0] != "end" else "B")
    edges = {
        name: {rule.next for rule in rules} | {state.default} if isinstance(state, Choice) else {state.next}
        for name, state in states.items()
    }

    def walked(name: str) -> set[str]:
        seen, ahead = {name}, [name]
        while ahead:
            for target in [each for each in edges[ahead.pop()] if each is not None and each not in seen]:
                seen.add(target)
                ahead.append(target)
        return seen

    def ends(name: str) -> bool:
        return any(getattr(states[each], "end", None) for each in walked(name))

    fine = walked("A") == set(NAMES) and all(ends(name) for name in NAMES)
    assert (problems(StateMachine(start_at="A", states=states)) == []) is fine


@pytest.mark.parametrize("made", ["StateMachine", "StateMachine.model_validate", "Workflow", "ItemProcessor"])
def test_what_a_part_is_made_of_is_not_a_matter_of_the_names_around_who_makes_the_first(made: str) -> None:
    given = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    program = (
        f"from groundplan.states import {made.partition('.')[0]}\n"
        "def first():\n"
        "    State = ChoiceRule = Catcher = int\n"
        f"    return {made}({given if '.' in made else f'**{given}'})\n"
        "print(first().model_dump(by_alias=True)['States'])\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.stdout.strip(), run.stderr) == (str(given["States"]), "")
