"""From a field of an object to the values that change it: found by rendering with other ones.

A rule says what is wrong with an object, and the object is the chart's. Which value decides on it stands in templates.
So the release is rendered with all values whose names fit the field changed at once, each into something that is found
again in the objects; what is found at the fields asked for is then changed without the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.charts.facts import Chart, tree_for
from groundplan.charts.paths import Step, Way, format_path, parse_path
from groundplan.charts.tree import Node

from .engines import Made, Refused
from .values import at, leaves, merged, put

__all__ = ["Leads", "Wanted"]

Wanted = tuple[str, Way]
"""An object by its title, and a place in it, which is empty for all of it."""
Titled = Callable[[str, str], Mapping[str, Any]]
"""The objects of a template by their titles. Takes its path and its text, and raises ValueError for no manifest."""

_OTHER = "groundplan-"
_MARKED = re.compile(rf"{_OTHER}(\d+)x")
_NUMBER = 7_000_000
_DEEPEST = 4
_MOST_RENDERS = 12
_MOST_FLAGS = 4
_MOST_LEADS = 3


@dataclass(frozen=True)
class _Found:
    """A value, the `number` of the candidate that it was found by, and where: the last step of `place` has a word."""

    way: Way
    title: str
    place: Way
    number: int


class Leads:
    """Looks for values of one release. `words` are words in the names of fields, and of the values that change them.

    `facts` are what is known of the chart, None where nothing is. `render` renders with other values, and raises
    Refused.
    """

    def __init__(
        self,
        facts: Chart | None,
        values: Mapping[str, Any],
        words: Collection[str],
        render: Callable[[Mapping[str, Any]], Made],
        titled: Titled,
    ) -> None:
        self._tree = tree_for(facts) if facts is not None else Node()
        self._known = [parse_path(path) for path in facts.value_types] if facts is not None else []
        self._values = values
        self._words = words
        self._render = render
        self._titled = titled
        self._before = {each.path: each.text for each in render(values).manifests}
        self._candidates = dict(enumerate(self._named()))

    def of(self, wanted: Collection[Wanted]) -> dict[Wanted, list[Way]]:
        """The values that change a field at each place: those that are set, then the shortest, a few.

        Where some change a field that is called as one of the words, others that merely have one in them are left out.
        """
        found = self._at_once(list(self._candidates))
        likely = {each: self._of(each, found) for each in wanted}
        # where all are changed a value may act that does not otherwise
        numbers = {number for ways in likely.values() for way in ways for number in self._numbers(way, found)}
        alone = self._at_once(sorted(numbers))
        answers = {each: [way for way in ways if way in self._of(each, alone)] for each, ways in likely.items()}
        missing = [each for each, ways in answers.items() if not ways]
        if missing:
            flagged = {each for way in self._flags() for each in self._changed_by(way)}
            answers |= {each: self._of(each, flagged) for each in missing}
        return answers

    def _of(self, wanted: Wanted, found: Collection[_Found]) -> list[Way]:
        title, place = wanted
        there = [each for each in found if each.title == title and each.place[: len(place)] == place]
        ways = {each.way for each in [each for each in there if each.place[-1] in self._words] or there}
        # what holds another one of them says less
        inner = [way for way in ways if not any(other != way and other[: len(way)] == way for other in ways)]
        inner.sort(key=lambda way: (at(self._values, way) is None, len(way), format_path(way)))
        return inner[:_MOST_LEADS]

    def _numbers(self, way: Way, found: Collection[_Found]) -> set[int]:
        return {each.number for each in found if each.way == way}

    def _at_once(self, numbers: Sequence[int]) -> set[_Found]:
        """What of these candidates stands at a field of the words when all of them are changed."""
        found = set()
        waiting = [list(numbers)] if numbers else []
        tries = 0
        while waiting and tries < _MOST_RENDERS:
            group = waiting.pop(0)
            tries += 1
            values: Mapping[str, Any] = self._values
            for number in group:
                other = self._other(self._candidates[number], number)
                if other is not None and not isinstance(other, bool):
                    values = put(values, self._candidates[number], other)
            try:
                made = self._render(values)
            except Refused:
                half = len(group) // 2
                waiting += [part for part in (group[:half], group[half:]) if part and len(group) > 1]
                continue
            for title, way, value in self._leaves(made):
                place = _field(way, self._words)
                if place is None:
                    continue
                for number in _marks(value).intersection(group):
                    head = _handed_on(self._candidates[number], way[len(place) :], self._words)
                    found.add(_Found(head, title, place, number))
        return found

    def _named(self) -> list[Way]:
        """The ways of values that have one of the words in a name, the shortest first: the lock's, and what is set."""
        ways: dict[Way, None] = {}
        for way in [*self._known, *(way for way, _ in leaves(self._values))]:
            named = [place for place, step in enumerate(way) if isinstance(step, str) and _has(step, self._words)]
            # what may stand in a list, or below any name, stands nowhere yet
            if named and not any(isinstance(step, Step) for step in way):
                for length in range(named[-1] + 1, len(way) + 1):
                    ways.setdefault(way[:length])
        return sorted(ways, key=lambda way: (len(way), format_path(way)))

    def _other(self, way: Way, number: int) -> Any:
        """Another value, with a mark where it can have one; a flag for a flag, and None where nobody knows one."""
        present, text = at(self._values, way), f"{_OTHER}{number}x"
        if isinstance(present, bool):
            return not present
        if isinstance(present, (int, float)):
            return _NUMBER + number
        if isinstance(present, str):
            return f"{present}-{text}"
        if isinstance(present, list):
            return [*present, text]
        sample = _sample(_node(self._tree, way), number)
        if isinstance(present, Mapping):
            return merged(present, sample if isinstance(sample, dict) else {"groundplan": text})
        return sample

    def _flags(self) -> list[Way]:
        """Flags that are called by one of the words, the shortest first."""
        ways = [way for way in self._candidates.values() if isinstance(way[-1], str) and _has(way[-1], self._words)]
        return [way for way in ways if isinstance(self._other(way, 0), bool)][:_MOST_FLAGS]

    def _changed_by(self, way: Way) -> Iterator[_Found]:
        """The fields of the words that change with a flag."""
        for flag in (True, False):
            if at(self._values, way) is flag:
                continue
            try:
                made = self._render(put(self._values, way, flag))
            except Refused:
                continue
            for manifest in made.manifests:
                was = self._before.get(manifest.path)
                if was is None or was == manifest.text:
                    continue
                before, after = self._read(manifest.path, was), self._read(manifest.path, manifest.text)
                for title in before.keys() & after.keys():
                    for changed in _differing(before[title], after[title]):
                        if (place := _field(changed, self._words)) is not None:
                            yield _Found(way, title, place, -1)

    def _leaves(self, made: Made) -> Iterator[tuple[str, Way, Any]]:
        for manifest in made.manifests:
            if self._before.get(manifest.path) != manifest.text:
                for title, document in self._read(manifest.path, manifest.text).items():
                    yield from ((title, way, value) for way, value in leaves(document))

    def _read(self, path: str, text: str) -> Mapping[str, Any]:
        try:
            return self._titled(path, text)
        except ValueError:
            # a mark in the wrong place: no manifest any more
            return {}


