"""Programs that run in processes of their own: what the loader does to an interpreter cannot be undone in this one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FRAMEWORK = Path(__file__).parents[2] / "groundplan"


@pytest.fixture(scope="session")
def loader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A groundplan of the loader alone: what the rest of it imports must not decide what these programs load."""
    library = tmp_path_factory.mktemp("library")
    shutil.copytree(FRAMEWORK / "bindings", library / "groundplan" / "bindings")
    for file in ("__init__.py", "problems.py"):
        shutil.copy(FRAMEWORK / file, library / "groundplan" / file)
    return library


@pytest.fixture(scope="session")
def warm_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that the tests share, for those that do not ask how it is filled."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def unpacked(warm_cache: Path) -> dict[str, str]:
    """Settings of a program whose own cache is empty, but which need not unpack cdktf again: jsii does that."""
    return {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(warm_cache / "jsii")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of a user: a folder with a cdktf.json."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
    return folder


@pytest.fixture
def start(project: Path, warm_cache: Path, loader: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts `source` as the project's main.py; `settings` are environment variables."""

    def start_main(source: str, *, cache: Path = warm_cache, **settings: str) -> subprocess.Popen[str]:
        # Nothing of this process may decide for the loader.
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("GROUNDPLAN_", "JSII_"))}
        ours.pop("PYTHONDONTWRITEBYTECODE", None)
        main = project / "main.py"
        if not main.exists() or main.read_text() != source:  # a process started before may be reading it
            main.write_text(source)
        return subprocess.Popen(
            [sys.executable, "main.py"],
            cwd=project,
            env=ours | {"PYTHONPATH": str(loader), "GROUNDPLAN_CACHE_DIR": str(cache)} | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start_main


@pytest.fixture
def run(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """As `start`, and waits for the end."""

    def run_main(source: str, **settings: object) -> subprocess.CompletedProcess[str]:
        process = start(source, **settings)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    return run_main
