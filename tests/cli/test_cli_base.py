"""Changes against what is applied already: a git revision or a synthesized folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Groundplan
from tests.cli.small_project import edit, own_rules


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


@pytest.mark.usefixtures("own_process")
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


def test_against_a_synthesized_folder_nothing_changed_is_no_change(
    groundplan: Groundplan, project: Path, kept: Path
) -> None:
    shutil.copytree(kept / "project" / "cdktf.out", project / "applied")

    said = groundplan("plan", "test", "--base", "applied")

    assert said.code == 0, said.err
    assert {tuple(done) for done in actions(project, "test-storage").values()} == {("no-op",)}


@pytest.mark.usefixtures("own_process")
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


def remove_live(project: Path) -> None:
    """The project without the environment `live`."""
    edit(project / "main.py", '[environment("test"), environment("live")]', '[environment("test")]')


def permit(project: Path, *addresses: str, stack: str = "live-storage") -> None:
    """Permits to lose what holds data."""
    entries = [
        f"  - stack: {stack}\n    address: {address}\n    reason: the environment is given up\n"
        f'    owner: platform\n    last_day: "{date.today() + timedelta(days=30)}"\n'
        for address in addresses
    ]
    edit(own_rules(project) / "exceptions" / "data.yaml", "permits: []", "permits:\n" + "".join(entries))


def test_an_environment_that_was_removed_is_a_destruction_with_its_data(
    groundplan: Groundplan, repository: Path, kept: Path
) -> None:
    git(repository, "commit", "--quiet", "--all", "--message", "second")
    remove_live(repository)

    said = groundplan("review", "--base", "HEAD")

    assert said.code == 1, said.err
    assert "1 stack is removed" in said.out + said.err
    findings = json.loads((repository / "out" / "findings.json").read_bytes())
    assert findings["stacks"] == ["live-storage", "test-storage"]
    denied = [each for each in findings["findings"] if each["rule"] == "protection/data_deletion_permitted"]
    assert {(each["stack"], each["address"]) for each in denied} == {
        ("live-storage", "module.archive.aws_s3_bucket.archive"),
        ("live-storage", "module.archive.aws_kms_key.archive"),
    }
    assert denied[0]["source"]["file"] == "modules/storage/archive/module.py"
    written = (repository / "out" / "review.md").read_text()
    assert "1 stack is removed" in written
    assert "`live-storage`" in written

    # judged again from what the first run left, the removed stack is still there
    again = groundplan("review", "--only")
    assert again.code == 1, again.err
    assert "1 stack is removed" in (repository / "out" / "review.md").read_text()
    # and named, it is known though main.py no longer knows it
    shutil.copytree(kept / "project" / "cdktf.out", repository / "applied")
    named = groundplan("plan", "live", "--base", "applied", "--json")
    assert named.code == 0, named.err
    assert {row["stack"]: row["delete"] > 0 for row in named.json} == {"live-storage": True}
    other = groundplan("plan", "test", "--base", "applied", "--json")
    assert [row["stack"] for row in other.json] == ["test-storage"]


def test_a_permit_of_a_removed_stack_counts(groundplan: Groundplan, project: Path, kept: Path) -> None:
    shutil.copytree(kept / "project" / "cdktf.out", project / "applied")
    remove_live(project)
    permit(project, "module.archive.aws_s3_bucket.archive", "module.archive.aws_kms_key.archive")

    said = groundplan("review", "--base", "applied")

    assert "there is no stack" not in said.err
    found = json.loads((project / "out" / "findings.json").read_bytes())["findings"]
    assert [each for each in found if each["verdict"] == "deny"] == []
    assert said.code == 0, said.err

    # merged, the removal is still to be applied: the next pipeline of what is left has nothing against its permit,
    after = groundplan("review")
    assert after.code == 0, after.err
    assert "May merge" in after.out
    # and what was planned of the removed stack is gone with it
    assert [path.name for path in (project / "out" / "plans").glob("live-*")] == []


def test_a_name_that_neither_the_project_nor_its_base_knows_is_told(
    groundplan: Groundplan, project: Path, kept: Path
) -> None:
    shutil.copytree(kept / "project" / "cdktf.out", project / "applied")

    said = groundplan("plan", "lvie", "--base", "applied")

    assert said.code == 2
    assert "lvie" in said.err
