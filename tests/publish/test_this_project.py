"""What is generated for this project's modules is committed as it would be generated now."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.publish import publish_all

PROJECT = Path(__file__).parents[2]
MODULES = sorted(path.parent.name for path in PROJECT.glob("modules/*/*/__init__.py"))


@pytest.mark.parametrize("name", MODULES)
def test_the_readme_and_the_locked_interface_say_what_the_module_is(name: str) -> None:
    publish_all(PROJECT, [name], version="0.0.0", only_check=True, accept=False)


def test_no_interface_is_locked_for_a_module_that_is_gone() -> None:
    assert {path.stem for path in PROJECT.glob("interfaces/*.json")} <= set(MODULES)
