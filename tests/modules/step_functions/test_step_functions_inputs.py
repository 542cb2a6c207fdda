"""Wrong settings are refused where they stand, in Python and by Terraform in the same words, as far as it has them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from groundplan.framework.checking import problems_of
from groundplan.states import Catcher, Fail, StateMachine, Succeed, Task
from groundplan.states.integrations import invoke_function
from modules.workflow.step_functions import (
    Access,
    Machine,
    Rollout,
    Schedule,
    StepFunctions,
    StepFunctionsInputs,
    UsedKey,
    machine,
)
from tests.modules.step_functions.examples import FULL, KEY, MACHINES, function
from tests.support.planning import PROJECT, refusals

WORK = StateMachine(
    start_at="Work",
    states={
        "Work": Task(**invoke_function(function("work"), {}), catch=[Catcher(next="Failed")], end=True),
        "Failed": Fail(error="Failed"),
    },
)
SOUND = machine(WORK)
DAILY = Schedule(expression="rate(1 day)")


def only(it: Machine) -> StepFunctionsInputs:
    return FULL.but(machines={"one": it})


def changed(**states: Any) -> Machine:
    return machine(WORK.model_copy(update={"states": {**WORK.states, **states}}))


TERRAFORM_TOO: dict[str, tuple[StepFunctionsInputs, str]] = {
    "no machine": (
        FULL.but(machines={}),
        "machines: must have a machine: without one there is nothing to make",
    ),
    "a name with room for no other": (
        FULL.but(machines={"a" * 39: SOUND}),
        f'machines["{"a" * 39}"]: its name must be 2 to 38 lower-case letters, digits and hyphens, beginning with a '
        f'letter, got "{"a" * 39}"',
    ),
    "an express machine with a schedule": (
        only(SOUND.but(type="EXPRESS", schedules={"daily": DAILY})),
        'machines["one"].schedules: must be left out for an express machine: a schedule that is told of no failure '
        'would start it, got type = "EXPRESS"',
    ),
    "a rollout for nobody": (
        only(SOUND.but(rollout=Rollout(percent=0, earlier_version=1))),
        'machines["one"].rollout.percent: must be 1 to 99, got 0',
    ),
    "a key twice": (
        only(SOUND.but(used_keys=[UsedKey(arn=KEY, services=["sqs"]), UsedKey(arn=KEY, services=["s3"])])),
        'machines["one"].used_keys: must name each key once, with all its services, got [0,1]',
    ),
    "a time that is none": (
        only(SOUND.but(schedules={"daily": DAILY.but(expression="cron(0 6 * * *)")})),
        'machines["one"].schedules["daily"].expression: must be cron(minute hour day-of-month month day-of-week year)',
    ),
}
PYTHON_ALONE: dict[str, tuple[StepFunctionsInputs, str]] = {
    "no JSON": (
        only(SOUND.but(definition="{}}")),
        'machines["one"].definition: is not JSON: Extra data: line 1 column 3 (char 2)',
    ),
    "a target that there is not": (
        only(changed(Failed=Fail(), Work=WORK.states["Work"].model_copy(update={"end": None, "next": "Done"}))),
        'machines["one"].definition.States["Work"].Next: must be a state beside it, got "Done"',
    ),
    "a state that is not reached": (
        only(changed(Alone=Succeed())),
        'machines["one"].definition.States["Alone"]: is reached from no other state',
    ),
    "a function that nobody names": (
        only(changed(Work=WORK.states["Work"].model_copy(update={"arguments": {"FunctionName": "work"}}))),
        'machines["one"].definition.States["Work"].Arguments.FunctionName: must be an ARN, got "work"',
    ),
    "no access": (
        only(Machine(definition=WORK.as_json())),
        f'machines["one"].access: lacks lambda:InvokeFunction on {function("work")}, which Work needs',
    ),
    "access to everything": (
        only(SOUND.but(access=[*SOUND.access, Access(actions=["lambda:InvokeFunction"], resources=["*"])])),
        'machines["one"].access: has lambda:InvokeFunction on *, which no state needs',
    ),
    "a time zone that there is not": (
        only(SOUND.but(schedules={"daily": DAILY.but(time_zone="America/New_Yrok")})),
        'machines["one"].schedules["daily"].time_zone: ',
    ),
    "an input that is no JSON": (
        only(SOUND.but(schedules={"daily": DAILY.but(input="{due: 30}")})),
        'machines["one"].schedules["daily"].input: is not JSON: ',
    ),
}


@pytest.mark.parametrize("wrong", sorted(TERRAFORM_TOO | PYTHON_ALONE))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = (TERRAFORM_TOO | PYTHON_ALONE)[wrong]
    (told,) = [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]
    assert told.startswith(message)


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(StepFunctions, {name: inputs for name, (inputs, _) in TERRAFORM_TOO.items()}, tmp_path)
    assert {name: message for name, (_, message) in TERRAFORM_TOO.items() if message not in told[name]} == {}


def test_the_examples_are_sound_and_a_machine_of_other_tools_is_taken_as_it_is() -> None:
    assert problems_of(FULL) == []
    foreign = Machine(definition=json.dumps(WORK.document()), access=SOUND.access)
    assert problems_of(only(foreign)) == []


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_without_any_one_permission_a_state_lacks_it(name: str) -> None:
    """And with all of them no state does: the access of each machine is what its states need, to a word."""
    it = FULL.machines[name]
    rights = [(each, action, on) for each in it.access for action in each.actions for on in each.resources]
    for right in rights:
        less = [
            each.but(actions=[action], resources=[on]) for each, action, on in rights if (each, action, on) != right
        ]
        (told,) = problems_of(only(it.but(access=less)))
        assert told.message.startswith(f"lacks {right[1]} on {right[2]}, which ")
        assert told.message.split(", which ")[1].removesuffix(" needs").split(", ")[0] in json.dumps(it.definition)


def test_the_machine_that_the_readme_writes_in_python_is_sound() -> None:
    readme = (PROJECT / "modules/workflow/step_functions/README.md").read_text(encoding="utf-8")
    (written,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    names: dict[str, Any] = {}
    exec(written, names)
    assert problems_of(only(machine(names["REMINDER"]))) == []
