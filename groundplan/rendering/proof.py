"""Whether each value acts: rendered with it, without it, and with another one.

Helm drops what no template reads without a word. Reading templates (groundplan.charts.reading) takes every branch, so
only a render tells whether a value reaches an object with the other values as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from queue import SimpleQueue
from typing import Any

from groundplan.charts.paths import Way
from groundplan.objects import read_manifest

from .engines import Made, Refused
from .values import at, leaves, put, without

__all__ = ["Dead", "Render", "dead_values"]

Render = Callable[[Mapping[str, Any]], Made]
"""Renders a release with other values than its own. Raises Refused."""

Words = Callable[[str], Sequence[str]]
"""The words that a chart knows of a setting, by its name."""

_SWITCHES = ("enabled", "create", "install", "deploy")
_COUNTS = ("replicas", "replicaCount")
_SEVERAL = 3
_FEW = 3
_MOST_SWITCHES = 12
_MOST_WORDS = 12
_OTHER = "groundplan-other"
_MARK = "gp"
_MARKED = re.compile(rf"-{_MARK}(\d+)x")
_NUMBER = 7_000_000
# Helm prints large numbers as 7.000012e+06, unless a template says int
_LARGE = re.compile(r"(?<![\w.])7(?:\d{6}|(?:\.\d+)?e\+06)(?![\w.])")
_MOST_TRIES = 24
_MARKS_PER_TRY = 4
# what Helm says when values are held against the chart's values.schema.json, before any template sees them
_SCHEMA = "values don't meet the specifications of the schema"


@dataclass(frozen=True)
class Dead:
    """A value that no object depends on. `switch` is another one that switches its part off, with what it is now."""

    way: Way
    switch: Way = ()
    switched: Any = None


def dead_values(
    values: Mapping[str, Any], defaults: Mapping[str, Any], renders: Sequence[Render], words: Words, bare: Render
) -> list[Dead]:
    """The leaves of `values` without any effect, in their order.

    null, which takes a default away, and empty lists and maps are left out: they say "not given"; so is
    `enabled: false` of a part that another value keeps off as well. A value of which every other one is refused by the
    chart's schema counts as one that acts. Each of `renders` is used by one thread at a time. The first has rendered
    `values` before: what it raises for them is raised. `bare` renders for a cluster that has none of the kinds which
    this one has: a value that acts there says what is to happen without them.
    """
    made = renders[0](values)
    said = dict(leaves(values))
    said.pop((), None)
    printed = _printed(values, said, made, renders[0])
    doubtful = [way for way in said if way not in printed]
    free: SimpleQueue[Render] = SimpleQueue()
    for render in renders:
        free.put(render)

    def judged(way: Way) -> Dead | None:
        render = free.get()
        try:
            return _judged(values, defaults, way, made, render, words)
        finally:
            free.put(render)

    with ThreadPoolExecutor(len(renders)) as pool:
        dead = [each for each in pool.map(judged, doubtful) if each is not None]
    return [each for each in dead if not _acts_in(values, each.way, bare, words)] if dead else []


def _acts_in(values: Mapping[str, Any], way: Way, render: Render, words: Words) -> bool:
    """Whether a value acts in another cluster; where nothing can be rendered for that one, it does not."""
    try:
        made = render(values)
    except Refused:
        return False
    return _acts(values, way, _tried(values, way, words), made, render)


def _tried(values: Mapping[str, Any], way: Way, words: Words) -> list[Any]:
    """What is tried instead of a value."""
    value = at(values, way)
    others = list(_others(value))
    if isinstance(value, str):
        name = next((step for step in reversed(way) if isinstance(step, str)), "")
        others += [word for word in words(name) if word != value][:_MOST_WORDS]
    return others


def _judged(
    values: Mapping[str, Any], defaults: Mapping[str, Any], way: Way, made: Made, render: Render, words: Words
) -> Dead | None:
    value = at(values, way)
    others = _tried(values, way, words)
    if _acts(values, way, others, made, render):
        return None
    # off is off, whatever else keeps it from being on
    if value is None or value == [] or value == {} or (value is False and way[-1] in _SWITCHES):
        return None
    return _with_switch(values, defaults, way, others, render)


def _printed(values: Mapping[str, Any], said: Mapping[Way, Any], made: Made, render: Render) -> set[Way]:
    """The texts and numbers that stand in an object as they are: shown by a few renders, not by two for each.

    Many are changed at once, each into something that is found again. One counts as printed where the object had it
    before at the same place: what only stands there since another value was changed as well does not.
    """
    marks: dict[Way, Any] = {}
    for number, (way, value) in enumerate(said.items()):
        if isinstance(value, str) and value and "{{" not in value:
            marks[way] = f"{value}-{_MARK}{number}x"
        elif isinstance(value, int) and not isinstance(value, bool) and value:
            # none of something is often all that lets the rest be: a chart refuses 7,000,000 replicas of what is off
            marks[way] = _NUMBER + number
    before = _scalars(made)
    found = _printed_of([list(marks)], marks, values, said, made, before, render)
    # what changes which objects there are, and where in them, lies in one part of the values: the others by themselves
    parts: dict[Any, list[Way]] = {}
    for way in marks:
        if way not in found:
            parts.setdefault(way[0], []).append(way)
    several = [part for part in parts.values() if len(part) > _FEW]
    return found | _printed_of(several, marks, values, said, made, before, render)


def _printed_of(
    groups: Sequence[Sequence[Way]],
    marks: Mapping[Way, Any],
    values: Mapping[str, Any],
    said: Mapping[Way, Any],
    made: Made,
    before: Mapping[tuple[Any, ...], Any],
    render: Render,
) -> set[Way]:
    """Of each of the groups what is printed when its values are changed; what a chart refuses is tried by halves."""
    found: set[Way] = set()
    waiting = [list(group) for group in groups if group]
    tries = 0
    # each value that a chart refuses takes a few renders to be found, and each that is not printed two and more
    most = max(_MOST_TRIES, sum(map(len, groups)) // _MARKS_PER_TRY)
    while waiting and tries < most:
        group = waiting.pop(0)
        tries += 1
        marked: Any = values
        for way in group:
            marked = put(marked, way, marks[way])
        try:
            after = _scalars(render(marked), unlike=made)
        except Refused:
            half = len(group) // 2
            waiting += [part for part in (group[:half], group[half:]) if len(part) > 1]
            continue
        seen = {marks[way]: way for way in group}
        for place, scalar in after.items():
            there = before.get(place)
            if isinstance(scalar, str) and isinstance(there, str):
                for mark in _MARKED.findall(scalar):
                    way = list(said)[int(mark)]
                    if str(said[way]) in there:
                        found.add(way)
                found.update(_numbers_in_text(there, scalar, said, seen))
            elif isinstance(scalar, (int, float)) and scalar in seen and there == said[seen[scalar]]:
                found.add(seen[scalar])
    return found


def _numbers_in_text(before: str, after: str, said: Mapping[Way, Any], seen: Mapping[Any, Way]) -> Iterator[Way]:
    """Numbers in a text, as of a configuration in a ConfigMap: where the line is the same with the number that was."""
    lines = set(before.splitlines()) if _LARGE.search(after) else set()
    for line in after.splitlines() if lines else ():
        for token in _LARGE.finditer(line):
            way = seen.get(int(float(token[0])))
            if way is not None and f"{line[: token.start()]}{said[way]}{line[token.end() :]}" in lines:
                yield way


def _scalars(made: Made, *, unlike: Made | None = None) -> dict[tuple[Any, ...], Any]:
    """Every text and number of the objects by its place; of `unlike` only of the templates that made something else."""
    known = {each.path: each.text for each in unlike.manifests} if unlike else {}
    found: dict[tuple[Any, ...], Any] = {}
    for manifest in made.manifests:
        if known.get(manifest.path) == manifest.text:
            continue
        documents = _documents(manifest.text)
        for way, value in leaves(documents if isinstance(documents, list) else []):
            found[manifest.path, way] = value
    return found


def _acts(values: Mapping[str, Any], way: Way, others: Sequence[Any], made: Made, render: Render) -> bool:
    if _differs(without(values, way), made, render) is not False:
        return True
    answers = []
    for other in others:
        answers.append(_differs(put(values, way, other), made, render))
        if answers[-1]:
            return True
    return all(answer is None for answer in answers)


def _differs(values: Mapping[str, Any], made: Made, render: Render) -> bool | None:
    """Whether these values make other objects; None when the chart's schema refuses them, which tells nothing."""
    try:
        other = render(values)
    except Refused as refused:
        return None if _SCHEMA in str(refused) else True
    return not _is_same(made, other)


