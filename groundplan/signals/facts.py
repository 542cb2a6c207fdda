"""What components emit, as their own code says it: the metrics of each, and CloudWatch's by namespace.

The facts are data, a file a component, and a file is read when somebody asks for its component. Each says the version
and the sources that it was read of, and whether it is exact: whether a name that is not in it is emitted by nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

__all__ = [
    "Component",
    "Metric",
    "Namespace",
    "Series",
    "cloudwatch_namespace",
    "cloudwatch_namespaces",
    "component",
    "component_names",
    "emitters",
]

_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}
_OWN_LABELS = {("histogram", "_bucket"): "le", ("summary", ""): "quantile"}


@dataclass(frozen=True)
class Metric:
    """A metric of a component, as it is registered: a histogram by its base name.

    `type` is counter, gauge, histogram, summary, untyped or unknown; it is a guess where `is_guessed`. `labels` are its
    own, without those of the scrape; `has_more` says that there may be others.
    """

    name: str
    type: str
    labels: frozenset[str]
    has_more: bool = False
    is_guessed: bool = False


@dataclass(frozen=True)
class Series:
    """What a query names: a metric, and for a histogram or a summary which of its series (`_bucket`, `_sum`, ...)."""

    component: str
    metric: Metric
    suffix: str

    @property
    def labels(self) -> frozenset[str] | None:
        """Its labels without those of the scrape; None where there may be others."""
        own = _OWN_LABELS.get((self.metric.type, self.suffix))
        return None if self.metric.has_more else self.metric.labels | ({own} if own else set())

    @property
    def type(self) -> str:
        """As a query sees it: `_bucket`, `_sum` and `_count` are counters; unknown where that is a guess."""
        if self.suffix:
            return "counter"
        return "unknown" if self.metric.is_guessed else self.metric.type


@dataclass(frozen=True)
class Component:
    """What one component emits; `includes` are others whose metrics the same endpoint serves."""

    name: str
    version: str
    read_of: str
    is_exact: bool
    endpoints: tuple[Mapping[str, Any], ...]
    includes: tuple[str, ...]
    sources: tuple[str, ...]
    missing: tuple[str, ...]
    texts: Mapping[str, str]
    patterns: Mapping[str, str]
    only_if: Mapping[str, tuple[str, ...]]

    def series(self, name: str) -> Series | None:
        """What `name` is in a query of this component's own metrics; None when it is none of them."""
        if name in self.texts:
            return Series(self.name, _metric(name, self.texts[name]), "")
        for suffix in ("_bucket", "_sum", "_count"):
            base = name.removesuffix(suffix)
            if base != name and base in self.texts:
                metric = _metric(base, self.texts[base])
                # of what kind some are, nobody could read
                if metric.type == "unknown" or metric.is_guessed or suffix in _SUFFIXES.get(metric.type, ()):
                    return Series(self.name, metric, suffix)
        for pattern, text in self.patterns.items():
            if re.fullmatch(f"(?:{pattern})(?:_sum|_count)?", name):
                metric = _metric(name, text)
                return Series(self.name, Metric(name, "unknown", metric.labels, has_more=True), "")
        return None

    @cached_property
    def first_words(self) -> frozenset[str]:
        """What its names begin with, up to the first underscore."""
        return frozenset(name.partition("_")[0] for name in (*self.texts, *self.patterns))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that a query may say, sorted."""
        found = set(self.texts)
        for name, text in self.texts.items():
            metric = _metric(name, text)
            if metric.type == "histogram":
                found.discard(name)
            found |= {f"{name}{suffix}" for suffix in _SUFFIXES.get(metric.type, ())}
        return tuple(sorted(found))

    def needs(self, name: str) -> str:
        """The setting without which the metric of that registered name is not there; empty for one that always is."""
        return next((what for what, names in self.only_if.items() if name in names), "")


def _metric(name: str, text: str) -> Metric:
    kind, *labels = text.split()
    known = frozenset(label for label in labels if label != "...")
    return Metric(name, kind.rstrip("?"), known, "..." in labels, kind.endswith("?"))


def _data() -> Traversable:
    return files(__package__).joinpath("data")


@cache
def component_names() -> tuple[str, ...]:
    """Every component that there are facts on, sorted; no facts are read."""
    folder = _data().joinpath("components")
    return tuple(sorted(each.name.removesuffix(".json") for each in folder.iterdir() if each.name.endswith(".json")))


@cache
def component(name: str) -> Component:
    """The facts on one component; KeyError when there are none."""
    if name not in component_names():
        raise KeyError(name)
    said = json.loads(_data().joinpath("components").joinpath(f"{name}.json").read_text("utf-8"))
    return Component(
        name=said["component"],
        version=said["version"],
        read_of=said.get("read_of", ""),
        is_exact=said["exact"],
        endpoints=tuple(said["endpoints"]),
        includes=tuple(said["includes"]),
        sources=tuple(said["sources"]),
        missing=tuple(said["missing"]),
        texts=said["metrics"],
        patterns=said.get("patterns", {}),
        only_if={what: tuple(names) for what, names in said.get("only_if", {}).items()},
    )


@cache
def emitters() -> Mapping[str, Any]:
    """Which components a chart or an add-on runs, which every EKS cluster has, and the labels that a scrape adds."""
    found: Mapping[str, Any] = json.loads(_data().joinpath("emitters.json").read_text("utf-8"))
    return found


@dataclass(frozen=True)
class Namespace:
    """A namespace of CloudWatch: its metrics, each with the sets of dimensions that it is kept by; None if unsaid.

    `dimensions` are all that its metrics have, none where nobody read them.
    """

    name: str
    dimensions: frozenset[str]
    metrics: Mapping[str, tuple[frozenset[str], ...] | None]


@cache
def _cloudwatch() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_data().joinpath("cloudwatch.json").read_text("utf-8"))["namespaces"]
    return found


def cloudwatch_namespaces() -> tuple[str, ...]:
    """Those of AWS that there are facts on, sorted."""
    return tuple(sorted(_cloudwatch()))


@cache
def cloudwatch_namespace(name: str) -> Namespace:
    """The facts on one namespace; KeyError when there are none."""
    said = _cloudwatch()[name]
    sets = [frozenset(each) for each in said["sets"]]
    return Namespace(
        name,
        frozenset(said["dimensions"]).union(*sets),
        {
            metric: None if indexes is None else tuple(sets[index] for index in indexes)
            for metric, indexes in said["metrics"].items()
        },
    )
