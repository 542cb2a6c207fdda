"""The lock of a chart as a file: what `read_chart` found, one fact a line, the same on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .facts import Chart, chart, chart_of, list_charts
from .reading import ReadChart, read_chart

__all__ = ["Changes", "Locked", "lock_anew", "schema_of", "unlocked_chart"]

# Of a schema only what decides is kept: its words are the chart's own, and nothing here reads them.
_WORDS = frozenset({"$comment", "$id", "default", "deprecated", "description", "examples", "readOnly", "title"})
_MAPS_OF_SCHEMAS = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
_PLAIN = frozenset({"const", "enum"})


@dataclass(frozen=True)
class Changes:
    """How a chart's entry differs from the one before; paths are those of values, `other_types` hold was and is."""

    before: str
    now: str
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    other_types: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    custom_resources_gone: tuple[str, ...] = ()
    custom_resources_new: tuple[str, ...] = ()


@dataclass(frozen=True)
class Locked:
    """An entry of the lock that was written, and how it differs from the one before."""

    entry: Mapping[str, Any]
    changes: Changes


def lock_anew(
    folder: Path, name: str, files: Mapping[str, bytes], *, repository: str, digest: str, source: str = ""
) -> Locked:
    """Reads a chart and writes its entry below `folder`, the lock's own: what a person settled in it before is kept.

    `files` are the chart's by their path, `digest` that of its archive (sha256: and hex), or empty for a folder.
    `source` is where a person can read the chart; without it that of the entry before counts for the same version, and
    else what the chart says of itself. Raises BadInput when the chart cannot be read, OSError when nothing can be
    written.
    """
    read = read_chart(files, name=name)
    before = _previous_entry(folder, name)
    if not source and before and before["version"] == read.version:
        source = before["source"]
    entry = _entry(
        read,
        name=name,
        repository=repository,
        source=source or read.source or repository,
        digest=digest,
        facts_of_parts=_facts_of_parts(read, before),
        settled=before.get("settled", {}),
    )
    _write(folder, entry, read.schema)
    return Locked(entry, _changes(before, entry))


def unlocked_chart(read: ReadChart, like: Chart, *, repository: str) -> Chart:
    """A chart that was read as if it were locked in the place of `like`; nothing is written."""
    entry = _entry(
        read,
        name=like.name,
        repository=repository,
        source=read.source or repository,
        digest="",
        facts_of_parts=_facts_of_parts(read, {}),
        settled=like.settled,
    )
    return chart_of(entry)


def _entry(
    read: ReadChart,
    *,
    name: str,
    repository: str,
    source: str,
    digest: str,
    facts_of_parts: Mapping[str, str],
    settled: Mapping[str, str],
) -> dict[str, Any]:
    """The lock's entry of a chart that was read.

    `digest` is the archive's SHA-256 in hex, empty when a folder was read; `facts_of_parts` names, by the chart's
    name, the entry of the lock for charts inside it that were not at hand. `settled` are doubts, by their path, that
    a person has cleared, with the reason; a chart that is locked anew keeps them.
    """
    reads = read.reads
    return {
        "app_version": read.app_version,
        "chart": read.chart,
        **({"crd_files": {path: list(names) for path, names in read.crd_files.items()}} if read.crd_files else {}),
        "custom_resources": {folder: list(kinds) for folder, kinds in read.custom_resources.items()},
        "dependencies": {
            part.key: {
                "chart": part.chart,
                "facts": "" if part.is_read else facts_of_parts.get(part.chart, ""),
                "is_read": part.is_read,
                "version": part.version,
            }
            for part in read.parts
        },
        "deprecated": read.deprecated,
        "digest": digest,
        "doubts": {path: why for path, why in sorted(read.values.doubts.items()) if path not in settled},
        "kinds": list(read.kinds),
        "kube_version": read.kube_version,
        "lookups": {str(place): what for place, what in sorted(reads.lookups.items())},
        "name": name,
        "random": {str(place): what for place, what in sorted(reads.random.items())},
        "repository": repository,
        "settled": dict(sorted(settled.items())),
        "source": source,
        "unread": list(read.values.unread),
        **({"unread_definitions": list(read.unread_definitions)} if read.unread_definitions else {}),
        "values": dict(sorted(read.values.types.items())),
        "version": read.version,
    }


def schema_of(schema: Any) -> Any:
    """A JSON schema without its words: descriptions, titles, examples and defaults."""
    if isinstance(schema, list):
        return [schema_of(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept: dict[str, Any] = {}
    for key, value in sorted(schema.items()):
        if key in _WORDS:
            continue
        if key in _MAPS_OF_SCHEMAS and isinstance(value, Mapping):
            kept[key] = {name: schema_of(item) for name, item in sorted(value.items())}
        elif key in _PLAIN:
            kept[key] = value
        elif key == "$ref" and isinstance(value, str):
            # charts name definitions by paths with brackets, which stand in no address
            kept[key] = quote(value, safe="%/#$:@!&'()*+,;=~?")
        else:
            kept[key] = schema_of(value)
    return kept


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Changes:
    """What is different in the entry `now`; `before` is empty for a chart that was not locked."""
    was, is_ = before.get("values", {}), now["values"]
    brought = {kind for kinds in before.get("custom_resources", {}).values() for kind in kinds}
    brings = {kind for kinds in now["custom_resources"].values() for kind in kinds}
    return Changes(
        before.get("version", ""),
        now["version"],
        gone=tuple(sorted(set(was) - set(is_))),
        new=tuple(sorted(set(is_) - set(was))),
        other_types={path: (was[path], is_[path]) for path in sorted(set(was) & set(is_)) if was[path] != is_[path]},
        unread=tuple(path for path in now["unread"] if path not in before.get("unread", ())),
        custom_resources_gone=tuple(sorted(brought - brings)),
        custom_resources_new=tuple(sorted(brings - brought)),
    )


def _previous_entry(folder: Path, name: str) -> dict[str, Any]:
    """The entry of that name below `folder`, or an empty one."""
    path = folder / "charts" / f"{name}.json"
    if not path.is_file():
        return {}
    entry: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return entry


def _facts_of_parts(read: ReadChart, before: Mapping[str, Any]) -> dict[str, str]:
    """For each chart inside `read` that was not at hand, by its name, the entry of the lock that says what it takes."""
    known = {part["chart"]: part["facts"] for part in before.get("dependencies", {}).values() if part["facts"]}
    for part in read.parts:
        if part.is_read or part.chart in known:
            continue
        known[part.chart] = next((name for name in list_charts() if chart(name).chart == part.chart), "")
    return known


def _write(folder: Path, entry: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Writes `charts/<name>.json` below `folder`, and `chart_schemas/<name>.json` when the chart has a schema."""
    path = folder / "charts" / f"{entry['name']}.json"
    path.write_text(json.dumps(entry, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    schemas = folder / "chart_schemas" / f"{entry['name']}.json"
    if schema:
        schemas.parent.mkdir(exist_ok=True)
        schemas.write_text(
            json.dumps(schema_of(schema), separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
        )
    else:
        schemas.unlink(missing_ok=True)
