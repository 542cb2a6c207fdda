"""What is wrong with a configuration, in words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from groundplan import charts
from groundplan.charts import Chart, Way, format_path, is_opaque
from groundplan.problems import Problem

from . import errors, syntaxes
from .annotations import annotations_in, findings_in
from .facts import Application, application
from .places import Place, found_at, places_made_by, places_of_chart, places_of_object, places_of_resource
from .syntaxes.alloy import alloy_blocks
from .walking import Finding
from .written import Block

__all__ = ["Judged", "check_alloy", "check_values", "judge_object", "judge_resource", "judge_values"]

_SERIES = re.compile(r"v?(\d+\.\d+)")
_RESOURCE = re.compile(r"kubernetes_(.+?)(?:_v\d+(?:(?:alpha|beta)\d+)?)?")


@dataclass
class Judged:
    """What was found: `unchecked` counts, by application, the values that nobody can compare yet."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unchecked: Counter[str] = field(default_factory=Counter)
    ways: dict[Problem, Way] = field(default_factory=dict)
    """Where in what was judged each problem and warning is."""

    def add(self, known: Application, finding: Finding, *, where: str, doubt: str, is_secret: bool) -> None:
        """A finding in words, among the problems where nothing says that it may be none."""
        if finding.what == "unchecked":
            self.unchecked[known.title] += 1
            return
        doubt = "" if finding.is_plain else doubt
        problem = errors.problem(known, finding, _path(where, finding), doubt=doubt, is_secret=is_secret)
        self.ways[problem] = finding.way
        (self.problems if finding.is_sure and not doubt else self.warnings).append(problem)


def check_values(
    chart: Chart, values: Mapping[str, Any], *, where: str, beside: Iterable[Way] | None = ()
) -> list[Problem]:
    """What is wrong with `values` for this chart, and for the applications that it hands some of them on to.

    That is `charts.check_values`, and what `judge_values` is sure of. `where` is put in front of every path; `beside`
    are the ways of values that are merged with these, None where nobody knows them.
    """
    found = charts.check_values(chart, values, where=where)
    if not isinstance(values, Mapping) or is_opaque(values):
        return found
    told = {problem.path for problem in found}
    judged = judge_values(chart, values, where=where, beside=beside)
    return [*found, *(problem for problem in judged.problems if problem.path not in told)]


def check_alloy(content: Block, *, where: str) -> list[Problem]:
    """What is wrong with blocks of Alloy's configuration that are not a text yet.

    `content` has lists of blocks by their kinds, and where these have labels, maps of lists.
    """
    known, judged = application("alloy"), Judged()
    for finding in alloy_blocks(known, content):
        judged.add(known, finding, where=where, doubt="", is_secret=False)
    return judged.problems


def judge_values(
    chart: Chart, values: Mapping[str, Any], *, where: str, beside: Iterable[Way] | None = (), is_secret: bool = False
) -> Judged:
    """What of a release's values passes through the chart to an application that will not have it.

    `beside` are the ways of values that come from elsewhere and are merged with these, None where nobody knows them.
    What is secret is not shown.
    """
    judged = Judged()
    others = None if beside is None else tuple(beside)
    for place in places_of_chart(chart.name):
        for way, value in found_at(values, place.way):
            known = application(place.application)
            doubt = _doubt(known, chart, place, values, others)
            inner = None if others is None else [each[len(way) :] for each in others if each[: len(way)] == way]
            for finding in syntaxes.findings(known, place, value, way, beside=inner):
                judged.add(known, finding, where=where, doubt=doubt, is_secret=is_secret)
    for kind, way, given in annotations_in(values):
        _judge_annotations(judged, kind, given, way, where=where, is_secret=is_secret)
    return judged


def judge_object(
    document: Mapping[str, Any],
    *,
    where: str,
    chart: Chart | None = None,
    values: Mapping[str, Any] = MappingProxyType({}),
    is_secret: bool = False,
) -> Judged:
    """What is wrong with what an object of Kubernetes holds for a controller: its annotations, a plugin's settings.

    Of one that a release has made of `chart` and `values` also the configuration that was printed into it.
    """
    judged = Judged()
    api_version, kind = document.get("apiVersion"), document.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str) or is_opaque(api_version) or is_opaque(kind):
        return judged
    for place in places_of_object(api_version, kind):
        doubt = _doubt_of_image(application(place.application), place, document)
        _judge_place(judged, place, document, where, doubt=doubt, is_secret=is_secret)
    for place in places_made_by(chart.name) if chart else ():
        if chart and place.kind == f"{api_version} {kind}":
            doubt = _doubt(application(place.application), chart, place, values, ())
            _judge_place(judged, place, document, where, doubt=doubt, is_secret=is_secret)
    # the schema of a kind is large, and nothing in it is an annotation
    held = {"metadata": document.get("metadata")} if kind == "CustomResourceDefinition" else document
    for word, way, given in annotations_in(held):
        on = kind if len(way) == 2 else "Pod" if way[-3:-1] == ("template", "metadata") else ""
        if way[-2:-1] == ("metadata",):
            _judge_annotations(judged, word, given, way, where=where, on=on, is_whole=bool(on), is_secret=is_secret)
    return judged


