"""Which property of AWS's own schemas a Terraform attribute is.

By rule an attribute is the property of the same name (`kms_key_id`, KmsKeyId). Where the provider chose other words,
data/mapping.json says so:

    "aws_kms_key": {
      "cfn": "AWS::KMS::Key",                   the CloudFormation type
      "root": "BackupPlan",                     optional: the property below which all of them are
      "paths": {
        "policy": "KeyPolicy",                  other words; relative to what the block around it is
        "rule": "/BucketEncryption/Rules",      or, with a slash, from the top
        "xks_key_id": null                      no such property there, or one of another meaning
      },
      "replaced_by": ["key_usage"],             attributes that force replacement in Terraform and not in CloudFormation
      "not_replaced_by": [],                    and the other way round
      "actions": ["kms:CreateKey"]              IAM actions of a type that has no CloudFormation type: "cfn" is null
    }
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from . import schemas

__all__ = ["Property", "TypeMapping", "attributes", "data", "everywhere", "lists", "mapped_types", "mapping"]

# Terraform's own, or the provider's: nothing that a resource schema speaks about. Tags are checked once for all types.
everywhere = frozenset({"id", "arn", "region", "tags", "tags_all", "timeouts"})


@cache
def data(name: str) -> Mapping[str, Any]:
    """One of this package's data files, without the notes that begin with an underscore."""
    text = (Path(__file__).parent / "data" / f"{name}.json").read_text("utf-8")
    return {key: value for key, value in json.loads(text).items() if not key.startswith("_")}


@dataclass(frozen=True)
class Property:
    """A property of a resource schema: its path, `BackupPlan/BackupPlanRule/RuleName`, and what AWS says of it.

    `required` is whether the object around it cannot do without.
    """

    path: str
    schema: Mapping[str, Any]
    required: bool = False


class TypeMapping:
    """One Terraform type and its CloudFormation type."""

    def __init__(self, type_name: str, raw: Mapping[str, Any]) -> None:
        self.type_name = type_name
        self.cloudformation_type: str = raw["cfn"]
        self._root_path: str = raw.get("root", "")
        self._paths: Mapping[str, str | None] = raw.get("paths", {})
        self._found: dict[str, Property | None] = {}

    @property
    def schema(self) -> Mapping[str, Any]:
        """The CloudFormation type's whole schema."""
        return schemas.resource_schema(self.cloudformation_type) or {}

    def set_apart(self, attribute: str) -> bool:
        """Whether data/mapping.json says that the attribute has no counterpart."""
        return attribute in self._paths and self._paths[attribute] is None

    def property(self, attribute: str) -> Property | None:
        """The property of `rule.lifecycle.delete_after`; None when it has none."""
        if attribute not in self._found:
            self._found[attribute] = self._find(attribute)
        return self._found[attribute]

    def _find(self, attribute: str) -> Property | None:
        block, _, name = attribute.rpartition(".")
        around = self.property(block) if block else self._walk(Property("", self.schema), self._root_path)
        if attribute in self._paths:
            written = self._paths[attribute]
            if written is None:
                return None
            if written.startswith("/"):
                return self._walk(Property("", self.schema), written[1:])
            return self._walk(around, written) if around else None
        if around is None or attribute in everywhere:
            return None
        return self._step(around, name, loosely=True)

    def _walk(self, start: Property, path: str) -> Property | None:
        here: Property | None = start
        for name in filter(None, path.split("/")):
            here = self._step(here, name) if here else None
        return here

    def _step(self, here: Property, name: str, *, loosely: bool = False) -> Property | None:
        found = schemas.property_at(self.schema, here.schema, name, loosely=loosely)
        if found is None:
            return None
        name, schema, required = found
        return Property(f"{here.path}/{name}".lstrip("/"), schema, required)


@cache
def mapping(type_name: str) -> TypeMapping | None:
    """The mapping of a Terraform type, None when nobody wrote one."""
    raw = data("mapping").get(type_name)
    return None if raw is None or raw.get("cfn") is None else TypeMapping(type_name, raw)


def mapped_types() -> tuple[str, ...]:
    """Every Terraform type with a CloudFormation type, sorted."""
    return tuple(sorted(name for name, raw in data("mapping").items() if raw.get("cfn")))


@cache
def attributes(type_name: str) -> tuple[str, ...]:
    """Every attribute and block of a Terraform type, as the pinned bindings have it: `rule`, `rule.lifecycle`."""
    return tuple(data("attributes").get(type_name, ()))


@cache
def lists(type_name: str, *, data: bool = False) -> frozenset[str]:
    """The attributes, not blocks, that hold a list, out of those that the provider's rules of a type name."""
    every: Mapping[str, Mapping[str, list[str]]] = _lists()
    return frozenset(every["data_sources" if data else "resources"].get(type_name, ()))


@cache
def _lists() -> Mapping[str, Mapping[str, list[str]]]:
    return data("lists")
