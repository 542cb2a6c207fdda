"""Helm repositories: an index.yaml, and the archives that it names. https://helm.sh/docs/topics/chart_repository/"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from ...problems import GroundplanError
from . import errors
from .addresses import shown
from .digests import normalized_or_none
from .reading import read_yaml
from .web import Web

__all__ = ["Release", "Repositories"]

# the largest public indexes have some 30 MB
_INDEX_BYTES = 200 << 20


@dataclass(frozen=True)
class Release:
    """A version of a chart in an index. `digest` is empty when the index tells none.

    `sources` are where it says that its code and its project are: `sources` and `home` of its Chart.yaml.
    """

    version: str
    urls: tuple[str, ...]
    digest: str
    deprecated: bool
    sources: frozenset[str] = frozenset()


class Repositories:
    """Helm repositories, of which each index is read once, whether that works or not."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._read: dict[str, Mapping[str, Any] | GroundplanError] = {}

    def charts(self, repository: str) -> list[str]:
        """The names of the repository's charts. Raises what reading its index raises."""
        return sorted(str(name) for name in self._entries(repository))

    def releases(self, repository: str, chart: str) -> list[Release]:
        """The releases of a chart, in the order of the index; none when the repository does not have the chart.

        Releases without a version are passed over, as Helm does. Raises ToolFailed when the index cannot be read.
        """
        found = self._entries(repository).get(chart, [])
        if not isinstance(found, list):
            raise errors.not_a_repository(_index_of(repository))
        return list(_releases(found, f"{repository.rstrip('/')}/"))

    def _entries(self, repository: str) -> Mapping[str, Any]:
        if repository not in self._read:
            try:
                self._read[repository] = self._fetched(repository)
            except GroundplanError as error:
                self._read[repository] = error
        found = self._read[repository]
        if isinstance(found, GroundplanError):
            raise found
        return found

    def _fetched(self, repository: str) -> Mapping[str, Any]:
        if not repository.startswith(("https://", "http://")):
            raise errors.not_a_source(shown(repository))
        answer = self._web.get(_index_of(repository), most_bytes=_INDEX_BYTES)
        try:
            entries = read_yaml(answer.content)["entries"]
        except (ValueError, KeyError, TypeError):
            raise errors.not_a_repository(answer.url) from None
        # an empty repository says `entries: {}` or nothing
        if not isinstance(entries or {}, dict):
            raise errors.not_a_repository(answer.url)
        return entries or {}


def _index_of(repository: str) -> str:
    return f"{repository.rstrip('/')}/index.yaml"


def _releases(found: list[Any], base: str) -> Iterator[Release]:
    for each in found:
        version = each.get("version") if isinstance(each, dict) else None
        if not isinstance(version, str) or not version:
            continue
        urls = each.get("urls")
        yield Release(
            version,
            tuple(_joined(base, url) for url in urls if isinstance(url, str)) if isinstance(urls, list) else (),
            normalized_or_none(str(each.get("digest") or "")) or "",
            each.get("deprecated") in ("true", "True", "TRUE"),
            frozenset(_addresses(each)),
        )


def _addresses(entry: Mapping[str, Any]) -> Iterator[str]:
    sources = entry.get("sources")
    for each in [*(sources if isinstance(sources, list) else ()), entry.get("home")]:
        if isinstance(each, str) and each:
            yield each.rstrip("/").removesuffix(".git")


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        # whoever asks for it is told that it is no address
        return url
