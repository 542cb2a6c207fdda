"""The complete example of every module, applied offline once a test run, for tests that look at all modules alike."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from groundplan.framework.inputs import Inputs
from groundplan.framework.module import Module
from groundplan.synth.definitions import Definitions
from tests.support.once import once
from tests.support.planning import PROJECT, ModulePlan, apply_module

__all__ = ["COMPLETE", "Complete", "applied", "built"]


@dataclass(frozen=True)
class Complete:
    """A module with everything switched on, in the region that its own tests call it in.

    `counted_from` is a day in the inputs that is another one tomorrow.
    """

    kind: type[Module[Any, Any]]
    inputs: Inputs
    region: str = "us-east-1"
    counted_from: date | None = None


def _complete(folder: Path) -> Complete:
    """What `examples.py` beside a module's tests says: FULL, and where they differ REGION and COUNTED_FROM."""
    said = importlib.import_module(f"tests.modules.{folder.name}.examples")
    package = importlib.import_module(f"modules.{folder.parent.name}.{folder.name}")
    (kind,) = [each for each in vars(package).values() if isinstance(each, type) and issubclass(each, Module)]
    settings = {name.lower(): getattr(said, name) for name in ("REGION", "COUNTED_FROM") if hasattr(said, name)}
    return Complete(kind, said.FULL, **settings)


COMPLETE: Mapping[str, Complete] = {
    file.parent.name: _complete(file.parent)
    for file in sorted(PROJECT.glob("modules/*/*/module.py"), key=lambda file: file.parent.name)
}


def applied(name: str, factory: pytest.TempPathFactory) -> ModulePlan:
    """What the complete example of a module makes, every value known."""

    def make(folder: Path) -> None:
        it = COMPLETE[name]
        plan = apply_module(it.kind, it.inputs, folder / "applied", region=it.region)
        (folder / "plan.json").write_text(json.dumps(plan.json), encoding="utf-8")

    return _read(once(factory, f"complete-{name}", make) / "plan.json")


@cache
def _read(file: Path) -> ModulePlan:
    return ModulePlan(json.loads(file.read_bytes()))


@cache
def built(name: str) -> tuple[Path, dict[str, Any]]:
    """The folder of the module's own files, and its Terraform document."""
    folder = Definitions(PROJECT).folder(COMPLETE[name].kind)
    return COMPLETE[name].kind.folder(), json.loads((folder / "main.tf.json").read_bytes())
