"""Which charts have a newer release than the one that the lock pins."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ..problems import BadInput, ToolFailed
from .facts import Chart, list_charts
from .facts import chart as locked_chart
from .sources.addresses import shown
from .sources.errors import in_one_line, no_stable_version, unknown_chart
from .sources.registry import ChartRepository
from .sources.repository import Repositories
from .sources.versions import is_same_version, newest_stable, rank
from .sources.web import Web

__all__ = ["NewerVersion", "newer_versions"]


@dataclass(frozen=True)
class NewerVersion:
    """What a chart's repository offers. `newest` is empty when `error` says why it could not be read.

    `deprecated` is what the index says of the newest release, and with it of the chart
    (https://helm.sh/docs/topics/charts/#deprecating-charts); None in a registry, whose tags do not tell. `moved_to` is
    another repository of the lock that goes on with a chart which its own has deprecated or has no more: one of that
    name which names a source that the locked one named; `moved_version` is the newest there.
    """

    chart: str
    locked: str
    newest: str
    error: str = ""
    deprecated: bool | None = None
    moved_to: str = ""
    moved_version: str = ""

    def offer(self, repository: str) -> tuple[str, str] | None:
        """Where the highest version above the locked one is, and that version: in `repository`, its own, or moved."""
        above = rank(self.locked) or ()
        offers = [(repository, self.newest), (self.moved_to, self.moved_version)]
        newer = [(found, where, version) for where, version in offers if (found := rank(version)) and found > above]
        return max(newer)[1:] if newer else None

    @property
    def is_major(self) -> bool:
        """Whether the newest release is of another major version, or of another minor one below 1.0.0."""
        newest, locked = rank(self.newest), rank(self.locked)
        if newest is None or locked is None or not self.is_newer:
            return False
        return newest[0] != locked[0] or (newest[0] == 0 and newest[1] != locked[1])

    @property
    def is_newer(self) -> bool:
        """Whether the newest stable release is above the locked one, by the order of semantic versions."""
        newest, locked = rank(self.newest), rank(self.locked)
        return newest is not None and (locked is None or newest > locked)


def newer_versions(charts: Iterable[Chart], *, timeout_seconds: float = 20) -> list[NewerVersion]:
    """The newest stable release of each chart, read from its repository; needs the network.

    Each repository is read once. `timeout_seconds` bounds how long a server may be silent. Nothing is raised: what
    went wrong is in `error`, in words.
    """
    with Web(timeout_seconds=timeout_seconds) as web:
        repositories = Repositories(web)
        return [_safely(web, repositories, chart) for chart in charts]


def _safely(web: Web, repositories: Repositories, chart: Chart) -> NewerVersion:
    try:
        found = _newest(web, repositories, chart)
    except BadInput as error:
        return _with_its_move(repositories, chart, NewerVersion(chart.name, chart.version, "", in_one_line(error)))
    except ToolFailed as error:
        return NewerVersion(chart.name, chart.version, "", in_one_line(error))
    return _with_its_move(repositories, chart, found) if found.deprecated else found


def _with_its_move(repositories: Repositories, chart: Chart, found: NewerVersion) -> NewerVersion:
    """What is known of a chart that its repository gives up, with who goes on with it; a registry tells of nothing."""
    if chart.repository.startswith("oci://"):
        return found
    sources = _sources_of(chart)
    with suppress(BadInput, ToolFailed):
        for release in repositories.releases(chart.repository, chart.chart):
            if is_same_version(release.version, chart.version):
                sources |= release.sources
    best: tuple[Any, str, str] | None = None
    for home in sorted({locked_chart(name).repository for name in list_charts()} - {chart.repository}):
        if home.startswith("oci://"):
            continue
        # a repository that does not answer goes on with nothing
        with suppress(BadInput, ToolFailed):
            releases = {one.version: one for one in repositories.releases(home, chart.chart)}
            newest = newest_stable(releases)
            if newest and not releases[newest].deprecated and releases[newest].sources & sources:
                best = max(best or ((), "", ""), (rank(newest) or (), home, newest))
    return replace(found, moved_to=best[1], moved_version=best[2]) if best else found


def _sources_of(chart: Chart) -> frozenset[str]:
    """Where the lock says that the chart can be read, without the version."""
    return frozenset({chart.source.partition("/tree/")[0].rstrip("/")})


def _newest(web: Web, repositories: Repositories, chart: Chart) -> NewerVersion:
    deprecated: dict[str, bool] = {}
    if chart.repository.startswith("oci://"):
        where = f"{chart.repository}/{chart.chart}"
        offered = ChartRepository(web, where).versions()
    else:
        where = shown(chart.repository)
        releases = repositories.releases(chart.repository, chart.chart)
        if not releases:
            raise unknown_chart(where, chart.chart, repositories.charts(chart.repository))
        deprecated = {release.version: release.deprecated for release in releases}
        offered = list(deprecated)
    newest = newest_stable(offered)
    if not newest:
        raise no_stable_version(where, chart.chart)
    return NewerVersion(chart.name, chart.version, newest, deprecated=deprecated.get(newest))
