"""A plan in shards, as GitLab's parallel jobs run it, and the check that joins them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Groundplan
from tests.cli.small_project import edit
from tests.synth.programs import content

Jobs = Callable[..., None]


@pytest.fixture
def jobs(groundplan: Groundplan, synthesized: Path, tmp_path: Path) -> Jobs:
    """Plans shards, each in a folder without the others' plans, and unpacks all that they leave into one out/."""

    def run(*shards: str) -> None:
        out, kept = synthesized / "out", tmp_path / "artifacts"
        for shard in shards:
            if (out / "plans").exists():
                shutil.copytree(out / "plans", kept, dirs_exist_ok=True)
                shutil.rmtree(out)
            said = groundplan("plan", "--only", "--shard", shard)
            assert said.code == 0, said.err
            shutil.copytree(out / "plans", kept, dirs_exist_ok=True)
        shutil.copytree(kept, out / "plans", dirs_exist_ok=True)

    return run


def test_joined_plans_and_their_review_are_those_of_one_plan(
    groundplan: Groundplan, synthesized: Path, jobs: Jobs, kept: Path
) -> None:
    shutil.copytree(kept / "project" / "out", synthesized / "out")
    assert groundplan("review", "--only").code == 0
    at_once = content(synthesized / "out")
    shutil.rmtree(synthesized / "out")

    jobs("1/2", "2/2")
    said = groundplan("review", "--only")

    assert said.code == 0, said.err
    joined = content(synthesized / "out")
    receipts = {name for name in joined if name.startswith("plans/shards/")}
    assert receipts == {"plans/shards/1-of-2.json", "plans/shards/2-of-2.json"}
    assert {name: digest for name, digest in joined.items() if name not in receipts} == at_once


def test_a_shard_says_its_own_stacks_alone(groundplan: Groundplan, synthesized: Path) -> None:
    rows = [groundplan("plan", "--only", "--shard", f"{index}/2", "--json").json for index in (1, 2)]

    assert sorted(row["stack"] for each in rows for row in each) == ["live-storage", "test-storage"]
    assert [len(each) for each in rows] == [1, 1]
    assert groundplan("check", "--only").code == 0


def test_a_shard_without_stacks_succeeds_and_says_so(groundplan: Groundplan, synthesized: Path, jobs: Jobs) -> None:
    said = groundplan("plan", "--only", "--shard", "3/3")

    assert said.code == 0
    assert "Shard 3/3 has nothing to plan: there are more shards than stacks" in said.err
    assert groundplan("plan", "--only", "--shard", "3/3", "--json").json == []
    jobs("1/3", "2/3", "3/3")
    assert groundplan("check", "--only").code == 0


@pytest.mark.parametrize("command", ["check", "review"])
def test_a_missing_shard_is_refused_with_the_job_to_retry(
    groundplan: Groundplan, synthesized: Path, jobs: Jobs, command: str
) -> None:
    jobs("1/3", "2/3")

    said = groundplan(command, "--only")

    assert said.code == 2
    assert (
        "--only: the plans of shard 3/3 are not there\n"
        "      In GitLab retry the job plan 3/3, then this one; elsewhere run groundplan plan --only --shard 3/3."
    ) in said.err
    assert not (synthesized / "out" / "findings.json").exists()


def test_plans_of_another_synth_are_refused_with_the_shard_that_made_them(
    groundplan: Groundplan, synthesized: Path, jobs: Jobs
) -> None:
    jobs("1/2", "2/2")
    # as many bytes as before: the shards are cut alike
    edit(synthesized / "main.py", "noncurrent_days=30,", "noncurrent_days=40,")
    assert groundplan("synth").code == 0
    receipts = [json.loads(path.read_bytes()) for path in (synthesized / "out" / "plans" / "shards").iterdir()]
    shard = next(f"{each['index']}/2" for each in receipts if "test-storage" in each["stacks"])
    before = groundplan("check", "--only")

    jobs(shard)
    after = groundplan("check", "--only")

    assert before.code == after.code == 2
    assert f"test-storage: shard {shard} has not planned what is in cdktf.out now" in before.err
    assert "live-storage: shard" in before.err
    assert "live-storage: shard" in after.err
    assert "test-storage" not in after.err


def test_against_a_base_the_shards_share_what_was_dropped_too(groundplan: Groundplan, synthesized: Path) -> None:
    shutil.copytree(synthesized / "cdktf.out", synthesized / "applied")
    edit(synthesized / "main.py", '[environment("test"), environment("live")]', '[environment("live")]')
    assert groundplan("synth").code == 0
    assert groundplan("plan", "--only", "--base", "applied").code == 0
    at_once = content(synthesized / "out")
    shutil.rmtree(synthesized / "out")

    for index in (1, 2):
        assert groundplan("plan", "--only", "--base", "applied", "--shard", f"{index}/2").code == 0

    assert content(synthesized / "out").items() >= at_once.items()
    assert "plans/test-storage.json" in at_once
    said = groundplan("check", "--only")
    assert said.code == 1
    assert "deny protection/data_deletion_permitted test-storage" in said.out
    (synthesized / "out" / "plans" / "shards" / "2-of-2.json").unlink()
    assert groundplan("check", "--only").code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--shard", "0/3"], "--shard: there is no shard 0/3"),
        (["--shard", "4/3"], "Shards are counted from 1: allowed here is 1/3 to 3/3."),
        (["--shard", "a/b"], "--shard: must be INDEX/TOTAL, got 'a/b'"),
        (["--shard", "/1"], "GitLab sets CI_NODE_INDEX only in jobs that have `parallel: N`."),
        (["--shard", "1/3", "live"], "--shard: 1/3 is a share of all stacks, and cannot be combined with names: live"),
    ],
)
def test_a_wrong_shard_is_told_before_anything_runs(
    groundplan: Groundplan, project: Path, arguments: list[str], told: str
) -> None:
    said = groundplan("plan", *arguments)

    assert said.code == 2
    assert told in said.err
    assert not (project / "cdktf.out").exists()
