from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from groundplan.applications.facts import Application, Fact, application, list_applications, places_file
from groundplan.applications.forms import FORMS, amount
from groundplan.applications.places import places_of_chart
from groundplan.applications.walking import walk
from groundplan.charts import list_charts
from groundplan.charts.facts import tree_of
from groundplan.charts.paths import Step
from groundplan.charts.tree import Node

_KINDS = {"map", "list", "any", *FORMS}
_WORDS = """
    type keys each items open prefixes numbered named variants typed json yaml filled block takes also one_of none_of
    minimum maximum above shortest longest begins pattern example required default deprecated any_case unique on rules
    ascending together domains exactly_one_of at_most_one_of at_least_one_of
"""
_EXAMPLES: dict[str, list[Any]] = {
    "string": ["some text", ""],
    "duration": ["30s", "1h30m", "0s"],
    "size": ["10MB", "4MiB"],
    "csv": ["a,b", ""],
    "pairs": ["a=b,c=d", ""],
    "cidr": ["10.0.0.0/8", "192.0.2.1"],
    "integer": [3, 7],
    "number": [2.5, 3],
    "boolean": [True, False],
}
_TEXTS = {"integer": ["3", "7"], "number": ["2.5"], "boolean": ["true", "false"]}


def _facts(known: Application, fact: Fact) -> Iterator[Mapping[str, Any]]:
    """Every fact as it is written, each shape once."""
    seen: set[str] = set()
    waiting: list[Fact] = [fact, *known.shapes.values()]
    for one in waiting:
        if isinstance(one, str):
            assert one.startswith("@") or set(one.split("|")) <= _KINDS, one
            assert not one.startswith("@") or one[1:] in known.shapes, one
            continue
        key = str(sorted(one))
        seen.add(key)
        yield one
        waiting += [*one.get("keys", {}).values(), *(one[name] for name in ("each", "items") if name in one)]
        waiting += [*one.get("typed", {}).values()]
        waiting += [fact for variants in one.get("variants", ()) for fact in variants["of"].values()]


@pytest.mark.parametrize("name", list_applications())
def test_the_facts_of_an_application_say_what_they_are_of_and_use_only_words_that_are_read(name: str) -> None:
    known = application(name)
    assert known.source.startswith("https://")
    assert known.version
    assert known.is_exact or known.assumption
    for part in known.parts.values():
        for fact in _facts(known, part):
            assert fact.keys() <= set(_WORDS.split())
            assert set(fact["type"].split("|")) <= _KINDS, fact["type"]
            assert "json" not in fact or f"{fact['json']}:" in known.part_names()


def test_every_place_is_a_value_that_its_chart_reads() -> None:
    for chart, places in places_file()["charts"].items():
        assert chart in list_charts()
        for place in places_of_chart(chart):
            node: Node | None = tree_of(chart)
            for step in place.way:
                assert node is not None
                node = node.items if step is Step.ITEMS else node.children.get(str(step), node.any_key) or _open(node)
            assert node is not None, (chart, place.way)
        assert len({place["at"] for place in places}) == len(places)


def _open(node: Node) -> Node | None:
    return node if node.is_open else None


def _value(known: Application, fact: Fact, depth: int, *, is_whole: bool) -> st.SearchStrategy[Any]:
    """What the application takes, by the facts."""
    said = known.of(fact)
    kinds = said.get("type", "any").split("|")
    if "one_of" in said and "csv" not in kinds:
        return st.sampled_from(said["one_of"])
    if "map" in kinds and depth > 0 and not said.get("variants"):
        return _map(known, said, depth, is_whole)
    if "list" in kinds and depth > 0:
        item = _value(known, said.get("items", "any"), depth - 1, is_whole=True)
        if item.is_empty:
            return st.just([]) if not said.get("shortest") else st.nothing()
        sizes = {"min_size": said.get("shortest", 0), "max_size": max(2, said.get("shortest", 0))}
        return st.lists(item, unique_by=repr, **sizes) if said.get("unique") else st.lists(item, **sizes)
    scalars = [kind for kind in kinds if kind in FORMS]
    if not scalars:
        return st.nothing() if is_whole or "any" not in kinds else st.just("anything")
    examples = [*_EXAMPLES[scalars[0]], *(_TEXTS.get(scalars[0], []) if known.is_text else [])]
    if "default" in said:
        examples = [said["default"], *examples]
    examples = [each for each in examples if _is_inside(said, each)]
    return st.sampled_from(examples) if examples else st.nothing()


