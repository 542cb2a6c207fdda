"""Checks in Python alone, and the words that rules are written with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

import pytest

from groundplan.framework import (
    EachRule,
    Inputs,
    Rule,
    Term,
    computed,
    count_set,
    distinct,
    every,
    expression_of,
    field,
    hcl,
    matches,
    occurrences,
    some,
    tallied,
    together,
    unrepeated,
)
from groundplan.framework.checking import problems_of
from groundplan.framework.constraints import Pattern, Unique, Unlike
from groundplan.framework.references import ListReference, TextReference
from groundplan.framework.terms import constant
from groundplan.framework.variables import variables
from groundplan.problems import Problem


def no_cycle(graph: Graph) -> Iterator[Problem]:
    for name, follower in graph.edges.items():
        if graph.edges.get(follower) == name:
            yield Problem(f'edges["{name}"]', "leads back to itself", "Remove one of the edges.")


class Graph(Inputs):
    """A graph with one way out of every node."""

    start: str = field("where it begins", min_length=1)
    edges: dict[str, str] = field("what follows what")

    rules = (Rule("edges", lambda v: v.edges != {}, "must not be empty"),)
    checks = (no_cycle,)


class Graphs(Inputs):
    """Several graphs."""

    graphs: dict[str, Graph] = field("graphs by name")


def said(graph: Graph) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in problems_of(Graphs(graphs={"g": graph}), "dev")]


def test_a_check_tells_the_whole_path_of_what_is_wrong() -> None:
    assert said(Graph(start="a", edges={"a": "b", "b": "a"})) == [
        'dev.graphs["g"].edges["a"]: leads back to itself',
        'dev.graphs["g"].edges["b"]: leads back to itself',
    ]


def test_a_check_is_silent_about_what_is_well() -> None:
    assert said(Graph(start="a", edges={"a": "b"})) == []


@pytest.mark.parametrize("broken", [{"start": ""}, {"start": 3}, {"edges": {"a": 1, "b": "a"}}, {"edges": {}}])
def test_a_check_is_asked_only_once_everything_else_is_well(broken: dict[str, Any]) -> None:
    sound = Graph(start="a", edges={"a": "b", "b": "a"})
    assert not any("leads back" in problem for problem in said(sound.but(**broken)))
    assert said(sound.but(**broken))


def test_set_settings_are_counted_on_both_sides() -> None:
    term = count_set(constant("x"), constant(None), Term("var.y", lambda: 0))
    assert computed(term) == 2
    assert expression_of(term) == (
        'length([for is_set in ["x" != null, null != null, var.y != null] : is_set if is_set])'
    )


def test_settings_are_compared_together() -> None:
    assert computed(together(constant("a"), constant(None)) == together(constant("a"), constant(None)))
    assert not computed(together(constant("a"), constant("b")) == together(constant("b"), constant("a")))
    assert expression_of(together(constant("a"), Term("var.y", lambda: 1))) == 'jsonencode(["a", var.y])'


@pytest.mark.parametrize(("text", "whole"), [("10.0", True), ("10.0\n", False), ("x10.0", False)])
def test_a_pattern_matches_a_whole_text(text: str, whole: bool) -> None:
    assert computed(matches(constant(text), r"[0-9]+\.[0-9]")) is whole


def test_a_pattern_is_escaped_for_terraform() -> None:
    assert expression_of(matches(Term("var.x", lambda: ""), r"\d")) == r'can(regex("^(?:\\d)$", var.x))'


class Named(Inputs):
    """Names, none of them twice."""

    names: dict[str, str] = field("names")

    rules = (
        EachRule(
            "names",
            lambda _v, _key, name, all_names: occurrences(all_names, name) == 1,
            "is a name twice",
            shared=lambda v: tallied(v.names, lambda _, name: name),
        ),
    )


def test_entries_are_compared_with_what_is_computed_once_for_all_of_them() -> None:
    problems = problems_of(Named(names={"a": "x", "b": "y", "c": "x"}))
    assert [(problem.path, problem.message) for problem in problems] == [
        ('names["a"]', "is a name twice"),
        ('names["c"]', "is a name twice"),
    ]
    assert problems_of(Named(names={"a": "x", "b": TextReference("module.b.name"), "c": "x"})) == []


def test_terraform_computes_it_once_too() -> None:
    _, validation = variables(Named)["names"]["validation"]
    assert validation["condition"] == (
        "${length(flatten([for shared in [{for text, alike in "
        "{for key_0, value_0 in var.names : jsonencode(value_0) => key_0...} : text => length(alike)}] : "
        '[for key_0, value_0 in var.names : "names[${jsonencode(key_0)}]: is a name twice" '
        "if !((shared[jsonencode(value_0)] == 1))]])) == 0}"
    )


class Counted(str):
    """Text that counts how often one is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_entries_that_are_compared_with_all_others_take_a_time_that_grows_with_their_number() -> None:
    def compared(number: int) -> int:
        Counted.compared = 0
        assert problems_of(Named(names={f"n{i}": Counted(f"value {i}") for i in range(number)})) == []
        return Counted.compared

    # a search of all for each would be 16 times as many
    assert compared(400) < 6 * max(compared(100), 100)


class Hosts(Inputs):
    """Addresses by name."""

    addresses: dict[str, str] = field("addresses by name")
    main: str = field("name of the main one")

    rules = (
        Rule("main", lambda v: some(v.addresses, lambda name, _: name == v.main), "must be a name of addresses"),
        Rule("addresses", lambda v: every(v.addresses, lambda _, address: address != ""), "must not be empty"),
    )


def test_a_rule_about_names_is_asked_even_when_only_terraform_knows_what_they_stand_for() -> None:
    hosts = Hosts(addresses={"a": TextReference("module.network.address")}, main="a")
    assert problems_of(hosts) == []
    assert [problem.path for problem in problems_of(hosts.but(main="b"))] == ["main"]


class Listed(Inputs):
    """Names in a list, and ports by name, none of them twice."""

    names: Annotated[list[str], Unique()] = field("names")
    ports: dict[str, float] = field("ports")

    rules = (Rule("ports", lambda v: distinct(v.ports, lambda _, port: port), "must differ"),)


def test_terraform_compares_no_entry_with_all_before_it_to_find_one_twice() -> None:
    blocks = variables(Listed)
    assert blocks["names"]["validation"][0]["condition"] == "${length(toset(var.names)) == length(var.names)}"
    ports = "[for key_0, value_0 in var.ports : value_0]"
    assert blocks["ports"]["validation"][-1]["condition"] == f"${{(length(toset({ports})) == length({ports}))}}"


def test_a_list_without_repeats_is_made_in_one_go() -> None:
    assert hcl(unrepeated(ListReference("var.role_arns"))) == "tolist(toset(var.role_arns))"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[a-z]{1,1001}", "repeats more than 1000 times"),
        ("(?=a).*", "looks ahead or behind"),
        (r"(a)\1", "refers back to what a group matched"),
    ],
)
def test_a_pattern_that_terraform_does_not_read_is_told_to_its_author(pattern: str, why: str) -> None:
    for constraint in (Pattern(pattern, "a name"), Unlike(pattern, "not be a name")):
        with pytest.raises(TypeError, match=f"{re.escape(pattern)} {why}.*, which Terraform does not read"):
            constraint.condition("var.name")
    assert Pattern("[a-z]{1,1000}", "a name").condition("var.name") == 'can(regex("^(?:[a-z]{1,1000})$", var.name))'
