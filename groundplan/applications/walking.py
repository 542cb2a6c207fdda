"""The comparison of a configuration with what is known of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Literal

from groundplan.charts.opaque import is_opaque
from groundplan.charts.paths import Way, format_path, parse_path
from groundplan.documents.kubernetes import read_yaml
from groundplan.grammars.regular_expressions import runnable
from groundplan.problems import nearest

from .facts import Application, Fact
from .facts import application as application_of
from .forms import FORMS, amount, as_text, fits
from .written import Block, Expression

__all__ = ["Finding", "What", "key_of", "walk", "within"]

What = Literal[
    "unknown key",
    "wrong type",
    "not allowed",
    "out of bounds",
    "wrong length",
    "wrong beginning",
    "pattern",
    "missing",
    "choice",
    "together",
    "order",
    "rule",
    "deprecated",
    "no such name",
    "no such component",
    "no such export",
    "other kind",
    "unknown part",
    "elsewhere",
    "block",
    "no block",
    "expression",
    "said",
    "unchecked",
]
_WHOLE = ("exactly_one_of", "at_most_one_of", "at_least_one_of", "together")
_BOUNDS = ("minimum", "maximum", "above", "below")
_NESTED_LOOKS = 20_000


@dataclass(frozen=True)
class Finding:
    """One difference, or one value that nobody can compare (`unchecked`).

    `said` is what the message needs beside the value: the kinds, values, bounds or names that are allowed. In a text,
    `inside` says where in it, and `name` what the key is called. `words` and `cure` are the message of what is `said`.
    What `is_plain` is wrong in every version.
    """

    what: What
    way: Way
    value: Any
    said: tuple[Any, ...] = ()
    near: str = ""
    is_sure: bool = True
    is_plain: bool = False
    inside: str = ""
    name: str = ""
    words: str = ""
    cure: str = ""


def walk(
    application: Application, fact: Fact, value: Any, way: Way = (), *, is_whole: bool = False
) -> Iterator[Finding]:
    """Every difference between `value` and a fact of the application, in the order of the values.

    What only Terraform knows, what a template will print (`{{`) and what the application reads from elsewhere (`${`) is
    `unchecked`. `is_whole` when nothing is merged with the value on its way: only then can a key be missing. Helm
    merges maps and replaces lists, so what is in a list is whole.
    """
    if value is None:
        return
    said = application.of(fact)
    if isinstance(value, Expression):
        yield Finding("expression", way, value, (said.get("takes", ""),))
        return
    if is_opaque(value) or _is_filled_in(application, value):
        yield Finding("unchecked", way, value)
        return
    is_block = isinstance(value, list) and bool(value) and all(isinstance(item, Block) for item in value)
    if application.has_blocks and is_block != said.get("block", False):
        yield Finding("no block" if is_block else "block", way, value)
        return
    kinds = said.get("type", "any").split("|")
    if "default" in said and type(value) is type(said["default"]) and value == said["default"]:
        pass
    elif isinstance(value, Mapping):
        if "map" in kinds:
            yield from _map(application, said, value, way, is_whole)
        elif "any" not in kinds:
            yield _wrong(kinds, way, value)
    elif isinstance(value, (list, tuple)):
        if "list" in kinds:
            yield from _length(said, len(value), value, way)
            if said.get("unique"):
                yield from _twice(value, way)
            for index, item in enumerate(value):
                yield from walk(application, said.get("items", "any"), item, (*way, index), is_whole=True)
        elif "any" not in kinds:
            yield _wrong(kinds, way, value)
    elif not isinstance(value, (str, int, float, date)):
        return  # no value of YAML, which whoever checks the values says
    elif "any" not in kinds and not any(fits(application, kind, value) for kind in kinds if kind in FORMS):
        yield _wrong(kinds, way, value)
    else:
        yield from _scalar(application, said, kinds, value, way)


def _twice(value: Sequence[Any], way: Way) -> Iterator[Finding]:
    for index, item in enumerate(value):
        if item in value[:index] and not is_opaque(item):
            words = "is in this list before, which takes each item once"
            yield Finding("said", (*way, index), item, words=words, cure="leave it out")


def _is_filled_in(application: Application, value: Any) -> bool:
    """Whether something else stands there in the end.

    Grafana's $__env{NAME}, Kong's {vault://...}, and Go's templates, which much of these texts goes through; a variable
    of the environment that Kubernetes fills in.
    """
    if isinstance(value, str):
        return "{{" in value or value.startswith("{vault://") or "$__" in value or "%(" in value
    return application.is_text and isinstance(value, Mapping) and "valueFrom" in value


def _wrong(kinds: Iterable[str], way: Way, value: Any) -> Finding:
    return Finding("wrong type", way, value, tuple(kinds))


def _scalar(
    application: Application, said: Mapping[str, Any], kinds: list[str], value: Any, way: Way
) -> Iterator[Finding]:
    text = as_text(value)
    if application.is_text and not text:
        return
    if "one_of" in said:
        given = [item.strip() for item in text.split(",")] if "csv" in kinds else [value]
        for item in given:
            if not _is_among(application, said, item):
                yield Finding("not allowed", way, item, tuple(said["one_of"]))
    for domain, names in said.get("domains", {}).items():
        owner = text.partition("/")[0]
        if (owner == domain or owner.endswith(f".{domain}")) and text not in names:
            yield Finding("not allowed", way, value, tuple(names))
    if "none_of" in said and value in said["none_of"]:
        yield Finding("not allowed", way, value, (), is_sure=True)
    bounds = tuple((name, said[name]) for name in _BOUNDS if name in said)
    found = amount(value)
    if bounds and found is not None and any(_is_out(name, found, amount(bound) or 0) for name, bound in bounds):
        yield Finding("out of bounds", way, value, bounds)
    if isinstance(value, str):
        yield from _length(said, len(value), value, way)
        if "begins" in said and value and not value.startswith(said["begins"]):
            yield Finding("wrong beginning", way, value, (said["begins"],))
        if "json" in said:
            yield from _json(application, said["json"], value, way)
        if "yaml" in said:
            yield from _yaml(said["yaml"], value, way)
        if "pattern" in said:
            expression = runnable(said["pattern"])
            if expression is not None and not expression.found_in(value):
                yield Finding("pattern", way, value, (said["pattern"], said.get("example") or expression.example))


def _json(application: Application, part: str, text: str, way: Way) -> Iterator[Finding]:
    """A text that is a JSON document of its own."""
    try:
        value = json.loads(text)
    except ValueError as error:
        yield Finding("said", way, text, words=f"is no JSON: {error}", cure="write a document that can be read")
        return
    # Go's reader of JSON takes keys in any case: https://pkg.go.dev/encoding/json#Unmarshal
    yield from _document(replace(application, scalars="strict", spelling="any_case"), part, value, way)


def _yaml(place: str, text: str, way: Way) -> Iterator[Finding]:
    """A text that is a YAML document of its own: `place` names an application and its part, with a slash between."""
    name, _, part = place.partition("/")
    try:
        value = read_yaml(text)
    except ValueError as error:
        yield Finding("said", way, text, words=f"is no YAML: {error}", cure="write a document that can be read")
        return
    yield from _document(application_of(name), part, value, way)


def _document(application: Application, part: str, value: Any, way: Way) -> Iterator[Finding]:
    for found in walk(application, application.part(f"{part}:") or "any", value, is_whole=True):
        yield within(found, way)


def within(found: Finding, way: Way, place: str | None = None) -> Finding:
    """What was found in a text that stands at `way`; `place` says where in it, the path when it is left out."""
    name = found.name or (str(found.way[-1]) if found.way else "")
    return replace(found, way=way, inside=format_path(found.way) if place is None else place, name=name)


def _is_among(application: Application, said: Mapping[str, Any], value: Any) -> bool:
    allowed = said["one_of"]
    if value in allowed and not (isinstance(value, bool) and application.scalars == "text"):
        return True
    # an enumeration of protobuf may be given by its number
    if application.scalars == "json" and isinstance(value, int) and not isinstance(value, bool):
        return 0 <= value < len(allowed)
    text = as_text(value)
    if said.get("any_case"):
        return text.lower() in {as_text(each).lower() for each in allowed}
    return application.scalars != "json" and text in {as_text(each) for each in allowed}


def _is_out(name: str, value: float, bound: float) -> bool:
    if name == "above":
        return value <= bound
    if name == "below":
        return value >= bound
    return value < bound if name == "minimum" else value > bound


def _length(said: Mapping[str, Any], length: int, value: Any, way: Way) -> Iterator[Finding]:
    least, most = said.get("shortest", 0), said.get("longest")
    if length < least or (most is not None and length > most):
        yield Finding("wrong length", way, value, (length, least, most))


def key_of(application: Application, said: Mapping[str, Any], key: str) -> str:
    """A key as the facts spell it, where the application takes other spellings too."""
    if key in said.get("keys", {}):
        return key
    if application.spelling == "any_case":
        return next((name for name in said.get("keys", {}) if name.lower() == key.lower()), key)
    if application.spelling == "snake_case" and "_" in key:
        first, *rest = key.split("_")
        camel = application.spellings.get(key) or first + "".join(part[:1].upper() + part[1:] for part in rest)
        return camel if camel in said.get("keys", {}) else key
    return key


def _map(
    application: Application, said: Mapping[str, Any], value: Mapping[Any, Any], way: Way, is_whole: bool
) -> Iterator[Finding]:
    said = _with_variant(application, said, value)
    known: Mapping[str, Fact] = said.get("keys", {})
    given: dict[str, Any] = {}
    is_closed = True
    for key, item in value.items():
        if is_opaque(key):
            is_closed = False
            yield Finding("unchecked", (*way, str(key)), item)
            continue
        name = key_of(application, said, str(key))
        given[name] = item
        below = (*way, str(key))
        if name in known:
            inside = application.of(known[name])
            found = walk(application, inside, item, below, is_whole=is_whole)
            if inside.get("deprecated") and item is not None:
                # what is in it is so too
                yield Finding("deprecated", below, item, (inside["deprecated"],), is_sure=False)
                found = (each for each in found if each.what != "deprecated")
            yield from found
        elif "typed" in said:
            kind = name.partition("/")[0]
            if kind in said["typed"]:
                yield from walk(application, said["typed"][kind], item, below, is_whole=is_whole)
            elif item is not None:
                yield Finding("unknown key", below, item, tuple(said["typed"]), nearest(kind, said["typed"]) or "")
        elif "each" in said:
            yield from walk(application, said["each"], item, below, is_whole=is_whole)
        elif "also" in said and name in (also := application.of(said["also"]))["keys"]:
            yield from walk(application, also["keys"][name], item, below, is_whole=is_whole)
        elif (more := _named(said, name)) is not None:
            yield from walk(application, more, item, below, is_whole=is_whole)
        elif said.get("open") or name.startswith(tuple(said.get("prefixes", ()))):
            if item is not None:
                yield Finding("unchecked", below, item)
        elif item is not None:
            yield Finding("unknown key", below, item, tuple(sorted(known)), _meant(application, said, name))
    # what is merged with the map may bring the keys that it lacks
    if is_whole or len(given) >= said.get("shortest", 0):
        yield from _length(said, len(given), value, way)
    if is_whole and is_closed:
        yield from _whole(application, said, given, way)
    elif is_closed:
        for names in [*said.get("at_most_one_of", ()), *said.get("exactly_one_of", ())]:
            are = [name for name in names if not is_opaque(found := _reached(given, name)) and found is not None]
            if len(are) > 1:
                yield Finding("choice", way, tuple(are), ("at most one of", tuple(names)))


def _with_variant(application: Application, said: Mapping[str, Any], value: Mapping[Any, Any]) -> Mapping[str, Any]:
    """The fact with what the values of keys add: the settings of a data source hang on its type."""
    for variants in said.get("variants", ()):
        chosen = value.get(variants["by"])
        if isinstance(chosen, str) and chosen in variants["of"]:
            keys: dict[str, Fact] = dict(said.get("keys", {}))
            for key, fact in application.of(variants["of"][chosen])["keys"].items():
                more = application.of(fact)
                before = {word: item for word, item in application.of(keys.get(key, {})).items() if word != "open"}
                keys[key] = {**before, **more}
            said = {**said, "keys": keys}
    return said


def _named(said: Mapping[str, Any], name: str) -> Fact | None:
    """`httpHeaderName1`, `actions.redirect`: a name that goes on with a number, or with another name."""
    found: Fact | None = said.get("numbered", {}).get(name.rstrip("0123456789")) if name[-1:].isdigit() else None
    for beginning, fact in said.get("named", {}).items():
        if found is None and name.startswith(beginning) and name != beginning:
            found = fact
    return found


def _whole(application: Application, said: Mapping[str, Any], given: Mapping[str, Any], way: Way) -> Iterator[Finding]:
    """What hangs on all keys of a map being there to see. A value that only Terraform knows may be null."""
    for name, inside in application.below(said):
        if given.get(name) is None:
            known = application.of(inside)
            if known.get("required"):
                yield Finding("missing", way, name)
            elif known.get("filled"):
                yield from _map(application, known, {}, (*way, name), True)
    for what in _WHOLE:
        for names in said.get(what, ()):
            may_be = [name for name in names if _reached(given, name) is not None]
            are = [name for name in may_be if not is_opaque(_reached(given, name))]
            if what == "together":
                if are and len(may_be) < len(names):
                    yield Finding("together", way, tuple(are), (tuple(names),))
            elif (len(may_be) < 1 and what != "at_most_one_of") or (len(are) > 1 and what != "at_least_one_of"):
                yield Finding("choice", way, tuple(are), (what.replace("_", " "), tuple(names)))
    amounts = [(name, found) for name in said.get("ascending", ()) if (found := amount(given.get(name))) is not None]
    for (one, less), (other, more) in pairwise(amounts):
        if less > more:
            yield Finding("order", (*way, other), given[other], (one, given[one]))
    for rule in said.get("rules", ()):
        # what has a default is there when somebody needs it, and is not written when somebody asks whether it is
        written = all(_reached(given, path) is not None for path, asked in rule["if"].items() if "set" in asked)
        if written and all(_holds(application, said, given, path, asked) for path, asked in rule["if"].items()):
            for path, asked in rule["then"].items():
                if _holds(application, said, given, path, asked) is False:
                    place = (*way, *parse_path(path))
                    yield Finding("rule", place, _reached(given, path), (tuple(rule["if"].items()), asked))


def _reached(given: Mapping[str, Any], path: str) -> Any:
    found: Any = given
    for key in parse_path(path):
        if is_opaque(found):
            return found
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _holds(
    application: Application, said: Mapping[str, Any], given: Mapping[str, Any], path: str, asked: Mapping[str, Any]
) -> bool | None:
    """Whether what is at a path is as asked; None where only Terraform knows it. A default stands in for nothing."""
    value = _reached(given, path)
    if value is None:
        value = _default(application, said, path)
    if is_opaque(value) or _is_filled_in(application, value):
        return None
    if value is None:
        # what is not there is neither equal to anything nor above it
        return not ({"set", "one_of", "above", "contains"} & asked.keys())
    if "one_of" in asked and value not in asked["one_of"]:
        return False
    if "above" in asked and not (amount(value) or 0) > asked["above"]:
        return False
    return not ("contains" in asked and (not isinstance(value, (list, tuple)) or asked["contains"] not in value))


def _default(application: Application, said: Mapping[str, Any], path: str) -> Any:
    for key in parse_path(path):
        keys = said.get("keys", {})
        if key not in keys:
            return None
        said = application.of(keys[str(key)])
    return said.get("default")


def _meant(application: Application, said: Mapping[str, Any], name: str) -> str:
    """The key that was meant: one with nearly this name, or else the same name further in."""
    sibling = nearest(name, said.get("keys", {}))
    if sibling is not None:
        return sibling
    waiting: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), said)]
    for looked, (way, fact) in enumerate(waiting):
        if looked > _NESTED_LOOKS:
            break
        for key, inside in application.below(fact):
            if key == name:
                return format_path((*way, key))
            known = application.of(inside)
            if "keys" in known and len(way) < 4:
                waiting.append(((*way, key), known))
    return ""
