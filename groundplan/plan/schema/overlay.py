"""What the bindings leave out of a schema, filled in: computed, sensitive, write-only, deprecated and counts.

The facts come from the providers' own schemas (data/overlay.json.gz names their versions); those of gitlab from its
documentation (data/overlay.gitlab.json), which does not say what is optional and computed. Where the facts are silent,
an optional attribute stays merely optional.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from .model import Attribute, Block, Nested

__all__ = ["facts_bytes", "with_facts"]

# What every resource of the aws provider 6 has, whether or not the facts know the type:
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
_AWS_ALWAYS = ("id", "region", "tags_all")


@cache
def facts_bytes() -> bytes:
    """The data files themselves, for whoever needs to know whether they changed."""
    return _bytes("overlay.json.gz") + _bytes("overlay.gitlab.json")


def _bytes(name: str) -> bytes:
    return resources.files("groundplan.plan").joinpath("data", name).read_bytes()


@cache
def _facts() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(gzip.decompress(_bytes("overlay.json.gz")))
    return {**loaded, "gitlab": json.loads(_bytes("overlay.gitlab.json"))["gitlab"]}


def with_facts(block: Block, provider: str, kind: str, type_name: str) -> Block:
    """The block with everything that is known of it. `kind` is `provider`, `resources` or `data_sources`."""
    known = _facts()[provider][kind]
    facts: dict[str, Any] = known if kind == "provider" else known.get(type_name, {})
    marks: dict[str, set[str]] = {}
    for word in ("optional_computed", "sensitive", "write_only", "deprecated"):
        for path in facts.get(word, ()):
            marks.setdefault(path, set()).add(word)
    if provider == "aws" and kind != "provider":
        for name in _AWS_ALWAYS:
            marks.setdefault(name, set()).add("optional_computed")

    def mark(path: str, attribute: Attribute) -> Attribute:
        words = marks.get(path, set())
        return replace(
            attribute,
            computed=attribute.computed or ("optional_computed" in words and attribute.optional),
            sensitive=attribute.sensitive or "sensitive" in words,
            write_only=attribute.write_only or "write_only" in words,
            deprecated=attribute.deprecated or "deprecated" in words,
        )

    return _block(block, "", mark, facts.get("max_items", {}), facts.get("min_items", {}))


def _block(
    block: Block,
    prefix: str,
    mark: Callable[[str, Attribute], Attribute],
    max_items: dict[str, int],
    min_items: dict[str, int],
) -> Block:
    attributes = {name: _attribute(f"{prefix}{name}", attribute, mark) for name, attribute in block.attributes.items()}
    blocks = {}
    for name, nested in block.blocks.items():
        path = f"{prefix}{name}"
        blocks[name] = replace(
            nested,
            block=_block(nested.block, f"{path}.", mark, max_items, min_items),
            max_items=max_items.get(path, nested.max_items),
            min_items=min_items.get(path, nested.min_items),
        )
    return Block(attributes, blocks)


def _attribute(path: str, attribute: Attribute, mark: Callable[[str, Attribute], Attribute]) -> Attribute:
    marked = mark(path, attribute)
    if marked.nested is None:
        return marked
    inner = {name: _attribute(f"{path}.{name}", item, mark) for name, item in marked.nested.attributes.items()}
    return replace(marked, nested=Nested(marked.nested.nesting, inner))
