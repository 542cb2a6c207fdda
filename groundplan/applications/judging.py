"""What is wrong with a configuration, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundplan.charts.facts import Chart
from groundplan.charts.paths import Way, format_path
from groundplan.problems import Problem

from . import errors, syntaxes
from .facts import Application, application
from .places import Place, found_at, places_of_chart
from .walking import Finding

__all__ = ["Judged", "judge_values"]


@dataclass
class Judged:
    """What was found: `unchecked` counts, by application, the values that nobody can compare yet."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unchecked: Counter[str] = field(default_factory=Counter)
    ways: dict[Problem, Way] = field(default_factory=dict)
    """Where in what was judged each problem and warning is."""

    def __bool__(self) -> bool:
        return bool(self.problems or self.warnings or self.unchecked)


def judge_values(
    chart: Chart, values: Mapping[str, Any], *, where: str, beside: Iterable[Way] = (), is_secret: bool = False
) -> Judged:
    """What of a release's values passes through the chart to an application that will not have it.

    `beside` are the ways of values that come from elsewhere and are merged with these. What is secret is not shown.
    """
    judged = Judged()
    others = tuple(beside)
    for place in places_of_chart(chart.name):
        for way, value in found_at(values, place.way):
            known = application(place.application)
            doubt = _doubt(known, chart, place, values, others)
            _judge(judged, known, place, value, way, where=where, doubt=doubt, is_secret=is_secret)
    return judged


def _doubt(known: Application, chart: Chart, place: Place, values: Mapping[str, Any], beside: Sequence[Way]) -> str:
    """Why a miss may be none; empty where it is one."""
    if place.unless:
        switch = [value for _, value in found_at(values, place.unless)]
        if any(value is not False for value in switch) or place.unless in beside:
            return errors.other_edition(format_path(place.unless))
    if not known.is_exact:
        return known.assumption
    if place.of:
        return "" if place.of == chart.version else errors.of_another_chart(chart.title, place.of)
    here, there = (version.removeprefix("v").split(".")[:2] for version in (known.version, chart.app_version))
    return "" if here == there else errors.of_another_version(known, chart.app_version)


def _judge(
    judged: Judged,
    known: Application,
    place: Place,
    value: Any,
    way: Way,
    *,
    where: str,
    doubt: str,
    is_secret: bool,
) -> None:
    for finding in syntaxes.findings(known, place, value, way):
        if finding.what == "unchecked":
            judged.unchecked[known.title] += 1
            continue
        problem = errors.problem(known, finding, _path(where, finding), doubt=doubt, is_secret=is_secret)
        judged.ways[problem] = finding.way
        (judged.problems if finding.is_sure and not doubt else judged.warnings).append(problem)


def _path(where: str, finding: Finding) -> str:
    path = format_path(finding.way)
    whole = f"{where}.{path}" if where and path and path[0] != "[" else f"{where}{path}"
    return f"{whole}, {finding.inside}" if finding.inside else whole
