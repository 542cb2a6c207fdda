"""Releases in, Kubernetes objects out."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from groundplan.charts import chart as locked_chart
from groundplan.charts import list_charts, local_chart_files
from groundplan.charts.paths import Way
from groundplan.charts.sources import archive_at_hand
from groundplan.charts.sources.folder import folder_files
from groundplan.charts.sources.unpack import Budget, unpacked, with_nested
from groundplan.documents import kubernetes
from groundplan.objects import KubernetesObject, is_cluster_wide, read_manifest
from groundplan.problems import Problem
from groundplan.shelf import Shelf, code_digest

from . import errors
from .definitions import definitions_of
from .engines import Helm, Made, Opened, Refused, Session, Target
from .leads import Leads, Wanted
from .proof import Dead, Render, dead_values
from .releases import Release
from .words import words_beside

__all__ = ["Outcome", "Rendering", "Sessions", "Source", "locked_chart_of"]


@dataclass(frozen=True)
class Source:
    """A chart on this machine: where it is, and what stands for its content."""

    path: Path
    digest: str


@dataclass(frozen=True)
class Outcome:
    """What became of a release.

    `objects` are sorted by what they are; None where nothing was rendered, for which `why` is the reason in words, or
    `problem` what the person must change. `missing` is the chart's name in the lock where its archive is
    not at hand. `unknown` says what the objects lack that only an apply will tell.
    """

    release: Release
    objects: tuple[KubernetesObject, ...] | None
    why: str = ""
    problem: Problem | None = None
    missing: str = ""

    @property
    def unknown(self) -> tuple[str, ...]:
        """What only an apply will tell, and what was done instead."""
        instead = errors.made_up() if self.release.is_supposed else errors.left_out()
        return tuple(f"{told}, {instead}" for told in self.release.unknown)


_SHELF = Shelf("renders", most=2_000)
# https://helm.sh/docs/topics/charts_hooks/
_TESTS = ("test", "test-success", "test-failure")
# https://github.com/helm/helm/blob/v3.19.0/pkg/chartutil/coalesce.go; Helm only warns, and goes on without the defaults
_DROPPED = re.compile(r"warning: cannot overwrite table with non table for (\S+)")
_PROOFS = Shelf("proofs", most=2_000)
_LEADS = Shelf("leads", most=2_000)
_CODE = code_digest([*Path(__file__).parent.glob("*.py"), *Path(kubernetes.__file__).parent.glob("*.py")])


class Rendering:
    """Renders releases for one cluster; what was rendered before comes from the user's cache.

    `sessions` is where charts are opened, None where there is no Helm. `fresh` renders all anew.
    """

    def __init__(self, target: Target, sessions: Sessions | None, *, fresh: bool = False) -> None:
        self.target = target
        self.fresh = fresh
        self._sessions = sessions
        self._source = cache(_source)

    def outcome(self, release: Release) -> Outcome:
        """The objects of a release, or why there are none."""
        if release.unreadable:
            return Outcome(release, None, release.unreadable)
        if _is_ours(release.folder):
            return _ours(release)
        if self._sessions is None:
            return Outcome(release, None, errors.no_helm())
        source = self._source(release)
        if source is None:
            name = locked_chart_of(release)
            return Outcome(
                release, None, errors.chart_not_at_hand(release.title, release.repository, name), missing=name
            )
        key = self._key(self._sessions, release, source)
        kept = None if self.fresh else _SHELF.kept(key, {"objects": list})
        try:
            rows = kept["objects"] if kept else self._rendered(self._sessions, release, source)
        except _Faulty as faulty:
            return Outcome(release, None, problem=faulty.problem)
        if kept is None and not release.is_sensitive:
            _SHELF.keep(key, {"objects": rows})
        return Outcome(release, _objects(release, rows))

    def is_another_archive(self, release: Release) -> bool:
        """Whether a release is rendered from another archive than the lock means."""
        source, name = self._source(release), locked_chart_of(release)
        return bool(source and name) and locked_chart(name).digest not in ("", source.digest if source else "")

    def dead(self, release: Release) -> list[Dead]:
        """The values of a release that was rendered which change none of its objects."""
        source = None if _is_ours(release.folder) else self._source(release)
        if self._sessions is None or source is None:
            return []
        key = self._key(self._sessions, release, source)
        kept = None if self.fresh else _PROOFS.kept(key, {"dead": list})
        if kept is not None:
            return [Dead(tuple(way), tuple(switch), now) for way, switch, now in kept["dead"]]
        defaults = self._sessions.open(source).defaults
        words = cache(partial(_words, source.path))
        renders = [self._render(self._sessions.open(source, number), release) for number in range(os.cpu_count() or 1)]
        bare = self._render(self._sessions.open(source), release, Target(self.target.kubernetes_version))
        found = dead_values(release.values, defaults, renders, lambda name: words().get(name, ()), bare)
        _PROOFS.keep(key, {"dead": [[each.way, each.switch, each.switched] for each in found]})
        return found

    def leads(self, release: Release, words: Sequence[str], wanted: Collection[Wanted]) -> dict[Wanted, list[Way]]:
        """The values of a release that was rendered which change fields with one of `words` in their names.

        Of each place in an object that is `wanted`, by it; empty where nothing can be rendered.
        """
        source = None if _is_ours(release.folder) else self._source(release)
        if self._sessions is None or source is None:
            return {}
        asked = json.dumps([sorted(words), sorted(wanted)]).encode()
        key = f"{self._key(self._sessions, release, source)}-{hashlib.sha256(asked).hexdigest()}"
        kept = None if self.fresh else _LEADS.kept(key, {"leads": list})
        if kept is not None:
            return {(title, tuple(place)): [tuple(way) for way in ways] for title, place, ways in kept["leads"]}
        name = locked_chart_of(release)
        render = self._render(self._sessions.open(source), release)

        def titled(path: str, text: str) -> Mapping[str, Any]:
            rows = [[path, each] for each in _flat(read_manifest(text)) if _is_object(each)]
            return {one.title: one.document for one in _objects(release, rows)}

        found = Leads(locked_chart(name) if name else None, release.values, words, render, titled).of(wanted)
        _LEADS.keep(key, {"leads": [[title, place, ways] for (title, place), ways in found.items()]})
        return found

    def random_templates(self, release: Release) -> frozenset[str]:
        """The templates of a release that was rendered which make something else each time, such as a certificate."""
        source = None if _is_ours(release.folder) else self._source(release)
        if self._sessions is None or source is None:
            return frozenset()
        name = locked_chart_of(release)
        if name and not locked_chart(name).random:
            return frozenset()
        render = self._render(self._sessions.open(source), release)
        one, other = ({manifest.path: manifest.text for manifest in render(release.values).manifests} for _ in range(2))
        return frozenset(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))

    def _key(self, sessions: Sessions, release: Release, source: Source) -> str:
        parts = [_CODE, sessions.helm.name, source.digest, release.name, release.namespace]
        parts += [self.target.kubernetes_version, *self.target.api_versions]
        parts += ["skip_crds"] if release.skips_definitions else []
        return hashlib.sha256(json.dumps([*parts, release.values], sort_keys=True).encode()).hexdigest()

    def _render(self, opened: Opened, release: Release, target: Target | None = None) -> Render:
        """The release with other values."""
        cluster = target or self.target
        return lambda values: opened.render(values, name=release.name, namespace=release.namespace, target=cluster)

    def _asked(self, sessions: Sessions, release: Release) -> Callable[[Path], Made]:
        """Renders a chart in a folder with the values of the release."""
        return lambda folder: self._render(sessions.open(Source(folder, "")), release)(release.values)

    def _rendered(self, sessions: Sessions, release: Release, source: Source) -> list[list[Any]]:
        """Rows of a template's path and an object that it makes. Raises _Faulty."""
        path = release.path
        try:
            opened = sessions.open(source)
            made = self._render(opened, release)(release.values)
            definitions = (
                ()
                if release.skips_definitions
                else definitions_of(_chart_files(source.path), self._asked(sessions, release))
            )
        except Refused as refused:
            raise _Faulty(errors.helm_refuses(path, release.title, release.name, str(refused))) from None
        for line in made.said:
            if dropped := _DROPPED.search(line):
                value = dropped[1].removeprefix(f"{release.chart}.")
                raise _Faulty(errors.no_table(f"{path}: values.{value}", release.title))
        rows: list[list[Any]] = []
        for manifest in (*made.manifests, *definitions):
            try:
                documents = read_manifest(manifest.text)
            except ValueError as error:
                raise _Faulty(errors.not_yaml(path, release.title, manifest.path, str(error))) from None
            for document in (each for each in _flat(documents) if not _is_test(each)):
                if not _is_object(document):
                    raise _Faulty(errors.no_object(path, release.title, manifest.path))
                rows.append([manifest.path, document])
        return rows


