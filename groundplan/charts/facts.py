"""The lock: which charts are known, in which exact version, and which values they read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from . import errors
from .tree import Node, at, build, data_folder, merge, open_below

__all__ = ["Chart", "Dependency", "chart", "list_charts", "tree_of"]


@dataclass(frozen=True)
class Dependency:
    """A chart inside a chart, whose values stand below `key`. `facts` names its own entry in the lock, or is empty."""

    key: str
    chart: str
    version: str
    facts: str = ""


@dataclass(frozen=True)
class Chart:
    """A Helm chart, pinned.

    `name` is its name in the lock and `chart` the one in `repository`: both Tempo lines are charts called
    tempo-distributed. `exact` is False when the list of values is known to be incomplete, so that a value that is not
    in it is a warning. `source` is the folder that the facts were read from.
    """

    name: str
    chart: str
    version: str
    app_version: str
    kube_version: str
    repository: str
    source: str
    exact: bool
    dependencies: tuple[Dependency, ...] = ()
    value_types: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def title(self) -> str:
        """The chart and its version, for messages."""
        return f"{self.chart} {self.version}"


@cache
def list_charts() -> tuple[str, ...]:
    """The names of every chart in the lock, sorted."""
    folder = data_folder().joinpath("charts")
    return tuple(sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")))


@cache
def chart(name: str) -> Chart:
    """The chart of that name. Raises BadInput, with the nearest name, when the lock does not hold it."""
    if name not in list_charts():
        raise errors.unknown_chart(name, list_charts())
    facts: dict[str, Any] = json.loads(data_folder().joinpath("charts", f"{name}.json").read_text("utf-8"))
    values: dict[str, str] = facts.pop("values")
    dependencies = tuple(Dependency(key=key, **rest) for key, rest in sorted(facts.pop("dependencies").items()))
    return Chart(**facts, dependencies=dependencies, value_types=MappingProxyType(values))


@cache
def tree_of(name: str) -> Node:
    """What the chart of that name takes as values, its sub-charts included."""
    facts = chart(name)
    root = build(facts.value_types)
    for dependency in facts.dependencies:
        node = at(root, dependency.key)
        node.kinds.add("object")
        if not dependency.facts:
            open_below(node)
            continue
        inner = chart(dependency.facts)
        merge(node, tree_of(dependency.facts))
        node.is_certain = inner.version == dependency.version and inner.exact
    if facts.dependencies:
        shared = at(root, "global")
        shared.kinds.add("object")
        open_below(shared)
    root.is_certain = facts.exact
    return root
