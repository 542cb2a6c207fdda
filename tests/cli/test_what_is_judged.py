"""What is judged is what this very run has written, all of it, or there is no verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundplan import policy
from groundplan.cli import steps
from groundplan.synth.locks import holding
from tests.cli.conftest import Groundplan
from tests.cli.small_project import edit

ENDS_EARLY = {
    "an empty file": "",
    "an exit without an error": "import sys\nsys.exit()\n",
    "an exit with 0": "raise SystemExit(0)\n",
    "an exit that nobody can catch": "import os\nos._exit(0)\n",
}


@pytest.mark.usefixtures("synthesized")
@pytest.mark.usefixtures("own_process")
def test_a_main_that_writes_nothing_gets_no_verdict_on_what_an_earlier_one_wrote(
    groundplan: Groundplan, project: Path
) -> None:
    source = (project / "main.py").read_text()

    for case, text in ENDS_EARLY.items():
        (project / "main.py").write_text(text)
        said = groundplan("review")

        assert said.code == 2, case
        assert "main.py: ended without an error and wrote nothing" in said.err, case
        assert "May merge" not in said.out, case
    (project / "main.py").write_text(source)
    edit(project / "main.py", "def compose(stacks, env):", "def compose(stacks, env):\n    raise SystemExit(0)")
    said = groundplan("review")
    assert said.code == 2
    assert "SystemExit ends main.py here\n        raise SystemExit(0)\n" in said.err
    assert not (project / "out" / "findings.json").exists()


def test_main_called_twice_would_judge_the_second_half_alone(groundplan: Groundplan, project: Path) -> None:
    call = 'main(compose, [environment("test"), environment("live")], project=Path(__file__).parent)'
    halves = [call.replace(', environment("live")', ""), call.replace('environment("test"), ', "")]
    edit(project / "main.py", call, "\n".join(halves))

    said = groundplan("review")

    assert said.code == 2
    assert "main.py: calls main() twice" in said.err


def test_a_synth_beside_a_review_changes_nothing_of_what_is_judged(
    groundplan: Groundplan, project: Path, environment: pytest.MonkeyPatch
) -> None:
    run_main = steps.run_main

    def and_another(*arguments: Any, **more: Any) -> None:
        run_main(*arguments, **more)
        edit(project / "main.py", "noncurrent_days=30,", "noncurrent_days=40,")
        run_main(project, project / "cdktf.out", ("test",), fresh=False)

    environment.setattr(steps, "run_main", and_another)

    said = groundplan("review")

    assert said.code == 0, said.err
    assert json.loads((project / "out" / "findings.json").read_bytes())["stacks"] == ["live-storage", "test-storage"]
    planned = (project / "out" / "plans" / "test-storage.json").read_text()
    assert '"noncurrent_days":30' in planned
    assert '"noncurrent_days":40' not in planned
    assert ": 40" in (project / "cdktf.out" / "stacks" / "test-storage" / "cdk.tf.json").read_text()


@pytest.mark.usefixtures("planned")
def test_only_refuses_plans_of_what_is_no_longer_there(groundplan: Groundplan, project: Path) -> None:
    assert groundplan("check", "--only").code == 0
    edit(project / "main.py", "noncurrent_days=30,", "noncurrent_days=40,")
    assert groundplan("synth", "test").code == 0

    for command in ("check", "review"):
        said = groundplan(command, "--only")

        assert said.code == 2
        assert (
            "--only: the plan of test-storage was not made of what is in cdktf.out now\n"
            "      Run groundplan plan --only again, or leave --only out." in said.err
        )
        assert "live-storage" not in said.err
    assert groundplan("check", "live", "--only").code == 0


@pytest.mark.usefixtures("planned")
def test_plans_of_stacks_that_are_gone_go_and_those_of_others_stay(groundplan: Groundplan, project: Path) -> None:
    plans = project / "out" / "plans"
    for ending in (".json", ".meta.json"):
        (plans / f"test-gone{ending}").write_bytes((plans / f"test-storage{ending}").read_bytes())

    assert groundplan("plan", "test").code == 0

    assert {path.name.partition(".")[0] for path in plans.iterdir()} == {"live-storage", "test-storage"}


@pytest.mark.usefixtures("synthesized")
def test_what_terraform_keeps_in_a_stacks_folder_is_no_part_of_its_plan(groundplan: Groundplan, project: Path) -> None:
    planned = groundplan("plan", "test", "--only", "--json").json
    folder = project / "cdktf.out" / "stacks" / "test-storage"
    for name in ("terraform.tfstate", "terraform.tfstate.backup", ".terraform.lock.hcl", "plan"):
        (folder / name).write_text("not for planning")

    assert groundplan("plan", "test", "--json").json == planned
    assert groundplan("check", "test", "--only").code == 0
    assert (folder / "terraform.tfstate").read_text() == "not for planning"


def test_a_review_waits_for_another_of_the_same_folder(
    groundplan: Groundplan, project: Path, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("GROUNDPLAN_LOCK_SECONDS", "0.1")

    with holding(project / "out", "groundplan review test"):
        said = groundplan("review")

    assert said.code == 3
    assert "waiting for groundplan review test (process" in said.err
    assert "out has been in use for 0.1 seconds by groundplan review test" in said.err


@pytest.mark.usefixtures("planned")
def test_a_gate_that_leaves_out_a_stack_gives_no_verdict_on_the_others(
    groundplan: Groundplan, project: Path, environment: pytest.MonkeyPatch
) -> None:
    judge = policy.judge

    def forgetful(plans: dict[str, Path], **more: Any) -> policy.Findings:
        return judge({name: path for name, path in plans.items() if name != "live-storage"}, **more)

    environment.setattr(policy, "judge", forgetful)

    said = groundplan("review", "--only", "--json")

    assert said.code == said.json["exit_code"] == 3
    assert said.json["problems"][0]["message"] == "not every selected stack was judged: live-storage"
    assert not (project / "out" / "findings.json").exists()
    assert not (project / "out" / "review.html").exists()


@pytest.mark.usefixtures("planned")
def test_a_synthesized_folder_without_a_stack_is_nothing_to_judge(groundplan: Groundplan, project: Path) -> None:
    manifest = project / "cdktf.out" / "groundplan.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "stacks": []}))

    for command in ("plan", "check", "review"):
        said = groundplan(command, "--only")

        assert said.code == 2, command
        assert "cdktf.out: holds no stack, so there is nothing to judge" in said.err
        assert "merge" not in said.out
