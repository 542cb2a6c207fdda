"""Python cannot ask an input for its value, and says which input was asked."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import given as generated
from hypothesis import strategies as st
from modules_for_tests import EverythingInputs

from groundplan.framework import calculated, choose, equals, hcl, is_set
from groundplan.framework.errors import InputInspected
from groundplan.framework.references import is_opaque, reference
from groundplan.framework.shapes import Number, ObjectOf
from tests.support.planning import evaluated_outputs

given: Any = reference(ObjectOf(declaration=EverythingInputs), "var")

MISUSES: dict[str, tuple[Callable[[], Any], str]] = {
    "if on a flag": (lambda: 1 if given.enabled else 2, "var.enabled"),
    "not on a flag": (lambda: not given.enabled, "var.enabled"),
    "== on a text": (lambda: given.mode == "safe", "var.mode"),
    "in on a text": (lambda: "a" in given.name, "var.name"),
    "len of a text": (lambda: len(given.name), "var.name"),
    "a loop over a text": (lambda: list(given.name), "var.name"),
    "a slice of a text": (lambda: given.name[:3], "var.name"),
    "upper of a text": (lambda: given.name.upper(), "var.name"),
    "truth of a text": (lambda: 1 if given.name else 2, "var.name"),
    "if an order of numbers": (lambda: 1 if given.voters < 60 else 2, "(var.voters < 60)"),
    "an order of three numbers": (lambda: 1 < given.voters < 60, "(var.voters > 1)"),
    "the greater number": (lambda: max(given.voters, 3), "(var.voters < 3)"),
    "< on a text": (lambda: given.name < "b", "var.name"),
    "== on a number": (lambda: given.voters == 3, "var.voters"),
    "round of a number": (lambda: round(given.ratio), "var.ratio"),
    "divmod of a number": (lambda: divmod(given.voters, 2), "var.voters"),
    "a format of a number": (lambda: f"{given.voters:03d}", "var.voters"),
    "a format of a text": (lambda: f"{given.name:>20}", "var.name"),
    "% of a text": (lambda: given.name % 3, "var.name"),
    "format of a text": (lambda: given.name.format(), "var.name"),
    "append to a list": (lambda: given.zones.append("b"), "var.zones"),
    "update of a map": (lambda: given.aliases.update(a="b"), "var.aliases"),
    "| of maps": (lambda: given.aliases | {"a": "b"}, "var.aliases"),
    "a copy of a map": (lambda: {**given.aliases}, "var.aliases"),
    "int of a number": (lambda: int(given.voters), "var.voters"),
    "truth of a number": (lambda: 1 if given.voters else 2, "var.voters"),
    "a loop over a list": (lambda: [zone for zone in given.zones], "var.zones"),
    "len of a list": (lambda: len(given.zones), "var.zones"),
    "an item of a list": (lambda: given.zones[0], "var.zones"),
    "+ on a list": (lambda: given.zones + ["b"], "var.zones"),
    "in on a list": (lambda: "a" in given.zones, "var.zones"),
    "a loop over a map": (lambda: [key for key in given.secrets], "var.secrets"),
    "items of a map": (lambda: list(given.secrets.items()), "var.secrets"),
    "truth of a map": (lambda: 1 if given.secrets else 2, "var.secrets"),
    "truth of an optional object": (lambda: 1 if given.rotation else 2, "var.rotation"),
    "None of an optional object": (lambda: given.rotation == None, "var.rotation"),  # noqa: E711 - what it must catch
    "a comparison inside a map": (lambda: given.secrets["a"].kind == "api_key", 'var.secrets["a"].kind'),
}


@pytest.mark.parametrize("misuse", MISUSES)
def test_is_an_error_that_names_the_input_and_the_line(misuse: str) -> None:
    ask, name = MISUSES[misuse]
    with pytest.raises(InputInspected) as told:
        ask()
    message, advice = str(told.value).split("\n")
    assert message.startswith(f"{name} has no value while Python runs")
    file, _, line = message.removesuffix(".").rpartition(" ")[2].rpartition(":")
    assert (Path(file).name, int(line)) == (Path(__file__).name, ask.__code__.co_firstlineno)
    assert advice.startswith("    Write ")


ADVICE: dict[str, str] = {
    "== on a text": "equals(x, y)",
    "if on a flag": "when(x)",
    "a loop over a map": "each(x)",
    "+ on a list": "concat(x, y)",
    "| of maps": "merged(x, y)",
    "len of a list": "length(x)",
    "round of a number": 'number("floor", x)',
    "a format of a number": 'text("format", "%03d", x)',
    "truth of an optional object": "is_set(x)",
    "truth of a map": "not_empty(x)",
    "truth of a number": "x > 0",
    "in on a list": "contains(list, x)",
}


@pytest.mark.parametrize("misuse", ADVICE)
def test_what_to_write_instead_is_said_of_what_was_asked(misuse: str) -> None:
    with pytest.raises(InputInspected) as told:
        MISUSES[misuse][0]()
    assert ADVICE[misuse] in str(told.value).split("\n")[1]


@pytest.mark.parametrize("name", ["name", "voters", "enabled", "zones", "aliases", "rotation"])
def test_a_reference_is_the_same_as_another_to_the_same_whoever_asks(name: str) -> None:
    one, another = getattr(given, name), getattr(given, name)
    for place in ("anywhere", "copying_things", "groundplan.iam", "groundplan.charts.values", "typeguard"):
        asked = eval(compile("(lambda a, b: (a == b, a != b))", place, "eval"), {"__name__": place})
        assert asked(one, another) == (True, False)
        for other in (given.mode, given.ratio, "${var.other}", 3, None, ["a"], {"a": "b"}):
            with pytest.raises(InputInspected):
                asked(one, other)


NUMBERS = st.integers(-40, 40) | st.sampled_from([0.5, -2.25, 8.0])
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "- and *": lambda a, b: (a - b) * (b - a) - a * 2,
    "- of a sum": lambda a, b: -(a + b) - abs(a),
    "% of a sum": lambda a, b: (a + b) % 7 - 7 // (a * a + 1),
    "floor and ceil": lambda a, b: math.floor(a / 3) + math.ceil(b / 3),
    "**": lambda a, b: abs(a) ** 2 + 2 ** (abs(b) // 8),
    "in calculated": lambda a, b: (
        (number_of("{x} + {y}", a, b) if isinstance(a, float) and is_opaque(a) else a + b) * 2
    ),
}


def number_of(template: str, x: Any, y: Any) -> Any:
    return calculated(template, x=x, y=y)


@pytest.fixture(scope="module")
def calculations(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Any, Any, Any, Any]]:
    """Every operation on generated numbers: with what Python makes of them, and Terraform of references to them."""
    asked: list[tuple[str, Any, Any]] = []

    @settings(max_examples=60, phases=[Phase.generate], derandomize=True, database=None)
    @generated(st.sampled_from(sorted(OPERATIONS)), NUMBERS, NUMBERS)
    def collect(name: str, a: Any, b: Any) -> None:
        if b != 0 or name not in ("/", "//", "%"):
            asked.append((name, a, b))

    collect()
    asked += [(name, a, b) for name in OPERATIONS for a, b in ((7, -3), (-7, 3), (2.5, 2))]
    outputs = {}
    for index, (name, a, b) in enumerate(asked):
        x, y = (reference(Number(), f"local.n{index}[{place}]") for place in (0, 1))
        both, left, right = (hcl(OPERATIONS[name](*pair)) for pair in ((x, y), (x, b), (a, y)))
        outputs[f"o{index}"] = {"value": f"${{[{both}, {left}, {right}]}}"}
    values = {f"n{index}": [a, b] for index, (_, a, b) in enumerate(asked)}
    told = evaluated_outputs({"locals": values, "output": outputs}, tmp_path_factory.mktemp("numbers"))
    return [(name, a, b, OPERATIONS[name](a, b), told[f"o{index}"]) for index, (name, a, b) in enumerate(asked)]


def test_terraform_computes_what_python_would(calculations: list[tuple[str, Any, Any, Any, Any]]) -> None:
    assert {name for name, *_ in calculations} == set(OPERATIONS)
    for name, a, b, wanted, told in calculations:
        assert told == [pytest.approx(wanted)] * 3, (name, a, b)


def test_a_number_with_what_is_none_is_pythons_own_error() -> None:
    for wrong in (lambda: given.voters + "1", lambda: given.voters * None, lambda: given.voters < [1]):
        with pytest.raises(TypeError):
            wrong()


def test_a_setting_that_is_not_declared_names_the_nearest() -> None:
    with pytest.raises(AttributeError, match="EverythingInputs has no setting votres. Did you mean voters"):
        _ = given.votres


def test_references_stand_in_texts_and_expressions() -> None:
    assert f"{given.name}-{given.voters}" == "${var.name}-${var.voters}"
    assert str(choose(is_set(given.rotation), given.rotation.cron, "none")) == (
        '${(var.rotation != null ? var.rotation.cron : "none")}'
    )
    assert str(equals(given.mode, "safe")) == '${var.mode == "safe"}'


@pytest.mark.parametrize("name", ["name", "voters", "ratio", "enabled", "zones", "secrets", "rotation"])
def test_every_reference_is_known_as_one(name: str) -> None:
    assert is_opaque(getattr(given, name))


@pytest.mark.parametrize("value", ["text", "", 3, 3.5, True, None, [], ["a"], {}, {"a": "b"}, -1e300 / 1e20])
def test_a_value_is_not_taken_for_a_reference(value: Any) -> None:
    assert not is_opaque(value)
