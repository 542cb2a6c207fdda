"""A module is built again only when it changed: a copy of the project, changed as a person would change it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from groundplan.synth import definitions
from tests.support import forking
from tests.support.here import run_main_here
from tests.synth.programs import PROJECT, content, copy_project, settings

IMPORT = re.compile(r"^ *from (\.*)([\w.]*) import \(?\s*(\w+(?:, \w+)*)", re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")


def built(cache: Path) -> set[str]:
    return {path.name for path in (cache / "modules").iterdir()}


def synthesize(project: Path, cache: Path, environment: str = "dev") -> dict[str, str]:
    """The stacks of one environment, which calls every module."""
    done = run_main_here(project, settings(cache, GROUNDPLAN_SELECT=environment))
    assert done.returncode == 0, done.stderr
    return content(project / "cdktf.out" / "stacks")


def stacks(synthesized: Path, environment: str = "dev") -> dict[str, str]:
    """What the real project's stacks of an environment are."""
    found = content(synthesized / "stacks")
    return {path: digest for path, digest in found.items() if path.startswith(f"{environment}-")}


def test_an_edited_module_is_built_again_and_no_other(project: Path, synthesized: Path, cache: Path) -> None:
    before = built(cache)
    same = synthesize(project, cache)
    assert built(cache) == before, "a copy elsewhere is the same project"
    assert same == stacks(synthesized)
    module = project / "modules" / "registry" / "ecr" / "module.py"
    source = module.read_text()
    assert "return EcrOutputs(" in source
    module.write_text(source.replace("return EcrOutputs(", "\n        return EcrOutputs(", 1))

    synthesize(project, cache)

    assert {name.partition("-")[0] for name in built(cache) - before} == {"ecr"}


def test_an_edited_setting_builds_nothing_and_changes_its_environment_alone(
    project: Path, synthesized: Path, cache: Path
) -> None:
    before = built(cache)
    settings_file = project / "environments" / "prod" / "secrets.py"
    source = settings_file.read_text()
    assert "data_volume_gib=50" in source
    settings_file.write_text(source.replace("data_volume_gib=50", "data_volume_gib=60"))

    after = synthesize(project, cache, "prod")

    assert built(cache) == before
    here = stacks(synthesized, "prod")
    assert after.keys() == here.keys()
    assert {name for name in after if after[name] != here[name]} == {"prod-secrets/cdk.tf.json"}
    read = json.loads((project / "cdktf.out" / "stacks" / "prod-secrets" / "cdk.tf.json").read_bytes())
    assert read["module"]["vault"]["data_volume_gib"] == 60


def test_a_damaged_entry_is_built_again(project: Path, synthesized: Path, cache: Path) -> None:
    for entry in (cache / "modules").glob("ecr-*"):
        (entry / "definition.json").write_text("{")

    assert synthesize(project, cache) == stacks(synthesized)


def test_whatever_modules_are_made_with_has_them_built_again_when_it_changes() -> None:
    """All that modules import, and what that imports, but for what only tells of problems or writes files.

    The bindings have versions, which count.
    """
    package = PROJECT / "groundplan"
    shaping = {name.removesuffix(".py") for name in definitions._SHAPING}
    places, seen = [PROJECT / "modules", *(package / name for name in definitions._SHAPING)], set()
    for place in places:
        for file in place.rglob("*.py") if place.is_dir() else [place]:
            for dots, module, names in IMPORT.findall(file.read_text()):
                parts = [part for part in (*module.split("."), *names.split(", ")) if part]
                if dots and file.is_relative_to(package):
                    parts = [*file.relative_to(PROJECT).with_suffix("").parts[: -len(dots)], *parts]
                if parts[0] == "groundplan":
                    seen.add(parts[1])

    assert {"framework", "grammars", "states"} <= seen
    assert seen - shaping == {"bindings", "files", "problems"}
    assert all((package / name).exists() for name in definitions._SHAPING)


def test_whoever_only_imports_environments_and_modules_loads_no_class_of_the_bindings(cache: Path) -> None:
    """One that is made at import is loaded in every run, and takes half as long as all the rest of it."""
    show = "print({name: held for name, held in loaded().items() if held is not None})"
    done = forking.run(
        [sys.executable, "-c", f"import environments\nfrom groundplan.bindings.imports import loaded\n{show}"],
        cwd=PROJECT,
        env=settings(cache),
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.returncode) == ("{}\n", 0), done.stderr
