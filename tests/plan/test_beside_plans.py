"""What is done while Terraform plans: once, only where it plans anything, and with the same result as afterwards."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan import plan_all, states_after_apply
from groundplan.plan.order import in_order
from groundplan.plan.working import WorkingCopy
from groundplan.problems import BadInput
from tests.plan.conftest import stack, write_synth

ORDER = {"a": (), "b": (), "c": ("a",)}
TOPIC = {"aws_sns_topic": {"it": {"name": "alarms"}}}


@pytest.fixture
def applied(own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stacks that were applied, with nothing kept of earlier tests but the providers' schemas."""
    shutil.copytree(own_cache / "schemas", tmp_path / "cache" / "schemas")
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    names: list[str] = []
    real = WorkingCopy.apply

    def apply(copy: WorkingCopy) -> Any:
        names.append(copy._stack.name)
        return real(copy)

    monkeypatch.setattr(WorkingCopy, "apply", apply)
    return names


def _folder(place: Path, **more: Any) -> Path:
    return write_synth(place, {"dev-x": stack("dev-x", resource=TOPIC, **more)})


def _resources(states: dict[str, dict[str, Any]]) -> Any:
    return states["dev-x"]["resources"]


def test_whoever_waits_is_asked_until_the_part_is_done_and_not_again() -> None:
    asked: list[int] = []

    def meanwhile() -> bool:
        asked.append(1)
        return len(asked) == 2

    def work(name: str, done: Any) -> str:
        return name

    assert in_order(ORDER, work, 1, meanwhile) == {name: name for name in ORDER}
    assert len(asked) == 2
    # one that never comes to it holds nothing up
    assert in_order(ORDER, work, 2, lambda: False) == {name: name for name in ORDER}


def _broken() -> bool:
    raise BadInput([])


def test_what_fails_meanwhile_ends_the_work() -> None:
    with pytest.raises(BadInput):
        in_order(ORDER, lambda name, _: name, 1, _broken)


def test_a_state_that_was_made_beside_the_plans_is_the_one_that_is_asked_for(
    tmp_path: Path, applied: list[str]
) -> None:
    folder, calls = _folder(tmp_path / "synth"), []
    plan_all(folder, tmp_path / "out", applied_too=["dev-x", "dev-gone"], meanwhile=lambda: calls.append(1))
    assert (applied, calls) == (["dev-x"], [1])
    beside = states_after_apply(folder, ["dev-x"])
    assert applied == ["dev-x"]
    assert _resources(states_after_apply(folder, ["dev-x"], fresh=True)) == _resources(beside)
    # nothing is planned anew: nobody begins anything
    plan_all(folder, tmp_path / "out", applied_too=["dev-x"], meanwhile=lambda: calls.append(1))
    assert (applied, calls) == (["dev-x", "dev-x"], [1])


def test_what_cannot_be_applied_is_told_by_the_plan_alone(tmp_path: Path, applied: list[str]) -> None:
    folder = _folder(tmp_path / "synth", output={"x": {"value": "${aws_sns_topic.it.nothing}"}})

    with pytest.raises(BadInput) as beside:
        plan_all(folder, tmp_path / "out", applied_too=["dev-x"])
    with pytest.raises(BadInput) as alone:
        plan_all(folder, tmp_path / "out")
    assert [str(each) for each in beside.value.problems] == [str(each) for each in alone.value.problems]


def test_what_is_kept_of_a_plan_says_what_was_said_of_it(tmp_path: Path, applied: list[str]) -> None:
    more = {"data": {"aws_caller_identity": {"me": {}}}, "output": {"arn": {"value": "${aws_sns_topic.it.arn}"}}}
    folder = _folder(tmp_path / "synth", **more)
    first = plan_all(folder, tmp_path / "one")
    again = plan_all(folder, tmp_path / "other")
    assert again.reused == ("dev-x",)
    assert again.plans["dev-x"].read_bytes() == first.plans["dev-x"].read_bytes()
    assert again.metas == first.metas
    assert json.loads(again.plans["dev-x"].read_bytes())["output_changes"]["arn"]["after_unknown"] is True
