"""Which arguments that the provider's rules name hold a list, as the pinned bindings have them: attributes, not blocks.

An empty list of blocks is a block that is not there; an empty list in an attribute is a value. Writes the data file:

    python tests/checks/bindings_lists.py > groundplan/plan/checks/data/lists.json
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

from groundplan.plan.schema import store
from groundplan.plan.schema.facts import fact_types, provider_facts

KINDS: tuple[Literal["resources", "data_sources"], ...] = ("resources", "data_sources")
GROUPS = ("exactly_one_of", "at_least_one_of", "required_with", "conflicts_with", "required_together")


def named_paths(type_name: str, *, data: bool) -> set[str]:
    """The arguments that the type's groups and counts name."""
    facts = provider_facts(type_name, data=data)
    named: set[str] = set()
    for path in facts.paths:
        own = facts.at(path)
        for kind in GROUPS:
            for each in own.get(kind, ()):
                named |= {each} if isinstance(each, str) else set(each)
            if path and kind in own:
                named.add(path)
        if path and "min_items" in own:
            named.add(path)
    return named


def lists(kind: Literal["resources", "data_sources"], types: Iterable[str]) -> dict[str, list[str]]:
    """For each type the named arguments that hold a list or a set."""
    wanted = {name: paths for name in types if (paths := named_paths(name, data=kind == "data_sources"))}
    served = store.load({kind: list(wanted)})
    blocks: dict[str, Any] = {}
    for schema in served.values():
        blocks |= getattr(schema, kind)
    found = {name: sorted(path for path in wanted[name] if _is_list(block, path)) for name, block in blocks.items()}
    return {name: paths for name, paths in sorted(found.items()) if paths}


def _is_list(block: Any, path: str) -> bool:
    *around, last = path.split(".")
    for name in around:
        if name not in block.blocks:
            return False
        block = block.blocks[name].block
    attribute = block.attributes.get(last)
    return attribute is not None and isinstance(attribute.type, list) and attribute.type[0] in ("list", "set")


if __name__ == "__main__":
    every = {kind: lists(kind, fact_types(data=kind == "data_sources")) for kind in KINDS}
    print(json.dumps(every, indent=1))
