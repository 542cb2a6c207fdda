"""The mutator of modules: what it changes, what it leaves alone, and what it says of a change that nothing notices."""

from __future__ import annotations

import ast
import io
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from mutants import __main__
from mutants.__main__ import equivalent, every_change_of_python, main
from mutants.python import PythonTrials, changes_of_python, python_files

PROJECT = Path(__file__).parents[2]
LISTED = PROJECT / "mutants" / "equivalent.yaml"
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


PAIRS = list(zip((LIMIT,), (Named,), strict=True))


def part_id(part: str, name: str) -> str:
    return f"_{part}/{name}"


def queue(name: str, kind: Literal["fifo"] | None = None) -> dict[str, object]:
    """A queue of that name."""
    return dict(
        name=name[:LIMIT],
        encrypted=True,  # always
        tags={"Owner": "platform", "Service": f"{name}-queue"},
        says="a queue of ours",
        id=part_id("queue", "main"),
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
        'id=part_id("queue", "main"), -> ',
        "\"main\" -> 'main-changed'",
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
        made: dict[str, Any] = {}
        exec(compile(change.text, "made", "exec"), made)
        assert [*made["made"].items()] != [*mapping.items()] or repr(made["made"]) != repr(mapping)


def test_programs_that_ship_with_a_module_are_left_alone() -> None:
    files = python_files(PROJECT)
    assert {"modules/backup/velero/module.py", "groundplan/policy/scope.py", "groundplan/shelf.py"} <= set(files)
    assert not [file for file in files if "/files/" in file or file.endswith("__init__.py")]


def test_a_change_that_no_test_of_its_module_notices_survives(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for path, text in {
        "modules/a/b/module.py": MODULE,
        "tests/modules/b/test_b.py": (
            "from modules.a.b.module import queue\n\n\n"
            "def test_encrypted() -> None:\n    assert queue('x')['encrypted'] is True\n"
        ),
        # what tests run of it is there as well
        "tests/modules/b/test_command.py": (
            "from pathlib import Path\n\n\n"
            "def test_command() -> None:\n    assert Path('node_modules/.bin/cdktf').is_file()\n"
        ),
        "node_modules/.bin/cdktf": "",
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


def test_a_change_that_is_listed_as_the_same_is_passed_over_and_counted(tmp_path: Path) -> None:
    project = tmp_path / "project"
    file = project / "modules/a/b/module.py"
    file.parent.mkdir(parents=True)
    file.write_text('LIMIT = dict(\n    size=80,\n    name="two words",\n)\n', encoding="utf-8")
    changes = changes_of_python("modules/a/b/module.py", file.read_text(encoding="utf-8"))
    assert [change.key for change in changes] == [
        ("modules/a/b/module.py", "size=80,", "size=81,"),
        ("modules/a/b/module.py", "size=80,", ""),
        ("modules/a/b/module.py", 'name="two words",', ""),
    ]
    shown = io.StringIO()
    same = {change.key: "nobody asks" for change in changes}
    assert __main__.tried_in_python(project, ["modules/a"], 0, 1, Console(file=shown, width=200), same) == 0
    assert "3 changes: 0 noticed, 0 survived, 3 equivalent" in shown.getvalue()


def test_every_change_that_is_listed_as_the_same_is_one_that_is_made() -> None:
    listed = {key for key in equivalent(LISTED) if key[0].partition("/")[0] in ("groundplan", "modules")}
    assert len(listed) >= 13
    files = sorted({path for path, _, _ in listed})
    assert listed - {change.key for change in every_change_of_python(PROJECT, files)} == set()


def test_tests_that_fail_anyway_notice_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    for path, text in {
        "modules/a/b/module.py": MODULE,
        "tests/modules/b/test_b.py": "def test_broken() -> None:\n    assert False\n",
    }.items():
        (project / path).parent.mkdir(parents=True)
        (project / path).write_text(text, encoding="utf-8")
    monkeypatch.setattr(__main__, "PythonTrials", partial(PythonTrials, alike=()))
    shown = io.StringIO()
    assert __main__.tried_in_python(project, ["modules/a"], 2, 1, Console(file=shown, width=200)) == 2
    said = (
        "tests/modules/b/test_b.py::test_broken fails without a change too: make it pass, and try its 2 changes again"
    )
    assert said in shown.getvalue()
    assert "0 noticed, 0 survived" in shown.getvalue()


def test_a_file_of_groundplan_is_tried_by_its_room_and_first_by_who_imports_it(tmp_path: Path) -> None:
    project, scratch = tmp_path / "project", tmp_path / "scratch"
    scratch.mkdir()
    for path, text in {
        "groundplan/iam/actions.py": "LIMIT = 5\n",
        "groundplan/iam/deep/names.py": "LIMIT = 5\n",
        "groundplan/shelf.py": "LIMIT = 5\n",
        "groundplan/grammars/tags.py": "LIMIT = 5\n",
        "tests/iam/test_a.py": "",
        "tests/iam/test_b.py": "from groundplan.iam import wildcards, actions\nimport groundplan.iam.deep\n",
        "tests/plan/test_c.py": "import groundplan.shelf\nimport groundplan.iam.actions\n",
        "tests/plan/test_d.py": "from groundplan.grammars import wrong\n",
    }.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    trials = PythonTrials(project, scratch)
    assert list(trials.tests_of("groundplan/iam/actions.py")) == [("tests/iam/test_b.py",), ("tests/iam",)]
    assert list(trials.tests_of("groundplan/iam/deep/names.py")) == [("tests/iam/test_b.py",), ("tests/iam",)]
    assert list(trials.tests_of("groundplan/shelf.py")) == [("tests/plan/test_c.py",)]
    # a room without tests of its own has those of whoever imports it
    assert list(trials.tests_of("groundplan/grammars/tags.py")) == [("tests/plan/test_d.py",)]
    assert list(trials.tests_of("groundplan/building/parts.py")) == [
        ("tests/modules/test_planned_values.py",),
        ("tests/publish/test_this_project.py",),
    ]


@pytest.mark.parametrize("paths", [["modules/nothing"], ["groundplan/nothing"], ["modules/backup", "encryption/"]])
def test_what_is_not_there_or_not_of_one_kind_is_refused(paths: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(paths)
    assert ended.value.code == 2
