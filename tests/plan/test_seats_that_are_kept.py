"""Seats that stay open from one plan to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from groundplan.plan import seats as kept
from groundplan.plan.seats import KeptSeats, Seats


def test_seats_that_were_taken_often_make_room_for_others_before_they_run_out_of_connections(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []

    @contextmanager
    def open_seats(*_arguments: Any, **_settings: Any) -> Iterator[Seats]:
        told.append("opened")
        yield Seats([SimpleNamespace(server=SimpleNamespace(answers={}), folder=tmp_path)], "1.15.5")  # type: ignore[list-item]
        told.append("closed")

    monkeypatch.setattr(kept, "open_seats", open_seats)
    monkeypatch.setattr(kept, "_MOST_TAKEN", 2)
    ours = KeptSeats()
    for _plan in range(5):
        with ours.open({}, None, 1) as seats, seats.take(SimpleNamespace(answers={})):  # type: ignore[arg-type]
            told.append("plan")
    ours.close()

    two = ["opened", "plan", "plan", "closed"]
    assert told == [*two, *two, "opened", "plan", "closed"]
