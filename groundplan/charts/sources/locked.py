"""Pulls the charts of the lock, all of them, whatever becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ...problems import BadInput, ExitCode, ToolFailed
from ..facts import Chart
from . import errors
from .archive import Archive
from .pull import Sources
from .store import carry

__all__ = ["Pulled", "pull_locked"]


@dataclass(frozen=True)
class Pulled:
    """What became of a chart of the lock. `archive` is None when `error` says, in a line, why there is none.

    `pinned` is whether the lock knew the digest, so that no other archive could have come.
    """

    locked: Chart
    archive: Archive | None
    pinned: bool
    error: str = ""
    exit_code: ExitCode = ExitCode.FINE

    def as_json(self) -> dict[str, Any]:
        """For machines: an empty digest and path where there is no archive."""
        return {
            "name": self.locked.name,
            "chart": self.locked.chart,
            "version": self.locked.version,
            "repository": self.locked.repository,
            "digest": self.archive.digest if self.archive else "",
            "path": str(self.archive.path) if self.archive else "",
            "pinned": self.pinned,
            "error": self.error,
        }


def pull_locked(
    charts: Iterable[Chart],
    *,
    to: Path | None = None,
    timeout_seconds: float = 20,
    digests: Mapping[str, str] = MappingProxyType({}),
    say: Callable[[str], None] = lambda _: None,
) -> list[Pulled]:
    """The archive of each chart, in the cache, and in the folder `to` with an index when one is named.

    `digests` pins charts, by their names in the lock. `say` is told which chart comes next. Raises OSError when
    nothing can be written, BadInput when `to` has an index that is none; what else goes wrong is in the results.
    """
    found = []
    with Sources(timeout_seconds=timeout_seconds) as sources:
        for chart in charts:
            say(chart.title)
            found.append(_pulled(sources, chart, digests.get(chart.name, "")))
    if to is None:
        return found
    carried = iter(carry(to, ((one.locked.repository, one.archive) for one in found if one.archive)))
    return [replace(one, archive=next(carried)) if one.archive else one for one in found]


def _pulled(sources: Sources, chart: Chart, digest: str) -> Pulled:
    try:
        archive = sources.pull(chart.repository, chart.chart, chart.version, digest=digest)
    except (BadInput, ToolFailed) as error:
        return Pulled(chart, None, bool(digest), errors.in_one_line(error), error.exit_code)
    return Pulled(chart, archive, bool(digest))