class Sessions:
    """What was started of a Helm, and the charts that were opened there, each once."""

    def __init__(self, helm: Helm) -> None:
        self.helm = helm
        self._started: list[Session] = []
        self._opened: dict[tuple[int, Path, str], Opened] = {}

    def __enter__(self) -> Sessions:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends what was started."""
        self.close()

    def open(self, source: Source, number: int = 0) -> Opened:
        """A chart in the session of that number. Raises Refused."""
        if any(session.is_over() for session in self._started):
            # who renders again and again goes on with new ones
            self.close()
        while number >= len(self._started):
            self._started.append(self.helm.session())
        key = (number, source.path, source.digest)
        if key not in self._opened:
            self._opened[key] = self._started[number].open(source.path)
        return self._opened[key]

    def close(self) -> None:
        """Ends what was started."""
        started, self._started, self._opened = self._started, [], {}
        for session in started:
            session.close()


class _Faulty(Exception):
    """A release that nothing can be made of."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def _ours(release: Release) -> Outcome:
    """The chart of groundplan's own that makes of each of its `objects` what it is."""
    rows = [["resources/templates/objects.yaml", item] for item in _items(release.values.get("objects") or {})]
    return Outcome(release, _objects(release, rows))


def _source(release: Release) -> Source | None:
    """The release's chart, where it is at hand."""
    if release.folder is not None:
        return Source(release.folder, _folder_digest(release.folder)) if release.folder.is_dir() else None
    name = locked_chart_of(release)
    digest = locked_chart(name).digest if name else ""
    archive = archive_at_hand(release.repository, release.chart, release.version, digest=digest)
    return Source(archive.path, archive.digest) if archive else None


