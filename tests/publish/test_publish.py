"""Publishing a small project's module."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan.hcl import blocks_of, members
from groundplan.problems import BadInput
from groundplan.publish import Published, publish_all
from groundplan.publish.readme import passing_providers
from groundplan.publish.run import document_problems

NAME = "archive_store"
LOCK = f"interfaces/{NAME}.json"
README = f"modules/storage/{NAME}/README.md"


def publish(project: Path, version: str = "0.0.0", *names: str, check: bool = False, accept: bool = False) -> Published:
    (published,) = publish_all(project, names, version=version, only_check=check, accept=accept)
    return published


def refused(project: Path, version: str = "0.0.0", *names: str, check: bool = False, accept: bool = False) -> str:
    with pytest.raises(BadInput) as error:
        publish(project, version, *names, check=check, accept=accept)
    return str(error.value)


def everything(project: Path) -> dict[str, bytes]:
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def edit_lock(project: Path) -> Callable[[Callable[[dict[str, Any]], None]], None]:
    """Publishes, and then changes what the lock remembers: as if the module had been otherwise before."""

    def edit(change: Callable[[dict[str, Any]], None]) -> None:
        publish(project)
        lock = json.loads((project / LOCK).read_bytes())
        change(lock)
        (project / LOCK).write_text(json.dumps(lock))

    return edit


def test_a_module_becomes_a_folder_and_a_package_with_all_that_a_caller_needs(project: Path) -> None:
    published = publish(project, "1.2.0")
    assert published.as_json() == {
        "name": NAME,
        "inputs": 10,
        "outputs": 2,
        "package": f"out/modules/{NAME}-1.2.0.tgz",
        "folder": f"out/modules/{NAME}",
        "version": "1.2.0",
        "released": "0.0.0",
        "next_version": "",
        "bump": "patch",
        "changes": (),
    }
    folder = project / published.folder
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert files == [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "UPGRADE.md",
        "examples/complete/README.md",
        "examples/complete/main.tf",
        "examples/minimal/README.md",
        "examples/minimal/main.tf",
        "files/note.txt",
        "main.tf.json",
        "runbooks/notice.md",
        "schema.json",
        "tests/complete.tftest.hcl",
        "tests/complete/main.tf",
    ]
    page = project / "docs" / "runbooks" / NAME / "notice.md"
    assert (folder / "runbooks" / "notice.md").read_text() == page.read_text()
    with tarfile.open(project / published.package) as archive:
        assert archive.getnames() == files
        for entry in archive:
            assert (entry.mtime, entry.uid, entry.gid, entry.uname, entry.mode) == (0, 0, 0, "", 0o644)
            content = archive.extractfile(entry)
            assert content is not None
            assert content.read() == (folder / entry.name).read_bytes()


def test_the_package_is_the_same_whenever_and_wherever_it_is_made(project: Path, tmp_path: Path) -> None:
    first = (project / publish(project, "1.2.0").package).read_bytes()
    (project / f"modules/storage/{NAME}/files/note.txt").touch()
    shutil.rmtree(project / "out")
    assert (project / publish(project, "1.2.0").package).read_bytes() == first
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(first))) as archive:
        assert "main.tf.json" in archive.getnames()


def test_every_scenario_is_in_the_package_as_a_stranger_would_write_it(project: Path) -> None:
    examples = project / publish(project, "1.2.0").folder / "examples"
    source = "gitlab.example.com/platform/archive-store/aws"
    repeated, once = ((examples / name / "main.tf").read_text() for name in ("complete", "minimal"))
    assert f'  source   = "{source}"\n  version  = "1.2.0"\n' in repeated
    assert f'  source  = "{source}"\n  version = "1.2.0"\n' in once
    told = (examples / "complete/README.md").read_text()
    assert '    source  = "gitlab.example.com/platform/archive-store/aws"\n    version = "1.2.0"\n' in told


def test_what_terraform_leaves_beside_an_example_stays_out_of_the_package(project: Path) -> None:
    example = project / "examples" / NAME / "complete"
    (example / ".terraform" / "modules").mkdir(parents=True)
    (example / ".terraform" / "modules" / "modules.json").write_text("{}")
    (example / "terraform.tfstate").write_text("{}")
    (project / "examples" / NAME / ".terraform.lock.hcl").write_text("")
    folder = project / publish(project).folder
    assert sorted(path.name for path in (folder / "examples/complete").rglob("*")) == ["README.md", "main.tf"]
    assert sorted(path.name for path in (folder / "examples").iterdir()) == ["complete", "minimal"]


def test_a_module_s_readme_lists_its_scenarios_from_the_least_to_the_most(project: Path) -> None:
    other = project / "examples" / NAME / "a-yearly-one"
    shutil.copytree(project / "examples" / NAME / "minimal", other)
    publish(project)
    rows = [line for line in (project / README).read_text().splitlines() if f"../../../examples/{NAME}/" in line]
    assert rows == [
        f"| [minimal](../../../examples/{NAME}/minimal) | A store with a name, \\| and nothing in it. |",
        f"| [a-yearly-one](../../../examples/{NAME}/a-yearly-one) | A store with a name, \\| and nothing in it. |",
        f"| [complete](../../../examples/{NAME}/complete) | Stores of two environments: |",
    ]
    (other / "README.md").write_text((other / "README.md").read_text().replace("A store", "Another"))
    assert f"{README}: its examples no longer say what the module is" in refused(project, check=True)
    shutil.rmtree(other)
    assert f"{README}: its examples no longer say what the module is" in refused(project, check=True)


def test_the_published_readme_leads_to_the_scenarios_in_the_package(project: Path) -> None:
    folder = project / publish(project, "1.2.0").folder
    text = (folder / "README.md").read_text()
    ways = re.findall(r"^\| \[[\w-]+\]\((\S+)\)", text, re.MULTILINE)
    assert ways == ["examples/minimal", "examples/complete"]
    assert all((folder / way / "README.md").is_file() for way in ways)


@pytest.mark.parametrize("scenario", ["minimal", "complete"])
def test_a_module_without_one_of_the_two_scenarios_is_told(project: Path, scenario: str) -> None:
    shutil.rmtree(project / "examples" / NAME / scenario)
    assert f"examples/{NAME}/{scenario}/main.tf: is missing" in refused(project)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("# An empty store\n\n", "", "does not say what the scenario shows"),
        ("A store with a name, | and nothing\nin it.\n", "", "does not say what the scenario shows"),
        ("## When", "## Whenever", "has no section about when one wants it"),
        ("## Before\n", "", "has no section about what it asks for"),
        ("## Commands", "### Commands", "has no section about how it is run"),
    ],
)
def test_a_scenario_that_says_too_little_is_told(project: Path, old: str, new: str, complaint: str) -> None:
    path = project / "examples" / NAME / "minimal/README.md"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert f"examples/{NAME}/minimal/README.md: {complaint}" in refused(project)


def test_a_scenario_that_says_nothing_is_told_what_to_say(project: Path) -> None:
    (project / "examples" / NAME / "minimal/README.md").unlink()
    message = refused(project)
    assert f"examples/{NAME}/minimal/README.md: is missing" in message
    assert "## When, ## Before and ## Commands" in message


def test_what_no_package_would_carry_is_told(project: Path) -> None:
    (project / "examples" / NAME / "main.tf").write_text("")
    assert f"examples/{NAME}/main.tf: is in no scenario" in refused(project)


@pytest.mark.parametrize("name", ["Disaster recovery", "disaster_recovery", "-recovery", "9"])
def test_a_scenario_has_a_name_that_a_link_can_have(project: Path, name: str) -> None:
    shutil.copytree(project / "examples" / NAME / "minimal", project / "examples" / NAME / name)
    assert f"examples/{NAME}/{name}: has a name that is none for a scenario" in refused(project)


def test_the_published_readme_shows_the_use_first_and_every_table(project: Path) -> None:
    text = (project / publish(project, "1.2.0").folder / "README.md").read_text()
    headings = [line for line in text.splitlines() if line.startswith("## ") and line != "## not a heading"]
    own = ["Usage", "How it works", "Examples", "Inputs", "Outputs", "What it costs"]
    assert headings == [f"## {title}" for title in [*own, "Requirements", "Resources", "Providers"]]
    assert 'source  = "gitlab.example.com/platform/archive-store/aws"\n  version = "1.2.0"\n  name    = ' in text
    assert "groundplan:" not in text
    assert "| `aws_secretsmanager_secret.archive` | by name, from `archives` |" in text
    passing = text.partition("## Providers")[2]
    assert (
        'source  = "gitlab.example.com/platform/archive-store/aws"\n  version = "1.2.0"\n\n  providers = {' in passing
    )
    assert "    aws = aws.eu\n" in passing


def test_a_readme_says_how_each_provider_with_an_alias_is_passed() -> None:
    charted = {"aws": {}, "helm": {}, "kubernetes": {}}
    abroad = {"aws_acm_certificate": {"one": {"region": "${each.value}"}}, "helm_release": {"one": {"region": "none"}}}
    alone = {"terraform": {"required_providers": {"aws": {}}}}

    said = passing_providers("velero", {"terraform": {"required_providers": charted}, "resource": {}})

    (call,) = blocks_of(said.partition("```hcl\n")[2].partition("```")[0])
    assert members(call.attributes["providers"]) == {name: f"{name}.eu" for name in charted}
    assert "`aws`, `helm` and `kubernetes` each" in said
    assert "another account, region or cluster" in said
    assert "further regions" not in said
    assert "further regions" in passing_providers("acm", {**alone, "resource": abroad})
    assert "further regions" not in passing_providers(
        "acm", {**alone, "resource": {"helm_release": abroad["helm_release"]}}
    )
    assert "another account or region. " in passing_providers("acm", alone)
    assert "another GitLab. " in passing_providers("runner", {"terraform": {"required_providers": {"gitlab": {}}}})
    assert passing_providers("words", {"terraform": {}}) == ""


def test_publishing_again_changes_nothing(project: Path) -> None:
    publish(project, "1.2.0")
    before = everything(project)
    publish(project, "1.2.0")
    assert everything(project) == before


def test_checking_a_published_project_finds_nothing_and_writes_nothing(project: Path) -> None:
    publish(project)
    before = everything(project)
    publish(project, check=True)
    assert everything(project) == before


def test_checking_what_was_never_published_names_the_readme_and_the_lock(project: Path) -> None:
    before = everything(project)
    message = refused(project, check=True)
    assert f"{README}: its examples and inputs and outputs no longer say what the module is" in message
    assert f"{LOCK}: is missing\n    Run groundplan publish" in message
    assert everything(project) == before


@pytest.mark.parametrize(("old", "new"), [("How often it is written.", "Always."), ("`topic_arn`", "`topic`")])
def test_a_readme_that_says_something_else_is_stale(project: Path, old: str, new: str) -> None:
    publish(project)
    path = project / README
    path.write_text(path.read_text().replace(old, new, 1))
    assert f"{README}: its {'inputs' if 'How' in old else 'outputs'} no longer say" in refused(project, check=True)
    publish(project)
    publish(project, check=True)


def test_prose_between_the_tables_is_the_authors(project: Path) -> None:
    publish(project)
    path = project / README
    path.write_text(path.read_text().replace("0.40 USD an archive and month.", "Hardly anything."))
    publish(project, check=True)
    publish(project)
    assert "Hardly anything." in path.read_text()


def test_everything_that_a_readme_and_an_example_lack_is_told_at_once(project: Path) -> None:
    (project / README).write_text('# Nothing\n\n    module "it" {\n    }\n\n<!-- groundplan:inputs -->\n')
    (project / "examples" / NAME / "complete/main.tf").unlink()
    before = everything(project)
    message = refused(project)
    for part in (
        f"{README}: opens <!-- groundplan:inputs --> and never closes it",
        f"{README}: has no place for its outputs table",
        f"{README}: has no section about what it costs",
        f"{README}: shows a call of a module outside of a fence",
        f"{README}: does not call the module",
        f"{README}: has no place for its examples table",
        f"examples/{NAME}/complete/main.tf: is missing",
    ):
        assert part in message
    assert everything(project) == before


def test_a_missing_readme_is_told(project: Path) -> None:
    (project / README).unlink()
    assert f"{README}: is missing" in refused(project)


@pytest.mark.parametrize("source", ["../../../out/modules/other", f"../../out/modules/{NAME}"])
def test_an_example_that_calls_something_else_is_told(project: Path, source: str) -> None:
    path = project / "examples" / NAME / "minimal/main.tf"
    path.write_text(path.read_text().replace(f"../../../out/modules/{NAME}", source))
    assert f'Give a module block source = "../../../out/modules/{NAME}"' in refused(project)


def test_an_example_that_calls_the_module_once_is_told_what_a_second_call_would_show(project: Path) -> None:
    path = project / "examples" / NAME / "complete/main.tf"
    repeated = path.read_text()
    once = repeated.replace('  for_each = toset(["dev", "prod"])\n', "")
    path.write_text(once)
    assert f"examples/{NAME}/complete/main.tf: calls the module once" in (said := refused(project))
    assert "collides only with a second call" in said
    # two blocks show the same
    block = once[once.index('module "archives"') : once.index("output ")]
    path.write_text(once + block.replace('"archives"', '"others"'))
    assert publish(project).name == NAME


def test_an_unknown_module_is_told_with_the_one_that_was_meant(project: Path) -> None:
    assert "archive_stores: is not a module\n    Did you mean archive_store?" in refused(
        project, "0.0.0", "archive_stores"
    )


def test_a_package_without_a_module_is_told(project: Path) -> None:
    folder = project / "modules/storage/empty"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Nothing."""\n')
    assert "modules.storage.empty: defines no Module" in refused(project)
    publish(project, "0.0.0", NAME)


