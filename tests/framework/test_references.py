"""Python cannot ask an input for its value, and says which input was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from modules_for_tests import EverythingInputs

from groundplan.framework import choose, equals, is_set
from groundplan.framework.errors import InputInspected
from groundplan.framework.references import is_opaque, reference
from groundplan.framework.shapes import ObjectOf

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
    "< on a number": (lambda: given.voters < 60, "var.voters"),
    "== on a number": (lambda: given.voters == 3, "var.voters"),
    "arithmetic on a number": (lambda: given.voters + 1, "var.voters"),
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
def test_is_an_error_that_names_the_input(misuse: str) -> None:
    ask, name = MISUSES[misuse]
    with pytest.raises(InputInspected) as told:
        ask()
    assert str(told.value).startswith(f"{name} has no value while Python runs")


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
