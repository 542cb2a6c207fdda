"""groundplan publish."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import errors, saying, tables
from ..options import Json, Project
from ..steps import find_project

if TYPE_CHECKING:
    from groundplan.publish import Published

__all__ = ["publish"]


def publish(
    names: Annotated[list[str] | None, typer.Argument(help="Modules; all when left out.", show_default=False)] = None,
    project: Project = None,
    version: Annotated[str, typer.Option(help="Version of the packages, such as 1.4.0.")] = "0.0.0",
    check: Annotated[
        bool, typer.Option("--check", help="Only tell whether README files and the lock are current.")
    ] = False,
    accept: Annotated[bool, typer.Option(help="Record the modules' interfaces as they are now.")] = False,
    upload: Annotated[bool, typer.Option(help="Upload the packages to the registry of this GitLab pipeline.")] = False,
    as_json: Json = False,
) -> None:
    """Write the modules for plain HCL into out/modules: a folder and a tgz each, with all that a caller needs."""
    from groundplan.publish import publish_all

    folder = find_project(project)
    with saying.spinner("publishing"):
        published = publish_all(folder, names or (), version=version, only_check=check, accept=accept)
        if upload and not check:
            _upload(folder, published)
    if as_json:
        saying.answer([item.as_json() for item in published])
    else:
        saying.out.print(tables.published(published))


def _upload(folder: Path, published: Sequence[Published]) -> None:
    from groundplan.publish import upload

    wanted = ("CI_SERVER_URL", "CI_PROJECT_ID", "CI_JOB_TOKEN")
    missing = [name for name in wanted if not os.environ.get(name)]
    if missing:
        raise errors.no_pipeline("--upload", missing)
    url, project_id, token = (os.environ[name] for name in wanted)
    for item in published:
        upload(folder / item.package, name=item.name, version=item.version, url=url, project_id=project_id, token=token)