def test_two_modules_of_one_name_are_told(project: Path) -> None:
    folder = project / "modules/vaults" / NAME
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""The same."""\n')
    assert "modules.vaults.archive_store: has the name of modules.storage.archive_store" in refused(project)


def test_a_project_without_modules_is_told(project: Path) -> None:
    shutil.rmtree(project / "modules")
    assert "modules: project has none" in refused(project)


def test_a_renamed_resource_stops_publishing_and_both_addresses_are_named(
    project: Path, edit_lock: Callable[[Callable[[dict[str, Any]], None]], None]
) -> None:
    def rename(lock: dict[str, Any]) -> None:
        lock["resources"]["aws_sns_topic.announcement"] = lock["resources"].pop("aws_sns_topic.notice")

    edit_lock(rename)
    before = everything(project)
    for check in (False, True):
        message = refused(project, check=check)
        assert "archive_store.aws_sns_topic.announcement: is gone and aws_sns_topic.notice is new" in message
        assert "moved block from aws_sns_topic.announcement to aws_sns_topic.notice" in message
        assert "groundplan publish --accept" in message
    assert everything(project) == before
    publish(project, accept=True)
    publish(project, check=True)


def test_a_compatible_change_is_recorded_by_publishing_and_until_then_found_by_checking(
    project: Path, edit_lock: Callable[[Callable[[dict[str, Any]], None]], None]
) -> None:
    edit_lock(lambda lock: lock["variables"].pop("share"))
    assert f"{LOCK}: is not current: share: is a new input" in refused(project, check=True)
    publish(project)
    publish(project, check=True)


def test_a_release_must_be_as_large_as_all_changes_since_the_last_one(project: Path) -> None:
    publish(project, "1.2.0")
    lock = json.loads((project / LOCK).read_bytes())
    del lock["variables"]["share"]
    (project / LOCK).write_text(json.dumps(lock))
    assert publish(project).next_version == "1.3.0"
    lock = json.loads((project / LOCK).read_bytes())
    lock["variables"]["voters"]["default"] = 5
    (project / LOCK).write_text(json.dumps(lock))
    assert "record it with groundplan publish --accept and release it as 2.0.0" in refused(project)
    accepted = publish(project, accept=True)
    assert (accepted.bump, accepted.next_version) == ("major", "2.0.0")
    assert accepted.changes == ("minor: share: is a new input", "major: voters: its default is now 3, was 5")
    message = refused(project, "1.3.0")
    assert "--version: 1.3.0 is too small for archive_store after 1.2.0\n    Release 2.0.0." in message
    assert "- major: voters: its default is now 3, was 5" in message
    assert publish(project, "2.0.0").next_version == "2.0.0"
    assert publish(project).changes == ()
    assert "1.9.0 is too small" in refused(project, "1.9.0")


def test_a_package_tells_every_version_s_changes_and_what_an_upgrade_asks_for(project: Path) -> None:
    def told(version: str) -> tuple[str, str]:
        folder = project / publish(project, version).folder
        return (folder / "CHANGELOG.md").read_text(), (folder / "UPGRADE.md").read_text()

    changelog, upgrade = told("0.0.0")
    assert "No version was released yet." in changelog
    assert "No version so far asks for anything." in upgrade
    changelog, upgrade = told("1.2.0")
    assert changelog.endswith("## 1.2.0\n\nThe first version.\n")
    lock = json.loads((project / LOCK).read_bytes())
    del lock["variables"]["share"]
    lock["variables"]["voters"]["default"] = 5
    lock["outputs"]["old_arn"] = {"type": "string"}
    (project / LOCK).write_text(json.dumps(lock))
    publish(project, accept=True)
    changelog, upgrade = told("2.0.0")
    assert changelog.index("## 2.0.0") < changelog.index("## 1.2.0")
    assert "### May break callers\n\n- `voters` its default is now 3, was 5\n" in changelog
    assert "### New or wider\n\n- `share` is a new input\n" in changelog
    assert "## From 1.2.0 to 2.0.0\n\n### Inputs\n\nChange the module call" in upgrade
    assert "### Outputs" in upgrade
    assert "- `output.old_arn` is no longer told" in upgrade
    assert "share" not in upgrade
    assert told("2.0.0") == (changelog, upgrade)
    assert "The interface did not change." in told("2.0.1")[0]


def test_a_project_without_a_licence_publishes_nothing(project: Path) -> None:
    (project / "LICENSE").unlink()
    assert f"{NAME}: has no LICENSE to carry" in refused(project)
    assert not (project / "out").exists()


def test_the_test_in_the_package_plans_the_package_and_asks_for_every_output(project: Path) -> None:
    folder = project / publish(project, "1.2.0").folder
    assert 'source   = "../.."' in (folder / "tests/complete/main.tf").read_text()
    text = (folder / "tests/complete.tftest.hcl").read_text()
    assert 'mock_provider "aws" {' in text
    assert 'mock_data "aws_caller_identity"' in text
    assert 'setsubtract(["archive_arns", "topic_arn"], keys(it))' in text
    assert "command = plan" in text


def test_a_lock_that_is_something_else_is_told(project: Path) -> None:
    publish(project)
    lock = json.loads((project / LOCK).read_bytes())
    lock["variables"]["share"]["type"] = 5
    (project / LOCK).write_text(json.dumps(lock))
    assert f"{LOCK}: is not an interface lock (variables.share.type: " in refused(project)
    (project / LOCK).write_text('{"module": "archive_store"}')
    assert f"{LOCK}: is not an interface lock (family: Field required)" in refused(project)


def test_accepting_and_only_looking_exclude_each_other(project: Path) -> None:
    assert "--accept: writes, and --check only looks" in refused(project, check=True, accept=True)


def test_a_version_that_is_none_is_refused_before_anything_is_done(project: Path) -> None:
    assert "got 'v1'" in refused(project, "v1")


def test_the_small_project_is_the_one_that_was_published(project: Path) -> None:
    publish(project)
    assert str(sys.modules[f"modules.storage.{NAME}"].__file__).startswith(str(project))


@pytest.mark.parametrize(
    ("document", "block"),
    [
        ({"provider": {"aws": [{}]}}, "a provider block"),
        ({"terraform": {"backend": {"s3": {}}}}, "a backend block"),
        ({"terraform": {"cloud": {}}}, "a cloud block"),
        ({"resource": {"aws_s3_bucket": {"x": {"rule": [{"//": {}}]}}}}, "metadata under //"),
    ],
)
def test_what_belongs_to_a_root_module_is_not_published(document: dict[str, Any], block: str) -> None:
    (problem,) = document_problems("store", document)
    assert str(problem).startswith(f"store: main.tf.json: has {block}")
