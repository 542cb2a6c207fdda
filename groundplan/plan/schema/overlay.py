"""What the bindings leave out of a schema, filled in: computed, sensitive, write-only, deprecated, counts, defaults,
and what replaces a resource.

The flags come from the providers' own schemas (data/overlay.json.gz and data/overlay.vault.json name their versions);
those of gitlab from its documentation (data/overlay.gitlab.json), which does not say what is optional and computed.
Where they are silent, an optional attribute stays merely optional. Defaults and replacement are known of aws and vault
(`facts`).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any, cast

from . import facts as provider
from .model import Attribute, Block, CtyType, Nested

__all__ = ["facts_bytes", "with_facts"]

# in files that a person can read
_OWN_OVERLAYS = ("gitlab", "vault")


@cache
def facts_bytes() -> bytes:
    """The data files themselves, for whoever needs to know whether they changed."""
    overlays = [_bytes("overlay.json.gz"), *(_bytes(f"overlay.{name}.json") for name in _OWN_OVERLAYS)]
    return b"".join([*overlays, *map(provider.facts_bytes, provider.PROVIDERS_WITH_FACTS)])


def _bytes(name: str) -> bytes:
    return resources.files("groundplan.plan").joinpath("data", name).read_bytes()


@cache
def _facts() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(gzip.decompress(_bytes("overlay.json.gz")))
    return {**loaded, **{name: json.loads(_bytes(f"overlay.{name}.json"))[name] for name in _OWN_OVERLAYS}}


def with_facts(block: Block, provider_name: str, kind: str, type_name: str) -> Block:
    """The block with everything that is known of it. `kind` is `provider`, `resources` or `data_sources`."""
    known = _facts()[provider_name][kind]
    flags: dict[str, Any] = known if kind == "provider" else known.get(type_name, {})
    typed = kind != "provider"
    facts = provider.provider_facts(type_name, data=kind == "data_sources") if typed else provider.TypeFacts({})
    found = _Filler(flags, facts).block(block, "")
    region = found.attributes.get("region")
    if provider_name == "aws" and kind == "resources" and region is not None and region.optional:
        # the provider adds it to nearly every type: a thing cannot move to another region
        # https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/guides/enhanced-region-support
        return replace(found, attributes={**found.attributes, "region": replace(region, force_new=True)})
    return found


class _Filler:
    """Goes through a block beside what is known of its paths."""

    def __init__(self, flags: dict[str, Any], facts: provider.TypeFacts) -> None:
        self._facts = facts
        self._max_items: dict[str, int] = flags.get("max_items", {})
        self._min_items: dict[str, int] = flags.get("min_items", {})
        self._marks: dict[str, set[str]] = {}
        for word in ("optional_computed", "sensitive", "write_only", "deprecated"):
            for path in flags.get(word, ()):
                self._marks.setdefault(path, set()).add(word)

    def block(self, block: Block, prefix: str) -> Block:
        attributes = {name: self._attribute(f"{prefix}{name}", each) for name, each in block.attributes.items()}
        blocks = {}
        for name, nested in block.blocks.items():
            path = f"{prefix}{name}"
            facts = self._facts.at(path)
            blocks[name] = replace(
                nested,
                block=self.block(nested.block, f"{path}."),
                max_items=self._max_items.get(path, nested.max_items),
                min_items=self._min_items.get(path, nested.min_items),
                force_new=bool(facts.get("force_new")),
                force_new_if=bool(facts.get("force_new_if")),
            )
        return Block(attributes, blocks)

    def _attribute(self, path: str, attribute: Attribute) -> Attribute:
        words = self._marks.get(path, set())
        facts = self._facts.at(path)
        inner = attribute.nested
        if inner is not None:
            inner = Nested(
                inner.nesting,
                {name: self._attribute(f"{path}.{name}", each) for name, each in inner.attributes.items()},
            )
        return replace(
            attribute,
            nested=inner,
            computed=attribute.computed or ("optional_computed" in words and attribute.optional),
            sensitive=attribute.sensitive or "sensitive" in words,
            write_only=attribute.write_only or "write_only" in words,
            deprecated=attribute.deprecated or "deprecated" in words,
            force_new=bool(facts.get("force_new")),
            force_new_if=bool(facts.get("force_new_if")),
            default=_default(attribute.type, facts) if attribute.optional else None,
            member_defaults=self._member_defaults(path, attribute.type),
        )

    def _member_defaults(self, path: str, cty: CtyType) -> dict[str, str | float | bool]:
        """Of a block that the provider serves as an attribute, as a security group's rules."""
        if isinstance(cty, str) or cty is None or cty[0] not in ("list", "set") or cty[1][0] != "object":
            return {}
        found = {name: _default(member, self._facts.at(f"{path}.{name}")) for name, member in cty[1][1].items()}
        return {name: value for name, value in found.items() if value is not None}


def _default(cty: CtyType, facts: Mapping[str, Any]) -> str | float | bool | None:
    """The default as its attribute's type writes it.

    Types on the older SDK, whose attributes with a default are never computed, do not plan an empty text: it is no
    difference from what is not there.
    https://github.com/hashicorp/terraform-plugin-sdk/blob/v2.38.1/helper/schema/schema.go (diffString)
    """
    value = facts.get("default")
    if value is None or (value == "" and not facts.get("optional_computed")):
        return None
    if cty == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if (cty == "bool" and isinstance(value, bool)) or (cty == "number" and not isinstance(value, str)):
        return cast(float, value)
    return None
