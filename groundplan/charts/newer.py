"""Which charts have a newer release than the one that the lock pins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..problems import BadInput, ToolFailed
from .facts import Chart
from .sources.errors import in_one_line, no_stable_version, unknown_chart
from .sources.registry import ChartRepository
from .sources.repository import Repositories
from .sources.versions import newest_stable, rank
from .sources.web import Web, shown

__all__ = ["NewerVersion", "newer_versions"]


@dataclass(frozen=True)
class NewerVersion:
    """What a chart's repository offers. `newest` is empty when `error` says why it could not be read.

    `deprecated` is what the index says of the newest release, and with it of the chart
    (https://helm.sh/docs/topics/charts/#deprecating-charts); None in a registry, whose tags do not tell.
    """

    chart: str
    locked: str
    newest: str
    error: str = ""
    deprecated: bool | None = None

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
        return _newest(web, repositories, chart)
    except (BadInput, ToolFailed) as error:
        return NewerVersion(chart.name, chart.version, "", in_one_line(error))


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
