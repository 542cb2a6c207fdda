"""What there is to set: the keys of an application's configuration, with types and defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundplan.charts import Step, format_path, list_charts, parse_path

from . import errors
from .facts import Application, Fact, application, list_applications
from .places import Place, places_of_chart

__all__ = ["Setting", "settings_of"]

_INDEX = re.compile(r"\[\d*\]")


@dataclass(frozen=True)
class Setting:
    """One key. `path` is where in the configuration, or in a chart's values; `allowed` says what else holds."""

    path: str
    type: str
    default: Any = None
    allowed: str = ""
    deprecated: str = ""

    def as_json(self) -> dict[str, Any]:
        """For machines; what is not known is left out."""
        said = {"path": self.path, "type": self.type, "default": self.default, "allowed": self.allowed}
        return {key: value for key, value in {**said, "deprecated": self.deprecated}.items() if value not in (None, "")}


def settings_of(name: str, path: str = "") -> tuple[str, list[Setting]]:
    """The title of an application and its keys right below `path`, by its own name or that of a chart in front of it.

    For a chart `path` is one of its values; without one, the places that pass through are listed. A path that leads to
    no map gives that key alone. Raises BadInput for a name or a path that there is not.
    """
    if name in list_charts() and (places := places_of_chart(name)):
        if not path:
            return name, sorted({Setting(format_path(each.way), _place_type(each)) for each in places}, key=_by_path)
        for place in places:
            rest = _below(place, path)
            if rest is not None:
                known = application(place.application)
                return _title(known), _listed(known, known.part(place.part) or "any", rest, path)
    if name not in list_applications():
        charts = [chart for chart in list_charts() if places_of_chart(chart)]
        raise errors.unknown_application(name, sorted({*list_applications(), *charts}))
    known = application(name)
    # where there is no whole, the parts are what one chooses from
    whole = known.parts.get("", {"type": "map", "keys": known.parts})
    return _title(known), _listed(known, whole, path, path)


def _by_path(setting: Setting) -> str:
    return setting.path


def _title(known: Application) -> str:
    return f"{known.title} {known.version}"


def _place_type(place: Place) -> str:
    known = application(place.application)
    part = place.part.strip(":")
    return f"{_title(known)}{f', {part}' if part else ''}{'' if place.syntax == 'map' else ', as text'}"


def _below(place: Place, path: str) -> str | None:
    """What of a chart's value path lies inside of a place; None where it is not in there."""
    way, wanted = parse_path(path), place.way
    if place.syntax != "map" or len(way) < len(wanted):
        return None
    for step, want in zip(way, wanted, strict=False):
        if want not in (step, Step.ANY_KEY) and not (want is Step.ITEMS and isinstance(step, int)):
            return None
    return format_path(way[len(wanted) :])


def _listed(known: Application, fact: Fact, path: str, shown: str) -> list[Setting]:
    said = known.of(fact)
    rest = path
    while rest:
        inside, rest = _inside(known, said, rest)
        if inside is None:
            raise errors.no_such_part(shown, known, sorted(key for key, _ in _keys(said)))
        said = known.of(inside)
    keys = list(_keys(said))
    if not keys and "items" in said:
        keys = [(f"[]{f'.{key}' if key else ''}", inner) for key, inner in _keys(known.of(said["items"]))]
    if not keys:
        return [_setting(known, shown, said)]
    return [_setting(known, _joined(shown, key), known.of(inner)) for key, inner in keys]


def _joined(path: str, key: str) -> str:
    return f"{path}{key}" if not path or key.startswith("[") else f"{path}.{key}"


def _inside(known: Application, said: Mapping[str, Any], path: str) -> tuple[Fact | None, str]:
    """The fact at the beginning of a path, and the rest of it. Keys with dots in them may be written as they are."""
    index = _INDEX.match(path)
    if index:
        return said.get("items"), path[index.end() :].removeprefix(".")
    if "items" in said and "keys" not in said:
        said = known.of(said["items"])
    for key, fact in sorted(_keys(said), key=lambda each: -len(each[0])):
        for spelt in (key, format_path([key])):
            if path == spelt or path.startswith((f"{spelt}.", f"{spelt}[")):
                return fact, path[len(spelt) :].removeprefix(".")
    step, *more = parse_path(path)
    return said.get("each"), format_path(more) if step else ""


def _keys(said: Mapping[str, Any]) -> Iterator[tuple[str, Fact]]:
    yield from sorted({**said.get("keys", {}), **said.get("typed", {})}.items())


def _setting(known: Application, path: str, said: Mapping[str, Any]) -> Setting:
    deprecated = said.get("deprecated", "")
    return Setting(
        path,
        _type(known, said),
        said.get("default"),
        _allowed(said),
        deprecated if isinstance(deprecated, str) else "deprecated",
    )


def _type(known: Application, said: Mapping[str, Any]) -> str:
    kind = str(said.get("type", "any"))
    if kind == "list" and "items" in said:
        return f"list<{_type(known, known.of(said['items']))}>"
    if kind == "map" and "each" in said:
        return f"map<{_type(known, known.of(said['each']))}>"
    return f"{kind} of {said['takes']}" if "takes" in said else kind


def _allowed(said: Mapping[str, Any]) -> str:
    words = {"minimum": "at least {}", "maximum": "at most {}", "above": "more than {}"}
    found = [text.format(said[word]) for word, text in words.items() if word in said]
    if "one_of" in said:
        found.append("one of " + ", ".join(str(each) or '""' for each in said["one_of"]))
    if said.get("required"):
        found.append("required")
    return "; ".join(found)
