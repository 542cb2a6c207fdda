"""The small chart that carries objects of custom kinds, since `kubernetes_manifest` cannot plan them offline."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["local_chart_files", "write_local_chart"]

_FILES = ("Chart.yaml", "templates/objects.yaml", "values.yaml")


def local_chart_files() -> dict[str, bytes]:
    """The chart's files by their path inside it.

    Its only value is `objects`: a map of names to whole Kubernetes objects, or a list of them. Maps are rendered in
    the order of their names; nothing inside an object is a template.
    """
    folder = files(__package__).joinpath("local_chart")
    return {path: folder.joinpath(path).read_bytes() for path in _FILES}


def write_local_chart(folder: Path) -> None:
    """Writes the chart into `folder`, made when it is not there. Files of the same names are replaced."""
    for path, content in local_chart_files().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
