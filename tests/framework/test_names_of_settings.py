"""A setting may have any name that Terraform knows, on both sides; the few that are not free are refused."""

from __future__ import annotations

import keyword
import types
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from groundplan.framework import Inputs, Module, Outputs, Term, computed, expression_of, field, is_set, jsonencode
from groundplan.framework.checking import problems_of
from groundplan.framework.inputs import Declaration
from groundplan.framework.references import (
    AnyReference,
    FlagReference,
    ListReference,
    MapReference,
    NumberReference,
    ObjectReference,
    TextReference,
    reference,
)
from groundplan.framework.repetition import Each, Element, Pair, When
from groundplan.framework.shapes import ObjectOf
from groundplan.framework.terms import declaration_term
from groundplan.framework.variables import variables
from tests.support.planning import evaluated_outputs

CARRIERS: list[type] = [
    *(BaseModel, Declaration, type(Declaration), Term, Element, Each, Pair, When, Module, Outputs, type, object),
    *(AnyReference, FlagReference, ListReference, MapReference, NumberReference, ObjectReference, TextReference),
]
NAMES = sorted(
    {name for carrier in CARRIERS for name in dir(carrier)}
    | {f"{word}_" for word in keyword.kwlist + keyword.softkwlist}
    | set(keyword.softkwlist)
    | {"expression", "shape", "item", "render", "compute", "self", "cls", "name", "values", "größe", "x-y"}
)
REFUSED = {"but", "checks", "given", "rules"}


def declared(name: str) -> type[Inputs]:
    body = {"__module__": __name__, "__annotations__": {name: str}, name: field("any text", default="left out")}
    return type(Inputs)("Carrier", (Inputs,), body)


USABLE = [name for name in NAMES if not name.startswith("_") and name not in REFUSED]


@pytest.mark.parametrize("name", USABLE)
def test_a_name_is_free_on_both_sides(name: str) -> None:
    kind = declared(name)
    assert [setting.name for setting in kind.fields()] == [name]
    # with values
    assert getattr(kind(), name) == "left out"
    assert getattr(kind(**{name: "set"}), name) == "set"
    assert getattr(kind().but(**{name: "changed"}), name) == "changed"
    assert [problem.path for problem in problems_of(kind(**{name: 3}))] == [name]
    # with references
    given = reference(ObjectOf(declaration=kind), "var.carrier")
    assert expression_of(getattr(given, name)) == f"var.carrier.{name}"
    assert str(is_set(given)) == "${var.carrier != null}"
    # in a rule
    term = getattr(declaration_term("var.carrier", kind(**{name: "set"})), name)
    assert (expression_of(term), computed(term)) == (f"var.carrier.{name}", "set")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in USABLE and name != "__annotations__"])
def test_a_name_that_is_not_free_is_refused_where_it_is_declared(name: str) -> None:
    with pytest.raises(TypeError) as told:
        declared(name)
    sentence = str(told.value)
    assert sentence.startswith(f"Carrier.{name}")
    # what it says to take instead is free
    assert declared(sentence.partition("call it ")[2].split(",")[0])


def test_only_the_words_of_a_declarations_own_are_refused() -> None:
    assert {name for name in vars(Declaration) if not name.startswith("_")} == REFUSED


def test_a_word_of_ones_own_is_refused_as_well() -> None:
    class Sized(Inputs):
        """Has a word of its own."""

        @property
        def total(self) -> int:
            return 3

    with pytest.raises(TypeError, match="Wider.total: total is a word of"):

        class Wider(Sized):
            """Would hide it."""

            total: int = field("how many", default=1)  # type: ignore[assignment]  # what is refused


def test_terraform_takes_every_free_name(tmp_path: Path) -> None:
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": dict.fromkeys(USABLE, str)}
    kind = type(Inputs)("All", (Inputs,), body | {name: field("any text", default=name) for name in USABLE})
    holder = type(Inputs)(
        "Holder",
        (Inputs,),
        {"__module__": __name__, "__annotations__": {"carrier": kind}, "carrier": field("all names", default=kind())},
    )
    given = reference(ObjectOf(declaration=holder), "var")
    written = {name: getattr(given.carrier, name) for name in USABLE}
    told = evaluated_outputs(
        {"variable": variables(holder), "output": {"told": {"value": f"${{jsondecode({jsonencode(written)[2:-1]})}}"}}},
        tmp_path,
    )
    assert told == {"told": {name: name for name in USABLE}}


RESERVED = ["count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"]


@pytest.mark.parametrize("name", RESERVED)
def test_what_terraform_keeps_for_a_call_is_refused_for_a_module_and_free_inside(name: str) -> None:
    kind = declared(name)
    with pytest.raises(TypeError, match=f"Carrier.{name}: Terraform keeps {name} for itself"):
        types.new_class("Called", (Module[kind, Outputs],), exec_body=lambda body: body.update(__module__=__name__))
    assert getattr(kind(), name) == "left out"


def test_a_setting_without_a_type_or_a_sentence_is_refused() -> None:
    with pytest.raises(TypeError, match="Bare.size needs a type"):
        type(Inputs)("Bare", (Inputs,), {"__module__": __name__, "size": field("how big")})
    with pytest.raises(TypeError, match="Bare.size needs a sentence"):
        type(Inputs)("Bare", (Inputs,), {"__module__": __name__, "__annotations__": {"size": int}, "size": 3})


def test_settings_of_a_declaration_made_from_another_come_after_its() -> None:
    class Base(Inputs):
        """The first."""

        name: str = field("who")
        size: int = field("how big", default=1)

    class More(Base):
        """The second."""

        owner: str = field("whose")
        name: str = field("who", default="nobody")

    assert [(setting.name, setting.required) for setting in More.fields()] == [
        ("name", False),
        ("size", False),
        ("owner", True),
    ]
    assert [setting.required for setting in Base.fields()] == [True, False]
