"""Where a chart's archive comes from: a carried folder, the cache, a Helm repository, an OCI registry, or a path."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from . import errors
from .addresses import shown
from .archive import Archive, identity
from .digests import digest_of, file_name, normalized
from .folder import folder_files, packed
from .store import (
    address_in_index,
    carried_folder,
    keep_in_cache,
    kept_in_cache,
    read_carried,
    read_index,
    remember_in_cache,
    remembered_in_cache,
    takes_any_digest,
)
from .unpack import WHOLE_BYTES, unpacked
from .versions import is_same_version, nearest_versions, newest_stable

__all__ = ["Sources", "archive_at", "archive_at_hand"]

# what is packed well is smaller than what it unpacks to
_ARCHIVE_BYTES = WHOLE_BYTES


class Sources:
    """Pulls archives; used in a `with`, which keeps connections open and reads each index once.

        with Sources() as sources:
            archive = sources.pull("https://charts.example.com", "vault", "0.34.1", digest="sha256:...")

    `timeout_seconds` bounds how long a server may be silent.
    """

    def __init__(self, *, timeout_seconds: float = 20) -> None:
        # requests takes long to load, and who has the archives at hand asks no network
        from .repository import Repositories
        from .web import Web

        self._web = Web(timeout_seconds=timeout_seconds)
        self._repositories = Repositories(self._web)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._web.__exit__(kind, error, trace)

    def pull(self, repository: str, chart: str, version: str = "", *, digest: str = "") -> Archive:
        """The archive of a chart of `repository`, an address that begins with https://, http:// or oci://.

        Looked for in the folder of GROUNDPLAN_CHARTS, then in the cache, then in the repository. Without a `version`
        it is the newest stable one, which the repository alone knows. With a `digest` no other archive is taken, and
        what is at hand needs no network; without one the repository's own word on it counts, where it gives one.

        Raises BadInput when there is no such chart or version, or its archive is not what was wanted, ToolFailed when
        it cannot be fetched, OSError when it cannot be kept.
        """
        wanted = normalized(digest) if digest else ""
        at_hand = _at_hand(repository, chart, version, wanted)
        if at_hand is not None:
            return at_hand
        is_registry = repository.startswith("oci://")
        pulled = (self._from_registry if is_registry else self._from_repository)(repository, chart, version, wanted)
        remember_in_cache(repository, pulled)
        return pulled

    def _from_repository(self, repository: str, chart: str, version: str, wanted: str) -> Archive:
        said = shown(repository)
        releases = self._repositories.releases(repository, chart)
        if not releases:
            raise errors.unknown_chart(said, chart, self._repositories.charts(repository))
        offered = [release.version for release in releases]
        exact = _chosen(said, chart, version, offered)
        release = releases[offered.index(exact)]
        if wanted and release.digest and release.digest != wanted:
            raise errors.wrong_digest(f"{said}: {chart} {exact}", wanted, release.digest)
        digest = wanted or release.digest
        known = _cached(digest, chart, exact)
        if known is not None:
            return known
        if not release.urls:
            raise errors.index_names_no_archive(said, chart, exact)
        url = release.urls[0]
        if url.startswith("oci://"):
            # some indexes name archives in a registry: oci://registry-1.docker.io/bitnamicharts/airflow:14.2.5
            address, _, tag = url.rpartition("/")
            name, _, tag = tag.partition(":")
            return self._from_address(f"{address}/{name}", chart, tag.replace("_", "+") or exact, digest)
        try:
            answer = self._web.get(url, most_bytes=_ARCHIVE_BYTES, headers={"Accept-Encoding": "identity"})
        except errors.NotThere:
            raise errors.archive_not_there(shown(url), chart, exact) from None
        return _kept(answer.content, answer.url, chart, exact, digest)

    def _from_registry(self, repository: str, chart: str, version: str, wanted: str) -> Archive:
        return self._from_address(f"{repository.rstrip('/')}/{chart}", chart, version, wanted)

    def _from_address(self, address: str, chart: str, version: str, wanted: str) -> Archive:
        from .registry import ChartRepository

        found = ChartRepository(self._web, address)
        exact = version or _chosen(address, chart, "", found.versions())
        try:
            layer = found.layer(exact)
        except errors.NotThere:
            # the list of tags says which there are; without the repository, that is not there either
            exact = _chosen(address, chart, exact, found.versions())
            layer = found.layer(exact)
        if wanted and layer.digest != wanted:
            raise errors.wrong_digest(f"{address}:{exact}", wanted, layer.digest)
        known = _cached(layer.digest, chart, exact)
        if known is not None:
            return known
        if layer.size > _ARCHIVE_BYTES:
            raise errors.too_large(address, _ARCHIVE_BYTES)
        content = found.content(layer, most_bytes=_ARCHIVE_BYTES)
        return _kept(content, f"{address}:{exact}", chart, exact, layer.digest)


def archive_at_hand(repository: str, chart: str, version: str, *, digest: str = "") -> Archive | None:
    """The archive that `Sources.pull` would give, when it is on this machine already; None when it is not.

    Without a `digest` it is what the repository gave as this version when it was last asked. With
    GROUNDPLAN_CHARTS_UNPINNED the folder of GROUNDPLAN_CHARTS may have another archive than the digest's, to try one
    out. Raises BadInput when that folder, or what it has, is not what it should be.
    """
    wanted = normalized(digest) if digest else ""
    found = _at_hand(repository, chart, version, wanted, any_digest=takes_any_digest())
    if found is not None or wanted:
        return found
    for one in remembered_in_cache():
        if (one.repository, one.chart) == (address_in_index(repository), chart) and is_same_version(
            one.version, version
        ):
            return _cached(one.digest, chart, version)
    return None


def archive_at(path: Path, *, digest: str = "") -> Archive:
    """The archive of a chart in a folder, or of a .tgz file, kept in the cache.

    A folder is packed first, without what its .helmignore leaves out; its digest is that of this packing, and may be
    another on a machine with another compression library. Raises BadInput when neither is there, when it is not whole
    or unsafe, and when `digest` is given and another; OSError when it cannot be read or kept.
    """
    wanted = normalized(digest) if digest else ""
    if (path / "Chart.yaml").is_file():
        files = folder_files(path)
        name, _ = identity(files, str(path))
        return _kept(packed(files, name), str(path), "", "", wanted)
    if not path.is_file():
        raise errors.no_chart_there(path)
    if path.stat().st_size > _ARCHIVE_BYTES:
        raise errors.archive_too_large(str(path), WHOLE_BYTES)
    return _kept(path.read_bytes(), str(path), "", "", wanted)


def _chosen(where: str, chart: str, version: str, offered: list[str]) -> str:
    """Of what is offered, the spelling of the wanted version; the newest stable one when none is wanted."""
    newest = newest_stable(offered)
    if not version:
        if not newest:
            raise errors.no_stable_version(where, chart)
        return newest
    if version in offered:
        return version
    for each in offered:
        if is_same_version(each, version):
            return each
    raise errors.unknown_version(where, chart, version, nearest_versions(version, offered), newest)


def _at_hand(repository: str, chart: str, version: str, wanted: str, *, any_digest: bool = False) -> Archive | None:
    """In the folder of GROUNDPLAN_CHARTS, or in the cache by its digest."""
    folder = carried_folder()
    if folder is not None and version:
        named = (address_in_index(repository), chart)
        for one in read_index(folder):
            if (one.repository, one.chart) != named or not is_same_version(one.version, version):
                continue
            if wanted and one.digest != wanted and not any_digest:
                raise errors.carried_other(f"{folder}: {chart} {version}", wanted, one.digest)
            found = read_carried(folder, one.digest)
            if found is None:
                raise errors.carried_archive_gone(folder / file_name(one.digest))
            return _checked(*found, chart, version)
    # under another address it is the same archive
    found = read_carried(folder, wanted) if folder is not None and wanted else None
    return _checked(*found, chart, version) if found else _cached(wanted, chart, version)


def _cached(digest: str, chart: str, version: str) -> Archive | None:
    found = kept_in_cache(digest) if digest else None
    return _checked(*found, chart, version) if found else None


def _kept(content: bytes, where: str, chart: str, version: str, digest: str) -> Archive:
    """Keeps what came, once it is known to be what was wanted."""
    found = digest_of(content)
    if digest and found != digest:
        raise errors.wrong_digest(where, digest, found)
    name, exact = _identified(content, where, chart, version)
    return Archive(name, exact, found, keep_in_cache(content))


def _checked(path: Path, content: bytes, chart: str, version: str) -> Archive:
    """What is at hand; its digest is known to be right."""
    name, exact = _identified(content, str(path), chart, version)
    return Archive(name, exact, digest_of(content), path)


def _identified(content: bytes, where: str, chart: str, version: str) -> tuple[str, str]:
    name, exact = identity(unpacked(content, where), where)
    if (chart and name != chart) or (version and not is_same_version(exact, version)):
        raise errors.other_chart(where, f"{chart} {version}".rstrip(), f"{name} {exact}")
    return name, exact
