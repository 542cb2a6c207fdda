"""Types are read alike whether Python keeps them as text, looks them up at once, or, since 3.14, when it is asked."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

DECLARED = """
import typing
from typing import ClassVar

from groundplan.framework import Inputs, field


class Part(Inputs):
    "A part."

    size: int = field("how many", default=1)


class Whole(Part):
    "All of it."

    kind: ClassVar[str] = "whole"
    sort: typing.ClassVar[str] = "all"
    parts: list[Part] = field("what it is made of", default=())
    note: str | None = field("what to say", default=None)
"""


@pytest.fixture(params=["", "from __future__ import annotations\n"], ids=["as they are", "as text"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a text as a module of its own, and gives what it holds."""
    module = ModuleType("declared_for_a_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def run(text: str) -> ModuleType:
        exec(compile(request.param + text, "declared.py", "exec", dont_inherit=True), vars(module))
        return module

    return run


def test_the_settings_of_a_class_and_of_its_bases_have_their_types(run: Any) -> None:
    whole = run(DECLARED).Whole
    assert {each.name: each.shape.terraform_type() for each in whole.fields()} == {
        "size": "number",
        "parts": "list(object({size = optional(number, 1)}))",
        "note": "string",
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('size = field("how many")', "Wrong.size needs a type"),
        ("size: int", "Wrong.size needs a sentence"),
        ("size: int = 3", "Wrong.size needs a sentence"),
    ],
)
def test_a_setting_without_a_type_or_a_sentence_is_refused_where_it_stands(line: str, said: str, run: Any) -> None:
    with pytest.raises(TypeError, match=said):
        run(f"{DECLARED}\n\nclass Wrong(Part):\n    {line}\n")