def _marks(value: Any) -> set[int]:
    """The numbers that a scalar was marked with."""
    if isinstance(value, str):
        return {int(mark) for mark in _MARKED.findall(value)}
    # Helm prints large numbers as 7e+06
    is_whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value // 1
    return {int(value) - _NUMBER} if is_whole else set()


def _has(step: str, words: Collection[str]) -> bool:
    return any(word.lower() in step.lower() for word in words)


def _field(way: Way, words: Collection[str]) -> Way | None:
    """The place up to the first step that has one of `words`; None where none has."""
    for length, step in enumerate(way, 1):
        if isinstance(step, str) and _has(step, words):
            return way[:length]
    return None


def _handed_on(way: Way, inside: Way, words: Collection[str]) -> Way:
    """The way without its last steps where they are those inside the field: a map that the chart hands on as it is."""
    for length in range(1, len(way)):
        if _field(way[:length], words) is not None and way[length:] == inside[: len(way) - length]:
            return way[:length]
    return way


def _node(tree: Node, way: Way) -> Node:
    node = tree
    for step in way:
        inner = node.items if isinstance(step, int) else node.children.get(str(step)) or node.any_key
        node = inner or Node()
    return node


def _sample(node: Node, number: int, depth: int = 0) -> Any:
    """A value that fits a node of what a chart takes, marked where it can be; None where nobody knows one."""
    text = f"{_OTHER}{number}x"
    if "string" in node.kinds and not node.allowed:
        return text
    if node.kinds & {"integer", "number"}:
        return _NUMBER + number
    if depth < _DEEPEST:
        inner = {key: _sample(child, number, depth + 1) for key, child in sorted(node.children.items())}
        # a flag alone could not be found again
        for key, sample in inner.items():
            if sample is not None and not isinstance(sample, bool):
                return {key: sample}
        if node.is_open or node.any_key is not None:
            return {"groundplan": text}
        if "list" in node.kinds:
            sample = _sample(node.items, number, depth + 1) if node.items is not None else text
            return None if sample is None else [sample]
    return True if "boolean" in node.kinds else None


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
