"""A chart's files, read: what it is, which values it takes, what it can make, and what a render depends on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from ...documents.kubernetes import NoYaml, read_yaml
from ...problems import BadInput
from ..paths import Way
from . import errors, syntax
from .brought import definition_names, has_definitions, served_kinds
from .following import Following
from .locking import LockedValues, lock_values
from .reads import Place, Reads

__all__ = ["Part", "ReadChart", "read_chart", "read_defaults"]

# Istio's charts keep their defaults below this key, so that a profile can stand between them and a user's values:
# https://github.com/istio/istio/blob/master/manifests/charts/UPDATING-CHARTS.md
_DEFAULTS_BELOW = "_internal_defaults_do_not_set"

_KIND = re.compile(r"^kind:[ \t]*[\"']?([A-Z]\w+)[\"']?[ \t]*$", re.MULTILINE)
_API_VERSION = re.compile(r"^apiVersion:[ \t]*[\"']?([\w./-]+)[\"']?[ \t]*$", re.MULTILINE)
_DOCUMENT = re.compile(r"^---.*$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A chart inside the chart: the key that its values stand below, its name and version, and whether it was read.

    `folder` is where its files stand below the chart's own, empty when they are not there.
    """

    key: str
    chart: str
    version: str
    folder: str = ""

    @property
    def is_read(self) -> bool:
        """Whether its templates were at hand."""
        return bool(self.folder)


@dataclass
class ReadChart:
    """What the files of a chart say; `source` is the first of the places that it says it comes from.

    `kinds` are `apiVersion kind` of every object in its templates, `kind` alone where a template decides on the
    version; `custom_resources` what the definitions make that the chart brings, by the folder that they stand in:
    Helm upgrades those of `templates` and never those of `crds`
    (https://helm.sh/docs/chart_best_practices/custom_resource_definitions/). `unread_definitions` are files of which
    the definitions could not be read, with the reason. `crd_files` are the names of the definitions in each file of a
    folder `crds`. `defaults` are those of its values, of the charts inside it too.
    """

    chart: str
    version: str
    app_version: str
    kube_version: str
    source: str
    deprecated: bool
    parts: tuple[Part, ...]
    values: LockedValues
    reads: Reads
    schema: Mapping[str, Any]
    kinds: tuple[str, ...] = ()
    custom_resources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unread_definitions: tuple[str, ...] = ()
    crd_files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class _Home:
    """One chart of the tree: where its files and its values stand."""

    folder: str
    way: Way
    meta: Mapping[str, Any]
    defaults: dict[str, Any]
    parts: list[Part]


def read_chart(files: Mapping[str, bytes], *, name: str) -> ReadChart:
    """Reads a chart from its files by their path inside it, charts inside it as folders below `charts/`.

    `name` is used in messages. Raises BadInput: no Chart.yaml, YAML or JSON that cannot be read, a template that Go's
    parser would refuse.
    """
    problems: list[str] = []
    top = _home(files, "", (), name)
    homes = [top, *_inner(files, top, name)]
    defaults: dict[str, Any] = {}
    for home in reversed(homes):
        _put(defaults, home.way, home.defaults)
    following = Following(defaults)
    following.missing_parts = frozenset(part.chart for home in homes for part in home.parts if not part.is_read)
    parsed: list[tuple[Way, syntax.Templates]] = []
    texts: dict[str, str] = {}
    for home in homes:
        for path in sorted(files):
            inside = path.removeprefix(home.folder)
            if not path.startswith(home.folder) or not inside.startswith("templates/") or path.endswith("NOTES.txt"):
                continue
            try:
                text = files[path].decode("utf-8")
                parsed.append((home.way, syntax.parse(path, text)))
            except UnicodeDecodeError:
                continue
            except errors.CannotRead as problem:
                problems.append(str(problem))
            else:
                texts[path] = text
    if problems:
        raise errors.templates_not_read(name, problems)
    # the chart's own templates replace those of the same name in the charts inside it
    following.define(templates for _, templates in reversed(parsed))
    for way, templates in parsed:
        if not PurePosixPath(templates.file).name.startswith("_"):
            following.follow(templates, below=way)
    for home in homes:
        # whether a chart inside takes part is asked by Helm itself: https://helm.sh/docs/topics/charts/
        for way in _conditions(home.meta):
            following.reads.note((*home.way, *way), "guard", Place(f"{home.folder}Chart.yaml", 1))
    reads = _without_wrapping(following.reads)
    brought = _Brought()
    brought.read(files, homes)
    schema = _json(files, "values.schema.json", name)
    unread = frozenset(part.key for part in top.parts if not part.is_read)
    plain = _plain_defaults(homes)
    return ReadChart(
        chart=str(top.meta["name"]),
        version=str(top.meta.get("version", "")),
        app_version=str(top.meta.get("appVersion") or ""),
        kube_version=str(top.meta.get("kubeVersion") or ""),
        source=str((top.meta.get("sources") or [top.meta.get("home") or ""])[0]),
        deprecated=top.meta.get("deprecated") is True,
        parts=tuple(top.parts),
        values=lock_values(reads, plain, schema, elsewhere=unread),
        reads=reads,
        schema=schema,
        kinds=_kinds(texts),
        custom_resources={folder: tuple(sorted(kinds)) for folder, kinds in sorted(brought.kinds.items())},
        unread_definitions=tuple(brought.unread),
        crd_files=brought.files,
        defaults=plain,
    )


