"""The lock of a chart as a file: what `read_chart` found, one fact a line, the same on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .reading import ReadChart

__all__ = ["lock_of", "schema_of", "write_lock"]

# Of a schema only what decides is kept: its words are the chart's own, and nothing here reads them.
_WORDS = frozenset({"$comment", "$id", "default", "deprecated", "description", "examples", "readOnly", "title"})
_MAPS_OF_SCHEMAS = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
_PLAIN = frozenset({"const", "enum"})


def lock_of(
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
        else:
            kept[key] = schema_of(value)
    return kept


def write_lock(folder: Path, entry: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
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
