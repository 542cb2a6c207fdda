"""An archive of a chart: what it is called, what it is known by, and the files inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import errors
from .digests import digest_of
from .reading import read_yaml
from .unpack import unpacked

__all__ = ["Archive", "identity"]


@dataclass(frozen=True)
class Archive:
    """A chart's archive on this machine. `digest` is sha256: and 64 hexadecimal digits."""

    chart: str
    version: str
    digest: str
    path: Path

    def files(self) -> dict[str, bytes]:
        """The files inside by their path in the chart, sorted; those of charts in charts/ are among them.

        An archive in charts/ stands there as a folder of the same name without .tgz. Raises BadInput when the file
        is not the archive any more, OSError when it cannot be read.
        """
        content = self.path.read_bytes()
        if (found := digest_of(content)) != self.digest:
            raise errors.wrong_digest(str(self.path), self.digest, found)
        return unpacked(content, str(self.path))


def identity(files: Mapping[str, bytes], where: str) -> tuple[str, str]:
    """Name and version in the Chart.yaml of these files. Raises BadInput when there is none that says them."""
    if "Chart.yaml" not in files:
        raise errors.no_chart_yaml(where)
    try:
        found = read_yaml(files["Chart.yaml"])
    except ValueError:
        raise errors.no_name_in_chart_yaml(where) from None
    name, version = (found.get(key) for key in ("name", "version")) if isinstance(found, dict) else (None, None)
    # the name becomes part of paths
    if not isinstance(name, str) or not isinstance(version, str) or not version or not _is_name(name):
        raise errors.no_name_in_chart_yaml(where)
    return name, version


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and "/" not in name and "\\" not in name and name not in (".", "..")
