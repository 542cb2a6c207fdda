"""groundplan show."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import saying, tables
from ..opening import opened
from ..options import Json, Names, Project

__all__ = ["show"]


def show(
    names: Names = None,
    project: Project = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="The modules' own defaults too.")] = False,
    as_json: Json = False,
) -> None:
    """Tell what each module is given, value by value, and which line said it."""
    from ..showing import settings as found

    with opened(project, names) as run:
        manifest = run.synth()
        rows = found(manifest, run.synthesized, run.selected(manifest), defaults=defaults)
    if as_json:
        saying.answer([row.as_json() for row in rows])
    else:
        saying.out.print(tables.settings(rows))
