"""Shards divide the stacks evenly and alike on every machine; only plans that belong together are joined."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.plan import plan_all
from groundplan.plan.shards import Shard, divide, joined
from groundplan.plan.stacks import read_stacks, weight_of
from groundplan.problems import BadInput
from tests.plan.conftest import stack, write_synth

Needs = Mapping[str, tuple[str, ...]]


@st.composite
def projects(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Stacks with their weights, each reading some of those before it."""
    weights = draw(st.lists(st.integers(0, 1000), max_size=30))
    names = [f"stack-{number}" for number in range(len(weights))]
    needs = {
        name: tuple(draw(st.lists(st.sampled_from(names[:number]), max_size=2, unique=True))) if number else ()
        for number, name in enumerate(names)
    }
    return dict(zip(names, weights, strict=True)), needs


@given(projects(), st.integers(1, 40))
def test_every_stack_is_in_exactly_one_shard(
    project: tuple[dict[str, int], dict[str, tuple[str, ...]]], total: int
) -> None:
    weights, needs = project

    shares = divide(weights, needs, total)

    assert len(shares) == total
    assert sorted(name for share in shares for name in share) == sorted(weights)


@given(projects(), st.integers(1, 40))
def test_no_shard_weighs_more_than_the_average_and_the_heaviest_stack(
    project: tuple[dict[str, int], dict[str, tuple[str, ...]]], total: int
) -> None:
    weights, needs = project

    shares = divide(weights, needs, total)

    for share in shares:
        load = sum(weights[name] for name in share)
        assert load * total <= sum(weights.values()) + max(weights.values(), default=0) * total


@given(projects(), st.integers(1, 10), st.randoms(use_true_random=False))
def test_the_order_of_the_stacks_does_not_matter(
    project: tuple[dict[str, int], dict[str, tuple[str, ...]]], total: int, random: Any
) -> None:
    weights, needs = project
    names = list(weights)
    random.shuffle(names)
    other = {name: tuple(reversed(needs[name])) for name in names}

    assert divide({name: weights[name] for name in names}, other, total) == divide(weights, needs, total)


def test_the_hash_seed_does_not_matter() -> None:
    program = (
        "from groundplan.plan.shards import divide\n"
        "names = [f'e{e}-{s}' for e in range(7) for s in 'abcde']\n"
        "needs = {n: (n[:-1] + 'a',) for n in names if not n.endswith('a')}\n"
        "print([sorted(share) for share in divide(dict.fromkeys(names, 5), needs, 4)])\n"
    )

    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }

    assert len(said) == 1


def test_stacks_that_read_each_other_stay_together_where_that_is_as_even() -> None:
    weights = {f"{environment}-{family}": 10 for environment in "abcdef" for family in ("dns", "secrets", "backup")}
    needs = {
        name: (f"{name[0]}-{'dns' if name.endswith('secrets') else 'secrets'}",)
        for name in weights
        if not name.endswith("dns")
    }

    shares = divide(weights, needs, 3)

    assert [{name[0] for name in share} for share in shares] == [{"a", "d"}, {"b", "e"}, {"c", "f"}]


def test_an_environment_is_divided_where_it_would_be_all_the_work_of_one_shard() -> None:
    weights = dict.fromkeys(("a-dns", "a-certificates", "a-secrets", "a-backup"), 10)
    needs = {"a-certificates": ("a-dns",), "a-secrets": ("a-certificates",), "a-backup": ("a-secrets",)}

    shares = divide(weights, needs, 2)

    assert shares == ({"a-backup"}, weights.keys() - {"a-backup"})


def test_more_shards_than_stacks_leave_some_empty() -> None:
    shares = divide({"a": 1, "b": 2}, {}, 4)

    assert sorted(map(len, shares)) == [0, 0, 1, 1]


