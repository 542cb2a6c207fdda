"""Which metrics an environment has: those of the components that its releases run, and those that its rules record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from . import errors
from .errors import Said
from .facts import Component, Series, component, component_names, emitters

__all__ = ["Emitted", "Emitter"]


@dataclass(frozen=True)
class Emitter:
    """A component, and who runs it: releases by their titles, empty for what every cluster has.

    `is_exact` says that the facts are whole, and of the version that runs. `is_collected` says that a monitor of the
    environment, or an annotation, has it scraped; None where nobody knows.
    """

    component: Component
    releases: tuple[str, ...] = ()
    is_exact: bool = True
    is_collected: bool | None = None


class Emitted:
    """What may be asked for, and what is said of a name that may not.

    `others` are first parts of names whose metrics the facts do not have. `blind` says why metrics may be there that
    nobody knows of (a stack that was not looked at, a chart without facts), empty where all is known. `recorded` are
    the names of recording rules with their labels, None where these are not known. `extra_labels` are those that
    monitors and collectors add.
    """

    def __init__(
        self,
        running: Iterable[Emitter],
        *,
        others: Collection[str] = (),
        blind: str = "",
        recorded: Mapping[str, frozenset[str] | None] | None = None,
        extra_labels: Collection[str] = (),
    ) -> None:
        self._emitters = self._with_included(running)
        self._others = tuple(others)
        self.blind = blind
        self.recorded = dict(recorded or {})
        self.added_labels = frozenset(emitters()["scrape_labels"]) | frozenset(extra_labels)

    @staticmethod
    def _with_included(running: Iterable[Emitter]) -> tuple[Emitter, ...]:
        """Every emitter and what its endpoint serves beside, each component once: the exact one of two."""
        found: dict[str, Emitter] = {}
        waiting = [*running, Emitter(component("scrape"))]
        while waiting:
            one = waiting.pop(0)
            there = found.get(one.component.name)
            if there is None or (one.is_exact and not there.is_exact):
                releases = one.releases if there is None else tuple(dict.fromkeys((*there.releases, *one.releases)))
                found[one.component.name] = Emitter(one.component, releases, one.is_exact, one.is_collected)
                waiting += [
                    Emitter(component(name), one.releases, one.is_exact and component(name).is_exact)
                    for name in one.component.includes
                ]
        return tuple(found[name] for name in sorted(found))

    def series(self, name: str) -> list[tuple[Series, Emitter]]:
        """What a query gets by that name, of each component that emits it."""
        return [(series, one) for one in self._emitters if (series := one.component.series(name)) is not None]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that may be asked for, sorted: those of patterns left out."""
        found = {name for one in self._emitters for name in one.component.names}
        return tuple(sorted(found | set(self.recorded)))

    def elsewhere(self, name: str) -> list[str]:
        """The components that emit it, where those of the environment do not."""
        return [each for each in component_names() if component(each).series(name) is not None]

    def miss(self, name: str) -> tuple[Said, bool]:
        """What is said of a name that nobody emits, and whether that is no more than likely.

        A component whose facts are not exact may emit every name that begins as its own do; and a name that begins as
        those of no component that is known may be of whatever else runs in the cluster.
        """
        word = name.partition("_")[0]
        owners = [one for one in self._emitters if word in one.component.first_words]
        likely = name.startswith(self._others) or any(not one.is_exact for one in owners)
        if elsewhere := self.elsewhere(name):
            return errors.emitted_elsewhere(name, elsewhere), likely or bool(self.blind)
        if owners:
            known = [each for one in owners for each in one.component.names]
            return errors.metric_unknown(name, [one.component.name for one in owners][:4], known), likely
        # something else in the cluster may
        return errors.metric_unknown(name, (), self.names), True
