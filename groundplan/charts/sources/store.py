"""Archives by digest: in the cache, and in a folder that is carried to where there is no network."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ... import bindings
from ...bindings.store import configured_folder
from ...files import write_atomically
from ...problems import BadInput
from . import errors
from .addresses import shown
from .archive import Archive
from .digests import digest_of, file_name, normalized_or_none

__all__ = [
    "Carried",
    "address_in_index",
    "carried_folder",
    "carry",
    "keep_in_cache",
    "kept_in_cache",
    "read_carried",
    "read_index",
    "remember_in_cache",
    "remembered_in_cache",
    "takes_any_digest",
    "what_is_at_hand",
]

_INDEX = "index.json"
# others read what was carried over
_READABLE = 0o644


@dataclass(frozen=True, order=True)
class Carried:
    """A line of a carried folder's index: the archive that this version of a repository's chart is."""

    repository: str
    chart: str
    version: str
    digest: str


def kept_in_cache(digest: str) -> tuple[Path, bytes] | None:
    """The archive with this digest in the cache; None when it is not there, or not whole."""
    path = configured_folder() / "charts" / file_name(digest)
    content = _whole(path, digest)
    return None if content is None else (path, content)


def keep_in_cache(content: bytes) -> Path:
    """Keeps an archive in the cache, whole or not at all. Raises OSError when nothing can be written anywhere."""
    path = bindings.cache_folder() / "charts" / file_name(digest_of(content))
    write_atomically(path, content)
    return path


def remember_in_cache(repository: str, archive: Archive) -> None:
    """Notes which archive a repository gave as a version, so that it is found again without asking."""
    one = Carried(address_in_index(repository), archive.chart, archive.version, archive.digest)
    folder = bindings.cache_folder() / "charts"
    try:
        there = {(each.repository, each.chart, each.version): each for each in read_index(folder)}
    except BadInput:
        # damaged, or the first one; what it knew is asked for again
        there = {}
    if there.get((one.repository, one.chart, one.version)) != one:
        there[one.repository, one.chart, one.version] = one
        write_atomically(folder / _INDEX, _written(there.values()))


def remembered_in_cache() -> list[Carried]:
    """What repositories gave before."""
    try:
        return read_index(configured_folder() / "charts")
    except BadInput:
        return []


def carried_folder() -> Path | None:
    """The folder that GROUNDPLAN_CHARTS names; None when it is not set."""
    named = os.environ.get("GROUNDPLAN_CHARTS", "")
    return Path(named).expanduser().absolute() if named else None


def takes_any_digest() -> bool:
    """Whether what was carried is rendered although the lock means another archive: GROUNDPLAN_CHARTS_UNPINNED."""
    return os.environ.get("GROUNDPLAN_CHARTS_UNPINNED", "") not in ("", "0")


def what_is_at_hand() -> str:
    """Stands for the archives on this machine, and for what of them is taken: any other is another text.

    An archive counts as what it is called until it is written anew: it is read only when something depends on it.
    """
    carried = carried_folder()
    there: list[object] = [takes_any_digest(), str(carried)]
    for folder in (configured_folder() / "charts", *([carried] if carried else [])):
        try:
            with os.scandir(folder) as entries:
                found = [(entry.name, entry.stat()) for entry in entries]
        except OSError:
            there.append("none")
            continue
        there.append(sorted([name, at.st_size, at.st_mtime_ns, at.st_ctime_ns, at.st_ino] for name, at in found))
    return json.dumps(there)


def read_carried(folder: Path, digest: str) -> tuple[Path, bytes] | None:
    """The archive with this digest in a carried folder; None when it is not there, or not whole."""
    path = folder / file_name(digest)
    content = _whole(path, digest)
    return None if content is None else (path, content)


def address_in_index(repository: str) -> str:
    """A repository's address as an index has it: without a user and password, which nobody shall carry about."""
    return shown(repository).rstrip("/")


def read_index(folder: Path) -> list[Carried]:
    """What a carried folder says that it holds. Raises BadInput when it has no index that can be read."""
    path = folder / _INDEX
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise errors.carried_folder_gone(folder) from None
    return _parsed(text, path)


def carry(folder: Path, pulled: Iterable[tuple[str, Archive]]) -> list[Archive]:
    """Puts archives, each with the repository that it is from, into `folder` and its index; what is there stays.

    Gives the same archives as they are in the folder, in their order. The index is written last, sorted, so that it
    never names what is not there. Raises BadInput when the folder has an index that cannot be read, OSError when it
    cannot be written.
    """
    folder = folder.expanduser().absolute()
    path = folder / _INDEX
    carried = []
    there = {
        (one.repository, one.chart, one.version): one
        for one in (_parsed(path.read_bytes(), path) if path.exists() else ())
    }
    for repository, archive in pulled:
        target = folder / file_name(archive.digest)
        if _whole(target, archive.digest) is None:
            write_atomically(target, archive.path.read_bytes(), mode=_READABLE)
        one = Carried(address_in_index(repository), archive.chart, archive.version, archive.digest)
        there[one.repository, one.chart, one.version] = one
        carried.append(replace(archive, path=target))
    write_atomically(path, _written(there.values()), mode=_READABLE)
    return carried


def _written(lines: Iterable[Carried]) -> bytes:
    rows = [vars(one) for one in sorted(lines)]
    return (json.dumps({"charts": rows}, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _parsed(text: bytes, path: Path) -> list[Carried]:
    try:
        found = [Carried(**row) for row in json.loads(text)["charts"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise errors.carried_index_unreadable(path) from None
    for one in found:
        # a digest names a file: nothing else than one may come here
        if normalized_or_none(str(one.digest)) != one.digest or not all(
            isinstance(each, str) for each in vars(one).values()
        ):
            raise errors.carried_index_unreadable(path)
    return found


def _whole(path: Path, digest: str) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if digest_of(content) == digest else None
