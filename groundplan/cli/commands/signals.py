"""groundplan signals."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from groundplan.files import write_atomically
from groundplan.problems import ExitCode

from .. import errors, saying
from ..opening import opened
from ..options import Fresh, Jobs, Json, Names, Only, Project, Terraform

__all__ = ["signals"]


def signals(
    names: Names = None,
    project: Project = None,
    terraform: Terraform = None,
    jobs: Jobs = None,
    fresh: Fresh = False,
    only: Only = False,
    write: Annotated[bool, typer.Option("--write", help="Write docs/signals.md anew, of all environments.")] = False,
    as_json: Json = False,
) -> None:
    """Show what the planned stacks emit, what collects it, and which alerts, dashboards and alarms ask for it."""
    from groundplan.signals import describe, markdown

    if write and names:
        raise errors.does_not_go_with("--write", ["names of stacks"])
    options: dict[str, Any] = {"terraform": terraform, "jobs": jobs, "fresh": fresh, "only": only}
    with opened(project, names, **options) as run:
        renders, manifest = run.render()
        described = describe(renders.signals, {one.name: one.family for one in manifest.stacks} if manifest else {})
        missing = [f"{each.release.stack}: {each.release.address}" for each in renders.not_rendered()]
        if write and not missing:
            write_atomically(run.project / "docs" / "signals.md", markdown(described).encode())
    if as_json:
        saying.answer(described)
    elif not write:
        saying.out.print(markdown(described), markup=False, highlight=False, soft_wrap=True)
    for place in missing:
        saying.line(errors.not_looked_at(place))
    if write and missing:
        # a page without them would say that nobody asks and nobody collects
        raise typer.Exit(int(ExitCode.TOOL_FAILED))
