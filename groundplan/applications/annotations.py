"""Annotations and labels that controllers read: of load balancers, DNS names, certificates, sidecars.

`places.json` names by prefix whose they are: `annotations` and `labels`, each with the application and the chart of the
lock that brings it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from groundplan.charts.opaque import is_opaque
from groundplan.charts.paths import Way

from .facts import Application, application, places_file
from .walking import Finding, walk

__all__ = ["KINDS", "annotations_in", "findings_in"]

KINDS = ("annotations", "labels")


def annotations_in(value: Any, way: Way = ()) -> Iterator[tuple[str, Way, Mapping[str, Any]]]:
    """Every map of annotations or labels with a known prefix in chart values or an object: which it is, and where.

    A map is one by the name of its key, which ends so: `podAnnotations`, `metadata.labels`.
    """
    if isinstance(value, Mapping):
        if is_opaque(value):
            return
        last = str(way[-1]).lower() if way else ""
        kind = next((kind for kind in KINDS if last.endswith(kind)), "")
        if kind and any(_owner(kind, key) for key in value):
            yield kind, way, value
        for key, item in value.items():
            if isinstance(item, (Mapping, list, tuple)):
                yield from annotations_in(item, (*way, str(key)))
    elif isinstance(value, (list, tuple)) and not is_opaque(value):
        for index, item in enumerate(value):
            if isinstance(item, (Mapping, list, tuple)):
                yield from annotations_in(item, (*way, index))


def _owner(kind: str, key: Any) -> Mapping[str, Any] | None:
    if not isinstance(key, str) or "/" not in key:
        return None
    owners: Mapping[str, Mapping[str, Any]] = places_file()[kind]
    return next((owners[prefix] for prefix in owners if key.startswith(prefix)), None)


def findings_in(
    kind: str, given: Mapping[str, Any], way: Way, *, on: str = "", is_whole: bool = False
) -> Iterator[tuple[Application, str, Finding]]:
    """What is wrong with annotations or labels, each with whose they are and the name of its chart in the lock.

    `on` is the kind of the object that they are on, empty where nobody knows.
    """
    by_owner: dict[tuple[str, str], dict[str, Any]] = {}
    for key, value in given.items():
        owner = None if is_opaque(key) else _owner(kind, key)
        if owner is not None:
            by_owner.setdefault((owner["application"], owner["chart"]), {})[key] = value
    for (name, chart), mine in by_owner.items():
        known = application(name)
        facts = known.part("")
        if facts is None:
            continue
        for found in walk(known, facts, mine, way, is_whole=is_whole):
            yield known, chart, found
        for key in sorted(mine) if on else ():
            kinds = known.of(facts["keys"][key]).get("on", ()) if key in facts["keys"] else ()
            if kinds and on not in kinds:
                yield known, chart, Finding("elsewhere", (*way, key), mine[key], (tuple(kinds), on))
