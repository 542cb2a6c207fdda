"""groundplan render."""

from __future__ import annotations

from typing import Any

import typer

from groundplan.problems import ExitCode

from .. import errors, saying, tables
from ..opening import opened
from ..options import Base, Fresh, Jobs, Json, Names, Only, Project, Terraform

__all__ = ["render"]


def render(
    names: Names = None,
    project: Project = None,
    base: Base = None,
    terraform: Terraform = None,
    jobs: Jobs = None,
    fresh: Fresh = False,
    only: Only = False,
    as_json: Json = False,
) -> None:
    """Render the Helm releases of the planned stacks into out/objects, and the images they run into out/images.json.

    Each value of a release is proven to act: rendered with it, without it, and with another one.
    """
    options: dict[str, Any] = {"base": base, "terraform": terraform, "jobs": jobs, "fresh": fresh, "only": only}
    with opened(project, names, **options) as run:
        renders, _ = run.render()
        rows = tables.render_rows(renders)
        notes = [str(each) for told in renders.warnings.values() for each in told]
        notes += [errors.not_looked_at(each) for each in renders.unknown]
    if as_json:
        saying.answer(rows)
    elif rows:
        saying.out.print(tables.renders(rows))
    else:
        saying.line(errors.nothing_to_render())
    for told in notes:
        saying.line(told)
    if any(row["not_rendered"] for row in rows):
        # whoever asked for objects and got none must not take it for none
        raise typer.Exit(int(ExitCode.TOOL_FAILED))
