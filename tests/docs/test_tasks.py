"""The pages by task say what is there: commands, inputs, addresses, packages."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from groundplan.cli.app import app

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
INTERFACES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_bytes()) for path in PROJECT.glob("interfaces/*.json")
}
WRITTEN = [*sorted(DOCS.glob("*.md")), *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))]
TEXTS = {path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8") for path in WRITTEN}
_COMMAND = re.compile(r"(?:^ {4}|`)groundplan ([a-z]+(?: \| [a-z]+)*)", re.MULTILINE)
COMMANDS = sorted({name for text in TEXTS.values() for line in _COMMAND.findall(text) for name in line.split(" | ")})


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def names(setting: dict[str, Any]) -> set[str]:
    """Every input at any depth of a module's interface."""
    fields = setting.get("fields") or {}
    found = set(fields)
    for inner in (*fields.values(), setting.get("item")):
        if inner:
            found |= names(inner)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_documents_name_explains_itself(name: str) -> None:
    said = CliRunner().invoke(app, [name, "--help"], prog_name="groundplan")
    assert said.exit_code == 0
    assert f"{name} [OPTIONS]" in said.output


def test_documents_name_the_commands_that_matter() -> None:
    assert {"synth", "plan", "check", "review", "deploy", "publish", "policies", "doctor"} <= set(COMMANDS)


@pytest.mark.parametrize("document", TEXTS)
def test_a_target_of_make_that_documents_name_is_there(document: str) -> None:
    assert set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", TEXTS[document], re.MULTILINE)) <= targets()


def test_the_index_leads_to_every_page_and_the_readme_to_the_index() -> None:
    linked = set(re.findall(r"\]\(([\w/.-]+)", TEXTS["docs/README.md"]))
    assert {path.name for path in DOCS.glob("*.md")} - {"README.md"} <= linked
    assert {"../CONTRIBUTING.md", "../SECURITY.md", "rules/README.md", "decisions"} <= linked
    for page in ("docs/README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE"):
        assert f"]({page})" in TEXTS["README.md"]


def test_the_picture_has_every_package_of_groundplan() -> None:
    packages = {path.parent.name for path in PROJECT.glob("groundplan/*/__init__.py")}
    drawn = set(re.findall(r'\w+\["(\w+): ', TEXTS["docs/architecture.md"]))
    assert packages <= drawn


def test_what_the_picture_says_of_who_imports_whom_is_so() -> None:
    """An arrow without a file between two parts of groundplan is an import, in its direction or against it."""
    picture = TEXTS["docs/architecture.md"].partition("```mermaid")[2].partition("```")[0]
    titles = dict(re.findall(r'(\w+)\["(\w+): ', picture))
    pairs: set[tuple[str, str]] = set()
    for line in picture.splitlines():
        if "-- " not in line and "-->" in line:
            pairs |= set(pairwise(word.strip() for word in line.split("-->")))
    sources = {
        path.parent.name: "".join(file.read_text(encoding="utf-8") for file in path.parent.rglob("*.py"))
        for path in PROJECT.glob("groundplan/*/__init__.py")
    }
    drawn = {(titles.get(above, ""), titles.get(below, "")) for above, below in pairs} & {
        (a, b) for a in sources for b in sources
    }
    assert len(drawn) >= 5
    for above, below in drawn:
        assert f"groundplan.{below}" in sources[above] or f"groundplan.{above}" in sources[below], (above, below)


def test_what_adopt_names_by_id_are_inputs_of_the_modules() -> None:
    table = TEXTS["docs/adopt.md"].partition("## Name what exists")[2].partition("## Take over")[0]
    known = set().union(*(names({"fields": each["variables"]}) for each in INTERFACES.values()))
    given = set(re.findall(r"(\w+) = ", table)) - {"apex"}
    assert {"kms_key", "existing_zones", "zones", "gitlab", "create_oidc_provider", "cluster"} <= given
    assert given <= known
    for module, name in (("route53", "existing_zones"), ("acm", "zones"), ("private_ca", "parent"), ("ecr", "gitlab")):
        assert name in INTERFACES[module]["variables"]
    # who makes topics is given none
    assert [module for module, each in INTERFACES.items() if "alarm_topic_arn" not in each["variables"]] == [
        "cloudwatch"
    ]


def test_addresses_that_adopt_imports_are_those_of_the_modules() -> None:
    found = set(re.findall(r"module\.(\w+)\.((aws_\w+)\.(\w+))(\[)?", TEXTS["docs/adopt.md"]))
    assert len(found) >= 6
    for module, address, _, _, repeated in found:
        times = INTERFACES["route53" if module == "dns" else module]["resources"][address]
        assert times == ("for_each" if repeated else "one"), address
