"""A module that asks an input for its value is told where, without a traceback."""

from __future__ import annotations

from pathlib import Path

from tests.support.here import run_main_here
from tests.synth.programs import copy_project, settings


def test_the_message_names_the_statement(cache: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    module = project / "modules/secrets/vault/module.py"
    lines = module.read_text().splitlines()
    (number,) = [index for index, line in enumerate(lines) if line.strip().startswith("def build(")]
    inside = next(
        index for index in range(number + 1, len(lines)) if lines[index].startswith("        ") and "=" in lines[index]
    )
    lines.insert(inside, "        given.replicas == 5")
    module.write_text("\n".join(lines) + "\n")
    done = run_main_here(project, settings(cache))
    assert done.returncode == 2
    assert "var.replicas has no value while Python runs" in done.stderr
    assert f"modules/secrets/vault/module.py:{inside + 1}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "cdktf.out").exists()
