"""Where in a chart's values, in an object or in a resource the configuration of which application lies.

`data/places.json` says it, by the chart's name in the lock. A place has

- `at`, a path of a value, and `application`; `part` is what of it lies there, the whole when it is left out;
- `syntax` of a text; without one it is a map;
- `of`, the version of the chart that was looked at, where the chart's own appVersion tells nothing of the application;
- `image`, the path of a value and a word in it without which another program runs than the facts are of;
- `kind`, of an object that a chart makes, its apiVersion and kind;
- `brings`, paths that the chart adds to the configuration itself, for names that are referred to;
- `but`, values that the chart takes for something else than a configuration;
- `where`, attributes that a resource must have besides; `within`, a path in the JSON that the value is the text of;
- `version`, an attribute that says which version runs;
- `chosen_by`, a key beside whose value names the part, and `others`, keys that bring more of the same;
- `unless`, the path of a value that brings more than the facts have: an edition that is paid for;
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from groundplan.charts.opaque import is_opaque
from groundplan.charts.paths import Step, Way, parse_path

from .facts import places_file

__all__ = ["Place", "found_at", "places_made_by", "places_of_chart", "places_of_object", "places_of_resource"]


@dataclass(frozen=True)
class Place:
    """One place that passes through to an application."""

    way: Way
    application: str
    part: str = ""
    syntax: str = "map"
    of: str = ""
    unless: Way = ()
    but: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict, hash=False)
    within: Way = ()
    chosen_by: str = ""
    others: tuple[str, ...] = ()
    image: tuple[Way, str] | None = None
    brings: tuple[Way, ...] = ()
    kind: str = ""
    version: str = ""

    def of_part(self, part: str) -> Place:
        """The same place for another part of the configuration."""
        return replace(self, part=part)


@cache
def places_of_chart(name: str) -> tuple[Place, ...]:
    """The places in the values of a chart of the lock."""
    return tuple(map(_place, places_file()["charts"].get(name, ())))


@cache
def places_made_by(name: str) -> tuple[Place, ...]:
    """The places in the objects that a chart of the lock makes: what it has printed there is whole."""
    return tuple(map(_place, places_file()["made"].get(name, ())))


@cache
def places_of_object(api_version: str, kind: str) -> tuple[Place, ...]:
    """The places in an object of Kubernetes."""
    group = api_version.partition("/")[0]
    return tuple(map(_place, places_file()["objects"].get(f"{group} {kind}", ())))


@cache
def places_of_resource(kind: str) -> tuple[Place, ...]:
    """The places in a resource of Terraform."""
    return tuple(map(_place, places_file()["resources"].get(kind, ())))


def _place(said: Mapping[str, Any]) -> Place:
    return Place(
        parse_path(said["at"]),
        said["application"],
        said.get("part", ""),
        said.get("syntax", "map"),
        said.get("of", ""),
        parse_path(said.get("unless", "")),
        tuple(said.get("but", ())),
        said.get("where", {}),
        parse_path(said.get("within", "")),
        said.get("chosen_by", ""),
        tuple(said.get("others", ())),
        (parse_path(said["image"][0]), said["image"][1]) if "image" in said else None,
        tuple(parse_path(path) for path in said.get("brings", ())),
        said.get("kind", ""),
        said.get("version", ""),
    )


def found_at(value: Any, way: Sequence[Any], at: Way = ()) -> Iterator[tuple[Way, Any]]:
    """What is at a path with wildcards, each with its own path; nothing where it is not there or null."""
    if value is None:
        return
    if not way:
        yield at, value
        return
    step, *rest = way
    if is_opaque(value):
        # whatever it comes to, it reaches the application
        yield at, value
    elif step is Step.ITEMS and isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from found_at(item, rest, (*at, index))
    elif isinstance(value, Mapping):
        keys = sorted(map(str, value)) if step is Step.ANY_KEY else [step] if step in value else []
        for key in keys:
            if key in value:
                yield from found_at(value[key], rest, (*at, key))
