"""A provider's schema as plain records: what a resource type's blocks and attributes are.

Types are Terraform's own JSON type expressions: `"string"`, `["list", "string"]`, `["object", {"name": "string"}]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

__all__ = ["Attribute", "Block", "CtyType", "Nested", "NestedBlock", "Nesting", "has_dynamic"]

CtyType: TypeAlias = Any
Nesting: TypeAlias = Literal["single", "list", "set", "map"]


@dataclass(frozen=True)
class Nested:
    """An attribute made of attributes, which only providers on the plugin framework have."""

    nesting: Nesting
    attributes: dict[str, Attribute]


@dataclass(frozen=True)
class Attribute:
    """One attribute: either `type` or `nested` says its shape.

    `default` is what the provider plans where the configuration has nothing, None for nothing; `member_defaults` are
    those of the objects that a list or set holds. A change of what is `force_new` replaces the resource; of
    `force_new_if`, it may: code of the provider's decides.
    """

    type: CtyType = None
    nested: Nested | None = None
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False
    deprecated: bool = False
    force_new: bool = False
    force_new_if: bool = False
    default: str | float | bool | None = None
    member_defaults: dict[str, str | float | bool] = field(default_factory=dict)

    @property
    def computed_only(self) -> bool:
        """Whether only the provider may set it."""
        return self.computed and not self.optional and not self.required

    def cty(self) -> CtyType:
        """The type of its values."""
        return self.type if self.nested is None else _wrap(self.nested.nesting, _object(self.nested.attributes))


@dataclass(frozen=True)
class NestedBlock:
    """A block inside a block. `max_items` 0 stands for any number; `force_new` as with attributes, of their count."""

    nesting: Nesting
    block: Block
    min_items: int = 0
    max_items: int = 0
    force_new: bool = False
    force_new_if: bool = False


@dataclass(frozen=True)
class Block:
    """The attributes and blocks of a resource, a data source, a provider or a nested block."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: dict[str, NestedBlock] = field(default_factory=dict)

    def cty(self) -> CtyType:
        """The object type of a whole configuration or state."""
        members = {name: attribute.cty() for name, attribute in self.attributes.items()}
        members |= {name: _wrap(nested.nesting, nested.block.cty()) for name, nested in self.blocks.items()}
        return ["object", members]

    @cached_property
    def has_defaults(self) -> bool:
        """Whether the provider has a default for anything in it, however deep."""
        return any(each.default is not None or each.member_defaults for each in self.attributes.values()) or any(
            nested.block.has_defaults for nested in self.blocks.values()
        )

    def names(self) -> tuple[str, ...]:
        """Everything that may be written in it, sorted."""
        return tuple(sorted({*self.attributes, *self.blocks}))

    def to_json(self) -> dict[str, Any]:
        """A form that JSON can hold; `from_json` reads it back."""
        return {
            "attributes": {name: _attribute_json(attribute) for name, attribute in sorted(self.attributes.items())},
            "blocks": {
                name: {
                    "nesting": nested.nesting,
                    "min_items": nested.min_items,
                    "max_items": nested.max_items,
                    "force_new": nested.force_new,
                    "force_new_if": nested.force_new_if,
                    "block": nested.block.to_json(),
                }
                for name, nested in sorted(self.blocks.items())
            },
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Block:
        """The block that `to_json` wrote."""
        return cls(
            {name: _attribute(value) for name, value in data["attributes"].items()},
            {
                name: NestedBlock(
                    value["nesting"],
                    cls.from_json(value["block"]),
                    value["min_items"],
                    value["max_items"],
                    value["force_new"],
                    value["force_new_if"],
                )
                for name, value in data["blocks"].items()
            },
        )


_FLAGS = ("required", "optional", "computed", "sensitive", "write_only", "deprecated", "force_new", "force_new_if")


def _attribute_json(attribute: Attribute) -> dict[str, Any]:
    data: dict[str, Any] = {flag: True for flag in _FLAGS if getattr(attribute, flag)}
    if attribute.default is not None:
        data["default"] = attribute.default
    if attribute.member_defaults:
        data["member_defaults"] = attribute.member_defaults
    if attribute.nested is None:
        return data | {"type": attribute.type}
    inner = {name: _attribute_json(item) for name, item in sorted(attribute.nested.attributes.items())}
    return data | {"nested": {"nesting": attribute.nested.nesting, "attributes": inner}}


def _attribute(data: dict[str, Any]) -> Attribute:
    flags = {name: data[name] for name in (*_FLAGS, "default", "member_defaults") if name in data}
    if "nested" not in data:
        return Attribute(data["type"], None, **flags)
    inner = {name: _attribute(item) for name, item in data["nested"]["attributes"].items()}
    return Attribute(None, Nested(data["nested"]["nesting"], inner), **flags)


def _object(attributes: dict[str, Attribute]) -> CtyType:
    return ["object", {name: attribute.cty() for name, attribute in attributes.items()}]


def _wrap(nesting: Nesting, inner: CtyType) -> CtyType:
    if nesting == "single":
        return inner
    # A list or map of differing types cannot have one element type: Terraform sends it as a dynamic value.
    return "dynamic" if has_dynamic(inner) else [nesting, inner]


def has_dynamic(cty: CtyType) -> bool:
    """Whether a value of this type may hold something of any type, however deep."""
    if isinstance(cty, str):
        return cty == "dynamic"
    if cty[0] == "object":
        return any(has_dynamic(member) for member in cty[1].values())
    return has_dynamic(cty[1])


def without_dynamic_sets(block: Block) -> Block:
    """The block with every set that holds a dynamic value served as a list, since the core refuses such sets."""
    blocks = {}
    for name, nested in block.blocks.items():
        inner = without_dynamic_sets(nested.block)
        ordered = nested.nesting == "set" and has_dynamic(inner.cty())
        blocks[name] = replace(nested, block=inner, nesting="list" if ordered else nested.nesting)
    return replace(block, blocks=blocks)


def walk(block: Block, path: str = "") -> Iterator[tuple[str, Attribute]]:
    """Every attribute, however deep, with its path: `rule.filter.prefix`."""
    for name, attribute in block.attributes.items():
        yield from _walk_attribute(f"{path}{name}", attribute)
    for name, nested in block.blocks.items():
        yield from walk(nested.block, f"{path}{name}.")


def _walk_attribute(path: str, attribute: Attribute) -> Iterator[tuple[str, Attribute]]:
    yield path, attribute
    if attribute.nested is not None:
        for name, inner in attribute.nested.attributes.items():
            yield from _walk_attribute(f"{path}.{name}", inner)
