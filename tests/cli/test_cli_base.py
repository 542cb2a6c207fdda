"""Changes against what is applied already: a git revision or a synthesized folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Groundplan
from tests.cli.small_project import edit


def git(project: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=project, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def repository(project: Path) -> Path:
    """The small project, committed, and a setting changed since."""
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "first")
    edit(project / "main.py", "noncurrent_days=30,", "noncurrent_days=40,")
    return project


def actions(project: Path, stack: str) -> dict[str, list[str]]:
    plan = json.loads((project / "out" / "plans" / f"{stack}.json").read_bytes())
    return {change["address"]: change["change"]["actions"] for change in plan["resource_changes"]}


def test_against_a_revision_a_changed_setting_is_an_update_and_the_rest_stays(
    groundplan: Groundplan, repository: Path
) -> None:
    said = groundplan("plan", "test", "--base", "HEAD", "--json")

    assert said.code == 0, said.err
    assert said.json[0]["update"] == 1
    found = actions(repository, "test-storage")
    changed = {address for address, done in found.items() if done != ["no-op"]}
    assert changed == {"module.archive.aws_s3_bucket_lifecycle_configuration.archive"}
    assert found[changed.pop()] == ["update"]
    assert len(git(repository, "worktree", "list").splitlines()) == 1
    assert git(repository, "status", "--short").split() == ["M", "main.py"]


def test_against_a_synthesized_folder_nothing_changed_is_no_change(groundplan: Groundplan, project: Path) -> None:
    assert groundplan("synth").code == 0
    shutil.copytree(project / "cdktf.out", project / "applied")

    said = groundplan("plan", "test", "--base", "applied")

    assert said.code == 0, said.err
    assert {tuple(done) for done in actions(project, "test-storage").values()} == {("no-op",)}


def test_a_revision_that_cannot_be_synthesized_is_told_and_cleaned_up(groundplan: Groundplan, repository: Path) -> None:
    source = (repository / "main.py").read_text()
    (repository / "main.py").write_text("raise SystemExit('half done')\n")
    git(repository, "commit", "--quiet", "--all", "--message", "broken")
    (repository / "main.py").write_text(source)

    said = groundplan("plan", "test", "--base", "HEAD")

    assert said.code == 3
    assert "the project at HEAD could not be synthesized" in said.err
    assert "half done" in said.err
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_a_revision_that_writes_nothing_is_no_base(groundplan: Groundplan, repository: Path) -> None:
    source = (repository / "main.py").read_text()
    (repository / "main.py").write_text("")
    git(repository, "commit", "--quiet", "--all", "--message", "empty")
    (repository / "main.py").write_text(source)

    said = groundplan("plan", "test", "--base", "HEAD")

    assert said.code == 3
    assert "the project at HEAD could not be synthesized" in said.err


def test_a_base_that_is_nothing_is_told_with_what_it_may_be(groundplan: Groundplan, repository: Path) -> None:
    said = groundplan("plan", "test", "--base", "orgin/main")

    assert said.code == 2
    assert (
        "--base: 'orgin/main' is neither a synthesized folder nor a git revision\n"
        "      Give a folder that synth wrote, or a revision such as origin/main." in said.err
    )


def test_a_base_outside_of_git_is_told_with_gits_own_words(groundplan: Groundplan) -> None:
    said = groundplan("plan", "test", "--base", "HEAD")

    assert said.code == 2
    assert "not a git repository" in said.err
