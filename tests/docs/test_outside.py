"""What a stranger looks for first: a licence, a way to report, and hooks that run."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook
    for repo in yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    for hook in repo["hooks"]
}
QUICK = [name for name, hook in HOOKS.items() if hook["stages"] == ["pre-commit"]]


def recipe(target: str) -> list[str]:
    """The commands of a target of the Makefile."""
    text = (PROJECT / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text, re.MULTILINE)
    assert found
    return found[1].replace("\t", "").splitlines()


def run(command: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(command)
    return subprocess.run(
        [PROJECT / program, *arguments, *more], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_hooks_are_what_lint_runs_with_the_programs_of_the_projects_own_environment() -> None:
    assert [hook["entry"] for hook in HOOKS.values()] == [f".venv/bin/{line}" for line in recipe("lint")]


def test_no_hook_is_fetched_from_anywhere_or_is_given_single_files() -> None:
    repos = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    assert {hook["language"] for hook in HOOKS.values()} == {"system"}
    assert {hook["pass_filenames"] for hook in HOOKS.values()} == {False}


@pytest.mark.parametrize("name", HOOKS)
def test_a_hooks_program_is_there(name: str) -> None:
    done = run(HOOKS[name]["entry"].split()[0], PROJECT, "--version")
    assert done.returncode == 0
    assert re.search(r"\d+\.\d+", done.stdout)


@pytest.mark.parametrize("name", QUICK)
def test_a_hook_lets_this_tree_pass_and_stops_a_faulty_one(name: str, tmp_path: Path) -> None:
    entry = HOOKS[name]["entry"]
    done = run(entry, PROJECT)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "faulty.py").write_text("import os\nx = [ 1,2 ]\n")
    assert run(entry, tmp_path).returncode == 1


def test_the_licence_is_apache_s_and_names_who_gives_it() -> None:
    text = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004\n" in text
    assert re.search(r"^   Copyright 20\d\d groundplan authors$", text, re.MULTILINE)
    assert "[yyyy]" not in text
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])


def test_a_fault_is_reported_confidentially_and_nobody_is_invented_for_it() -> None:
    text = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
    assert "confidential" in text
    assert re.findall(r"[\w.]+@[\w.]+", text) == []
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["How to report", "What counts", "Supported versions"]


def test_contributing_quotes_the_code_as_it_is() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^    (?:\"a first name|COMMON_NAME|Rule\().*?(?=\n\n)", text, re.MULTILINE | re.DOTALL)
    sources = "".join(
        (PROJECT / name).read_text(encoding="utf-8")
        for name in ("modules/certificates/acm/inputs.py", "tests/modules/acm/test_acm_inputs.py")
    )
    squeezed = re.sub(r"\s+", " ", sources)
    assert len(quoted) == 3
    assert [block for block in quoted if re.sub(r"\s+", " ", block).strip() not in squeezed] == []
