"""Releases by environment: what one changes is nothing to another, which has a cluster of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from groundplan.remembering import Memory, digest
from groundplan.synth.manifest import Manifest

from . import errors
from .kept import Rendered
from .order import Planned

__all__ = ["Part", "joined", "parsed", "parts_of", "read_text"]

T = TypeVar("T")


def read_text(path: Path) -> bytes:
    """A plan's text; an empty one where there is none, which whoever judges it says."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def parsed(texts: Mapping[str, bytes], memory: Memory) -> dict[str, Planned]:
    """The plans; an empty one for what is none."""
    return {stack: memory.of(("planned", digest(text)), partial(_plan, text)) for stack, text in texts.items()}


def _plan(text: bytes) -> Planned:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Planned()
    return Planned(found) if isinstance(found, dict) else Planned()


@dataclass(frozen=True)
class Part:
    """The stacks of an environment, or those of none: the texts of their plans, their folders, and what is known."""

    texts: Mapping[str, bytes]
    folders: Mapping[str, Path]
    manifest: Manifest | None


def parts_of(texts: Mapping[str, bytes], folders: Mapping[str, Path], manifest: Manifest | None) -> list[Part]:
    """The stacks by their environment, in the manifest's order; those of none come last."""
    owners = {record.name: record.environment for record in manifest.stacks} if manifest else {}
    by_environment: dict[str, list[str]] = {name: [] for name in (manifest.clusters if manifest else ())}
    for stack in texts:
        by_environment.setdefault(owners.get(stack, ""), []).append(stack)
    return [
        Part(
            {stack: texts[stack] for stack in stacks},
            {stack: folders[stack] for stack in stacks if stack in folders},
            _of(manifest, environment) if manifest else None,
        )
        for environment, stacks in by_environment.items()
        if stacks
    ]


def _of(manifest: Manifest, environment: str) -> Manifest:
    """What of a manifest is about one environment."""
    stacks = tuple(record for record in manifest.stacks if record.environment == environment)
    called = {name for record in stacks for name in record.call_modules.values()}
    return Manifest(
        stacks=stacks,
        modules=tuple(module for module in manifest.modules if module.name in called),
        clusters={name: facts for name, facts in manifest.clusters.items() if name == environment},
    )


def joined(parts: Sequence[Rendered]) -> Rendered:
    """What became of the releases of all environments."""
    archives = sorted({name for part in parts for name in part.other_archives})
    unknown = {said for part in parts for said in part.unknown}
    if archives:
        unknown.add(errors.other_archives(archives))
    return Rendered(
        helm=next((part.helm for part in parts if part.helm), ""),
        stacks=_sorted(part.stacks for part in parts),
        problems=_sorted(part.problems for part in parts),
        warnings=_sorted(part.warnings for part in parts),
        assumptions=tuple(each for part in parts for each in part.assumptions),
        not_looked_at=tuple(each for part in parts for each in part.not_looked_at),
        unknown=tuple(sorted(unknown)),
        changes=_sorted(part.changes for part in parts),
        targets={stack: target for part in parts for stack, target in part.targets.items()},
        other_archives=tuple(archives),
    )


def _sorted(tables: Iterable[Mapping[str, T]]) -> dict[str, T]:
    """Tables by stack, as one that is sorted."""
    whole = {stack: told for table in tables for stack, told in table.items()}
    return {stack: whole[stack] for stack in sorted(whole)}
