"""A module's folder holds the rooms that docs/authoring.md lists, and rooms that are named for what it makes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
MODULES = sorted(path.parent for path in PROJECT.glob("modules/*/*/__init__.py"))
_TABLE = (PROJECT / "docs" / "authoring.md").read_text(encoding="utf-8").partition("## The rooms of a module")[2]
ROOMS = set(re.findall(r"^\| `(\w+)\.py`", _TABLE.partition("\n## ")[0], re.MULTILINE))
ALWAYS = {"__init__", "inputs", "module"}


def singular(word: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word


def words(interface: dict[str, Any]) -> set[str]:
    """The words of a module's inputs at any depth, its outputs and its addresses, in the singular."""
    found: set[str] = set()

    def add(name: str) -> None:
        found.update(singular(word) for word in re.split(r"[._]", name))

    def look(settings: dict[str, Any]) -> None:
        for name, setting in settings.items():
            add(name)
            for inner in (setting, setting.get("item") or {}):
                look(inner.get("fields") or {})

    look(interface["variables"])
    look(interface["outputs"])
    for address in interface["resources"]:
        add(address)
    return found


def strangers(folder: Path, known: set[str]) -> list[str]:
    """The files that are neither a room nor called by a word that the module has for what it makes."""
    names = sorted(path.stem for path in folder.glob("*.py"))
    return [
        name
        for name in names
        if name not in ROOMS and not {singular(word) for word in name.removesuffix("_inputs").split("_")} <= known
    ]


def test_the_page_lists_the_rooms_that_every_module_has() -> None:
    assert ALWAYS < ROOMS
    unused = {room for room in ROOMS if not any((folder / f"{room}.py").is_file() for folder in MODULES)}
    assert unused == set()


@pytest.mark.parametrize("folder", MODULES, ids=lambda folder: folder.name)
def test_a_module_s_files_are_rooms_or_named_for_what_it_makes(folder: Path) -> None:
    assert {path.stem for path in folder.glob("*.py")} >= ALWAYS
    interface = json.loads((PROJECT / "interfaces" / f"{folder.name}.json").read_text(encoding="utf-8"))
    assert strangers(folder, words(interface)) == []


def test_a_file_for_whatever_was_left_over_is_noticed(tmp_path: Path) -> None:
    for name in ("inputs", "zones", "zone_inputs", "helpers", "record_helpers"):
        (tmp_path / f"{name}.py").touch()
    assert strangers(tmp_path, {"zone", "record"}) == ["helpers", "record_helpers"]
