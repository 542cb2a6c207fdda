"""Stacks that only the base has: the project dropped them, so everything in their state counts as destroyed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from groundplan.synth.manifest import Manifest

from .meta import PlanMeta
from .stacks import CONFIG, Stack

__all__ = ["Emptied", "emptied", "forget_removed", "is_meant", "record_of", "removed_manifest", "removed_metas"]

_KEPT = ("terraform", "provider")


@dataclass(frozen=True)
class Emptied(Stack):
    """A stack without its resources: what is left of a configuration whose blocks were deleted.

    Unlike `plan -destroy` on the whole configuration it shows what Terraform does when the blocks are gone, among
    others that `prevent_destroy` goes with them:
    https://developer.hashicorp.com/terraform/language/meta-arguments/prevent_destroy
    """

    left: bytes = b"{}"

    @cached_property
    def root(self) -> bytes:
        """What is left of the root module."""
        return self.left

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The root module alone: no module is called any more."""
        return {CONFIG: self.left}


def emptied(stack: Stack) -> Emptied:
    """`stack` with its providers and nothing to manage.

    A provider keeps its literal settings: what it read of data sources and locals is gone with them, and nobody asks
    for it when nothing is called.
    """
    config = {name: stack.config[name] for name in _KEPT if name in stack.config}
    providers = config.get("provider")
    if isinstance(providers, Mapping):
        config["provider"] = {name: _literal(blocks) for name, blocks in providers.items()}
    return Emptied(
        stack.name,
        stack.folder,
        stack.environment,
        stack.family,
        stack.answers,
        (),
        json.dumps(config, sort_keys=True).encode(),
    )


def _literal(blocks: Any) -> Any:
    if isinstance(blocks, list):
        return [_literal(block) for block in blocks]
    if isinstance(blocks, Mapping):
        return {key: value for key, value in blocks.items() if "${" not in json.dumps(value)}
    return blocks


def is_meant(environment: str, stack: str, names: Collection[str]) -> bool:
    """Whether a stack is one of those that `names` stand for: environments and stacks, no name for all."""
    return not names or environment in names or stack in names


def record_of(name: str, manifest: Manifest | None) -> Manifest:
    """What the base's manifest knows of one stack: its record, and the modules that it calls."""
    if manifest is None:
        return Manifest(stacks=(), modules=())
    record = manifest.stack(name)
    called = set(record.call_modules.values())
    return Manifest(stacks=(record,), modules=tuple(each for each in manifest.modules if each.name in called))


def removed_manifest(metas: Iterable[PlanMeta]) -> Manifest | None:
    """One manifest of the removed stacks among `metas`; None when there is none."""
    found = [meta.removed for meta in metas if meta.removed is not None]
    if not found:
        return None
    modules = {module.name: module for manifest in found for module in manifest.modules}
    return Manifest(
        stacks=tuple(record for manifest in found for record in manifest.stacks),
        modules=tuple(modules[name] for name in sorted(modules)),
    )


def removed_metas(out_folder: Path, names: Collection[str]) -> dict[str, PlanMeta]:
    """The removed stacks that an earlier run planned into `out_folder`, of those that `names` stand for."""
    found = {}
    for path in sorted((out_folder / "plans").glob("*.meta.json")):
        try:
            meta = PlanMeta.model_validate_json(path.read_bytes())
        except ValueError:
            # another version of groundplan wrote it; it is planned anew or not read at all
            continue
        if meta.removed is not None and is_meant(meta.environment, meta.stack, names):
            found[meta.stack] = meta
    return found


def forget_removed(out_folder: Path, names: Collection[str], kept: Collection[str]) -> None:
    """Deletes the plans of stacks that an earlier base had and this one has no more, so that nobody judges them."""
    for stack in removed_metas(out_folder, names):
        if stack not in kept:
            for ending in (".json", ".meta.json"):
                (out_folder / "plans" / f"{stack}{ending}").unlink(missing_ok=True)