@given(st.integers(1, 9999), st.integers(0, 9998))
def test_a_shard_is_read_as_it_is_written(index: int, more: int) -> None:
    shard = Shard(index, min(index + more, 9999))

    assert Shard.read(str(shard)) == shard


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("0/3", "--shard: there is no shard 0/3\n  Shards are counted from 1: allowed here is 1/3 to 3/3."),
        ("4/3", "--shard: there is no shard 4/3\n  Shards are counted from 1: allowed here is 1/3 to 3/3."),
        ("0/0", "--shard: there is no shard 0/0\n"),
        ("a/b", "--shard: must be INDEX/TOTAL, got 'a/b'\n  Give it as 1/4"),
        ("-1/3", "--shard: must be INDEX/TOTAL, got '-1/3'\n"),
        ("1", "--shard: must be INDEX/TOTAL, got '1'\n"),
        ("", "--shard: must be INDEX/TOTAL, got ''\n"),
        ("1/3\n", "--shard: must be INDEX/TOTAL, got '1/3\\\\n'\n"),
        ("\u0661/3", "--shard: must be INDEX/TOTAL, got '\u0661/3'\n"),
        ("/1", "GitLab sets CI_NODE_INDEX only in jobs that have `parallel: N`."),
    ],
)
def test_what_is_no_shard_is_told_with_what_it_may_be(given: str, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        Shard.read(given)

    assert told in "\n".join(map(str, refused.value.problems)).replace("\n    ", "\n  ").replace("\\n", "\\\\n")


@given(st.text(max_size=8))
def test_whatever_is_given_is_a_shard_or_refused(text: str) -> None:
    try:
        shard = Shard.read(text)
    except BadInput:
        return
    assert 1 <= shard.index <= shard.total


def queue(**more: Any) -> dict[str, Any]:
    return {"resource": {"aws_sqs_queue": {"q": {"name": "q", **more}}}}


def reads(other: str) -> dict[str, Any]:
    config = {"organization": "example", "workspaces": {"name": other}}
    return {
        "data": {"terraform_remote_state": {"other": {"backend": "remote", "config": config}}},
        **queue(kms_master_key_id="${data.terraform_remote_state.other.outputs.key}"),
    }


def tells() -> dict[str, Any]:
    return {"output": {"key": {"value": "${aws_sqs_queue.q.kms_master_key_id}-next"}}}


def stacks(**changes: Any) -> dict[str, dict[str, Any]]:
    """A chain of three stacks, and one beside it."""
    found = {
        "dev-a": {**queue(kms_master_key_id="first"), **tells()},
        "dev-b": {**reads("dev-a"), **tells()},
        "dev-c": reads("dev-b"),
        "dev-d": queue(),
        **changes,
    }
    return {name: stack(name, **parts) for name, parts in found.items() if parts is not None}


def plans(out: Path) -> dict[str, bytes]:
    """The plans and metas as they are written."""
    return {path.name: path.read_bytes() for path in sorted((out / "plans").glob("*.json"))}


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with cdktf.out, a base that has one stack more, and out/ planned at once."""
    folder = tmp_path_factory.mktemp("at-once")
    write_synth(folder / "cdktf.out", stacks())
    write_synth(folder / "base", stacks(**{"dev-d": queue(delay_seconds=30), "dev-gone": queue()}))
    plan_all(folder / "cdktf.out", folder / "out", base=folder / "base", base_name="main")
    return folder


def plan_shard(folder: Path, out: Path, shard: Shard) -> None:
    plan_all(folder / "cdktf.out", out, base=folder / "base", base_name="main", shard=shard)


@pytest.fixture
def in_shards(at_once: Path, tmp_path: Path) -> Callable[[int], Path]:
    """Plans in so many shards, each into a folder of its own, and joins them as GitLab unpacks artifacts."""

    def plan(total: int) -> Path:
        together = tmp_path / "out"
        for index in range(1, total + 1):
            own = tmp_path / f"out-{index}"
            plan_shard(at_once, own, Shard(index, total))
            shutil.copytree(own, together, dirs_exist_ok=True)
        return together

    return plan


def joint(folder: Path, out: Path) -> dict[str, Shard]:
    found, _ = read_stacks(folder / "cdktf.out")
    return joined(out, found, ["dev-gone"])


@pytest.mark.parametrize("total", [1, 2, 3, 7])
def test_the_shards_plans_are_those_of_one_plan_byte_for_byte(
    at_once: Path, in_shards: Callable[[int], Path], total: int
) -> None:
    out = in_shards(total)

    assert plans(out) == plans(at_once / "out")
    assert "dev-gone.json" in plans(out)
    made = joint(at_once, out)
    assert sorted(made) == ["dev-a", "dev-b", "dev-c", "dev-d", "dev-gone"]


def test_shards_one_after_the_other_in_one_folder_keep_each_others_plans(at_once: Path, tmp_path: Path) -> None:
    for index in (2, 1, 3):
        plan_shard(at_once, tmp_path / "out", Shard(index, 3))

    assert plans(tmp_path / "out") == plans(at_once / "out")
    assert joint(at_once, tmp_path / "out")


def test_a_plan_of_everything_forgets_the_shards(at_once: Path, in_shards: Callable[[int], Path]) -> None:
    out = in_shards(2)

    plan_all(at_once / "cdktf.out", out)

    assert joined(out, ["dev-a"], []) == {}


def test_a_shard_of_another_number_makes_those_of_before_things_of_the_past(at_once: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for shard in ("1/2", "1/3"):
        plan_all(at_once / "cdktf.out", out, shard=Shard.read(shard))

    assert [path.name for path in (out / "plans" / "shards").iterdir()] == ["1-of-3.json"]


def refused(folder: Path, out: Path) -> list[str]:
    with pytest.raises(BadInput) as error:
        joint(folder, out)
    return [str(problem) for problem in error.value.problems]


def test_a_missing_shard_is_named_with_the_job_to_retry(at_once: Path, in_shards: Callable[[int], Path]) -> None:
    out = in_shards(7)
    (out / "plans" / "shards" / "6-of-7.json").unlink()

    (said,) = refused(at_once, out)

    assert "the plans of shard 6/7 are not there" in said
    assert "retry the job plan 6/7" in said


def test_a_plan_that_did_not_arrive_is_named_with_its_shard(at_once: Path, in_shards: Callable[[int], Path]) -> None:
    out = in_shards(2)
    shard = joint(at_once, out)["dev-d"]
    (out / "plans" / "dev-d.meta.json").unlink()

    (said,) = refused(at_once, out)

    assert f"dev-d: shard {shard} has planned this stack, and its plan is not there" in said


def test_a_plan_that_something_replaced_is_named_with_its_shard(
    at_once: Path, in_shards: Callable[[int], Path]
) -> None:
    out = in_shards(2)
    shard = joint(at_once, out)["dev-gone"]
    (out / "plans" / "dev-gone.json").write_bytes((out / "plans" / "dev-a.json").read_bytes())

    (said,) = refused(at_once, out)

    assert f"dev-gone: the plan of this stack is not the one that shard {shard} made" in said


def test_a_shard_of_another_synth_is_named_and_so_is_what_two_have_planned_differently(
    at_once: Path, in_shards: Callable[[int], Path], tmp_path: Path
) -> None:
    out = in_shards(3)
    name = min(name for name, shard in joint(at_once, out).items() if shard == Shard(2, 3))
    # alone it is the first shard's, and that job's artifacts are unpacked last
    write_synth(tmp_path / "later", {name: stack(name, **queue(delay_seconds=7))})
    plan_all(tmp_path / "later", tmp_path / "out-later", shard=Shard(1, 3))
    shutil.copytree(tmp_path / "out-later", out, dirs_exist_ok=True)

    stranger, twice = refused(at_once, out)

    assert "shard 1/3 does not belong to 2/3, 3/3" in stranger
    assert "retry the job plan 1/3" in stranger
    assert f"{name}: shards 1/3 and 2/3 have planned this stack, and differently" in twice
    assert "retry the jobs plan 1/3, plan 2/3" in twice


def test_two_plans_of_one_stack_are_refused_even_when_the_shards_say_that_they_belong_together(
    at_once: Path, in_shards: Callable[[int], Path]
) -> None:
    out = in_shards(2)
    shard = joint(at_once, out)["dev-a"]
    other = out / "plans" / "shards" / f"{3 - shard.index}-of-2.json"
    receipt = json.loads(other.read_bytes())
    receipt["stacks"]["dev-a"] = "0" * 64
    other.write_text(json.dumps(receipt))

    (said,) = refused(at_once, out)

    assert "dev-a: shards 1/2 and 2/2 have planned this stack, and differently" in said
    assert "retry the jobs plan 1/2, plan 2/2" in said


def test_a_stack_that_no_shard_has_is_named(at_once: Path, in_shards: Callable[[int], Path]) -> None:
    out = in_shards(2)

    with pytest.raises(BadInput, match="dev-new: no shard has planned this stack"):
        joined(out, ["dev-a", "dev-new"], [])


def test_a_damaged_receipt_is_named(at_once: Path, in_shards: Callable[[int], Path]) -> None:
    out = in_shards(2)
    (out / "plans" / "shards" / "2-of-2.json").write_text("{")

    (said,) = refused(at_once, out)

    assert "plans/shards/2-of-2.json: is damaged" in said
    assert "retry the job plan 2/2" in said


def test_an_empty_shard_plans_nothing_and_leaves_its_receipt(at_once: Path, tmp_path: Path) -> None:
    report = plan_all(at_once / "cdktf.out", tmp_path / "out", shard=Shard(9, 9))

    assert report.plans == {}
    receipt = json.loads((tmp_path / "out" / "plans" / "shards" / "9-of-9.json").read_bytes())
    assert receipt["stacks"] == {}


def test_what_a_stack_is_given_weighs_and_what_terraform_keeps_beside_it_does_not(tmp_path: Path) -> None:
    def weight(**parts: Any) -> int:
        write_synth(tmp_path / "cdktf.out", {"dev-a": stack("dev-a", **queue(), **parts)})
        return weight_of(read_stacks(tmp_path / "cdktf.out")[0]["dev-a"])

    light = weight()
    assert weight(locals={"records": {str(number): number for number in range(100)}}) > light + 100 * 100
    light = weight()
    plugin = tmp_path / "cdktf.out" / "stacks" / "dev-a" / ".terraform" / "providers" / "plugin"
    plugin.parent.mkdir(parents=True)
    plugin.write_bytes(b"x" * 100_000)
    assert weight_of(read_stacks(tmp_path / "cdktf.out")[0]["dev-a"]) == light


def test_a_live_plan_is_divided_too(tmp_path: Path) -> None:
    """terraform_data is in every core, so that nothing is fetched."""
    given = {name: {"resource": {"terraform_data": {"it": {"input": name}}}} for name in ("dev-a", "dev-b")}
    folder = write_synth(tmp_path / "cdktf.out", given)

    report = plan_all(folder, tmp_path / "out", live=True, shard=Shard.read("2/2"))

    ((name, path),) = report.plans.items()
    (change,) = json.loads(path.read_bytes())["resource_changes"]
    assert change["change"]["after"]["input"] == name
    assert report.metas[name].mode == "live"
    receipt = json.loads((tmp_path / "out" / "plans" / "shards" / "2-of-2.json").read_bytes())
    assert set(receipt["stacks"]) == {name}
