"""What runs in an environment, as far as signals ask: releases with their charts and objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.charts import chart, list_charts
from groundplan.objects import KubernetesObject, planned_objects
from groundplan.objects.fields import pod_of

from .facts import component, emitters

__all__ = [
    "Components",
    "Running",
    "addons_of",
    "all_objects",
    "at",
    "components_of",
    "components_of_chart",
    "managed",
    "map_at",
    "maps",
    "native",
]

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


def managed(plan: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
    """Every resource of a plan that will be there, with its values and what of them only an apply tells."""
    for _, resource in maps(plan.get("resource_changes")):
        after = at(resource, "change", "after")
        if resource.get("mode") == "managed" and isinstance(after, Mapping):
            unknown = at(resource, "change", "after_unknown")
            yield resource, after, unknown if isinstance(unknown, Mapping) else {}


_NATIVE = (("v1", "ConfigMap"), ("v1", "Service"))


def native(stack: str, plan: Mapping[str, Any]) -> list[Running]:
    """The ConfigMaps and Services that a plan makes without a release, each as an object of its own."""
    return [
        Running(stack, one.release, "", "", True, (one,))
        for one in planned_objects(plan)
        if (one.api_version, one.kind) in _NATIVE
    ]


Components = tuple[list[tuple[str, bool]], list[str]]
"""Components, each with whether its facts are exact for the version that runs, and the first parts of names that facts
are missing of. The first component is the one that a chart's version is about."""


def components_of(release: Running) -> Components | None:
    """The components that a release's chart runs; None for a chart that nothing is known of."""
    return None if release.is_local else components_of_chart(release.chart, _app_version(release))


def components_of_chart(name: str, app_version: str) -> Components | None:
    """The same by the chart's own name and what it runs by default, which may be empty."""
    said = emitters()["charts"].get(name)
    return None if said is None else _read(said, app_version)


def addons_of(stack: str, plan: Mapping[str, Any]) -> Iterator[tuple[str, Components | None]]:
    """The add-ons of EKS that a plan installs, by their stacks and addresses; None for one that nothing is known of."""
    for resource, after, _ in managed(plan):
        if resource.get("type") == "aws_eks_addon":
            said = emitters()["addons"].get(str(after.get("addon_name")))
            yield f"{stack}: {resource.get('address')}", None if said is None else _read(said, "")


def _read(said: Mapping[str, Any], version: str) -> Components:
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


def map_at(value: Any, *keys: str) -> Mapping[str, Any]:
    """The map below maps; an empty one where there is none."""
    found = at(value, *keys)
    return found if isinstance(found, Mapping) else {}
