"""groundplan workspaces."""

from __future__ import annotations

from .. import saying, tables
from ..opening import opened
from ..options import Json, Names, Project

__all__ = ["workspaces"]


def workspaces(names: Names = None, project: Project = None, as_json: Json = False) -> None:
    """Tell how each stack's Terraform Cloud workspace is to be set: version, state sharing, variables."""
    from ..workspaces import workspaces as found

    with opened(project, names) as run:
        manifest = run.synth()
        rows = found(manifest, run.synthesized, run.selected(manifest))
    if as_json:
        saying.answer([row.as_json() for row in rows])
    else:
        saying.out.print(tables.workspaces(rows))
