"""Whether a chart reads the values that are given to it.

Helm ignores a value that no template reads. Nothing fails, and the setting is not there: the most common defect of
code that installs charts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..problems import Problem, nearest
from . import errors
from .facts import Chart, tree_of
from .opaque import is_opaque
from .paths import Way, format_path
from .schemas import refusals
from .tree import Finding, doubt_at, known_paths, walk

__all__ = ["check_values", "value_warnings"]


def check_values(chart: Chart, values: Mapping[str, Any], *, where: str) -> list[Problem]:
    """What is wrong with `values` for this chart: paths that it does not have, and values of a wrong type.

    `where` is put in front of every path. `None` is always fine, since it makes Helm drop a default; so is what only
    Terraform knows (text with `${`, objects with `__expression__`). Paths that a chart with incomplete facts does not
    have are not reported here but by `value_warnings`.
    """
    return [problem for is_sure, problem in _judged(chart, values, where) if is_sure]


def value_warnings(chart: Chart, values: Mapping[str, Any], *, where: str) -> list[Problem]:
    """Paths that the chart probably does not have, where the facts are too incomplete to be sure."""
    return [problem for is_sure, problem in _judged(chart, values, where) if not is_sure]


def _judged(chart: Chart, values: Mapping[str, Any], where: str) -> Iterator[tuple[bool, Problem]]:
    if is_opaque(values) or values is None:
        return
    if not isinstance(values, Mapping):
        yield True, errors.extra_values_not_a_map(where, values)
        return
    found = list(walk(tree_of(chart.name), values))
    for finding in found:
        place = _place(where, finding.way)
        if finding.what == "unknown key":
            path = format_path(finding.way)
            if any(each == path or each.startswith(f"{path}.") for each in chart.unread):
                yield True, errors.unread_value(place, path, chart.title, chart.source)
                continue
            suggestion = _nearest_path(chart, finding)
            said = (place, path, chart.title, suggestion, chart.source)
            if finding.is_certain:
                yield True, errors.unknown_value(*said)
            else:
                yield False, errors.perhaps_unknown_value(*said, doubt_at(tree_of(chart.name), finding.way))
        elif finding.what == "wrong type":
            yield True, errors.wrong_type(place, finding.value, finding.allowed)
        else:
            yield True, errors.not_a_yaml_value(place, finding.value)
    told = {finding.way for finding in found}
    for way, value, word, says in refusals(chart, values):
        if way not in told:
            told.add(way)
            yield True, errors.refused_by_schema(_place(where, way), value, word, says, chart.title)


def _place(where: str, way: Way) -> str:
    path = format_path(way)
    return f"{where}.{path}" if where and path and path[0] != "[" else f"{where}{path}"


def _nearest_path(chart: Chart, finding: Finding) -> str | None:
    """The path that was meant: a sibling with nearly this name, or else the same name elsewhere in the chart."""
    key = str(finding.way[-1])
    sibling = nearest(key, finding.allowed)
    if sibling is not None:
        return format_path((*finding.way[:-1], sibling))
    elsewhere = [
        way for way in known_paths(tree_of(chart.name)) if way[-1] == key and _one_holds_the_other(finding.way, way)
    ]
    elsewhere.sort(key=lambda way: (len(way), format_path(way)))
    return format_path(elsewhere[0]) if elsewhere else None


def _one_holds_the_other(one: Way, other: Way) -> bool:
    """Whether only levels are missing: `server.replicas` and `server.ha.replicas`."""
    shorter, longer = one, other
    if len(one) > len(other):
        shorter, longer = other, one
    steps = iter(longer)
    return len(shorter) > 1 and all(step in steps for step in shorter)
