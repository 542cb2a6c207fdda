"""The command line, run in this process, and the small project that it is run in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache as cache_of_calls
from pathlib import Path
from typing import Any

import pytest
import typer.main

from groundplan.cli import main, saying, steps
from groundplan.cli.steps import Run
from tests.cli.small_project import open_a_bucket, write_project
from tests.support import forking
from tests.support.copies import copy_of_cache, kept_as_it_is
from tests.support.filling import fill
from tests.support.here import synthesize_here
from tests.support.once import once
from tests.support.rules_once import RulesOnce
from tests.synth.programs import settings


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.out)


Groundplan = Callable[..., Said]


def small_project(factory: pytest.TempPathFactory) -> Path:
    """The small project after a plan of both its stacks, and the cache that the plan has filled."""

    def make(folder: Path) -> None:
        fill(factory, folder / "cache")
        with _clean(folder / "cache") as patch, Run(write_project(folder / "project")) as run:
            patch.setattr(subprocess, "Popen", forking.Popen)
            run.plan()

    return once(factory, "small-project", make)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `small_project` says."""
    return small_project(tmp_path_factory)


@pytest.fixture(scope="session")
def cache(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that these tests share."""
    return copy_of_cache(kept / "cache", tmp_path_factory.mktemp("cli") / "cache")


@contextmanager
def _clean(cache: Path) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        clean = settings(cache)
        ours = ("GROUNDPLAN_TERRAFORM", "GROUNDPLAN_GITLAB_TOKEN", "GROUNDPLAN_OPA", "CDKTF_OUTDIR")
        # what a command starts keeps what it has compiled, as where nobody forbids it
        for name in (*ours, "PYTHONDONTWRITEBYTECODE"):
            patch.delenv(name, raising=False)
        for name in [name for name in os.environ if name.startswith("CI_")]:
            patch.delenv(name)
        for name, value in clean.items():
            patch.setenv(name, value)
        yield patch


@pytest.fixture(autouse=True)
def environment(cache: Path) -> Iterator[pytest.MonkeyPatch]:
    """Nothing of the machine's own settings, and no pipeline's; rules that did not change are read once."""
    with _clean(cache) as patch:
        patch.setattr(steps, "Memory", RulesOnce)
        yield patch


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The small project, to be copied."""
    with kept_as_it_is(write_project(tmp_path_factory.mktemp("template") / "project")) as folder:
        yield folder


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """The small project, in a folder of its own; its rules are those of all, until `own_rules` says otherwise."""
    folder = tmp_path / "project"
    folder.mkdir()
    for path in template.iterdir():
        if path.name == "policies":
            (folder / path.name).symlink_to(path)
        elif path.is_dir():
            shutil.copytree(path, folder / path.name)
        else:
            shutil.copyfile(path, folder / path.name)
    return folder


@pytest.fixture
def synthesized(project: Path, kept: Path) -> Path:
    """The small project where somebody has synthesized both its stacks."""
    for name in ("cdktf.out", ".groundplan"):
        shutil.copytree(kept / "project" / name, project / name)
    return project


@pytest.fixture
def planned(synthesized: Path, kept: Path) -> Path:
    """The small project where somebody has planned both its stacks."""
    shutil.copytree(kept / "project" / "out", synthesized / "out")
    return synthesized


@pytest.fixture(scope="session")
def kept_denied(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project after a plan of one stack, with a bucket that no policy allows."""

    def make(folder: Path) -> None:
        copy_of_cache(kept / "cache", folder / "cache")
        project = write_project(folder / "project")
        open_a_bucket(project)
        with _clean(folder / "cache") as patch, Run(project, ["test"]) as run:
            synthesize_here(patch)
            run.plan()

    return once(tmp_path_factory, "denied-project", make)


@pytest.fixture
def denied_project(project: Path, kept_denied: Path) -> Path:
    """The small project where somebody has opened a bucket and planned `test`."""
    for name in ("modules", "cdktf.out", ".groundplan", "out"):
        shutil.copytree(kept_denied / "project" / name, project / name, dirs_exist_ok=True)
    return project


@pytest.fixture
def own_python() -> None:
    """Has `groundplan` run main.py as a person's does, for tests of how its Python starts."""


@pytest.fixture
def own_process(environment: pytest.MonkeyPatch) -> None:
    """Has `groundplan` run main.py in a process of its own, for tests of how that goes on, prints and ends."""
    environment.setattr(subprocess, "Popen", forking.Popen)


_put_together = cache_of_calls(typer.main.get_command)


@pytest.fixture
def groundplan(
    request: pytest.FixtureRequest,
    project: Path,
    environment: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Groundplan:
    """Runs `groundplan` with arguments in the project's folder, and main.py in this process unless told otherwise."""
    if not {"own_process", "own_python"} & set(request.fixturenames):
        synthesize_here(environment)

    # put together once, as in any process; Typer does it again for each call
    environment.setattr("typer.main.get_command", _put_together)

    def run(*arguments: str, cwd: Path = project) -> Said:
        environment.chdir(cwd)
        # the workers of a parallel run have the width of a narrow terminal
        for console in (saying.out, saying.said):
            environment.setattr(console, "width", 160)
        environment.setattr("sys.argv", ["groundplan", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Said(int(ended.value.code or 0), out, err)

    return run
