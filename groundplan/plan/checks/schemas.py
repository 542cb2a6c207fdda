"""AWS's own resource schemas, as the PyPI package cfn-lint carries them.

Only the data files are read, one a resource type: the package itself takes seconds to import. Facts of
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any

from . import errors

__all__ = ["additional", "property_at", "resource_schema", "resource_types", "source"]

# Every type that AWS has anywhere is in its oldest region.
_REGION = "us-east-1"


@cache
def source() -> str:
    """Which schemas these are, for messages: `cfn-lint 1.58.0`."""
    return f"cfn-lint {metadata.version('cfn-lint')}"


@cache
def _data() -> Path:
    found = util.find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        raise errors.schemas_missing()
    return Path(found.submodule_search_locations[0]) / "data"


def _read(*parts: str) -> Any:
    return json.loads(_data().joinpath(*parts).read_text("utf-8"))


@cache
def _index() -> Mapping[str, str]:
    index: Mapping[str, str] = _read("schemas", "providers", f"{_REGION}.json")
    return index


def resource_types() -> Iterator[str]:
    """Every CloudFormation type that has a schema."""
    return iter(_index())


@cache
def resource_schema(cloudformation_type: str) -> Mapping[str, Any] | None:
    """The schema of a CloudFormation type, None when AWS publishes none."""
    name = _index().get(cloudformation_type)
    if name is None:
        return None
    schema: Mapping[str, Any] = _read("schemas", "resources", f"{name}.json")
    return schema


@cache
def additional(name: str) -> Mapping[str, Any]:
    """One of cfn-lint's own lists, such as `StatefulResources`."""
    content: Mapping[str, Any] = _read("AdditionalSpecs", f"{name}.json")
    return content


def _resolved(root: Mapping[str, Any], node: Any) -> Mapping[str, Any]:
    """The node behind references; what stands beside a reference is kept."""
    while isinstance(node, Mapping) and "$ref" in node:
        target: Any = root
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node if isinstance(node, Mapping) else {}


def _properties(root: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of an object, or of the objects in a list; alternatives count together."""
    node = _resolved(root, node)
    if "items" in node:
        return _properties(root, node["items"])
    found: dict[str, Any] = {}
    for alternative in (*node.get("oneOf", ()), *node.get("anyOf", ())):
        found |= _properties(root, alternative)
    return found | dict(node.get("properties", {}))


def _required(root: Mapping[str, Any], node: Mapping[str, Any]) -> frozenset[str]:
    node = _resolved(root, node)
    return _required(root, node["items"]) if "items" in node else frozenset(node.get("required", ()))


def property_at(
    root: Mapping[str, Any], node: Mapping[str, Any], name: str, *, loosely: bool = False
) -> tuple[str, Mapping[str, Any], bool] | None:
    """The property `name` below `node`: its own spelling, its schema, and whether `node` requires it.

    None when there is none. `loosely` takes Terraform's spelling too: `kms_key_id` is KmsKeyId, and KMSKeyId as well.
    """
    properties = _properties(root, node)
    if name not in properties and loosely:
        plain = name.replace("_", "").lower()
        name = next((spelling for spelling in sorted(properties) if spelling.lower() == plain), name)
    if name not in properties:
        return None
    found = dict(_resolved(root, properties[name]))
    if "items" in found and "properties" not in found:
        found["items"] = _resolved(root, found["items"])
    return name, found, name in _required(root, node)
