"""A chart that stands in a folder: what of it belongs to the chart, and the same as an archive."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import errors
from .ignore import Ignored
from .unpack import BOM, FILE_BYTES, Budget

__all__ = ["folder_files", "packed"]


def folder_files(folder: Path) -> dict[str, bytes]:
    """The files of the chart in `folder` by their path inside it, sorted, without what its .helmignore leaves out.

    Links are followed as long as they stay in the folder. Archives in charts/ stay archives. Raises BadInput for
    links that lead elsewhere, for devices, and for more than Helm takes.
    """
    where = str(folder)
    root = folder.resolve()
    budget = Budget(where)
    found: dict[str, bytes] = {}
    for path, file in _walked(root, root, "", Ignored(_rules_of(root, where), where), where, ()):
        with file.open("rb") as stream:
            content = stream.read(FILE_BYTES + 1)
        budget.take_file(path, len(content))
        budget.take_bytes(len(content))
        found[path] = content.removeprefix(BOM)
    return dict(sorted(found.items()))


def _rules_of(root: Path, where: str) -> str:
    file = root / ".helmignore"
    if not file.is_file():
        return ""
    # a message may show a line of it
    if not file.resolve().is_relative_to(root):
        raise errors.leads_outside(where, file.name)
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.bad_ignore_rule(where, 1, "", "is not UTF-8") from None


def _walked(
    root: Path, folder: Path, prefix: str, ignored: Ignored, where: str, above: tuple[Path, ...]
) -> Iterator[tuple[str, Path]]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = f"{prefix}{entry.name}"
        is_folder = _is_folder(entry)
        if ignored.has(path, folder=is_folder):
            continue
        try:
            real = Path(entry.path).resolve(strict=True)
        except FileNotFoundError:
            raise errors.leads_nowhere(where, path) from None
        # before Python 3.13 a RuntimeError
        except (OSError, RuntimeError):
            raise errors.leads_in_a_circle(where, path) from None
        if not real.is_relative_to(root):
            raise errors.leads_outside(where, path)
        if is_folder:
            if real == root or real in above:
                raise errors.leads_in_a_circle(where, path)
            yield from _walked(root, real, f"{path}/", ignored, where, (*above, real))
        elif real.is_file():
            yield path, real
        else:
            raise errors.not_a_regular_file(where, path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # a link that leads back to itself, which may still be left out by its name
        return False


def packed(files: Mapping[str, bytes], chart: str) -> bytes:
    """The files as an archive whose bytes depend on nothing but them and the compression library of this Python."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in sorted(files.items()):
            member = tarfile.TarInfo(f"{chart}/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(made.getvalue(), mtime=0)
