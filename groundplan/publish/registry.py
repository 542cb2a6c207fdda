"""Uploads packages to GitLab's Terraform module registry."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import quote

import requests

from . import errors
from .sources import registry_name
from .versions import checked

__all__ = ["upload"]

_TIMEOUT_SECONDS = 60


def upload(
    package: Path,
    *,
    name: str,
    system: str = "aws",
    version: str,
    url: str,
    project_id: str,
    token: str,
    header: Literal["JOB-TOKEN", "PRIVATE-TOKEN", "Deploy-Token"] = "JOB-TOKEN",
) -> None:
    """Puts one tgz into the registry of a GitLab project, whose versions never change once they are there.

    `url` is GitLab's own (CI_SERVER_URL), `project_id` the project's number or path (CI_PROJECT_ID); `header` says
    what kind of token `token` is. Raises BadInput for a version that is none, ToolFailed when GitLab does not take it.

    https://docs.gitlab.com/user/packages/terraform_module_registry/
    """
    checked(version)
    registry = f"{url.rstrip('/')}/api/v4/projects/{quote(project_id, safe='')}/packages/terraform/modules"
    target = f"{registry}/{registry_name(name)}/{quote(system, safe='')}/{quote(version, safe='')}/file"
    try:
        answer = requests.put(
            target, data=package.read_bytes(), headers={header: token}, timeout=_TIMEOUT_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        raise errors.not_uploaded(package.name, None, type(error).__name__) from None
    if answer.status_code != requests.codes.created:
        raise errors.not_uploaded(package.name, answer.status_code, answer.text.replace(token, "..."))
