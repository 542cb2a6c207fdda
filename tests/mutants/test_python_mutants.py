"""The mutator of modules: what it changes, what it leaves alone, and what it says of a change that nothing notices."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mutants.__main__ import main
from mutants.python import PythonTrials, changes_of_python, module_files

PROJECT = Path(__file__).parents[2]
MODULE = '''"""Makes a queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["queue"]

LIMIT: int = 80


@dataclass(frozen=True)
class Named:
    """What has a name."""

    name: str


def queue(name: str, kind: Literal["fifo"] | None = None) -> dict[str, object]:
    """A queue of that name."""
    return dict(
        name=name[:LIMIT],
        encrypted=True,  # always
        tags={"Owner": "platform", "Service": f"{name}-queue"},
        says="a queue of ours",
    )
'''


def changes() -> dict[str, str]:
    return {f"{each.before} -> {each.after}": each.text for each in changes_of_python("modules/a/b/module.py", MODULE)}


def test_arguments_and_entries_are_left_out_and_constants_are_others() -> None:
    assert set(changes()) == {
        "80 -> 81",
        "name=name[:LIMIT], -> ",
        "encrypted=True, -> ",
        "True -> False",
        'tags={"Owner": "platform", "Service": f"{name}-queue"}, -> ',
        '"Owner": "platform", -> ',
        "\"Owner\" -> 'Owner-changed'",
        "\"platform\" -> 'platform-changed'",
        ', "Service": f"{name}-queue" -> ',
        "\"Service\" -> 'Service-changed'",
        'says="a queue of ours", -> ',
    }


def test_what_is_changed_is_python_and_differs_in_nothing_else() -> None:
    for text in changes().values():
        ast.parse(text)
        assert text != MODULE
    assert "encrypted" not in changes()["encrypted=True, -> "]
    assert "# always" in changes()["encrypted=True, -> "]


@given(st.dictionaries(st.from_regex(r"[a-zé]{1,5}", fullmatch=True), st.integers(0, 9) | st.booleans(), max_size=3))
@settings(max_examples=25)
def test_every_change_of_a_mapping_is_python_with_another_meaning(mapping: dict[str, int | bool]) -> None:
    for change in changes_of_python("modules/a/b/module.py", f"made = {mapping!r}\n"):
        made: dict[str, object] = {}
        exec(compile(change.text, "made", "exec"), made)
        assert [*made["made"].items()] != [*mapping.items()] or repr(made["made"]) != repr(mapping)


def test_programs_that_ship_with_a_module_are_left_alone() -> None:
    files = module_files(PROJECT)
    assert "modules/backup/velero/module.py" in files
    assert not [file for file in files if "/files/" in file or file.endswith("__init__.py")]


def test_a_change_that_no_test_of_its_module_notices_survives(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for path, text in {
        "modules/a/b/module.py": MODULE,
        "tests/modules/b/test_b.py": (
            "from modules.a.b.module import queue\n\n\n"
            "def test_encrypted() -> None:\n    assert queue('x')['encrypted'] is True\n"
        ),
        "pytest.ini": "[pytest]\npythonpath = .\n",
    }.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    wanted = {"encrypted=True,": "killed", "says=": "survived"}
    found = {
        start: change
        for change in changes_of_python("modules/a/b/module.py", MODULE)
        for start in wanted
        if change.before.startswith(start)
    }
    trials = PythonTrials(project, scratch, alike=())
    outcomes = dict(zip(wanted, trials.run([found[start] for start in wanted]), strict=True))
    assert {start: outcome.verdict for start, outcome in outcomes.items()} == wanted
    assert outcomes["encrypted=True,"].by == "tests/modules/b/test_b.py::test_encrypted"
    # the copy is as it was, and the project was never changed
    assert (scratch / "project/modules/a/b/module.py").read_text(encoding="utf-8") == MODULE
    assert (project / "modules/a/b/module.py").read_text(encoding="utf-8") == MODULE


def test_tests_that_fail_anyway_notice_nothing(tmp_path: Path) -> None:
    project, scratch = tmp_path / "project", tmp_path / "scratch"
    for path, text in {
        "modules/a/b/module.py": MODULE,
        "tests/modules/b/test_b.py": "def test_broken() -> None:\n    assert False\n",
    }.items():
        (project / path).parent.mkdir(parents=True)
        (project / path).write_text(text, encoding="utf-8")
    scratch.mkdir()
    trials = PythonTrials(project, scratch, alike=())
    with pytest.raises(RuntimeError, match=r"the tests of b fail without a change: .*test_broken"):
        list(trials.run(changes_of_python("modules/a/b/module.py", MODULE)[:1]))


@pytest.mark.parametrize("paths", [["modules/nothing"], ["modules/backup", "encryption/"]])
def test_what_is_not_there_or_not_of_one_kind_is_refused(paths: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(paths)
    assert ended.value.code == 2
