"""What pytest's workers tell of tests, which tests/conftest.py cuts down to what somebody reads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
TESTS = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError("not prepared")

@pytest.fixture
def spoilt():
    yield
    raise RuntimeError("not cleaned up")

def test_well(): ...
def test_wrong(): assert 1 == 2
def test_unprepared(broken): ...
def test_spoilt(spoilt): ...
def test_both(spoilt): assert 1 == 3
@pytest.mark.skip(reason="not here")
def test_skipped(): ...
@pytest.mark.xfail(reason="known", strict=True)
def test_known(): assert 1 == 4
def test_parts(subtests):
    for number in range(3):
        with subtests.test(number=number):
            assert number != 1
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tests that come to whatever tests come to."""
    folder = tmp_path_factory.mktemp("workers")
    (folder / "test_it.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    return folder


def told(folder: Path, *options: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", f"--basetemp={folder / 'own'}", *options],
        cwd=folder,
        env={**{name: value for name, value in os.environ.items() if "PYTEST" not in name}, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    return done.stdout.splitlines()


def test_nothing_that_went_wrong_is_kept_back_before_within_or_after_a_test(folder: Path) -> None:
    lines = told(folder, "-n", "1")

    wrong = sorted(line.partition("test_it.py::")[2] for line in lines if line.startswith(("FAILED", "ERROR")))
    assert wrong == [
        "test_both - RuntimeError: not cleaned up",
        "test_both - assert 1 == 3",
        "test_parts - contains 1 failed subtest",
        "test_spoilt - RuntimeError: not cleaned up",
        "test_unprepared - RuntimeError: not prepared",
        "test_wrong - assert 1 == 2",
    ]
    counted = lines[-1].partition(" in ")[0]
    assert counted == told(folder)[-1].partition(" in ")[0]


def test_who_asks_for_durations_or_a_file_for_machines_has_them_all(folder: Path) -> None:
    lines = told(folder, "-n", "1", "--durations=0", "--durations-min=0", f"--junitxml={folder / 'all.xml'}")

    steps = {line.split()[1] for line in lines if line.endswith("test_it.py::test_well")}
    assert steps == {"setup", "call", "teardown"}
    assert 'name="test_well"' in (folder / "all.xml").read_text()
