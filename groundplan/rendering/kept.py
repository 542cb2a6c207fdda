"""What became of all releases of a run, kept by the content of everything that it depends on.

A run in which nothing changed then neither reads plans nor looks at objects again.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from groundplan.charts.sources import what_is_at_hand
from groundplan.objects.changes import ReleaseChange
from groundplan.problems import Problem
from groundplan.remembering import Memory
from groundplan.shelf import Shelf, files_below, installed, own_code
from groundplan.synth.manifest import Manifest

from .bringers import Assumption
from .engines import Target
from .rendering import Outcome

__all__ = ["Rendered", "keep", "kept", "key_of"]

_SHELF = Shelf("rendered", most=100)


@dataclass(frozen=True)
class Rendered:
    """What became of the releases of each stack, and what is wrong with them, each by stack.

    `helm` is the Helm that rendered, empty where there is none. `assumptions` are the charts whose kinds environments
    take for granted; `not_looked_at` are stacks and releases that may bring or need a kind without anybody knowing, and
    `unknown` says in words what of the objects nobody could look at. `changes` are what becomes of the releases that
    differ from what is there now, of stacks that something is there of. `targets` is the cluster that each stack is
    rendered for. `other_archives` are the charts that were rendered from another archive than the lock means.
    """

    helm: str
    stacks: Mapping[str, tuple[Outcome, ...]]
    problems: Mapping[str, tuple[Problem, ...]]
    warnings: Mapping[str, tuple[Problem, ...]]
    assumptions: tuple[Assumption, ...] = ()
    not_looked_at: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    changes: Mapping[str, tuple[ReleaseChange, ...]] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    other_archives: tuple[str, ...] = ()


def key_of(
    plans: Mapping[str, bytes],
    folders: Mapping[str, Path],
    manifest: Manifest | None,
    *,
    helm: str,
    prove: bool,
    supposed_by: str,
) -> str:
    """Stands for all that a run over these plans depends on: them, what was synthesized, charts, Helm and our code.

    `supposed_by` stands for what would be made up, beside the plans and what was synthesized.
    """
    digest = hashlib.sha256()
    said = [own_code(), installed(), sys.version, what_is_at_hand(), helm, prove, supposed_by]
    digest.update(json.dumps(said).encode())
    digest.update(manifest.model_dump_json().encode() if manifest else b"none")
    for stack in plans:
        digest.update(f"\0{stack}\0{len(plans[stack])}\0".encode())
        digest.update(plans[stack])
        for name, content in files_below(folders[stack]) if stack in folders else ():
            digest.update(f"\0{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def kept(key: str, folders: Mapping[str, Path], memory: Memory) -> Rendered | None:
    """What was kept under `key`, with the charts of modules in `folders`; None when nothing was."""
    found: Rendered | None = memory.get(("rendered", key))
    if found is None and (said := _SHELF.kept(key, {"rendered": dict})) is not None:
        found = _from_json(said["rendered"])
        memory.put(("rendered", key), found)
    return _placed(found, folders) if found is not None else None


def keep(key: str, rendered: Rendered, folders: Mapping[str, Path], memory: Memory) -> None:
    """Keeps it, unless what would be read again would be something else.

    `folders` are where charts of modules lie now, which may be elsewhere in the next run.
    """
    try:
        said = _to_json(_placed(rendered, folders, away=True))
    except ValueError:
        # a chart of a module lies elsewhere
        return
    text = json.dumps(said)
    # a message that names a place is of this run alone
    if any(str(folder) in text for folder in folders.values()):
        return
    # and JSON has no word for some of what may stand in values
    again = _from_json(json.loads(text))
    if _placed(again, folders) == rendered:
        _SHELF.keep(key, {"rendered": said})
        memory.put(("rendered", key), again)


def _placed(rendered: Rendered, folders: Mapping[str, Path], *, away: bool = False) -> Rendered:
    """The same with the folders of charts below those of their stacks, or with `away` relative to them."""

    def moved(outcome: Outcome) -> Outcome:
        release = outcome.release
        if release.folder is None:
            return outcome
        home = folders.get(release.stack, Path())
        folder = release.folder.relative_to(home) if away else home / release.folder
        return replace(outcome, release=replace(release, folder=folder))

    return replace(rendered, stacks={stack: tuple(map(moved, told)) for stack, told in rendered.stacks.items()})


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Rendered)


def _to_json(rendered: Rendered) -> dict[str, Any]:
    said: dict[str, Any] = _adapter().dump_python(rendered, mode="json")
    return said


def _from_json(said: Mapping[str, Any]) -> Rendered:
    found: Rendered = _adapter().validate_python(said)
    return found
