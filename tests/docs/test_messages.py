"""Messages that nobody gives are not kept: they would be translated, corrected and believed in."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from tests.docs.code import code_of

PROJECT = Path(__file__).parents[2]
ROOMS = sorted(path for folder in ("groundplan", "modules") for path in (PROJECT / folder).rglob("errors.py"))


def messages_of(errors: Path) -> set[str]:
    return code_of(errors).made


@cache
def imported() -> dict[str, set[str]]:
    """The names that groundplan imports, by the module that they are from."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in (PROJECT / "groundplan").rglob("*.py"):
        for one in code_of(path).imports:
            if one.module:
                found[one.module] |= set(one.names)
    return found


def shared(errors: Path) -> set[str]:
    """The names that other rooms import from these messages."""
    return imported().get(".".join(errors.relative_to(PROJECT).with_suffix("").parts), set())


def given_in(room: Path) -> set[str]:
    """The names that a package's own files use."""
    used: set[str] = set()
    for code in map(code_of, room.rglob("*.py")):
        used |= code.of_errors | code.names
        for one in code.imports:
            if (one.module or "").endswith("errors"):
                used |= set(one.names)
    return used


def test_rooms_with_messages_are_found() -> None:
    assert {path.parent.name for path in ROOMS} >= {"framework", "iam", "synth", "plan", "cli", "charts", "policy"}


@pytest.mark.parametrize("errors", ROOMS, ids=lambda path: str(path.parent.relative_to(PROJECT)))
def test_every_message_is_given_by_its_own_room_or_by_one_that_takes_it_from_there(errors: Path) -> None:
    assert messages_of(errors) - given_in(errors.parent) - shared(errors) == set()


def test_a_message_that_nobody_gives_is_seen(tmp_path: Path) -> None:
    (tmp_path / "errors.py").write_text("def given(): ...\n\ndef kept(): ...\n\n__all__ = ['given', 'kept']\n")
    (tmp_path / "room.py").write_text("from . import errors\n\nraise errors.given()\n")
    assert messages_of(tmp_path / "errors.py") - given_in(tmp_path) == {"kept"}
