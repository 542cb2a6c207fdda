"""The facts of custom resources as files: what `derive` found, kept beside what is known of others.

facts = facts_of_chart("keda", archive.files())
lock_definitions(data_folder(), "keda", facts, source="https://example.com/tree/v2")
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..problems import BadInput
from . import errors
from .definitions import derive, write
from .reading.brought import has_definitions

__all__ = ["DefinitionChanges", "LockedDefinitions", "definitions_at", "facts_of_chart", "lock_definitions"]

_ENDINGS = (".yaml", ".yml", ".json", ".tpl")


@dataclass(frozen=True)
class DefinitionChanges:
    """How facts differ from those before: `apiVersion kind` of kinds, and by it the paths of fields."""

    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    fields_gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields_new: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other_types: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    newly_required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class LockedDefinitions:
    """What was written as `custom_resources/<name>.json`.

    `known_elsewhere` are kinds that another file of the facts has, by its name; they were left there.
    """

    name: str
    kinds: tuple[str, ...]
    changes: DefinitionChanges
    known_elsewhere: Mapping[str, str] = field(default_factory=dict)


def facts_of_chart(name: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The facts of what a chart's definitions allow, those in its templates too. Raises BadInput, as `derive` does."""
    found = {path: content for path, content in files.items() if _may_define(path, content)}
    if not found:
        raise BadInput(errors.chart_without_definitions(name))
    return derive(found)


def definitions_at(path: Path) -> dict[str, bytes]:
    """The files of definitions in a folder and those below it, or the one file. Raises BadInput where there is none."""
    if path.is_file():
        return {path.name: path.read_bytes()}
    if not path.is_dir():
        raise BadInput(errors.no_folder_of_definitions(path))
    files = {
        each.relative_to(path).as_posix(): each.read_bytes()
        for each in sorted(path.rglob("*"))
        if each.suffix in _ENDINGS and each.is_file()
    }
    found = {name: content for name, content in files.items() if _may_define(name, content)}
    if not found:
        raise BadInput(errors.no_definitions([str(path)]))
    return found


def _may_define(path: str, content: bytes) -> bool:
    return path.endswith(_ENDINGS) and has_definitions(content.decode("utf-8", "replace"))


def lock_definitions(folder: Path, name: str, facts: Mapping[str, Any], *, source: str = "") -> LockedDefinitions:
    """Writes facts, as `derive` gives them, below `folder`; kinds that another file there has stay where they are.

    The file is `name`'s, or that of another name which has all that is known of these kinds already: Istio's kinds are
    `istio` and come with the chart istio-base. Kinds that a file there says are `left_out`, by their names, are left
    out again. `source` is where a person can read the definitions; without it that of the facts before counts where
    they have not changed. Raises BadInput when there is none, OSError when nothing can be written.
    """
    home = folder / "custom_resources"
    there = {file.stem: json.loads(file.read_bytes()) for file in sorted(home.glob("*.json"))}
    holder = {key: stem for stem in reversed(there) for key in _by_key(there[stem])}
    named = {key: holder[key] for key in map(_key, facts["kinds"]) if key in holder}
    if name not in there and len(set(named.values())) == 1:
        name = next(iter(named.values()))
    before = there.get(name, {})
    left_out = before.get("left_out", [])
    elsewhere = {key: stem for key, stem in named.items() if stem != name}
    was, found = _by_key(before), _by_key(facts)
    kept = {key: kind for key, kind in found.items() if key not in elsewhere and kind["kind"] not in left_out}
    if not kept:
        raise BadInput(errors.definitions_known_elsewhere(name, sorted(set(elsewhere.values()))))
    if not source and kept != was:
        raise BadInput(errors.no_source_of_definitions(name))
    written = {
        "kinds": _referring(facts["kinds"], kept),
        "source": source or before["source"],
        **({"left_out": left_out} if left_out else {}),
    }
    write(folder, name, written)
    return LockedDefinitions(name, tuple(sorted(kept)), _changes(was, kept), elsewhere)


def _key(kind: Mapping[str, Any]) -> str:
    return f"{kind['api_version']} {kind['kind']}"


def _by_key(facts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The kinds of a file, each with all that is said of it."""
    kinds = {_key(kind): kind for kind in facts.get("kinds", ())}
    whole = {key: {**kinds[" ".join(kind.get("fields_of", (key,)))], **kind} for key, kind in kinds.items()}
    return {key: {name: value for name, value in kind.items() if name != "fields_of"} for key, kind in whole.items()}


def _referring(kinds: Iterable[Mapping[str, Any]], kept: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those that are kept, each as short as before, unless what it refers to is not kept."""
    here = [kind for kind in kinds if _key(kind) in kept]
    return [kind if " ".join(kind.get("fields_of", ())) in {"", *kept} else kept[_key(kind)] for kind in here]


def _changes(was: Mapping[str, dict[str, Any]], now: Mapping[str, dict[str, Any]]) -> DefinitionChanges:
    both = sorted(set(was) & set(now))

    def by_kind(of: Any) -> dict[str, Any]:
        return {key: found for key in both if (found := of(was[key], now[key]))}

    def fields(one: dict[str, Any], other: dict[str, Any]) -> tuple[str, ...]:
        return tuple(sorted(set(one["fields"]) - set(other["fields"])))

    return DefinitionChanges(
        gone=tuple(sorted(set(was) - set(now))),
        new=tuple(sorted(set(now) - set(was))),
        fields_gone=by_kind(fields),
        fields_new=by_kind(lambda one, other: fields(other, one)),
        other_types=by_kind(
            lambda one, other: {
                path: (one["fields"][path], text)
                for path, text in sorted(other["fields"].items())
                if one["fields"].get(path, text) != text
            }
        ),
        newly_required=by_kind(lambda one, other: tuple(sorted(_required(other) - _required(one)))),
    )


def _required(kind: Mapping[str, Any]) -> set[str]:
    return {f"{path}.{name}".lstrip(".") for path, names in kind.get("required", {}).items() for name in names}
