"""Runs main.py files the way a person and the cdktf command do: in a process of their own."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from groundplan.bindings.scan import used_submodules
from tests.support import forking

PROJECT = Path(__file__).parents[2]
MAIN = PROJECT / "main.py"


def settings(cache: Path, **more: str) -> dict[str, str]:
    """The environment of a program: this one's, without anything that would decide for groundplan."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GROUNDPLAN_", "JSII_", "CDKTF_", "PYTEST_"))
    }
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    programs = f"{Path(sys.executable).parent}{os.pathsep}{ours['PATH']}"
    return {
        **ours,
        "PATH": programs,
        "PYTHONPATH": str(PROJECT),
        "GROUNDPLAN_CACHE_DIR": str(cache),
        "CHECKPOINT_DISABLE": "1",
        "DISABLE_VERSION_CHECK": "1",
        "CI": "1",
        **more,
    }


def run_main(
    cache: Path, *, main: Path = MAIN, cwd: Path | None = None, out: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Runs `main` in `cwd`, its own folder when left out."""
    if out is not None:
        more["CDKTF_OUTDIR"] = str(out)
    return forking.run(
        [sys.executable, str(main)], cwd=cwd or main.parent, env=settings(cache, **more), text=True, timeout=600
    )


def settings_of_cdktf(cache: Path, **more: str) -> dict[str, str]:
    """The same for the cdktf command, a third of whose time would go into compiling it.

    https://nodejs.org/api/module.html#module-compile-cache
    """
    return settings(cache, NODE_COMPILE_CACHE=str(cache / "node"), **more)


def run_cdktf(cache: Path, *arguments: str, cwd: Path = PROJECT, **more: str) -> str:
    """Runs the real cdktf command in a project, with the Node.js of the virtual environment; what it prints."""
    program = PROJECT / "node_modules" / ".bin" / "cdktf"
    assert program.exists(), "the cdktf command is not installed here: run `make node_modules/.made`"
    done = subprocess.run(
        [str(Path(sys.executable).parent / "node"), str(program), *arguments],
        cwd=cwd,
        env=settings_of_cdktf(cache, **more),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def content(folder: Path) -> dict[str, str]:
    """Every file below a folder with a digest of its bytes: two folders are the same when these are equal."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(folder: Path) -> list[str]:
    """What a synth into `folder` has left beside it."""
    return sorted(path.name for path in folder.parent.glob(f".{folder.name}-*"))


# The pages' examples use these: named here, they are in the bindings of the project too, and so in those of its copies:
# cdktf_cdktf_provider_aws.sns_topic, cdktf_cdktf_provider_aws.sns_topic_policy,
# cdktf_cdktf_provider_aws.sns_topic_subscription


@functools.cache
def _every_type() -> str:
    used = used_submodules(PROJECT)
    return "".join(f'"cdktf_cdktf_provider_{name}.{each}"\n' for name in used for each in sorted(used[name]))


def name_every_type(target: Path) -> None:
    """Has another project name every type that this one names: bindings are prepared once for one set of types."""
    (target / "tests").mkdir()
    (target / "tests" / "types.py").write_text(_every_type())


def copy_project(target: Path) -> Path:
    """The project as a person would have it, to change: everything but groundplan itself."""
    for name in ("environments", "modules", "policies"):
        # with bytecode, which fits as long as a file is as old and as long: to compile it all is half of a synth
        shutil.copytree(PROJECT / name, target / name)
    for name in ("main.py", "cdktf.json"):
        shutil.copy(PROJECT / name, target / name)
    name_every_type(target)
    return target
