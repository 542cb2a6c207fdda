"""The files inside an archive, none of which may do harm: everything is read into memory, bounded, and checked.

What is refused is what Helm's own loader refuses, and links beside it, which Helm reads as empty files:
https://github.com/helm/helm/blob/v3.19.0/pkg/chart/loader/archive.go.
"""

from __future__ import annotations

import gzip
import io
import posixpath
import re
import tarfile
import zlib
from collections.abc import Mapping

from . import errors

__all__ = ["BOM", "FILES", "FILE_BYTES", "WHOLE_BYTES", "Budget", "unpacked", "with_nested"]

WHOLE_BYTES = 100 << 20
"""What a chart may unpack to, the charts inside it included: MaxDecompressedChartSize of Helm."""
FILE_BYTES = 5 << 20
"""What a file may unpack to: MaxDecompressedFileSize of Helm."""
FILES = 20_000
_DEEPEST = 8
BOM = b"\xef\xbb\xbf"
"""What Windows writes before UTF-8, and Helm takes off."""
_DRIVE = re.compile(r"[A-Za-z]:")
_NESTED = re.compile(r"(?:.*/)?charts/[^/_.][^/]*\.tgz")


class Budget:
    """What may still be unpacked, of an archive and of all that is inside it."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.left_bytes = WHOLE_BYTES
        self._files = FILES

    def take_file(self, path: str, count: int) -> None:
        """Takes a file of so many bytes off. Raises BadInput when it is too large, or one too many."""
        if count > FILE_BYTES:
            raise errors.file_too_large(self.where, path, FILE_BYTES)
        self._files -= 1
        if self._files < 0:
            raise errors.too_many_files(self.where, FILES)

    def take_bytes(self, count: int) -> None:
        """Takes bytes off. Raises BadInput when all together are too many."""
        self.left_bytes -= count
        if self.left_bytes < 0:
            raise errors.archive_too_large(self.where, WHOLE_BYTES)


def unpacked(content: bytes, where: str) -> dict[str, bytes]:
    """The files of a chart's archive by their path inside the chart, sorted; `where` names it in messages.

    Archives below charts/ are unpacked too, as `charts/<name of the archive without .tgz>/...`. Raises BadInput for
    what is no archive, is not whole, would unpack to more than Helm takes, or holds anything but files inside it.
    """
    budget = Budget(where)
    return with_nested(_files(content, budget, where), budget)


def with_nested(files: Mapping[str, bytes], budget: Budget) -> dict[str, bytes]:
    """The same files, sorted, with those of the archives in charts/ in place of these archives. Raises BadInput."""
    found: dict[str, bytes] = {}
    waiting = [(path, content, 0) for path, content in files.items()]
    while waiting:
        path, content, depth = waiting.pop()
        if not _NESTED.fullmatch(path):
            found[path] = content
            continue
        if depth == _DEEPEST:
            raise errors.nested_too_deep(budget.where, _DEEPEST)
        inner = _files(content, budget, f"{budget.where}: {path}")
        folder = path.removesuffix(".tgz")
        waiting += [(f"{folder}/{name}", inside, depth + 1) for name, inside in inner.items()]
    return dict(sorted(found.items()))


def _files(content: bytes, budget: Budget, where: str) -> dict[str, bytes]:
    tar = _decompressed(content, budget, where)
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as archive:
            # where the next header is
            at = 0
            # one after the other, since a list of them all would hold what a bomb has
            while (member := archive.next()) is not None:
                at = archive.offset
                # some releases of Python go back in the file for a negative size, and never end; others refuse it
                if member.size < 0:
                    raise errors.archive_unreadable(where, "a file in it has a negative size")
                budget.take_file(member.name, 0 if member.isdir() else member.size)
                if member.isdir():
                    continue
                # a sparse file is as large as it says, whatever little stands in the archive
                if not member.isreg() or member.issparse():
                    raise errors.not_a_regular_file(where, member.name)
                stream = archive.extractfile(member)
                # of two files of one name the last one counts, as for Helm
                found[_inside(member.name, where)] = stream.read().removeprefix(BOM) if stream else b""
            end = tar[at : at + tarfile.BLOCKSIZE]
    except tarfile.ReadError as error:
        if "unexpected end" in str(error):
            raise errors.archive_cut_off(where) from None
        raise errors.archive_unreadable(where, "there is no tar in the gzip") from None
    # headers may hold anything, and tarfile reads them as text and numbers
    except (tarfile.TarError, ValueError, OverflowError, LookupError, RecursionError, OSError):
        raise errors.archive_unreadable(where, "its headers cannot be read") from None
    # tarfile takes a header that it cannot read for the end, and may have gone past it by then
    if end.strip(b"\0"):
        if len(end) < tarfile.BLOCKSIZE:
            raise errors.archive_cut_off(where)
        raise errors.archive_unreadable(where, "a header in it cannot be read")
    return found


def _decompressed(content: bytes, budget: Budget, where: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            tar = stream.read(budget.left_bytes + 1)
    except EOFError:
        raise errors.archive_cut_off(where) from None
    except (gzip.BadGzipFile, zlib.error, OSError):
        raise errors.archive_unreadable(where, "it is no gzip, or was changed on its way") from None
    # headers count, and what stands behind the end: it was all unpacked
    budget.take_bytes(len(tar))
    if not tar:
        raise errors.archive_unreadable(where, "it is empty")
    return tar


def _inside(name: str, where: str) -> str:
    """The path below the folder that an archive begins with. Raises BadInput when it is outside of it."""
    # archives that were packed on Windows
    parts = name.split("\\" if "\\" in name else "/")
    path = "/".join(parts[1:])
    clean = posixpath.normpath(path) if path else "."
    refused = (
        clean == "."
        or clean.startswith(("/", "../"))
        or clean == ".."
        or "\0" in clean
        or _DRIVE.match(clean)
        or parts[0] in ("", "..")
    )
    if refused:
        raise errors.not_a_path_inside(where, name)
    return clean