def read_defaults(files: Mapping[str, bytes], *, name: str) -> dict[str, Any]:
    """The defaults of a chart's values, of the charts inside it too. Raises BadInput as `read_chart` does."""
    top = _home(files, "", (), name)
    return _plain_defaults([top, *_inner(files, top, name)])


def _plain_defaults(homes: list[_Home]) -> dict[str, Any]:
    top, *inner = homes
    plain = {key: value for key, value in top.defaults.items() if key != _DEFAULTS_BELOW}
    for home in inner:
        _put(plain, home.way, home.defaults)
    return plain


def _home(files: Mapping[str, bytes], folder: str, way: Way, name: str) -> _Home:
    meta = _yaml(files, f"{folder}Chart.yaml", name)
    if not isinstance(meta.get("name"), str):
        raise errors.not_a_chart(name)
    defaults = _yaml(files, f"{folder}values.yaml", name)
    wrapped = defaults.pop(_DEFAULTS_BELOW, None)
    if isinstance(wrapped, dict):
        defaults = {**wrapped, **defaults}
    at_hand = _folders_inside(files, folder, name)
    listed = meta.get("dependencies") or _yaml(files, f"{folder}requirements.yaml", name).get("dependencies") or []
    parts = []
    for each in listed:
        part = str(each["name"])
        parts.append(Part(str(each.get("alias") or part), part, str(each.get("version", "")), at_hand.get(part, "")))
    listed_names = {part.chart for part in parts}
    for chart, inside in at_hand.items():
        if chart not in listed_names:
            version = str(_yaml(files, f"{inside}Chart.yaml", name).get("version", ""))
            parts.append(Part(chart, chart, version, inside))
    return _Home(folder, way, meta, defaults, sorted(parts, key=lambda part: part.key))


def _conditions(meta: Mapping[str, Any]) -> Iterable[Way]:
    for each in meta.get("dependencies") or ():
        for path in str(each.get("condition") or "").split(","):
            if path.strip():
                yield tuple(path.strip().split("."))


def _folders_inside(files: Mapping[str, bytes], folder: str, name: str) -> dict[str, str]:
    """The folders of the charts in `charts/`, by the names that they give themselves."""
    found = {}
    for path in sorted(files):
        match = re.fullmatch(rf"({re.escape(folder)}charts/[^/]+/)Chart\.yaml", path)
        if match and isinstance(chart := _yaml(files, path, name).get("name"), str):
            found[chart] = match[1]
    return found


def _inner(files: Mapping[str, bytes], home: _Home, name: str) -> list[_Home]:
    found = []
    for part in home.parts:
        if part.is_read:
            inner = _home(files, part.folder, (*home.way, part.key), name)
            found += [inner, *_inner(files, inner, name)]
    return found


def _put(into: dict[str, Any], way: Way, values: Mapping[str, Any]) -> None:
    for step in way:
        into = into.setdefault(str(step), {})
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _put(into[key], (), value)
        else:
            into[key] = value


def _without_wrapping(reads: Reads) -> Reads:
    reads.seen = {way: seen for way, seen in reads.seen.items() if way[:1] != (_DEFAULTS_BELOW,)}
    return reads


def _yaml(files: Mapping[str, bytes], path: str, name: str) -> dict[str, Any]:
    if path not in files:
        return {}
    try:
        found = read_yaml(files[path])
    except NoYaml as problem:
        raise errors.file_not_read(name, path, problem) from None
    return found if isinstance(found, dict) else {}


def _json(files: Mapping[str, bytes], path: str, name: str) -> Mapping[str, Any]:
    if path not in files:
        return {}
    try:
        found = json.loads(files[path])
    except ValueError as problem:
        raise errors.file_not_read(name, path, problem) from None
    return found if isinstance(found, dict) else {}


def _kinds(texts: Mapping[str, str]) -> tuple[str, ...]:
    found = set()
    for text in texts.values():
        for document in _DOCUMENT.split(text):
            versions = _API_VERSION.findall(document)
            for kind in _KIND.findall(document):
                found.add(f"{versions[0]} {kind}" if len(set(versions)) == 1 else kind)
    return tuple(sorted(found))


@dataclass
class _Brought:
    """What the definitions serve by the folder that they stand in, their names by file, and the files not read.

    Those outside of a folder `crds` come by a template, which may print a file.
    """

    kinds: dict[str, set[str]] = field(default_factory=dict)
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def read(self, files: Mapping[str, bytes], homes: Iterable[_Home]) -> None:
        """Reads the definitions in the chart's files."""
        folders = tuple(f"{home.folder}crds/" for home in homes)
        for path in sorted(files):
            if not path.endswith((".yaml", ".yml", ".tpl")):
                continue
            text = files[path].decode("utf-8", "replace")
            if not has_definitions(text):
                continue
            is_kept = path.startswith(folders)
            try:
                kinds = served_kinds(path, text)
                names = definition_names(path, text) if is_kept else []
            except BadInput as problem:
                # what a chart's templates make of it is for a render to say; the values are known all the same
                self.unread += [f"{one.path}: {one.message}" for one in problem.problems]
                continue
            if kinds:
                self.kinds.setdefault("crds" if is_kept else "templates", set()).update(kinds)
            if names:
                self.files[path] = tuple(names)
