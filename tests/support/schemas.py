"""The schemas of every type that modules make or tests name, derived in one way through the providers' archives.

A way through the archive of the aws bindings takes more processor time than two plans, and is as long for one type as
for all: plans of one module after another would pay it once a module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from groundplan.bindings import PROVIDERS
from groundplan.bindings.scan import used_submodules
from groundplan.plan.schema import ProviderSchema, load
from groundplan.plan.schema.store import Kind
from tests.support.once import once

__all__ = ["derive_every_schema", "every_schema", "types_in_use"]

_PROJECT = Path(__file__).parents[2]
# Terraform writes it aws_s3control_bucket_policy; that no archive has another would be found out again each time
_NO_TYPES = frozenset({"provider", "s3_control_bucket_policy"})
_BLOCK = re.compile(r'^(resource|data) "(\w+)"', re.MULTILINE)
# what may name a type: Python, Rego, and what rules are given
_NAMING = ("groundplan/**/*.py", "tests/**/*.py", "policies/**/*.rego", "policies/**/*.json")
_NAME = re.compile(rf"\b(?:{'|'.join(PROVIDERS)})_\w+")


def derive_every_schema(factory: pytest.TempPathFactory) -> None:
    """Fills the cache with them, by whichever worker asks first."""

    def derive(_: Path) -> None:
        used, named = types_in_use(), _named()
        load({"resources": used["resources"] | named, "data_sources": used["data_sources"] | named})

    once(factory, "every-schema", derive)


def _named() -> frozenset[str]:
    """What looks like a type in groundplan, tests and rules; for what is none, no archive is searched."""
    files = (file for pattern in _NAMING for file in _PROJECT.glob(pattern))
    return frozenset(name for file in files for name in _NAME.findall(file.read_text(encoding="utf-8")))


@cache
def every_schema() -> Mapping[str, ProviderSchema]:
    """What any module needs: a core that is opened with it plans one after another."""
    found = load(types_in_use())
    there: dict[Kind, set[str]] = {"resources": set(), "data_sources": set()}
    for each in found.values():
        there["resources"] |= set(each.resources)
        there["data_sources"] |= set(each.data_sources)
    unknown = {kind: names - there[kind] for kind, names in types_in_use().items() if not names <= there[kind]}
    assert not unknown, f"Terraform has other names for these: {unknown}"
    return found


@cache
def types_in_use() -> Mapping[Kind, frozenset[str]]:
    """The types whose bindings the project's Python names, and those of the examples' own resources."""
    resources, data_sources = set(), set()
    for example in _PROJECT.glob("examples/*/*/main.tf"):
        for word, name in _BLOCK.findall(example.read_text(encoding="utf-8")):
            (data_sources if word == "data" else resources).add(name)
    for provider, names in used_submodules(_PROJECT).items():
        data = f"data_{provider}_"
        for name in names - _NO_TYPES:
            (data_sources if name.startswith(data) else resources).add(f"{provider}_{name.removeprefix(data)}")
    return {"resources": frozenset(resources), "data_sources": frozenset(data_sources)}
