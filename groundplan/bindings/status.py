"""What `groundplan doctor` says about the bindings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .imports import loaded
from .node import bundled_node, node_in_use, node_version
from .packages import installed
from .scan import EVERYTHING, used_submodules
from .store import configured_folder, entry_folder, is_intact

__all__ = ["PackageStatus", "Status", "status"]


@dataclass(frozen=True)
class PackageStatus:
    """One bindings package, as the next run will find it."""

    provider: str
    version: str
    full: bool
    """Whether the next run loads the stock assembly."""
    submodules: tuple[str, ...]
    """What the project's code imports; empty when the stock assembly is loaded."""
    prepared: bool
    """Whether the cut assembly is in the cache, intact; else the next run makes it."""
    cut_bytes: int
    stock_bytes: int
    loaded: bool
    """Whether this process's kernel holds the package."""


@dataclass(frozen=True)
class Status:
    """Node.js, the bindings packages and the cache."""

    node: Path | None
    """The binary that jsii starts, None when there is none."""
    node_version: str | None
    node_is_bundled: bool
    packages: tuple[PackageStatus, ...]
    cache_folder: Path
    cuts_bytes: int
    jsii_cache: Path | None
    """Where jsii unpacks assemblies; None when that is switched off, or left to jsii."""
    jsii_cache_bytes: int


def status(project: Path | None = None) -> Status:
    """What the bindings of `project` (found from the current folder when None) rest upon. Changes nothing."""
    folder = configured_folder()
    node = node_in_use() if os.environ.get("JSII_NODE") else bundled_node() or node_in_use()
    jsii_cache = _jsii_cache(folder)
    return Status(
        node=node,
        node_version=node_version(node) if node else None,
        node_is_bundled=node is not None and node == bundled_node(),
        packages=tuple(_packages(project, folder)),
        cache_folder=folder,
        cuts_bytes=_bytes(folder / "bindings"),
        jsii_cache=jsii_cache,
        jsii_cache_bytes=_bytes(jsii_cache) if jsii_cache else 0,
    )


def _packages(project: Path | None, folder: Path) -> list[PackageStatus]:
    used = used_submodules(project)
    held = loaded()
    found = []
    for provider, package in installed().items():
        names = used[provider]
        full = os.environ.get("GROUNDPLAN_BINDINGS") == "full" or EVERYTHING in names
        entry = entry_folder(folder, package, names)
        found.append(
            PackageStatus(
                provider=provider,
                version=package.version,
                full=full,
                submodules=() if full else tuple(sorted(names)),
                prepared=not full and is_intact(entry, package),
                cut_bytes=0 if full else _bytes(entry),
                stock_bytes=package.archive.stat().st_size,
                loaded=held.get(provider) is not None,
            )
        )
    return found


def _jsii_cache(folder: Path) -> Path | None:
    if os.environ.get("JSII_RUNTIME_PACKAGE_CACHE", "enabled").lower() != "enabled":
        return None
    root = os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT")
    if root:
        return Path(root)
    return None if "JSII_RUNTIME_PACKAGE_CACHE" in os.environ else folder / "jsii"


def _bytes(folder: Path) -> int:
    """The size of the files below `folder`, 0 when it is not there. Entries may vanish while we count."""
    total = 0
    for parent, _, files in os.walk(folder):
        for file in files:
            try:
                total += Path(parent, file).lstat().st_size
            except OSError:
                continue
    return total
