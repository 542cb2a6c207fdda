"""A module that asks an input for its value is told where, without a traceback."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_the_message_names_the_statement(tmp_path: Path) -> None:
    for room in ("groundplan", "environments", "modules"):
        shutil.copytree(PROJECT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("main.py", "cdktf.json"):
        shutil.copy(PROJECT / file, tmp_path / file)
    module = tmp_path / "modules/secrets/vault/module.py"
    lines = module.read_text().splitlines()
    (number,) = [index for index, line in enumerate(lines) if line.strip().startswith("def build(")]
    inside = next(
        index for index in range(number + 1, len(lines)) if lines[index].startswith("        ") and "=" in lines[index]
    )
    lines.insert(inside, "        given.replicas == 5")
    module.write_text("\n".join(lines) + "\n")
    done = subprocess.run([sys.executable, "main.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "var.replicas has no value while Python runs" in done.stderr
    assert f"modules/secrets/vault/module.py:{inside + 1}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "cdktf.out").exists()
