"""What passes through charts and resources to applications, judged once more where Terraform has filled everything in.

A synthesis sees settings as far as they are literals. A plan has them whole, with what modules derive from them, what
templates print and what callers give in plain HCL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundplan.applications import Judged, judge_object, judge_resource, judge_values
from groundplan.charts import Way, chart, format_path
from groundplan.objects import KubernetesObject, unknown_as_references
from groundplan.problems import Line, Problem

from . import errors
from .releases import Release, marks
from .rendering import locked_chart_of

__all__ = ["Passed"]

Place = Callable[[Way], tuple[str, Line | None]]
"""Where the value at a way was said: the path as its author wrote it, and the statement."""


@dataclass
class Passed:
    """What was found in one stack."""

    stack: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _unchecked: Counter[str] = field(default_factory=Counter)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def release(self, release: Release, place: Place) -> None:
        """The values of a release whose chart is in the lock; what only an apply tells must be left out of them."""
        name = locked_chart_of(release)
        if not name or release.unreadable:
            return
        beside = None if release.unknown else ()
        judged = judge_values(chart(name), release.values, where="", beside=beside, is_secret=release.is_sensitive)
        self._unchecked += judged.unchecked

        def said(problem: Problem) -> Problem:
            self._told.add((release.address, problem.message))
            way = judged.ways[problem]
            path, line = place(way)
            inside = problem.path[len(format_path(way)) :]
            return Problem(f"{path}{inside}", problem.message, problem.cure).said_at(line)

        self.problems += map(said, judged.problems)
        self.warnings += map(said, judged.warnings)

    def objects(self, release: Release, objects: Iterable[KubernetesObject]) -> None:
        """What a release makes: what was told of its values is not told again of its objects."""
        name = locked_chart_of(release)
        for one in objects:
            judged = judge_object(
                unknown_as_references(one.document),
                where=f"{self.stack}: {one.release}: {one.title}",
                chart=chart(name) if name else None,
                values=release.values,
                is_secret=release.is_sensitive,
            )
            self._take(judged, one.release)

    def resources(self, plan: Mapping[str, Any]) -> None:
        """Objects, and settings of EKS's add-ons, that are resources of their own."""
        for resource in _planned(plan):
            after, address = resource["change"]["after"], str(resource.get("address"))
            secret = marks(resource["change"].get("after_sensitive"))
            judged = judge_resource(str(resource["type"]), after, where=f"{self.stack}: {address}", is_secret=secret)
            self._take(judged, address)

    def unchecked(self) -> Iterator[str]:
        """What nobody could look at, in words."""
        for title, count in sorted(self._unchecked.items()):
            yield errors.passed_unchecked(self.stack, title, count)

    def _take(self, judged: Judged, address: str) -> None:
        self._unchecked += judged.unchecked
        self.problems += [each for each in judged.problems if (address, each.message) not in self._told]
        self.warnings += [each for each in judged.warnings if (address, each.message) not in self._told]


def _planned(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for resource in plan.get("resource_changes") or ():
        if isinstance(resource, Mapping) and resource.get("mode") == "managed":
            change = resource.get("change")
            if isinstance(change, Mapping) and isinstance(change.get("after"), Mapping):
                yield resource
