"""main.py run in this process, for tests of what comes after a synth and not of how its process starts or ends.

A process of main.py's own costs what Python's imports and the start of the jsii kernel cost: five times as much as the
synth of a small project. Everything before it and behind it stays as it is: what the command gives main.py, what the
launcher tells of it, and what the command reads.
"""

from __future__ import annotations

import importlib
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from groundplan import children
from groundplan.cli import launch

__all__ = ["run_main_here", "synthesize_here"]

_LAUNCHER = [sys.executable, launch.__file__]
_FAILING = runpy.run_path(str(Path(launch.__file__).parents[1] / "failing.py"))
_OF_A_PROJECT = {"environments", "modules"}


def synthesize_here(patch: pytest.MonkeyPatch) -> None:
    """Has the commands of this process run main.py here."""
    elsewhere = children.run

    def run(command: list[str], **settings: Any) -> subprocess.CompletedProcess[bytes]:
        if command != _LAUNCHER:
            return elsewhere(command, **settings)
        with _as_in_a_new_one(settings["cwd"], settings["env"]):
            return subprocess.CompletedProcess(command, _main(settings["cwd"]))

    patch.setattr(children, "run", run)


def run_main_here(project: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What main.py of a project does, and what it prints."""
    said = StringIO()
    with redirect_stderr(said), _as_in_a_new_one(project, environment):
        return subprocess.CompletedProcess("main.py", _main(project), "", said.getvalue())


def _main(project: Path) -> int:
    try:
        # what main.py prints is for people, as the command starts it
        with redirect_stdout(sys.stderr):
            launch._run(project, _FAILING)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    return 0


@contextmanager
def _as_in_a_new_one(project: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Inside, nothing of another project is imported, and the folder and the environment are those of its process."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in sys.modules if name.partition(".")[0] in _OF_A_PROJECT]:
            patch.delitem(sys.modules, name)
        patch.setattr(sys, "path", [str(project), *sys.path])
        patch.setattr(sys, "dont_write_bytecode", True)
        for name in os.environ.keys() - environment.keys() - {"TMPDIR"}:
            patch.delenv(name)
        for name, value in environment.items():
            # the jsii kernel that begins here outlives the folder of this run
            if name != "TMPDIR":
                patch.setenv(name, value)
        patch.chdir(project)
        importlib.invalidate_caches()
        try:
            yield
        finally:
            for name in [name for name in sys.modules if name.partition(".")[0] in _OF_A_PROJECT]:
                del sys.modules[name]
