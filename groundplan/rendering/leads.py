"""From a field of an object to the values that change it: found by rendering with other ones.

A rule says what is wrong with an object, and the object is the chart's. Which value decides on it stands in templates;
so the release is rendered with each value whose name fits the field changed, and what changes the field is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.charts.facts import Chart, tree_for
from groundplan.charts.paths import Way, format_path, parse_path
from groundplan.charts.tree import Node

from .engines import Made, Refused
from .values import at, leaves, merged, put

__all__ = ["Lead", "candidates", "leads_of", "nearest_leads"]

Titled = Callable[[str, str], Mapping[str, Any]]
"""The objects of a template's text, by their title. Takes the template's path and its text."""

_OTHER = "groundplan-other"
_NUMBER = 7_000_000
_DEEPEST = 4
# a chart with more values of one name is one of many parts, and each part has its own
_MOST_CANDIDATES = 120
_MOST_LEADS = 3


@dataclass(frozen=True)
class Lead:
    """A value that changes a field: `title` is that of the object, `place` the field's."""

    way: Way
    title: str
    place: Way


def candidates(facts: Chart | None, values: Mapping[str, Any], words: Collection[str]) -> Iterator[tuple[Way, Any]]:
    """The ways of values that have one of `words` in a name, each with what to set instead; the shortest first.

    They are those that the lock knows and those that are set.
    """
    tree = tree_for(facts) if facts is not None else Node()
    known = [parse_path(path) for path in facts.value_types] if facts is not None else []
    ways: dict[Way, None] = {}
    for way in [*known, *(way for way, _ in leaves(values))]:
        keys = [step for step in way if isinstance(step, str)]
        named = [place for place, step in enumerate(keys) if _has(step, words)]
        # in a list values have no name of their own
        if named and len(keys) == len(way):
            for length in range(named[-1] + 1, len(way) + 1):
                ways.setdefault(way[:length])
    for way in sorted(ways, key=lambda way: (len(way), format_path(way)))[:_MOST_CANDIDATES]:
        present = at(values, way)
        if isinstance(present, Mapping):
            other = _sample(_node(tree, way))
            if isinstance(other, dict):
                yield way, merged(present, other)
        elif present is not None:
            yield way, _other(present)
        elif (other := _sample(_node(tree, way))) is not None:
            # of a flag that nobody sets one of the two is what it is
            yield from ((way, each) for each in ((True, False) if other is True else (other,)))


def leads_of(
    values: Mapping[str, Any],
    tried: Iterable[tuple[Way, Any]],
    words: Collection[str],
    render: Callable[[Mapping[str, Any]], Made],
    titled: Titled,
) -> Iterator[Lead]:
    """What each of the values that are `tried` changes of fields whose names have one of `words` in them."""
    before = {each.path: each.text for each in render(values).manifests}
    read: dict[str, Mapping[str, Any]] = {}
    for way, other in tried:
        try:
            made = render(put(values, way, other))
        except Refused:
            continue
        for manifest in made.manifests:
            was = before.get(manifest.path)
            if was is None or was == manifest.text:
                continue
            if manifest.path not in read:
                read[manifest.path] = titled(manifest.path, was)
            try:
                now = titled(manifest.path, manifest.text)
            except ValueError:
                # what is no manifest any more was changed, and nobody knows where
                continue
            for title in read[manifest.path].keys() & now.keys():
                for changed in _differing(read[manifest.path][title], now[title]):
                    place = _field(changed, words)
                    if place is not None:
                        yield Lead(_handed_on(way, changed[len(place) :], words), title, place)


def nearest_leads(leads: Iterable[Lead], title: str, field: Sequence[Any], values: Mapping[str, Any]) -> list[Way]:
    """The values that change a field below `field` of one object: those that are set, then the shortest, a few."""
    ways = {each.way for each in leads if each.title == title and each.place[: len(field)] == tuple(field)}
    # what holds another one of them says less
    inner = {way for way in ways if not any(other != way and other[: len(way)] == way for other in ways)}
    return sorted(inner, key=lambda way: (at(values, way) is None, len(way), format_path(way)))[:_MOST_LEADS]


def _handed_on(way: Way, inside: Way, words: Collection[str]) -> Way:
    """The way without its last steps where they are those inside the field: a map that the chart hands on as it is."""
    while way and inside and way[-1] == inside[-1] and _field(way[:-1], words) is not None:
        way, inside = way[:-1], inside[:-1]
    return way


def _has(step: str, words: Collection[str]) -> bool:
    return any(word.lower() in step.lower() for word in words)


def _field(way: Way, words: Collection[str]) -> Way | None:
    """The place up to the first step that has one of `words`; None where none has."""
    for length, step in enumerate(way, 1):
        if isinstance(step, str) and _has(step, words):
            return way[:length]
    return None


def _node(tree: Node, way: Way) -> Node:
    node = tree
    for step in way:
        node = node.children.get(str(step)) or node.any_key or Node()
    return node


def _other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return _NUMBER
    return [*value, _OTHER] if isinstance(value, list) else f"{value}-{_OTHER}"


def _sample(node: Node, depth: int = 0) -> Any:
    """A value that fits a node of what a chart takes; None where nobody knows one."""
    if node.allowed:
        return node.allowed[-1]
    if "boolean" in node.kinds:
        return True
    if node.kinds & {"integer", "number"}:
        return _NUMBER
    if "string" in node.kinds:
        return _OTHER
    if depth < _DEEPEST:
        for key, child in sorted(node.children.items()):
            inner = _sample(child, depth + 1)
            if inner is not None:
                return {key: inner}
        if "list" in node.kinds:
            inner = _sample(node.items, depth + 1) if node.items is not None else _OTHER
            return [_OTHER if inner is None else inner]
    return {"groundplan": _OTHER} if node.is_open or node.any_key is not None else None


def _differing(before: Any, after: Any, way: Way = ()) -> Iterator[Way]:
    """Where two documents differ."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys(), key=str):
            if before.get(key) != after.get(key):
                yield from _differing(before.get(key), after.get(key), (*way, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            if one != other:
                yield from _differing(one, other, (*way, index))
    elif before != after:
        yield way
