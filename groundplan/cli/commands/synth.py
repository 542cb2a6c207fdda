"""groundplan synth."""

from __future__ import annotations

from .. import saying, tables
from ..opening import opened
from ..options import Fresh, Json, Names, Project

__all__ = ["synth"]


def synth(names: Names = None, project: Project = None, fresh: Fresh = False, as_json: Json = False) -> None:
    """Write cdktf.out: the Terraform JSON of every environment, or of those named."""
    with opened(project, names, fresh=fresh) as run:
        manifest = run.synth()
    if as_json:
        saying.answer(manifest.model_dump(mode="json"))
    else:
        saying.out.print(tables.stacks(manifest))
