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

__all__ = ["Chart", "Dependency", "chart", "chart_of", "list_charts", "tree_for", "tree_of"]


_KINDS = ("object", "list", "string", "number", "boolean")


@dataclass(frozen=True)
class Dependency:
    """A chart inside a chart, whose values stand below `key`.

    `is_read` when its templates were read with those of the chart; otherwise `facts` names its own entry in the lock,
    or is empty.
    """

    key: str
    chart: str
    version: str
    facts: str = ""
    is_read: bool = False


@dataclass(frozen=True)
class Chart:
    """A Helm chart, pinned.

    `name` is its name in the lock and `chart` the one in `repository`: both Tempo lines are charts called
    tempo-distributed. `digest` is that of its archive, sha256: and hex, or empty when a folder of `source` was read.

    `unread` are paths that the chart shows, in its defaults or its schema, and that no template reads. `doubts` are
    paths below which more may be read than the lock has, each with the reason: a value there that is not in the lock is
    a warning. `settled` are doubts that a person cleared. `kinds` and `custom_resources` (by the folder `crds` or
    `templates`) are what the chart can make, as `apiVersion kind`; `unread_definitions` are files that make more of
    them. `crd_files` are the names of the definitions in each file of a folder `crds`, by its path in the chart: Helm
    installs these once and never upgrades them. `random` and `lookups` are the places, with the function or the kind,
    at which a render differs from run to run or asks the cluster.
    """

    name: str
    chart: str
    version: str
    app_version: str
    kube_version: str
    repository: str
    source: str
    digest: str = ""
    deprecated: bool = False
    dependencies: tuple[Dependency, ...] = ()
    value_types: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    unread: tuple[str, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict, compare=False)
    settled: Mapping[str, str] = field(default_factory=dict, compare=False)
    kinds: tuple[str, ...] = ()
    custom_resources: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    unread_definitions: tuple[str, ...] = ()
    crd_files: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    random: Mapping[str, str] = field(default_factory=dict, compare=False)
    lookups: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def title(self) -> str:
        """The chart and its version, for messages."""
        return f"{self.chart} {self.version}"

    @property
    def crds_command(self) -> str:
        """What a person runs to bring the definitions in the chart's folders `crds` to this version.

        https://helm.sh/docs/helm/helm_show_crds/
        """
        is_registry = self.repository.startswith("oci://")
        place = f"{self.repository.rstrip('/')}/{self.chart}" if is_registry else self.chart
        home = "" if is_registry else f" --repo {self.repository}"
        shown = f"helm show crds {place}{home} --version {self.version}"
        return f"{shown} | kubectl apply --server-side --force-conflicts -f -"

    def is_that_of(self, repository: str, chart: str, version: str) -> bool:
        """Whether a release of these is one of this chart, in this version."""
        mine = self.repository.rstrip("/"), self.chart, self.version.removeprefix("v")
        return mine == (repository.rstrip("/"), chart, version.removeprefix("v"))


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
    return chart_of(json.loads(data_folder().joinpath("charts", f"{name}.json").read_text("utf-8")))


def chart_of(entry: Mapping[str, Any]) -> Chart:
    """The chart that an entry of the lock tells of."""
    facts = dict(entry)
    values: Mapping[str, str] = facts.pop("values")
    dependencies = tuple(Dependency(key=key, **rest) for key, rest in sorted(facts.pop("dependencies").items()))
    for key in ("unread", "kinds", "unread_definitions"):
        facts[key] = tuple(facts.get(key, ()))
    brought = {folder: tuple(kinds) for folder, kinds in facts.pop("custom_resources").items()}
    crd_files = {path: tuple(names) for path, names in facts.pop("crd_files", {}).items()}
    return Chart(
        **facts,
        dependencies=dependencies,
        value_types=MappingProxyType(dict(values)),
        custom_resources=MappingProxyType(brought),
        crd_files=MappingProxyType(crd_files),
    )


@cache
def tree_of(name: str) -> Node:
    """What the chart of that name takes as values, its sub-charts included."""
    return tree_for(chart(name))


def tree_for(facts: Chart) -> Node:
    """What a chart takes as values, be it in the lock or not."""
    root = build(facts.value_types)
    for dependency in facts.dependencies:
        if dependency.is_read:
            continue
        node = at(root, dependency.key)
        node.kinds.add("object")
        if not dependency.facts:
            open_below(node)
            continue
        inner = chart(dependency.facts)
        merge(node, tree_of(dependency.facts))
        node.doubt = inner.doubts.get("", "")
        if inner.version != dependency.version:
            node.doubt = errors.part_of_another_version(dependency.key, inner.version, dependency.version)
    if facts.dependencies:
        shared = at(root, "global")
        shared.kinds.add("object")
        open_below(shared)
    for path, why in facts.doubts.items():
        node = at(root, path)
        node.doubt = why
        # where nothing more is known anything may stand
        node.kinds = node.kinds or {*_KINDS}
    return root
