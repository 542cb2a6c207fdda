"""The schemas of every type that the project's modules make, derived in one way through the providers' archives.

A way through the archive of the aws bindings takes more processor time than two plans, and is as long for one type as
for all: plans of one module after another would pay it once a module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from groundplan.bindings.scan import used_submodules
from groundplan.plan.schema import ProviderSchema, load
from groundplan.plan.schema.store import Kind
from tests.support.once import once

__all__ = ["derive_every_schema", "every_schema", "types_in_use"]

_PROJECT = Path(__file__).parents[2]
_BLOCK = re.compile(r'^(resource|data) "(\w+)"', re.MULTILINE)


def derive_every_schema(factory: pytest.TempPathFactory) -> None:
    """Fills the cache with them, by whichever worker asks first."""
    once(factory, "every-schema", lambda _: load(types_in_use()))


@cache
def every_schema() -> Mapping[str, ProviderSchema]:
    """What any module needs: a core that is opened with it plans one after another."""
    return load(types_in_use())


@cache
def types_in_use() -> Mapping[Kind, frozenset[str]]:
    """The types whose bindings the project's Python names, and those of the examples' own resources."""
    resources, data_sources = set(), set()
    for example in _PROJECT.glob("examples/*/*/main.tf"):
        for word, name in _BLOCK.findall(example.read_text(encoding="utf-8")):
            (data_sources if word == "data" else resources).add(name)
    for provider, names in used_submodules(_PROJECT).items():
        data = f"data_{provider}_"
        for name in names - {"provider"}:
            (data_sources if name.startswith(data) else resources).add(f"{provider}_{name.removeprefix(data)}")
    return {"resources": frozenset(resources), "data_sources": frozenset(data_sources)}
