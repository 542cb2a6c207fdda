"""What the benchmarks measure are projects of sound settings."""

from __future__ import annotations

from pathlib import Path

from benchmarks import projects
from groundplan.synth.manifest import Manifest
from tests.support.here import run_main_here
from tests.synth.programs import settings


def _synthesized(project: Path, cache: Path) -> dict[str, set[str]]:
    """The families of each environment."""
    done = run_main_here(project, settings(cache, CDKTF_OUTDIR=str(project / "cdktf.out")))
    assert done.returncode == 0, done.stderr
    found: dict[str, set[str]] = {}
    for stack in Manifest.read(project / "cdktf.out").stacks:
        found.setdefault(stack.environment, set()).add(stack.family)
    return found


def test_many_copies_of_prod_have_five_families_each(cache: Path, tmp_path: Path) -> None:
    found = _synthesized(projects.many(tmp_path / "many", 2), cache)
    assert found == {"prod-000": projects.FIVE_FAMILIES, "prod-001": projects.FIVE_FAMILIES}


def test_a_copy_with_five_families_holds_no_other_one_and_can_be_edited(cache: Path, tmp_path: Path) -> None:
    project = projects.copy(tmp_path / "copied", projects.FIVE_FAMILIES)
    projects.edit_setting(project)
    found = _synthesized(project, cache)
    assert found == dict.fromkeys(("dev", "prod", "staging"), projects.FIVE_FAMILIES)
