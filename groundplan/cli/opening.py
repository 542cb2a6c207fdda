"""The run that a command's options ask for: of the project's stacks, or of what somebody else made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from . import errors, saying
from .steps import Run, find_project

__all__ = ["Foreign", "opened"]


@contextmanager
def opened(
    project: Path | None, names: list[str] | None, foreign: Foreign | None = None, **options: Any
) -> Iterator[Run]:
    """The run, with what it says of itself on standard error, until the command is done with it."""
    folder = find_project(project)
    make = foreign.maker(names or (), options) if foreign is not None else Run
    with (
        saying.spinner("starting") as progress,
        make(project=folder, names=names or (), progress=progress, **options) as run,
    ):
        yield run


@dataclass(frozen=True)
class Foreign:
    """The options that name what somebody else made, as they were given."""

    root: Path | None = None
    var_files: Sequence[Path] | None = None
    values: Sequence[str] | None = None
    plans: Sequence[Path] | None = None
    environment: str | None = None

    @property
    def given(self) -> dict[str, bool]:
        """Which of them were given."""
        return {
            "--root": self.root is not None,
            "--plan": bool(self.plans),
            "--var-file": bool(self.var_files),
            "--var": bool(self.values),
            "--environment": self.environment is not None,
        }

    def maker(self, names: Sequence[str], options: Mapping[str, Any]) -> Callable[..., Run]:
        """What makes the run that they ask for. BadInput for options that say nothing of it."""
        given = [name for name, said in self.given.items() if said]
        if self.root is None and not self.plans:
            if given:
                raise errors.only_with(given, "--root or --plan" if given == ["--environment"] else "--root")
            return Run
        option = "--root" if self.root is not None else "--plan"
        wrong = ["names of stacks"] if names else []
        own = {"--root": ("base", "only", "shard"), "--plan": ("base", "only", "shard", "live", "terraform")}[option]
        wrong += [f"--{name}" for name in own if options.get(name)]
        wrong += [name for name in ("--plan", "--var-file", "--var") if self.given[name] and self.root is None]
        wrong = [name for name in wrong if name != option]
        if self.root is not None and self.plans:
            wrong.append("--plan")
        if wrong:
            raise errors.does_not_go_with(option, wrong)
        # what plans and judges is loaded where it is asked for
        from groundplan.plan.roots import Given

        from .foreign import FilesRun, RootRun

        environment = self.environment or ""
        if self.root is None:
            return partial(FilesRun, files=tuple(self.plans or ()), environment=environment)
        values = Given(tuple(self.var_files or ()), tuple(self.values or ()))
        return partial(RootRun, root=self.root, given=values, environment=environment)