def _is_same(one: Made, other: Made) -> bool:
    """Whether both make the same objects; comments and blanks are none."""
    texts, others = ({each.path: each.text for each in made.manifests} for made in (one, other))
    for path in sorted(texts.keys() | others.keys()):
        here, there = texts.get(path, ""), others.get(path, "")
        if here != there and _documents(here) != _documents(there):
            return False
    return True


@lru_cache(maxsize=256)
def _documents(text: str) -> Any:
    """What a template made; what it makes of the values as they are is asked for once for each of them."""
    try:
        return read_manifest(text)
    except ValueError:
        return text


def _others(value: Any) -> Iterator[Any]:
    """Values of the same kind that are not this one."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value + 1
        yield 0 if value else 2
    elif isinstance(value, str):
        yield f"{value}x" if value else _OTHER
        yield _OTHER
    elif isinstance(value, list):
        yield [_OTHER]
        yield [{"name": _OTHER}]
    elif isinstance(value, dict):
        yield {_OTHER: _OTHER}
    else:
        yield _OTHER
        yield {_OTHER: _OTHER}


def _with_switch(
    values: Mapping[str, Any], defaults: Mapping[str, Any], way: Way, others: Sequence[Any], render: Render
) -> Dead:
    """The value with what switches it off, where one flag does."""
    for switch, now in _switches(values, defaults, way):
        turned = put(values, switch, not now if isinstance(now, bool) else _SEVERAL)
        try:
            made = render(turned)
        except Refused:
            continue
        if _differs(without(turned, way), made, render) or any(
            _differs(put(turned, way, other), made, render) for other in others
        ):
            return Dead(way, switch, now)
    return Dead(way)


def _is_switch(key: str, item: Any) -> bool:
    """A flag, or how many replicas there are: a single one has no budget and no spread."""
    return isinstance(item, bool) or (key in _COUNTS and item in (0, 1))


def _switches(values: Mapping[str, Any], defaults: Mapping[str, Any], way: Way) -> list[tuple[Way, Any]]:
    """Flags that may decide on the part that `way` is in: the nearest first, those that are called so before others."""
    found: list[tuple[Way, Any]] = []
    for length in range(len(way) - 1, -1, -1):
        prefix = way[:length]
        around: dict[str, Any] = {}
        for tree in (defaults, values):
            inner = at(tree, prefix)
            around.update(inner if isinstance(inner, Mapping) else {})
        flags = [key for key, item in around.items() if _is_switch(key, item) and (*prefix, key) != way]
        flags.sort(key=lambda key: (key not in _SWITCHES, key))
        found += [((*prefix, key), around[key]) for key in flags]
        # a part is switched by a flag inside of what it belongs to: ha.enabled for replicas beside ha
        for key, item in sorted(around.items()):
            for word in _SWITCHES:
                flag = item.get(word) if isinstance(item, Mapping) else None
                if isinstance(flag, bool) and (*prefix, key) != way[: length + 1]:
                    found.append(((*prefix, key, word), flag))
        if len(found) >= _MOST_SWITCHES:
            break
    return found[:_MOST_SWITCHES]
