"""What docs/authoring.md shows is a module that is built, called and published as it says."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import groundplan.framework
from groundplan.cli.making import FILL_IN
from tests.cli.conftest import small_project
from tests.support import forking
from tests.support.copies import copy_of_cache
from tests.support.once import once
from tests.synth.programs import PROJECT, copy_project, settings

PAGE = (PROJECT / "docs" / "authoring.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
FILES = dict(re.fullmatch(r"# (\S+\.py)\n(.*)", block, re.DOTALL).groups() for block in BLOCKS)  # type: ignore[union-attr]


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a project with the page's module in it synthesizes of staging."""

    def make(folder: Path) -> None:
        copy_of_cache(small_project(tmp_path_factory) / "cache", folder / "cache")
        project = copy_project(folder / "project")
        for file in (project / "environments").glob("*/*.py"):
            if file.name != "__init__.py":
                file.unlink()
        for path, text in FILES.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_text(text)
        room = project / "modules" / "notify" / "topic"
        (room.parent / "__init__.py").touch()
        (room / "__init__.py").write_text(
            "from .inputs import Subscriber, TopicInputs\nfrom .module import Topic\n\n"
            '__all__ = ["Subscriber", "Topic", "TopicInputs"]\n'
        )
        (room / "files").mkdir()
        (room / "files" / "delivery.json").write_text('{"http": {"defaultHealthyRetryPolicy": {"numRetries": 5}}}\n')
        done = forking.run(
            [sys.executable, "-m", "groundplan", "plan", "staging"],
            cwd=project,
            env=settings(folder / "cache", PYTHONPATH=f"{project}:{PROJECT}"),
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr

    return once(tmp_path_factory, "authoring", make) / "project"


@pytest.fixture
def module(stacks: Path) -> dict[str, Any]:
    """The Terraform module that it becomes."""
    found: dict[str, Any] = json.loads(
        (stacks / "cdktf.out/stacks/staging-notify/modules/topic/main.tf.json").read_bytes()
    )
    return found


def test_every_block_of_python_says_which_file_it_is() -> None:
    assert sorted(FILES) == [
        "environments/families/notify.py",
        "modules/notify/topic/access.py",
        "modules/notify/topic/inputs.py",
        "modules/notify/topic/module.py",
    ]
    assert len(BLOCKS) == len(FILES)


def test_what_the_module_says_has_moved_is_a_moved_block(module: dict[str, Any]) -> None:
    assert module["moved"] == [
        {"from": "aws_sns_topic_subscription.mail", "to": "aws_sns_topic_subscription.subscriber"}
    ]
    (source, target) = re.findall(r"moved \{ from = (\S+), to = (\S+) \}", PAGE)[0]
    assert module["moved"] == [{"from": source, "to": target}]


def test_the_module_repeats_chooses_and_ships_as_the_page_says(module: dict[str, Any], stacks: Path) -> None:
    made = module["resource"]
    assert made["aws_sns_topic_subscription"]["subscriber"]["for_each"] == "${var.subscribers}"
    assert made["aws_sns_topic_policy"]["publisher"]["count"].endswith("? 1 : 0}")
    assert "sns:Publish" in made["aws_sns_topic_policy"]["publisher"]["policy"]
    assert made["aws_sns_topic"]["topic"]["delivery_policy"] == '${file("${path.module}/files/delivery.json")}'
    assert (stacks / "cdktf.out/stacks/staging-notify/modules/topic/files/delivery.json").is_file()
    assert {f"{kind}.{name}" for kind, named in made.items() for name in named} >= {
        "aws_sns_topic.topic",
        "aws_kms_key.topic",
    }


def test_the_family_calls_it_by_the_environment_s_name(stacks: Path) -> None:
    plan = json.loads((stacks / "out/plans/staging-notify.json").read_bytes())
    planned = {change["address"]: change["change"]["after"] for change in plan["resource_changes"]}
    assert planned["module.topic.aws_sns_topic.topic"]["name"] == "staging-topic"
    subscription = planned['module.topic.aws_sns_topic_subscription.subscriber["owner"]']
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "platform@example.com")


def test_what_build_may_use_is_there() -> None:
    table = PAGE.partition("## What `build` may do")[2].partition("## A rule")[0]
    written = " ".join(line.split(" | ")[1] for line in table.splitlines() if line.count(" | ") >= 2)
    named = set(re.findall(r"(?<![\w.])([a-z_]+)(?=\(|`)", written)) - {"self", "document", "allow", "release"}
    assert {"each", "when", "choose", "dynamic", "first_set"} <= named
    assert named <= set(groundplan.framework.__all__)


def test_the_placeholder_is_the_one_that_is_written() -> None:
    assert f"`{FILL_IN}<what stood there>`" in PAGE
