"""Whether an object of a custom kind has fields that its definition knows, before any cluster sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..problems import Problem, nearest
from . import errors
from .opaque import is_opaque
from .paths import format_path
from .tree import Finding, Node, at, build, data_folder, walk

__all__ = ["custom_resource_kinds", "custom_resource_problems"]

_METADATA = {
    "apiVersion": "string",
    "kind": "string",
    "metadata.annotations": "map<string>",
    "metadata.finalizers": "list<string>",
    "metadata.generateName": "string",
    "metadata.labels": "map<string>",
    "metadata.name": "string",
    "metadata.namespace": "string",
}


@cache
def _facts() -> dict[tuple[str, str], dict[str, Any]]:
    """Every known definition by apiVersion and kind."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in sorted(data_folder().joinpath("custom_resources").iterdir(), key=lambda entry: str(entry.name)):
        for kind in json.loads(entry.read_text("utf-8"))["kinds"]:
            same = found.get((kind["api_version"], kind.get("fields_of", "")), {})
            found[kind["api_version"], kind["kind"]] = {**same, **kind}
    return found


@cache
def custom_resource_kinds() -> tuple[tuple[str, str], ...]:
    """(apiVersion, kind) of every custom resource whose fields are known, sorted."""
    return tuple(sorted(_facts()))


@cache
def _tree(api_version: str, kind: str) -> Node:
    facts = _facts()[api_version, kind]
    root = build({**_METADATA, **facts["fields"]})
    for path, names in facts["required"].items():
        at(root, path).required = tuple(names)
    for path, values in facts["enums"].items():
        at(root, path).allowed = tuple(values)
    metadata = root.children["metadata"]
    metadata.required = ("name",)
    root.required = ("metadata", *root.required)
    return root


def custom_resource_problems(obj: Mapping[str, Any], *, where: str) -> list[Problem]:
    """What is wrong with a custom resource: unknown kind or field, wrong type, missing field, value outside its enum.

    `where` is put in front of every path. What only Terraform knows (text with `${`, objects with `__expression__`) is
    taken as right.
    """
    if is_opaque(obj):
        return []
    api_version, kind = obj.get("apiVersion"), obj.get("kind")
    if is_opaque(api_version) or is_opaque(kind):
        return []
    if (api_version, kind) not in _facts():
        return [errors.unknown_kind(where, api_version, kind, _nearest_kind(str(api_version), str(kind)))]
    problems = [_problem(finding, where, str(kind)) for finding in walk(_tree(str(api_version), str(kind)), obj)]
    metadata = obj.get("metadata")
    namespace = metadata.get("namespace") if isinstance(metadata, Mapping) else None
    if namespace is not None and _facts()[str(api_version), str(kind)]["cluster_wide"]:
        problems.append(errors.custom_resource_is_cluster_wide(_below(where, "metadata.namespace"), str(kind)))
    return problems


def _problem(finding: Finding, where: str, kind: str) -> Problem:
    path = format_path(finding.way)
    place = _below(where, path)
    if finding.what == "unknown key":
        name = nearest(str(finding.way[-1]), finding.allowed)
        suggestion = format_path((*finding.way[:-1], name)) if name else None
        return errors.unknown_field(place, path, kind, suggestion, finding.allowed)
    if finding.what == "missing":
        return errors.field_missing(place, kind, str(finding.value))
    if finding.what == "not allowed":
        return errors.value_not_allowed(place, finding.value, finding.allowed)
    if finding.what == "wrong type":
        return errors.wrong_type(place, finding.value, finding.allowed)
    return errors.not_a_yaml_value(place, finding.value)


def _below(where: str, path: str) -> str:
    return f"{where}.{path}" if where and path and path[0] != "[" else f"{where}{path}"


def _nearest_kind(api_version: str, kind: str) -> str | None:
    same_kind = [version for version, name in custom_resource_kinds() if name == kind]
    if same_kind:
        return f"{kind} of {nearest(api_version, same_kind) or same_kind[-1]}"
    near = nearest(kind, [name for version, name in custom_resource_kinds() if version == api_version])
    return f"{near} of {api_version}" if near else None
