"""What changes are shown against: a synthesized folder, or a git revision that is synthesized for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from groundplan import children
from groundplan.problems import GroundplanError
from groundplan.synth.manifest import MANIFEST

from . import errors
from .synthesizing import run_main

__all__ = ["Base", "base_folder"]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Base:
    """What is planned against, and what it is called: a folder as it was given, or a commit."""

    folder: Path
    name: str


@contextmanager
def base_folder(base: str | Base | None, project: Path, progress: Progress) -> Iterator[Base | None]:
    """The synthesized folder to plan against: a folder as it is, or a git revision synthesized in its own worktree."""
    if base is None or isinstance(base, Base):
        yield base
        return
    if (Path(base) / MANIFEST).is_file():
        yield Base(Path(base), base)
        return
    top = _git(project, "rev-parse", "--show-toplevel")
    revision = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if top.returncode or revision.returncode:
        raise errors.no_such_base(base, (top.stderr if top.returncode else "").strip())
    inside = project.relative_to(Path(top.stdout.strip()).resolve())
    progress(f"synthesizing {base}")
    with children.scratch("groundplan-base-") as scratch:
        tree, out = scratch / "tree", scratch / "cdktf.out"
        added = _git(project, "worktree", "add", "--detach", "--quiet", str(tree), revision.stdout.strip())
        if added.returncode:
            raise errors.no_such_base(base, added.stderr.strip())
        try:
            try:
                run_main(tree / inside, out, (), fresh=False)
            except GroundplanError as error:
                raise errors.base_not_synthesized(base) from error
            # a revision of its own time leaves no mark; what it writes is new, since the folder is
            if not (out / MANIFEST).is_file():
                raise errors.base_not_synthesized(base)
            # the same on every machine, and for every shard
            yield Base(out, revision.stdout.strip())
        finally:
            _leave_tree(project, tree)


@dataclass(frozen=True)
class _Said:
    returncode: int
    stdout: str
    stderr: str


def _git(project: Path, *arguments: str) -> _Said:
    done = children.run([shutil.which("git") or "git", *arguments], cwd=project)
    return _Said(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def _leave_tree(project: Path, tree: Path) -> None:
    """Removes a worktree, also when the command is ending."""
    try:
        _git(project, "worktree", "remove", "--force", str(tree))
    except children.Stopped:
        # no process starts any more; the tree goes with the scratch around it, and this is what git knows of it
        with suppress(OSError):
            shutil.rmtree((tree / ".git").read_text(encoding="utf-8").removeprefix("gitdir:").strip())