def _is_inside(said: Mapping[str, Any], value: Any) -> bool:
    if value == said.get("default"):
        return True
    if {"pattern", "begins", "json", "one_of"} & said.keys() or value in said.get("none_of", ()):
        return False
    if isinstance(value, str) and not said.get("shortest", 0) <= len(value) <= said.get("longest", 10_000):
        return False
    size = amount(value)
    low, high, above = (amount(said.get(word)) for word in ("minimum", "maximum", "above"))
    return size is None or (
        (low is None or size >= low) and (high is None or size <= high) and (above is None or size > above)
    )


@st.composite
def _map_of(draw: st.DrawFn, known: Application, said: Mapping[str, Any], depth: int) -> dict[str, Any]:
    keys = sorted(said.get("keys", {}))
    chosen = draw(st.lists(st.sampled_from(keys), max_size=4, unique=True)) if keys else []
    found = {}
    for key in chosen:
        strategy = _value(known, said["keys"][key], depth - 1, is_whole=False)
        if not strategy.is_empty:
            found[key] = draw(strategy)
    return found


def _map(known: Application, said: Mapping[str, Any], depth: int, is_whole: bool) -> st.SearchStrategy[Any]:
    if is_whole and ({"rules", "ascending", "together", "exactly_one_of", "at_least_one_of"} & said.keys()):
        return st.nothing()
    if is_whole and any({"required", "filled"} & known.of(inside).keys() for inside in said.get("keys", {}).values()):
        return st.nothing()
    groups = [set(names) for word in ("at_most_one_of", "exactly_one_of") for names in said.get(word, ())]
    return _map_of(known, said, depth).filter(lambda found: all(len(names & found.keys()) < 2 for names in groups))


_SOME = settings(max_examples=15, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
_MAPS = ["loki", "tempo-2", "tempo-3", "mimir", "istio-mesh", "kong-conf", "grafana-ini", "cloudwatch-agent"]


@pytest.mark.parametrize("name", _MAPS)
@_SOME
@given(data=st.data())
def test_what_the_facts_allow_is_found_right_and_one_misspelt_key_in_it_is_found(
    name: str, data: st.DataObject
) -> None:
    known = application(name)
    value = data.draw(_value(known, known.parts[""], 4, is_whole=False))
    wrong = [each for each in walk(known, known.parts[""], value) if each.what not in ("unchecked", "deprecated")]
    assert wrong == []

    ways = [way for way, inner, fact in _maps(known, known.parts[""], value) if _is_closed(known, fact)]
    assume(ways)
    way = data.draw(st.sampled_from(ways))
    inner = value
    for step in way:
        inner = inner[step]
    inner["no_such_key_anywhere"] = "x"
    (found,) = [each for each in walk(known, known.parts[""], value) if each.what == "unknown key"]
    assert found.way == (*way, "no_such_key_anywhere")


def _maps(known: Application, fact: Fact, value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, Any, Any]]:
    said = known.of(fact)
    if isinstance(value, dict) and "map" in said.get("type", ""):
        yield way, value, said
        for key, item in value.items():
            yield from _maps(known, said.get("keys", {}).get(key, said.get("each", "any")), item, (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _maps(known, said.get("items", "any"), item, (*way, index))


def _is_closed(known: Application, said: Mapping[str, Any]) -> bool:
    return not ({"open", "each", "variants"} & said.keys())


@given(st.integers(0, 10_000), st.sampled_from(["ns", "us", "ms", "s", "m", "h", "d", "w", "y"]), st.booleans())
def test_a_duration_is_as_long_as_its_parts(number: int, unit: str, is_negative: bool) -> None:
    text = f"{'-' if is_negative else ''}{number}{unit}"
    assert FORMS["duration"].text(text)
    assert FORMS["duration"].text(f"{text}5s")
    assert amount(f"{text}5s") == pytest.approx((amount(text) or 0) + (-5 if is_negative else 5))


@given(st.text(alphabet="0123456789.smhdx -"))
def test_no_text_is_a_duration_that_has_no_amount(text: str) -> None:
    assert FORMS["duration"].text(text) == (
        amount(text) is not None and not re.fullmatch(r"[-+]?[\d.]*[1-9.][\d.]*|[-+]?0[\d.]+", text)
    )
