"""1 means denied and nothing else, wherever and however a command fails; and what it says to machines is JSON."""

from __future__ import annotations

import errno
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from groundplan.children import Stopped
from groundplan.problems import BadInput, Problem, ToolFailed
from tests.cli.conftest import Groundplan, Said
from tests.cli.small_project import edit
from tests.synth.programs import run_main


class Panic(BaseException):
    """What a library in Rust raises, such as the embedded engine: no Exception."""


FAULTS: dict[str, tuple[BaseException, int]] = {
    "a fault of ours": (RuntimeError("invented"), 70),
    "a panic": (Panic("invented"), 70),
    "a library that ends the program": (SystemExit(1), 70),
    "bad input": (BadInput(Problem("here", "is wrong")), 2),
    "a tool": (ToolFailed("failed"), 3),
    "the disk": (OSError(errno.EIO, "invented", "somewhere"), 3),
    "no memory": (MemoryError(), 3),
    "a package that a pull brought": (ModuleNotFoundError("No module named 'brand_new'", name="brand_new"), 3),
    "a module of our own that is missing": (
        ModuleNotFoundError("No module named 'groundplan.x'", name="groundplan.x"),
        70,
    ),
    "Ctrl-C": (Stopped(signal.SIGINT), 130),
}
PLACES = {
    "synth": "groundplan.cli.steps.run_main",
    "plan": "groundplan.cli.steps.run_main",
    "check": "groundplan.cli.steps.run_main",
    "review": "groundplan.cli.steps.run_main",
    "deploy test": "groundplan.cli.deploying.cdktf_command",
    "show": "groundplan.cli.steps.run_main",
    "workspaces": "groundplan.cli.steps.run_main",
    "publish": "groundplan.publish.publish_all",
    "policies": "groundplan.policy.rules",
    "charts": "groundplan.charts.list_charts",
    "charts pull": "groundplan.charts.sources.pull_locked",
    "doctor": "groundplan.cli.doctor.examine",
    # what the later steps call, on what earlier ones have left
    "plan --only": "groundplan.plan.plan_all",
    "check --only": "groundplan.policy.judge",
    "review --only": "groundplan.review.write_review",
    "policies --test": "groundplan.policy.run_rego_tests",
}


def failing(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_: Any, **__: Any) -> NoReturn:
        raise error

    return fail


@pytest.fixture
def left(request: pytest.FixtureRequest) -> None:
    """What earlier steps leave, where a later one is asked for."""
    if "--only" in request.node.name:
        request.getfixturevalue("planned")


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize("command", PLACES)
def test_a_fault_ends_with_its_own_code_and_json(
    command: str, groundplan: Groundplan, environment: pytest.MonkeyPatch
) -> None:
    selection = ["test"] if "--only" in command else []
    for name, (error, code) in FAULTS.items():
        environment.setattr(PLACES[command], failing(error))

        said = groundplan(*command.split(), *selection, "--json")

        assert (said.code, said.json["exit_code"]) == (code, code), name
        assert said.json["problems"], name
        assert "invented" not in said.out or name == "the disk", name


def test_nobody_who_reads_on_is_no_denial(groundplan: Groundplan, environment: pytest.MonkeyPatch) -> None:
    environment.setattr("groundplan.charts.list_charts", failing(BrokenPipeError(errno.EPIPE, "Broken pipe")))
    environment.setattr("os.dup2", lambda *_: None)

    assert groundplan("charts").code == 141


@pytest.mark.parametrize("command", ["synth", "workspaces", "doctor", "charts list velero", "policies"])
def test_what_is_answered_to_machines_is_json(command: str, groundplan: Groundplan) -> None:
    said = groundplan(*command.split(), "--json")

    assert said.code in (0, 3)
    assert said.json


def test_an_answer_that_cannot_be_written_is_a_fault_of_ours(
    groundplan: Groundplan, environment: pytest.MonkeyPatch
) -> None:
    environment.setattr(json, "dumps", failing(TypeError("invented")))

    said: Said = groundplan("charts", "list", "velero", "--json")

    assert said.code == 70
    assert "groundplan itself failed: TypeError" in said.err


def test_a_mistake_in_the_projects_own_python_never_ends_with_1(project: Path, cache: Path) -> None:
    edit(project / "main.py", "def compose(stacks, env):", "def compose(stacks, env):\n    env.nothing()")

    ran = run_main(cache, main=project / "main.py")

    assert ran.returncode == 2
    assert "Traceback" in ran.stderr
    assert "env.nothing()" in ran.stderr
    assert ran.stdout == ""