def judge_resource(kind: str, attributes: Mapping[str, Any], *, where: str, is_secret: bool = False) -> Judged:
    """The same of a resource of Terraform, by its type; attributes that are not known yet are left out."""
    judged = Judged()
    for place in places_of_resource(kind):
        _judge_place(judged, place, attributes, where, is_secret=is_secret)
    manifest = attributes.get("manifest")
    if isinstance(manifest, Mapping):
        return judge_object(manifest, where=f"{where}.manifest", is_secret=is_secret)
    found = _RESOURCE.fullmatch(kind)
    if found:
        on = "".join(word.capitalize() for word in found[1].split("_"))
        # kubernetes_annotations and kubernetes_labels add to an object of the kind that they name
        named = attributes.get("kind")
        for word, way, given in annotations_in(attributes):
            is_own = way[0] == "metadata"
            holder = on if is_own else named if len(way) == 1 and isinstance(named, str) else ""
            _judge_annotations(judged, word, given, way, where=where, on=holder, is_whole=is_own, is_secret=is_secret)
    return judged


def _judge_place(
    judged: Judged,
    place: Place,
    holder: Mapping[str, Any],
    where: str,
    *,
    doubt: str = "",
    is_secret: bool = False,
) -> None:
    if any(holder.get(key) != value for key, value in place.where.items()):
        return
    known = application(place.application)
    runs = _SERIES.match(str(holder.get(place.version))) if place.version else None
    if runs and runs[1] not in known.versions:
        doubt = errors.of_version(known, str(holder[place.version]))
    found = list(found_at(holder, place.way))
    if place.chosen_by:
        name = holder.get(place.chosen_by)
        if not isinstance(name, str) or is_opaque(name):
            return
        if f"{name}:" not in known.part_names():
            finding = Finding("unknown part", (place.chosen_by,), name, tuple(sorted(known.parts)), is_sure=False)
            judged.add(known, finding, where=where, doubt="", is_secret=is_secret)
            return
        place = place.of_part(f"{name}:")
        if not found and not any(holder.get(key) for key in place.others):
            found = [(place.way, {})]
    is_whole = not any(holder.get(key) for key in place.others)
    for way, value in found:
        for inner, inside in _unwrapped(place, value):
            for finding in syntaxes.findings(known, place, inside, way, is_whole=is_whole):
                if place.kind and finding.what == "deprecated":
                    # the chart writes it, and its user can do nothing about it
                    continue
                judged.add(known, _inside(finding, inner, way), where=where, doubt=doubt, is_secret=is_secret)


def _unwrapped(place: Place, value: Any) -> Iterable[tuple[Way, Any]]:
    """The configuration inside a value that is the text of a JSON document."""
    if not place.within:
        return [((), value)]
    try:
        document = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return []
    return found_at(document, place.within)


def _inside(finding: Finding, inner: Way, way: Way) -> Finding:
    """What was found at `inner` in the JSON that stands at `way`."""
    if not inner:
        return finding
    path = format_path((*inner, *finding.way[len(way) :]))
    return replace(finding, way=way, inside=", ".join(filter(None, (path, finding.inside))))


def _judge_annotations(
    judged: Judged,
    kind: str,
    given: Mapping[str, Any],
    way: Way,
    *,
    where: str,
    on: str = "",
    is_whole: bool = False,
    is_secret: bool = False,
) -> None:
    for known, chart, finding in findings_in(kind, given, way, on=on, is_whole=is_whole):
        brought = charts.chart(chart)
        doubt = _doubt(known, brought, Place((), known.name), {}, ())
        judged.add(known, finding, where=where, doubt=doubt, is_secret=is_secret)


def _doubt(
    known: Application, chart: Chart, place: Place, values: Mapping[str, Any], beside: Sequence[Way] | None
) -> str:
    """Why a miss may be none; empty where it is one."""
    if place.unless:
        switch = [value for _, value in found_at(values, place.unless)]
        if any(value is not False for value in switch) or beside is None or place.unless in beside:
            return errors.other_edition(format_path(place.unless))
    if not known.is_exact:
        return known.assumption
    if place.image:
        return _doubt_of_image(known, place, values)
    if place.of:
        return "" if place.of == chart.version else errors.of_another_chart(chart.title, place.of)
    here, there = (version.removeprefix("v").split(".")[:2] for version in (known.version, chart.app_version))
    return "" if here == there else errors.of_another_version(known, chart.app_version)


def _doubt_of_image(known: Application, place: Place, holder: Mapping[str, Any]) -> str:
    """Why another program may run than the facts are of: `holder` says which image does."""
    if not place.image:
        return ""
    way, word = place.image
    images = [value for _, value in found_at(holder, way)]
    return "" if any(word in str(image) for image in images) else errors.of_another_image(known, format_path(way))


def _path(where: str, finding: Finding) -> str:
    path = format_path(finding.way)
    whole = f"{where}.{path}" if where and path and path[0] != "[" else f"{where}{path}"
    return f"{whole}, {finding.inside}" if finding.inside else whole
