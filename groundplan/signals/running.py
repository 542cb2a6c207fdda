"""What runs in an environment, as far as signals ask: releases with their charts and objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.charts import chart, list_charts
from groundplan.objects import KubernetesObject
from groundplan.objects.rules import pod_of

from .facts import component, emitters

__all__ = ["Running", "all_objects", "components_of"]

_MAJOR_MINOR = re.compile(r"v?(\d+)\.(\d+)")


@dataclass(frozen=True)
class Running:
    """A release: `objects` are None where it could not be rendered. `is_local` says that its chart lies in a module."""

    stack: str
    address: str
    chart: str
    version: str
    is_local: bool
    objects: Sequence[KubernetesObject] | None

    @property
    def place(self) -> str:
        """Stack and address, for messages."""
        return f"{self.stack}: {self.address}"

    @property
    def runs_pods(self) -> bool:
        """Whether it runs something that may emit: taken to where nobody knows."""
        return self.objects is None or any(pod_of(one.document) for one in self.objects)


def components_of(release: Running) -> tuple[list[tuple[str, bool]], list[str]] | None:
    """The components that a release's chart runs, each with whether its facts are exact for that version, and the
    first parts of names that facts are missing of; None for a chart that nothing is known of.

    The first component is the one that the chart's version is about.
    """
    said = emitters()["charts"].get(release.chart) if not release.is_local else None
    if said is None:
        return None
    version = _app_version(release)
    names = list(said.get("components", ()))
    # of some there are facts on several versions
    several = list(said.get("one_of", ()))
    names += [name for name in several if _alike(component(name).version, version)] or several
    found = []
    for index, name in enumerate(names):
        is_same = index > 0 or _alike(component(name).version, version)
        found.append((name, component(name).is_exact and is_same))
    return found, list(said.get("others", ()))


def _app_version(release: Running) -> str:
    """What the chart runs by default, as its lock says; empty for a version that is not locked."""
    for name in list_charts():
        locked = chart(name)
        if (locked.chart, locked.version.removeprefix("v")) == (release.chart, release.version.removeprefix("v")):
            return locked.app_version
    return ""


def _alike(one: str, other: str) -> bool:
    """Whether two versions have the same first two parts: a patch brings no metrics."""
    here, there = _MAJOR_MINOR.match(one), _MAJOR_MINOR.match(other)
    return bool(here and there and here.groups() == there.groups())


def all_objects(running: Iterable[Running], kind: str, group: str = "") -> Iterator[tuple[Running, KubernetesObject]]:
    """The objects of one kind, each with its release."""
    for release in running:
        for one in release.objects or ():
            if one.kind == kind and one.identity[0] == group:
                yield release, one


def maps(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The maps of a list, each with its index."""
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, Mapping):
            yield index, item


def at(value: Any, *keys: str) -> Any:
    """What stands below maps; None where nothing does."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
