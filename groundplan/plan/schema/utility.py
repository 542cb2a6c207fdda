"""Schemas of the small providers that public modules use beside those whose bindings are pinned.

Each is a file in data/utility with the version and the page that it was written down from, an attribute a line:
`"length": "number required"`. A file is read when something asks for its provider.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from .model import Attribute, Block, NestedBlock
from .store import Kind, ProviderSchema, load, provider_of

__all__ = ["UTILITIES", "defaults_of", "load_served", "version_of"]

UTILITIES = ("archive", "cloudinit", "http", "local", "null", "random", "time", "tls")
"""The providers hashicorp/<name> that are served from data/utility."""

_COLLECTION = re.compile(r"(list|set|map)\((\w+)\)")


def load_served(wanted: dict[Kind, Iterable[str]], declared: Iterable[str] = ()) -> dict[str, ProviderSchema]:
    """As `load`, with the utility providers of the wanted types, and with those that are only `declared`."""
    types: dict[Kind, set[str]] = {kind: set(names) for kind, names in wanted.items()}
    found = load({**types})
    needed = {provider_of(name) for names in types.values() for name in names} | set(declared)
    for name in sorted(needed & set(UTILITIES)):
        found[name] = _schema(name)
    return found


def defaults_of(type_name: str, *, data: bool) -> Mapping[str, Any]:
    """What a type's attributes are where nobody sets them, as far as the provider says it at plan."""
    document = _document(provider_of(type_name))
    found: Mapping[str, Any] = document.get("data_sources" if data else "resources", {}).get(type_name, {})
    return dict(found.get("defaults", {}))


def version_of(provider: str) -> str:
    """The version of one of UTILITIES that its schema was written down from."""
    return str(_document(provider)["version"])


@cache
def _document(provider: str) -> dict[str, Any]:
    path = resources.files("groundplan.plan").joinpath("data", "utility", f"{provider}.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def _schema(provider: str) -> ProviderSchema:
    document = _document(provider)
    return ProviderSchema(
        provider,
        _block(document.get("provider_block", {})),
        {name: _block(said) for name, said in document.get("resources", {}).items()},
        {name: _block(said) for name, said in document.get("data_sources", {}).items()},
    )


def _block(said: Mapping[str, Any]) -> Block:
    return Block(
        {name: _attribute(text) for name, text in said.get("attributes", {}).items()},
        {
            name: NestedBlock(inner["nesting"], _block(inner), inner.get("min_items", 0), inner.get("max_items", 0))
            for name, inner in said.get("blocks", {}).items()
        },
    )


def _attribute(said: str | Mapping[str, Any]) -> Attribute:
    if isinstance(said, str):
        kind, *flags = said.split()
        collection = _COLLECTION.fullmatch(kind)
        return replace(Attribute([collection[1], collection[2]] if collection else kind), **_flags(flags))
    return replace(Attribute(said["type"]), **_flags(said["flags"].split()))


def _flags(names: Iterable[str]) -> dict[str, Any]:
    return dict.fromkeys(names, True)
