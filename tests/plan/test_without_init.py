"""A core that has initialized one stack plans the next without it, and says of each what it would have said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan import plan_all
from groundplan.plan.roots import plan_root, read_root
from groundplan.plan.working import WorkingCopy
from groundplan.problems import BadInput
from tests.plan.conftest import module, stack, write_synth
from tests.support.planning import SEATS

TOPIC = module(
    variable={"name": {"type": "string"}},
    resource={"aws_sns_topic": {"it": {"name": "${var.name}"}}},
    output={"arn": {"value": "${aws_sns_topic.it.arn}"}},
)
NESTED = module(module={"inner": {"source": "./inner", "name": "${var.name}"}}, variable={"name": {"type": "string"}})
CALL = {"source": "./modules/topic", "name": "alarms"}
SOUND: dict[str, dict[str, Any]] = {
    "a module": {"module": {"it": CALL}},
    "a module twice": {"module": {"one": CALL, "two": {**CALL, "for_each": '${toset(["a", "b"])}'}}},
    "a module of a module": {"module": {"it": {**CALL, "source": "./modules/nested"}}},
    "calls in a list": {"module": [{"one": CALL}, {"two": CALL}]},
    "no module": {"resource": {"aws_sns_topic": {"it": {"name": "alarms"}}}},
}
BROKEN: dict[str, dict[str, Any]] = {
    "a module that is not there": {"module": {"it": {**CALL, "source": "./modules/gone"}}},
    "a module without its input": {"module": {"it": {"source": "./modules/topic"}}},
    "an input that the module does not have": {"module": {"it": {**CALL, "nmae": "alarms"}}},
    "an output that is not there": {"module": {"it": CALL}, "output": {"x": {"value": "${module.it.nothing}"}}},
    "a core that is too old": {"module": {"it": CALL}, "terraform": {"required_version": ">= 99.0"}},
    "two modules of one name": {"module": [{"it": CALL}, {"it": CALL}]},
    "no HCL": {"output": {"x": {"value": "${upper("}}},
}


def planned(folder: Path, out: Path) -> bytes | list[str]:
    """The plan, or what was said instead."""
    try:
        report = plan_all(folder, out, seats=SEATS, fresh=True, jobs=1)
    except BadInput as refused:
        return sorted(str(problem) for problem in refused.problems)
    return report.plans["dev-x"].read_bytes()


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What cores are asked, as they are."""
    asked: list[str] = []
    real = WorkingCopy._run

    def run(copy: WorkingCopy, command: str, arguments: list[str]) -> Any:
        asked.append(command)
        return real(copy, command, arguments)

    monkeypatch.setattr(WorkingCopy, "_run", run)
    return asked


def both(parts: dict[str, Any], folder: Path, commands: list[str]) -> tuple[Any, Any, list[str]]:
    """What is said of a stack by a core that initializes it, and by one that need not; and what that one was asked."""
    told = {}
    for name, root in (("first", parts), ("other", {"module": {"it": CALL}}), ("again", parts)):
        whole = stack("dev-x", **root)
        whole["terraform"] |= stack("dev-x")["terraform"]
        calls = whole.pop("module", None)
        synthesized = write_synth(folder / name, {"dev-x": whole})
        place = synthesized / "stacks" / "dev-x"
        for below, content in (("topic", TOPIC), ("nested", NESTED), ("nested/inner", TOPIC)):
            (place / "modules" / below).mkdir(parents=True)
            (place / "modules" / below / "main.tf.json").write_text(json.dumps(content))
        if calls is not None:
            (place / "cdk.tf.json").write_text(json.dumps({**whole, "module": calls}))
        if name == "first":
            SEATS.close()
        commands.clear()
        told[name] = planned(synthesized, folder / "out")
    return told["first"], told["again"], commands


@pytest.mark.parametrize("parts", SOUND.values(), ids=SOUND)
def test_a_plan_is_the_same_to_the_byte(parts: dict[str, Any], commands: list[str], tmp_path: Path) -> None:
    first, again, asked = both(parts, tmp_path, commands)
    assert isinstance(first, bytes), first
    assert again == first
    assert ("init" in asked) == isinstance(parts.get("module"), list)


@pytest.mark.parametrize("parts", BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_is_said_in_the_same_words(parts: dict[str, Any], commands: list[str], tmp_path: Path) -> None:
    first, again, _ = both(parts, tmp_path, commands)
    assert first
    assert not isinstance(first, bytes)
    assert again == first


NAMED = 'variable "name" {\n  type = string\n}\nresource "aws_sns_topic" "it" {\n  name = var.name\n}\n'
ROOT = 'module "it" {\n  source = "./near"\n  name   = "alarms"\n}\n'
ROOTS = {
    "a module": ({"main.tf": ROOT}, False),
    "a module beside the root, in a longer form": ({"main.tf": ROOT.replace("./near", "..//far/../far/")}, False),
    "a module of a module": (
        {"main.tf": ROOT.replace("near", "outer"), "outer/main.tf": 'variable "name" {}\n' + ROOT.replace("./", "../")},
        False,
    ),
    "a call that a later file leads elsewhere": (
        {"main.tf": ROOT, "a_override.tf": 'module "it" {\n  source = "../far"\n}\n'},
        True,
    ),
    "a module without its input": ({"main.tf": ROOT.replace("  name   = ", "  # ")}, False),
    "two modules of one name": ({"main.tf": ROOT + ROOT}, False),
    "a source that is no text": ({"main.tf": ROOT.replace('"./near"', "var.near")}, True),
    "no HCL": ({"main.tf": ROOT + "output {"}, False),
}


@pytest.mark.parametrize(("files", "asked"), ROOTS.values(), ids=ROOTS)
def test_of_a_root_in_hcl_too(files: dict[str, str], asked: bool, commands: list[str], tmp_path: Path) -> None:
    told = []
    for name, written in (("first", files), ("other", {"main.tf": ROOT}), ("again", files)):
        whole = {"root/near/main.tf": NAMED, "far/main.tf": NAMED}
        whole |= {f"root/{file}": text for file, text in written.items()}
        for file, text in whole.items():
            (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / file).write_text(text)
        if name == "first":
            SEATS.close()
        commands.clear()
        try:
            report = plan_root(read_root(tmp_path / name / "root"), tmp_path / name / "out", seats=SEATS)
            told.append([report.plans["root"].read_text()])
        except BadInput as refused:
            told.append(sorted(str(problem) for problem in refused.problems))
    first, _, again = told
    # init breaks off sooner
    assert again == first or ("output {" in files["main.tf"] and set(first) < set(again))
    assert ("init" in commands) == asked
