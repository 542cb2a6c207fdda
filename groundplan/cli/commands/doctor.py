"""groundplan doctor."""

from __future__ import annotations

import typer

from groundplan.problems import ExitCode

from .. import saying, tables
from ..options import Json, Project
from ..steps import find_project

__all__ = ["doctor"]


def doctor(project: Project = None, as_json: Json = False) -> None:
    """Tell what groundplan works with here: Node.js, bindings, Terraform, policy engines, caches."""
    from ..doctor import examine

    rows = examine(find_project(project))
    if as_json:
        saying.answer([row.as_json() for row in rows])
    else:
        saying.out.print(tables.doctor(rows))
    if not all(row.fine for row in rows):
        raise typer.Exit(int(ExitCode.TOOL_FAILED))
