"""The definitions that a release brings in folders `crds`: those of the charts inside it that take part, and no others.

Helm decides which charts inside take part, by `condition` and `tags`, before it looks for definitions; both the library
and `helm show crds` list those of all. So the real Helm is asked, with a chart that has what decides and nothing else.
https://github.com/helm/helm/blob/v3.19.0/pkg/action/install.go, RunWithContext
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from groundplan.documents.kubernetes import NoYaml, read_yaml

from .engines import Made, Manifest

__all__ = ["definitions_of"]

_PROBE = "templates/groundplan.yaml"
_DECIDES = ("apiVersion", "dependencies", "name", "version")
# https://github.com/helm/helm/blob/v3.19.0/pkg/chart/chart.go, hasManifestExtension
_MANIFESTS = (".json", ".yaml", ".yml")


def definitions_of(files: Mapping[str, bytes], ask: Callable[[Path], Made]) -> tuple[Manifest, ...]:
    """The files of the folders `crds` that Helm would install, sorted, each by its path with the chart's name.

    `files` are the chart's, those of the charts inside it as folders in charts/. `ask` renders the chart in a folder
    with the values of the release; it is asked where a chart inside has definitions.
    """
    found = {folder: _definitions(files, folder) for folder in _folders(files)}
    if not any(found.values()):
        return ()
    taking_part = {str(_chart(files, "").get("name", "")): ""}
    if any(folder and definitions for folder, definitions in found.items()):
        with tempfile.TemporaryDirectory() as place:
            made = ask(_written(Path(place) / "chart", files, found))
        taking_part = {one.path.removesuffix(f"/{_PROBE}"): _said(one.text) for one in made.manifests}
    # a chart that takes part under two names brings its definitions once
    named = {folder: name for name, folder in sorted(taking_part.items(), reverse=True)}
    return tuple(
        sorted(
            Manifest(f"{named[folder]}/{path}", files[folder + path].decode("utf-8", "replace"))
            for folder, definitions in found.items()
            if folder in named
            for path in definitions
        )
    )


def _folders(files: Mapping[str, bytes]) -> list[str]:
    """Where the chart and the charts inside it stand: each of these folders has a Chart.yaml."""
    ends = [path.removesuffix("Chart.yaml") for path in files if path == "Chart.yaml" or path.endswith("/Chart.yaml")]
    return [folder for folder in ends if not folder or _is_inside(folder)]


def _is_inside(folder: str) -> bool:
    # charts/<chart>/charts/<chart>/
    return all(step == "charts" for step in folder.split("/")[:-1][::2]) and folder.count("/") % 2 == 0


def _definitions(files: Mapping[str, bytes], folder: str) -> list[str]:
    start = f"{folder}crds/"
    return [path.removeprefix(folder) for path in files if path.startswith(start) and path.lower().endswith(_MANIFESTS)]


def _chart(files: Mapping[str, bytes], folder: str) -> Mapping[str, Any]:
    try:
        found = read_yaml(files.get(f"{folder}Chart.yaml", b""))
    except NoYaml:
        return {}
    return found if isinstance(found, Mapping) else {}


def _written(root: Path, files: Mapping[str, bytes], folders: Mapping[str, object]) -> Path:
    """The charts with what decides who takes part, each with a template that says where it stands."""
    for folder in folders:
        place = root / folder
        (place / _PROBE).parent.mkdir(parents=True)
        # a library has no objects, and may have definitions
        decides = {key: item for key, item in _chart(files, folder).items() if key in _DECIDES}
        (place / "Chart.yaml").write_text(json.dumps(decides), encoding="utf-8")
        for path in ("requirements.yaml", "values.yaml"):
            if (content := files.get(folder + path)) is not None:
                (place / path).write_bytes(content)
        (place / _PROBE).write_text(f"folder: {json.dumps(folder)}\n", encoding="utf-8")
    return root


def _said(text: str) -> str:
    lines: Iterator[str] = (line for line in text.splitlines() if line.startswith("folder: "))
    return str(json.loads(next(lines).removeprefix("folder: ")))
