"""What a newer version of a chart means for the values that are set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ..problems import BadInput, Problem, ToolFailed
from . import errors
from .facts import Chart, tree_for
from .locks import schema_of, unlocked_chart
from .newer import NewerVersion
from .opaque import is_opaque
from .paths import Way, format_path
from .reading import ReadChart, read_chart, read_defaults
from .schemas import refusals, refused_by
from .sources import Sources
from .sources.errors import in_one_line
from .tree import Finding, Node, doubt_at, known_paths, walk

__all__ = ["Comparison", "Difference", "compare_with_newer", "differences"]


@dataclass(frozen=True)
class Difference:
    """One value that is set, and what becomes of it: `what` in a word, and in `problem` for a person.

    No value that is set is in it, since it may be secret; defaults are.
    """

    what: Literal["gone", "unread", "other type", "refused", "other default"]
    problem: Problem


@dataclass(frozen=True)
class Comparison:
    """What a version of a chart, `title`, means by release, or in `error` why nobody knows.

    `defaults_known` is whether the locked version could be read too, so that other defaults are told.
    """

    title: str
    differences: Mapping[str, tuple[Difference, ...]]
    defaults_known: bool = True
    error: str = ""


def compare_with_newer(
    sources: Sources, locked: Chart, offered: NewerVersion, values: Mapping[str, Mapping[str, Any]]
) -> Comparison:
    """What the newer version that is `offered` means for `values`, by what sets them.

    Both versions are pulled, the locked one for its defaults: they are nowhere else, and it is at hand where anything
    was rendered. What goes wrong is in the result.
    """
    repository, version = offered.offer(locked.repository) or (locked.repository, locked.version)
    title = f"{locked.chart} {version}"
    before = None
    with suppress(BadInput, ToolFailed):
        archive = sources.pull(locked.repository, locked.chart, locked.version, digest=locked.digest)
        before = read_defaults(archive.files(), name=locked.title)
    try:
        newer = read_chart(sources.pull(repository, locked.chart, version).files(), name=title)
        found = {
            place: tuple(differences(locked, set_, newer, repository=repository, before=before))
            for place, set_ in values.items()
        }
    except (BadInput, ToolFailed) as error:
        return Comparison(title, {}, before is not None, in_one_line(error))
    return Comparison(title, found, before is not None)


def differences(
    locked: Chart,
    values: Mapping[str, Any],
    newer: ReadChart,
    *,
    repository: str,
    before: Mapping[str, Any] | None = None,
) -> list[Difference]:
    """What is different for `values` when `newer`, as it is in `repository`, takes the place of the locked chart.

    What the locked chart does not take either is not told again. `before` are the defaults of the locked version; None
    where they are not known. Sorted as the values are written.
    """
    then = unlocked_chart(newer, locked, repository=repository)
    comparison = _Comparison(locked, then, tree_for(locked), tree_for(then), values)
    found = dict(comparison.by_path())
    for way, problem in comparison.refused(schema_of(newer.schema)):
        found.setdefault(way, Difference("refused", problem))
    if before is not None:
        for way, value in _leaves(values):
            was, now = _at(before, way), _at(newer.defaults, way)
            told = any(way[:length] in found for length in range(1, len(way) + 1))
            if not told and was != now and not (_is_empty(was) and _is_empty(now)):
                said = errors.newer_default(format_path(way), then.title, was, now, is_set=value == now)
                found[way] = Difference("other default", said)
    order: dict[Way, int] = {}
    for place, (way, _) in enumerate(_leaves(values)):
        for length in range(1, len(way) + 1):
            order.setdefault(way[:length], place)
    return [found[way] for way in sorted(found, key=lambda way: (order.get(way, len(order)), format_path(way)))]


@dataclass(frozen=True)
class _Comparison:
    locked: Chart
    then: Chart
    tree_before: Node
    tree: Node
    values: Mapping[str, Any]

    def by_path(self) -> Iterator[tuple[Way, Difference]]:
        known = {(finding.what, finding.way) for finding in walk(self.tree_before, self.values)}
        for finding in walk(self.tree, self.values):
            if (finding.what, finding.way) in known:
                continue
            if finding.what == "wrong type":
                said = errors.newer_other_type(
                    format_path(finding.way), self.then.title, finding.value, finding.allowed
                )
                yield finding.way, Difference("other type", said)
            elif finding.what == "unknown key":
                below = [(way, self._gone(finding, way)) for way, _ in _leaves(finding.value, finding.way)]
                # what has gone with all that is below it is one thing to a person
                whole = self._gone(finding, finding.way)
                alike = {(each.what, each.problem.message, each.problem.cure) for _, each in below}
                is_one = alike == {(whole.what, whole.problem.message, whole.problem.cure)}
                yield from [(finding.way, whole)] if is_one else below

    def _gone(self, finding: Finding, way: Way) -> Difference:
        path, then = format_path(way), self.then
        shown = format_path(finding.way)
        if any(each in (path, shown) or each.startswith(f"{shown}.") for each in then.unread):
            return Difference("unread", errors.newer_unread(path, then.title, then.source))
        moved = self._moved(way)
        said = errors.newer_without(
            path, then.title, format_path(moved) if moved else None, then.source, doubt_at(self.tree, finding.way)
        )
        return Difference("gone", said)

    def _moved(self, way: Way) -> Way | None:
        """The one new place of a value of that name which has most keys in common; None where two are alike."""
        ranked = sorted(
            ((len(set(other) & set(way)), -abs(len(other) - len(way)), other) for other in self._new.get(way[-1], ())),
            key=lambda each: each[:2],
            reverse=True,
        )
        if not ranked or (len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]):
            return None
        return ranked[0][2]

    @cached_property
    def _new(self) -> dict[Any, list[Way]]:
        """The places that the locked version has not, by their last key."""
        before = set(known_paths(self.tree_before))
        found: dict[Any, list[Way]] = {}
        for way in known_paths(self.tree):
            if way not in before and all(isinstance(step, str) for step in way):
                found.setdefault(way[-1], []).append(way)
        return found

    def refused(self, schema: Any) -> Iterator[tuple[Way, Problem]]:
        if not schema:
            return
        known = {(way, word) for way, _, word, _ in refusals(self.locked, self.values)}
        try:
            found = list(refused_by(schema, self.values))
        except ValueError:
            raise BadInput(errors.newer_schema_is_none(self.then.title)) from None
        for way, _, word, says in found:
            if (way, word) not in known:
                yield way, errors.newer_refuses(format_path(way), self.then.title, word, says)


def _is_empty(value: Any) -> bool:
    """Whether it is nothing to a template, however it is written."""
    return value is None or value in ("", [], {})


def _leaves(value: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Every value that is set by itself: Helm replaces a list as a whole."""
    if isinstance(value, Mapping) and value and not is_opaque(value):
        for key, item in value.items():
            yield from _leaves(item, (*way, str(key)))
    elif way:
        yield way, value


def _at(values: Any, way: Way) -> Any:
    for step in way:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values
