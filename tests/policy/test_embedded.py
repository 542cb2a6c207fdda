"""Engines stay with the thread that made them, whoever lets go of them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest

from groundplan.policy.embedded import _HERE, Embedded
from groundplan.policy.engines import Question, engine_called
from groundplan.policy.library import Library, load_library
from groundplan.problems import ToolFailed
from tests.policy.conftest import POLICIES

RULES = load_library(POLICIES)


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What Python could tell nobody: an engine says so there when the wrong thread drops it."""
    found: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda said: found.append(str(said.exc_value)))
    gc.disable()
    # so that a search looks at little
    gc.freeze()
    yield found
    gc.enable()


def _elsewhere(act: Callable[[], object]) -> None:
    thread = Thread(target=act)
    thread.start()
    thread.join()


def _kept_in_a_circle(act: Callable[[], object]) -> list[Any]:
    """What `act` raises, with its frames, as garbage that only a search finds once the caller lets go of it."""
    with pytest.raises(ToolFailed) as failed:
        act()
    circle: list[Any] = [failed.value]
    circle.append(circle)
    return circle


def _judged(rules: Library, document: str) -> object:
    return engine_called("regorus", fresh=True).ask(rules, [Question("prod-dns", document, {})])


def test_another_thread_may_find_what_a_failed_judging_has_left(complaints: list[str]) -> None:
    left = _kept_in_a_circle(lambda: _judged(RULES, "no plan"))
    del left
    _elsewhere(gc.collect)
    assert complaints == []


def test_another_thread_may_find_what_rules_that_cannot_be_read_have_left(complaints: list[str]) -> None:
    broken = replace(RULES, sources={**RULES.sources, "wrong.rego": "package wrong\n\nright if {"})
    left = _kept_in_a_circle(lambda: _judged(broken, "{}"))
    del left
    _elsewhere(gc.collect)
    assert complaints == []


def test_an_engine_that_nobody_holds_goes_when_the_next_is_made(complaints: list[str]) -> None:
    rules = Embedded()
    rules.add_policy("small.rego", "package small\n\nright := true")
    before = len(_HERE.engines)
    for _ in range(20):
        assert rules.clone().ask("data.small.right", of="{}", label="nothing") == "true"
    assert len(_HERE.engines) <= before + 1
    assert complaints == []


def test_the_engines_of_a_thread_end_with_it(complaints: list[str]) -> None:
    made: list[Embedded] = []
    _elsewhere(lambda: made.append(Embedded()))
    made.clear()
    assert complaints == []
