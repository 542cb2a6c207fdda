"""`groundplan show`: every value that a stack's modules are given, and the line that said it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Groundplan
from tests.cli.small_project import edit, own_rules

pytestmark = pytest.mark.usefixtures("synthesized")


def line(project: Path, text: str) -> int:
    return (project / "main.py").read_text().partition(text)[0].count("\n") + 1


def test_every_value_stands_with_the_line_that_said_it_and_defaults_when_asked_for(
    groundplan: Groundplan, project: Path
) -> None:
    said, every = (groundplan("show", "live-storage", *more, "--json") for more in ((), ("--defaults",)))

    assert said.code == 0, said.err
    rows = {row["path"]: row for row in said.json}
    assert {row["stack"] for row in said.json} == {"live-storage"}
    assert rows["name"] == {
        "stack": "live-storage",
        "call": "archive",
        "path": "name",
        "value": "live-files",
        "file": "main.py",
        "line": line(project, 'name=f"{env.name}-files"'),
    }
    assert rows["noncurrent_days"]["value"] == 30
    assert "log_retention_days" not in rows
    (row,) = [row for row in every.json if row["path"] == "log_retention_days"]
    assert (row["value"], row["file"], row["line"]) == (365, None, None)


def test_a_value_that_the_module_calls_sensitive_is_not_told(groundplan: Groundplan, project: Path) -> None:
    module = project / "modules" / "storage" / "archive" / "module.py"
    edit(
        module,
        "    noncurrent_days: int",
        '    note: str = field("a note", default="", sensitive=True)\n    noncurrent_days: int',
    )
    edit(project / "main.py", "noncurrent_days=env", 'note="between us",\n            noncurrent_days=env')

    said = groundplan("show", "live", "--json")

    assert "between us" not in said.out
    assert {row["path"]: row["value"] for row in said.json}["note"] == "(sensitive)"


def test_people_read_it_as_a_table_a_call(groundplan: Groundplan, project: Path) -> None:
    said = groundplan("show", "live")

    assert "live-storage: module.archive" in said.out
    (row,) = [text for text in said.out.splitlines() if text.startswith("noncurrent_days")]
    assert row.split() == ["noncurrent_days", "30", f"main.py:{line(project, 'noncurrent_days=env')}"]


def test_an_unknown_stack_is_told_with_the_nearest(groundplan: Groundplan) -> None:
    said = groundplan("show", "live-storge", "--json")

    assert said.code == 2
    assert said.json["problems"][0]["fix"] == "Did you mean live-storage?"


def test_the_policies_facts_of_an_environment_are_written_from_it(groundplan: Groundplan, project: Path) -> None:
    facts = own_rules(project) / "parameters" / "environments" / "data.json"
    before = json.loads(facts.read_text())
    edit(project / "main.py", 'production=name == "live"', "production=True")

    refused = groundplan("check", "test")
    written = groundplan("policies", "--write")

    assert refused.code == 2
    assert "test: is not what the environment says" in refused.err
    assert "groundplan policies --write" in refused.err
    assert written.code == 0, written.err
    assert json.loads(facts.read_text()) == {**before, "test": {**before["test"], "production": True}}
    assert groundplan("check", "test", "--only").code == 0