def _is_ours(folder: Path | None) -> bool:
    if folder is None:
        return False
    return all(_content(folder / path) == content for path, content in local_chart_files().items())


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _items(objects: Any) -> list[Any]:
    """In the order in which Go's templates go through a map."""
    items = [objects[name] for name in sorted(objects)] if isinstance(objects, Mapping) else objects
    return [item for item in items if item]


def locked_chart_of(release: Release) -> str:
    """The name in the lock of the release's chart in this version; empty when the lock does not have it."""
    wanted = release.repository, release.chart, release.version
    return next((name for name in list_charts() if locked_chart(name).is_that_of(*wanted)), "")


def _folder_digest(folder: Path) -> str:
    found = hashlib.sha256()
    for name, content in _files(folder).items():
        found.update(f"{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _words(chart: Path) -> dict[str, list[str]]:
    return words_beside(_chart_files(chart))


def _chart_files(chart: Path) -> dict[str, bytes]:
    """The files of a chart, those of the archives in its charts/ as folders."""
    if chart.is_dir():
        return with_nested(folder_files(chart), Budget(str(chart)))
    return unpacked(chart.read_bytes(), str(chart))


def _is_object(document: Any) -> bool:
    return bool(isinstance(document, Mapping) and document.get("apiVersion") and document.get("kind"))


def _is_test(document: Any) -> bool:
    """Whether Helm makes it for `helm test` alone, which neither an install nor an upgrade runs."""
    metadata = document.get("metadata") if isinstance(document, Mapping) else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    said = str(annotations.get("helm.sh/hook", "")) if isinstance(annotations, Mapping) else ""
    return bool(said) and all(word.strip() in _TESTS for word in said.split(","))


def _flat(documents: Sequence[Any]) -> Iterator[Any]:
    """The items of a List instead of it, as Helm takes them: https://github.com/helm/helm/issues/9731"""
    for document in documents:
        if isinstance(document, Mapping) and document.get("kind") == "List" and isinstance(document.get("items"), list):
            yield from _flat(document["items"])
        else:
            yield document


def _objects(release: Release, rows: Sequence[Sequence[Any]]) -> tuple[KubernetesObject, ...]:
    scopes = _own_scopes(document for _, document in rows)
    found = []
    for template, document in rows:
        metadata = document.get("metadata")
        said = metadata.get("namespace") if isinstance(metadata, Mapping) else None
        wide = scopes.get(
            (_group(document), document["kind"]), is_cluster_wide(document["apiVersion"], document["kind"])
        )
        namespace = "" if wide else str(said or release.namespace)
        found.append(KubernetesObject(release.address, template, namespace, document))
    return tuple(sorted(found, key=lambda one: (one.identity, one.template)))


def _own_scopes(documents: Iterator[Any]) -> dict[tuple[str, str], bool]:
    """Whether the kinds that these definitions bring are cluster-wide."""
    found = {}
    for document in documents:
        if document["kind"] == "CustomResourceDefinition":
            spec = document.get("spec") or {}
            kind = (spec.get("names") or {}).get("kind", "")
            found[str(spec.get("group", "")), str(kind)] = spec.get("scope") == "Cluster"
    return found


def _group(document: Mapping[str, Any]) -> str:
    return str(document["apiVersion"]).rpartition("/")[0]
