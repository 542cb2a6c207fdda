"""Whether an object of a custom kind has fields that its definition knows, before any cluster sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..grammars.regular_expressions import runnable
from ..problems import BadInput, Problem, nearest
from . import errors
from .opaque import is_opaque
from .paths import format_path
from .tree import INDEX, Choice, Finding, Node, at, build, data_folder, walk

__all__ = [
    "Unchecked",
    "custom_resource_kinds",
    "custom_resource_problems",
    "definition_problems",
    "definition_unchecked",
    "is_cluster_wide_custom_resource",
    "unchecked",
]

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


_STABLE = re.compile(r".+/v\d+")
_CHOICES = {"exactly_one_of": (1, 1), "at_most_one_of": (0, 1), "at_least_one_of": (1, None)}
_WORDS = {(1, 1): "exactly one of", (0, 1): "at most one of", (1, None): "at least one of"}


@cache
def _index() -> dict[tuple[str, str], str]:
    """The name of the file that has the facts, by apiVersion and kind."""
    files = json.loads(data_folder().joinpath(INDEX).read_text("utf-8"))["files"]
    return {(api_version, kind): name for key, name in files.items() for api_version, _, kind in [key.partition(" ")]}


@cache
def _file(name: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The definitions of one file by apiVersion and kind."""
    text = data_folder().joinpath("custom_resources").joinpath(f"{name}.json").read_text("utf-8")
    return {(kind["api_version"], kind["kind"]): kind for kind in json.loads(text)["kinds"]}


def _facts(api_version: str, kind: str) -> dict[str, Any]:
    """What is known of one kind; its file is only read when it is asked for."""
    kinds = _file(_index()[api_version, kind])
    facts = kinds[api_version, kind]
    if "fields_of" not in facts:
        return facts
    other_version, other_kind = facts["fields_of"]
    return {**kinds[other_version, other_kind], **facts}


@cache
def custom_resource_kinds() -> tuple[tuple[str, str], ...]:
    """(apiVersion, kind) of every custom resource whose fields are known, sorted."""
    return tuple(sorted(_index()))


def is_cluster_wide_custom_resource(api_version: str, kind: str) -> bool:
    """Whether a kind of `custom_resource_kinds()` stands in no namespace; False for one that is none of them."""
    return (api_version, kind) in _index() and bool(_facts(api_version, kind)["cluster_wide"])


@dataclass(frozen=True)
class Unchecked:
    """What a definition says that is left to the API server, each by how many there are at which path.

    `cel_rules` are rules in CEL, which needs the API server's libraries. `not_compared` are validations that ask more
    of a choice than which fields are set. `patterns` are expressions of which Python's engine has no like.
    """

    cel_rules: Mapping[str, int]
    not_compared: Mapping[str, int]
    patterns: Mapping[str, int]


def unchecked(api_version: str, kind: str) -> Unchecked:
    """What `custom_resource_problems` cannot evaluate for a kind of `custom_resource_kinds()`; else raises BadInput."""
    if (api_version, kind) not in _index():
        raise BadInput(errors.unknown_kind("", api_version, kind, _nearest_kind(api_version, kind)))
    return definition_unchecked(_facts(api_version, kind))


def definition_unchecked(facts: Mapping[str, Any]) -> Unchecked:
    """The same of the facts of one kind as `definitions.derive` gives them, for a kind that is not among ours."""
    patterns = {path: sum(runnable(one) is None for one in ones) for path, ones in facts.get("patterns", {}).items()}
    return Unchecked(
        cel_rules=facts.get("cel_rules", {}),
        not_compared=facts.get("not_compared", {}),
        patterns={path: number for path, number in patterns.items() if number},
    )


def _tree_of(facts: Mapping[str, Any]) -> Node:
    """The tree of one kind's facts, with what every object has beside its kind's own fields."""
    root = build({**_METADATA, **facts["fields"]})
    for path, names in facts.get("required", {}).items():
        at(root, path).required = tuple(names)
    for path, values in facts.get("enums", {}).items():
        at(root, path).allowed = tuple(values)
    for path, patterns in facts.get("patterns", {}).items():
        at(root, path).patterns = tuple(patterns)
    for path, bounds in facts.get("bounds", {}).items():
        at(root, path).bounds = bounds
    for what, (least, most) in _CHOICES.items():
        for path, choices in facts.get(what, {}).items():
            node = at(root, path)
            node.choices += tuple(Choice(least, most, tuple(tuple(names) for names in choice)) for choice in choices)
    root.children["metadata"].required = ("name",)
    root.required = ("metadata", *root.required)
    return root


@cache
def _tree(api_version: str, kind: str) -> Node:
    return _tree_of(_facts(api_version, kind))


def custom_resource_problems(obj: Mapping[str, Any], *, where: str) -> list[Problem]:
    """What is wrong with a custom resource, as its definition's schema has it; `unchecked` says what is not looked at.

    Unknown kinds and fields, wrong types, missing fields, values outside of an enumeration, a pattern or bounds, and
    fields that may not be set together. `where` is put in front of every path. What only Terraform knows (text with
    `${`, objects with `__expression__`) is taken as right.
    """
    if is_opaque(obj):
        return []
    api_version, kind = obj.get("apiVersion"), obj.get("kind")
    if is_opaque(api_version) or is_opaque(kind):
        return []
    if (api_version, kind) not in _index():
        return [errors.unknown_kind(where, api_version, kind, _nearest_kind(str(api_version), str(kind)))]
    is_cluster_wide = _facts(str(api_version), str(kind))["cluster_wide"]
    return _judged(_tree(str(api_version), str(kind)), str(kind), is_cluster_wide, obj, where)


def definition_problems(facts: Mapping[str, Any], obj: Mapping[str, Any], *, where: str) -> list[Problem]:
    """The same by the facts of one kind as `definitions.derive` gives them, for a kind that is not among ours."""
    return _judged(_tree_of(facts), facts["kind"], facts["cluster_wide"], obj, where)


def _judged(tree: Node, kind: str, is_cluster_wide: bool, obj: Mapping[str, Any], where: str) -> list[Problem]:
    problems = [_problem(finding, where, kind) for finding in walk(tree, obj)]
    metadata = obj.get("metadata")
    namespace = metadata.get("namespace") if isinstance(metadata, Mapping) else None
    if namespace is not None and is_cluster_wide:
        problems.append(errors.custom_resource_is_cluster_wide(_below(where, "metadata.namespace"), kind))
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
    if finding.what == "pattern":
        return errors.pattern_not_matched(place, finding.value, *finding.allowed)
    if finding.what == "bounds":
        return errors.out_of_bounds(place, finding.value, finding.allowed)
    if finding.what == "choice":
        choice = finding.allowed[0]
        how = _WORDS[choice.least, choice.most]
        return errors.choice_not_met(place, kind, how, choice.alternatives, finding.value)
    if finding.what == "wrong type":
        return errors.wrong_type(place, finding.value, finding.allowed)
    return errors.not_a_yaml_value(place, finding.value)


def _below(where: str, path: str) -> str:
    return f"{where}.{path}" if where and path and path[0] != "[" else f"{where}{path}"


def _nearest_kind(api_version: str, kind: str) -> str | None:
    same_kind = [version for version, name in custom_resource_kinds() if name == kind]
    if same_kind:
        same_kind = [version for version in same_kind if _STABLE.fullmatch(version)] or same_kind
        return f"{kind} of {nearest(api_version, same_kind) or same_kind[-1]}"
    near = nearest(kind, [name for version, name in custom_resource_kinds() if version == api_version])
    return f"{near} of {api_version}" if near else None
