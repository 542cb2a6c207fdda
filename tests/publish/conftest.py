"""A small project with one module, apart from this one's."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from groundplan.publish import modules

PROJECT = Path(__file__).with_name("project")


def _take_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == "modules" or name.startswith("modules.")]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, ModuleType]]:
    """Where the small project stands, and its Python, imported once."""
    return tmp_path_factory.mktemp("home") / "project", {}


@pytest.fixture
def project(home: tuple[Path, dict[str, ModuleType]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The small project as it was written; its `modules` stand in for this project's meanwhile."""
    folder, imported = home
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    # what the bindings prepare is decided once a process, for all tests together
    monkeypatch.setattr(modules.bindings, "install", lambda project: None)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    monkeypatch.setenv("GROUNDPLAN_REGISTRY", "gitlab.example.com/platform")
    ours = _take_out()
    sys.modules.update(imported)
    yield folder
    imported.update(_take_out())
    sys.modules.update(ours)
