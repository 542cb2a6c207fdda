"""One vocabulary on both sides: what Python computes, Terraform answers of a term and of a reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

import groundplan.framework
from groundplan.framework import (
    Inputs,
    Term,
    all_of,
    any_of,
    choose,
    computed,
    conditions,
    contains,
    count_set,
    distinct,
    equals,
    every,
    expression_of,
    field,
    first_set,
    gathered,
    hcl,
    is_set,
    keys,
    length,
    matches,
    negated,
    not_empty,
    occurrences,
    overlap,
    picked,
    repeated,
    some,
    summed,
    tallied,
    text,
    together,
    unset,
    values,
)
from groundplan.framework.errors import InputInspected
from groundplan.framework.inputs import plain
from groundplan.framework.references import FlagReference, Reference, reference
from groundplan.framework.shapes import ObjectOf
from groundplan.framework.terms import constant, declaration_term
from tests.support.planning import evaluated_outputs


class Limit(Inputs):
    """One entry."""

    days: int = field("a number")
    zones: list[str] = field("a list", default=[])


class Questioned(Inputs):
    """Everything that can be asked."""

    name: str = field("a text")
    other: str | None = field("a text that may be left out", default=None)
    days: int = field("a number")
    step: int = field("another number")
    on: bool = field("a flag")
    zones: list[str] = field("a list", default=[])
    limits: dict[str, Limit] = field("a map", default={})


def declared(**settings: Any) -> Questioned:
    return Questioned(
        **{"name": "a-1", "other": None, "days": -7, "step": 3, "on": False, "zones": [], "limits": {}} | settings
    )


GIVEN = [
    declared(),
    declared(other="b", days=7, step=-3, on=True, zones=["a", "b"], limits={"x": Limit(days=1, zones=["b"])}),
    declared(
        name="b",
        other="b",
        days=-6,
        zones=["b"],
        limits={"y": Limit(days=2, zones=["a"]), "x": Limit(days=2, zones=[]), "z": Limit(days=-2, zones=["b", "a"])},
    ),
    declared(days=0, step=5, limits={"b": Limit(days=-7, zones=["a", "b"])}, zones=["c"]),
]

QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "all_of": lambda v: all_of(is_set(v.other), v.on, contains(v.zones, v.other)),
    "all_of one": lambda v: all_of(v.on),
    "any_of": lambda v: any_of(v.on, unset(v.other), v.days > 3),
    "any_of, each looked at only when it must be": lambda v: any_of(unset(v.other), matches(v.other, "b|c")),
    "choose": lambda v: choose(v.on, v.days, v.step),
    "contains": lambda v: contains(v.zones, "b"),
    "contains, of the author's own": lambda v: contains(["a-1", "c"], v.name),
    "count_set": lambda v: count_set(v.other, v.name),
    "distinct": lambda v: distinct(v.limits, lambda _, limit: limit.days),
    "equals": lambda v: equals(v.name, v.other),
    "every": lambda v: every(v.limits, lambda name, limit: all_of(limit.days > 0, negated(equals(name, "z")))),
    "every item": lambda v: every(v.zones, lambda index, zone: any_of(index > 0, equals(zone, "b"))),
    "every, of the author's own": lambda v: every(["a", "b"], lambda _, zone: contains(v.zones, zone)),
    "every inside every": lambda v: every(
        v.limits, lambda _, limit: every(limit.zones, lambda _, zone: contains(v.zones, zone))
    ),
    "first_set": lambda v: first_set(v.other, v.name),
    "gathered": lambda v: gathered(
        (v.on, v.name),
        (is_set(v.other), v.other),
        (True, v.zones),
        (True, picked(v.limits, lambda _, limit: limit.zones, lambda _, limit: limit.days > 1)),
    ),
    "is_set": lambda v: is_set(v.other),
    "keys": lambda v: keys(v.limits),
    "length": lambda v: length(v.limits) + length(v.zones) * 10,
    "matches": lambda v: matches(v.name, r"[a-z]-\d"),
    "negated": lambda v: negated(v.on),
    "not_empty": lambda v: not_empty(v.limits),
    "occurrences": lambda v: every(
        v.limits,
        lambda _, limit: equals(occurrences(tallied(v.limits, lambda _, other: other.days), limit.days), 1),
    ),
    "overlap": lambda v: overlap(v.zones, ["b", "d"]),
    "picked": lambda v: picked(v.limits, lambda name, _: name, lambda _, limit: limit.days > 2),
    "picked items": lambda v: picked(v.zones, lambda _, zone: zone, lambda _, zone: negated(equals(zone, "b"))),
    "repeated": lambda v: repeated(v.limits, lambda _, limit: limit.days),
    "some": lambda v: some(v.limits, lambda name, limit: any_of(equals(name, "b"), contains(limit.zones, "b"))),
    "some, of the author's own": lambda v: some({"a": 1, "b": -7}, lambda _, days: equals(v.days, days)),
    "summed": lambda v: summed(v.limits, lambda _, limit: limit.days),
    "tallied": lambda v: tallied(v.limits, lambda _, limit: limit.days),
    "together": lambda v: together(v.name, v.other, v.zones, "<&>"),
    "unset": lambda v: unset(v.other),
    "values": lambda v: values(v.limits),
    "&": lambda v: is_set(v.other) & v.on,
    "|": lambda v: unset(v.other) | matches(v.other, "b"),
    "| of the author's own": lambda v: False | v.on,
    "~": lambda v: ~v.on & ~(v.days > 3),
    "%": lambda v: v.days % v.step,
    "% of a number": lambda v: -7 % v.step,
    "//": lambda v: v.days // v.step,
    "arithmetic": lambda v: abs(2 - v.days * 3) + -v.step,
    "/": lambda v: v.days / 2,
    "**": lambda v: v.days**2,
    "order": lambda v: v.days >= 3,
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """For each question and declaration: Python's answer, Terraform's of the term and of the reference, and of `~`."""
    outputs: dict[str, Any] = {}
    python: dict[str, list[Any]] = {}
    for place, (name, question) in enumerate(QUESTIONS.items()):
        python[name] = []
        for index, declaration in enumerate(GIVEN):
            term = question(declaration_term(f"local.v{index}", declaration))
            made = question(reference(ObjectOf(declaration=Questioned), f"local.v{index}"))
            assert isinstance(term, Term), name
            assert isinstance(made, Reference), name
            python[name].append(plain(computed(term)))
            asked = [term, made]
            if isinstance(python[name][-1], bool):
                # what is said of an answer holds for all of it, not for its first word
                asked += [~term, ~made]
            outputs[f"o{place}_{index}"] = {"value": f"${{[{', '.join(map(hcl, asked))}]}}"}
    given = {
        f"v{index}": f"${{{hcl({'other': None, **plain(declaration)})}}}" for index, declaration in enumerate(GIVEN)
    }
    told = evaluated_outputs({"locals": given, "output": outputs}, tmp_path_factory.mktemp("questions"))
    return {
        name: [(python[name][index], *told[f"o{place}_{index}"]) for index in range(len(GIVEN))]
        for place, name in enumerate(QUESTIONS)
    }


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_has_one_answer_in_python_and_of_a_term_and_of_a_reference(question: str, answers: Any) -> None:
    for computed_here, of_term, of_reference, *negations in answers[question]:
        assert of_term == of_reference == computed_here
        assert negations == ([not computed_here] * 2 if isinstance(computed_here, bool) else [])


def test_every_question_of_the_vocabulary_is_asked_here_and_is_an_authors() -> None:
    words = {name for name in conditions.__all__ if name not in {"entries_of", "loop", "one_entry"}}
    assert words <= set(groundplan.framework.__all__)
    assert words <= {name.partition(",")[0].partition(" ")[0] for name in QUESTIONS}


@drawn(st.integers(-1000, 1000), st.integers(-1000, 1000).filter(bool))
def test_a_remainder_has_pythons_sign(number: int, by: int) -> None:
    assert computed(constant(number) % by) == number % by
    assert hcl(Term("x", lambda: number) % Term("y", lambda: by)) == "(x - y * floor(x / y))"


def test_a_flag_is_joined_with_flags_alone() -> None:
    flag = FlagReference("var.on")
    for wrong in (lambda: flag & 3, lambda: 3 | flag, lambda: flag | "yes"):
        with pytest.raises(InputInspected, match="in parentheses"):
            wrong()


def test_a_rule_that_asks_a_function_of_terraforms_is_told_to_say_it_twice() -> None:
    name = Term("var.name", lambda: "a")
    with pytest.raises(TypeError, match="Term") as told:
        text("upper", name)
    assert "upper" in str(told.value)
    assert expression_of(first_set(name, "b")) == '((var.name != null) ? var.name : "b")'
