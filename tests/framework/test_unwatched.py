"""Who looks at functions while a module is built is told of them all, but for what runs inside of some."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from groundplan.framework.watching import unwatched, watched


def inner() -> str:
    return "said"


@unwatched
def carrier() -> str:
    return inner()


@unwatched
def failing() -> None:
    inner()
    raise ZeroDivisionError


@pytest.fixture
def seen() -> list[str]:
    return []


@pytest.fixture
def watching(seen: list[str]) -> Iterator[None]:
    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is inner.__code__:
            seen.append(frame.f_code.co_name)

    with watched(note):
        yield


@pytest.mark.usefixtures("watching")
def test_what_runs_inside_of_a_carrier_is_not_told_and_what_comes_after_it_is(seen: list[str]) -> None:
    inner()
    assert carrier() == "said"
    inner()

    assert seen == ["inner", "inner"]


@pytest.mark.usefixtures("watching")
def test_a_carrier_that_fails_is_looked_at_no_less_afterwards(seen: list[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        failing()
    inner()

    assert seen == ["inner"]


def test_a_profiler_of_somebody_else_is_told_everything() -> None:
    told: list[str] = []
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: told.append(frame.f_code.co_name) if event == "call" else None)
    try:
        carrier()
    finally:
        sys.setprofile(before)

    assert "inner" in told


def test_who_looked_before_looks_again_afterwards() -> None:
    with watched(lambda *_: None):
        first = sys.getprofile()
        with watched(lambda *_: None):
            assert carrier() == "said"
        assert sys.getprofile() is first
    assert sys.getprofile() is None
