"""Where a module comes from: a folder inside the project, the registry for everybody else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

__all__ = ["SYSTEM", "from_registry", "local_source", "registry_name", "registry_of"]

SYSTEM = "aws"
"""What the registry calls the system that a module is for."""


def registry_name(module: str) -> str:
    """A module's name in the registry, where GitLab allows a-z, 0-9 and hyphens.

    https://docs.gitlab.com/user/packages/terraform_module_registry/
    """
    return module.replace("_", "-").lower()


def registry_of(environment: Mapping[str, str] = os.environ) -> str:
    """`<host>/<top-level group>`: GROUNDPLAN_REGISTRY, else what a GitLab pipeline says, else a placeholder.

    https://docs.gitlab.com/ci/variables/predefined_variables/
    """
    given = environment.get("GROUNDPLAN_REGISTRY")
    if given:
        return given.removeprefix("https://").rstrip("/")
    host = environment.get("CI_SERVER_FQDN") or environment.get("CI_SERVER_HOST")
    group = environment.get("CI_PROJECT_ROOT_NAMESPACE")
    return f"{host}/{group}" if host and group else "gitlab.example.com/platform"


def local_source(module: str) -> str:
    """How an example inside the project names a module."""
    return f"../../out/modules/{module}"


def from_registry(text: str, module: str, *, registry: str, version: str) -> tuple[str, int]:
    """HCL whose local sources of a module are its registry's, and how many there were."""
    source = re.compile(
        rf'^(?P<indent>[ \t]*)(?P<key>source[ \t]*)=[ \t]*"(?:\.\./)+out/modules/{re.escape(module)}/?"[ \t]*$', re.M
    )

    def replace(found: re.Match[str]) -> str:
        width = max(len(found["key"]), len("version "))
        lines = {"source": f"{registry}/{registry_name(module)}/{SYSTEM}", "version": version}
        return "\n".join(f'{found["indent"]}{key:<{width}}= "{value}"' for key, value in lines.items())

    return source.subn(replace, text)
