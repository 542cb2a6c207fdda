"""Where a module comes from: a folder inside the project, the registry for everybody else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from . import errors

__all__ = ["SYSTEM", "calls", "from_registry", "local_source", "registry_name", "registry_of"]

SYSTEM = "aws"
"""What the registry calls the system that a module is for."""

_LOCAL = re.compile(r'(?P<indent>[ \t]*)source[ \t]*=[ \t]*"(?:\.\./){3}out/modules/(?P<module>\w+)/?"[ \t]*')
_ARGUMENT = re.compile(r"(?P<indent>[ \t]*)(?P<name>[\w-]+)[ \t]*=[ \t]*(?P<value>[^=>\s].*(?<![{\[(]))")


# https://github.com/hashicorp/terraform-registry-address/blob/main/module.go (moduleRegistryNamePattern)
_REGISTRY = re.compile("[^/\\s]+/[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}[0-9A-Za-z])?")


def registry_name(module: str) -> str:
    """A module's name in the registry, where GitLab allows a-z, 0-9 and hyphens.

    https://docs.gitlab.com/user/packages/terraform_module_registry/
    """
    return module.replace("_", "-").lower()


def registry_of(environment: Mapping[str, str] = os.environ) -> str:
    """`<host>/<top-level group>`: GROUNDPLAN_REGISTRY, else what a GitLab pipeline says, else a placeholder.

    Raises BadInput for what Terraform takes for no source, such as a group with a dot, which GitLab itself allows.
    https://docs.gitlab.com/ci/variables/predefined_variables/
    https://docs.gitlab.com/user/namespace/
    """
    given = environment.get("GROUNDPLAN_REGISTRY")
    host = environment.get("CI_SERVER_FQDN") or environment.get("CI_SERVER_HOST")
    group = environment.get("CI_PROJECT_ROOT_NAMESPACE")
    if given:
        name, registry = "GROUNDPLAN_REGISTRY", given.removeprefix("https://").rstrip("/")
    elif host and group:
        name, registry = "CI_PROJECT_ROOT_NAMESPACE", f"{host}/{group}"
    else:
        return "gitlab.example.com/platform"
    if not _REGISTRY.fullmatch(registry):
        raise errors.not_a_registry(name, registry)
    return registry


def local_source(module: str) -> str:
    """How a scenario inside the project names a module."""
    return f"../../../out/modules/{module}"


def from_registry(text: str, *, registry: str, version: str) -> str:
    """HCL whose local sources of modules are the registry's, formatted as before."""
    lines = text.split("\n")
    for index in reversed(range(len(lines))):
        found = _LOCAL.fullmatch(lines[index])
        if found:
            lines[index : index + 1] = [
                f'{found["indent"]}source = "{registry}/{registry_name(found["module"])}/{SYSTEM}"',
                f'{found["indent"]}version = "{version}"',
            ]
            _align(lines, index)
    return "\n".join(lines)


def calls(text: str, module: str) -> bool:
    """Whether HCL names the local source of a module."""
    return any(found["module"] == module for line in text.split("\n") if (found := _LOCAL.fullmatch(line)))


def _align(lines: list[str], index: int) -> None:
    """Aligns the equal signs of an argument and its neighbours of one line each, as terraform fmt does."""
    first, last = index, index
    while first > 0 and _ARGUMENT.fullmatch(lines[first - 1]):
        first -= 1
    while last + 1 < len(lines) and _ARGUMENT.fullmatch(lines[last + 1]):
        last += 1
    found = [match for line in lines[first : last + 1] if (match := _ARGUMENT.fullmatch(line))]
    width = max(len(match["name"]) for match in found)
    lines[first : last + 1] = [f"{match['indent']}{match['name']:<{width}} = {match['value']}" for match in found]
