"""The mutator: what it changes, what it leaves alone, and whether a survivor is told from what a test notices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mutants.__main__ import equivalent, every_change, every_change_of_python, main
from mutants.changes import Change, changes_of_rego
from mutants.trials import Trials

PROJECT = Path(__file__).parents[2]
RULE = """# METADATA
# title: Boxes have a lid == or more
package rules.boxes.closed

import rego.v1

rule := {"id": "boxes/closed", "severity": "major"}

# A lid is not enough.
deny contains concat("", [box.name, " is open"]) if {
	some box in input.boxes
	not box.lid == true
	box.kind in data.parameters.boxes.kinds
	box.size > 2
}
"""
TESTS = """package tests.boxes.closed

import data.rules.boxes.closed

import rego.v1

test_an_open_box_is_denied if {
	count(closed.deny) == 1 with input as {"boxes": [{"name": "a", "kind": "crate", "size": 3}]}
}

test_a_closed_box_is_fine if {
	count(closed.deny) == 0 with input as {"boxes": [{"name": "a", "kind": "crate", "size": 3, "lid": true}]}
}
"""
TIGHT = """
test_a_small_box_is_fine if {
	count(closed.deny) == 0 with input as {"boxes": [{"name": "a", "kind": "crate", "size": 2}]}
}

test_an_envelope_is_fine if {
	count(closed.deny) == 0 with input as {"boxes": [{"name": "a", "kind": "envelope", "size": 3}]}
}
"""


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    for path, text in {
        "main.rego": "package main\n",
        "boxes/closed.rego": RULE,
        "boxes/closed_test.rego": TESTS + TIGHT,
        "parameters/boxes/data.json": '{\n  "kinds": ["crate"],\n  "why": "crates break"\n}\n',
        "parameters/boxes/schema.json": '{"type": "object", "required": ["kinds"]}',
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def _lines(changes: list[Change]) -> set[tuple[str, str]]:
    return {(change.before, change.after) for change in changes}


def test_conditions_comparisons_numbers_and_switches_change_and_prose_does_not() -> None:
    found = changes_of_rego("boxes/closed.rego", RULE)
    assert _lines(found) >= {
        ("box.size > 2", ""),
        ("box.size > 2", "box.size >= 2"),
        ("box.size > 2", "box.size > 3"),
        ("box.size > 2", "box.size > 1"),
        ("not box.lid == true", "box.lid == true"),
        ("not box.lid == true", "not box.lid != true"),
        ("not box.lid == true", "not box.lid == false"),
    }
    assert {change.line for change in found} == {11, 12, 13, 14}


def test_names_and_sets_change_and_the_text_that_stands_for_nothing_does_not() -> None:
    line = 'found := ({"a"} | one) - {value.at(x, ["b"], "")}'
    text = f'package lib.sample\n\n{line}\n\nnone if input.c == ""\n'
    assert _lines(changes_of_rego("lib/sample.rego", text)) == {
        (
            'found := ({"a"} | one) - {value.at(x, ["b"], "")}',
            'found := ({"a-changed"} | one) - {value.at(x, ["b"], "")}',
        ),
        (line, line.replace('"a"} | one', '"a"} & one')),
        (
            'found := ({"a"} | one) - {value.at(x, ["b"], "")}',
            'found := ({"a"} | one) - {value.at(x, ["b-changed"], "")}',
        ),
        ('none if input.c == ""', 'none if input.c != ""'),
        ('none if input.c == ""', 'none if input.c == "-changed"'),
    }


def test_a_line_that_is_half_of_something_stays() -> None:
    text = 'package lib.sample\n\nfound := {\n\t"a": [\n\t\t1,\n\t],\n\t"b": 1,\n}\n'
    left_out = [change.before for change in changes_of_rego("lib/sample.rego", text) if not change.after]
    assert left_out == ["1,", '"b": 1,']


def test_tables_lose_entries_and_get_other_names_and_their_prose_stays(policies: Path) -> None:
    found = [change for change in every_change(policies) if change.path.startswith("parameters/")]
    assert [(change.line, change.before, change.after) for change in found] == [
        (2, 'kinds = ["crate"]', ""),
        (2, 'kinds.0 = "crate"', ""),
        (2, 'kinds.0 = "crate"', 'kinds.0 = "crate-changed"'),
    ]
    assert found[1].data == {"kinds": [], "why": "crates break"}


def test_good_tests_notice_everything_and_nothing_is_said_of_what_does_not_compile(policies: Path) -> None:
    outcomes = list(Trials(policies).run(every_change(policies)))
    assert [each.change.key for each in outcomes if each.verdict == "survived"] == []
    broken = [each.change.before for each in outcomes if each.verdict == "broken"]
    assert broken == ["some box in input.boxes"]
    by = {each.change.before: each.by for each in outcomes}
    assert by["box.kind in data.parameters.boxes.kinds"] == "boxes/closed_test.rego:test_an_envelope_is_fine"
    assert by['kinds = ["crate"]'] == "parameters/boxes/schema.json"


def test_a_survivor_is_printed_with_its_line_and_ends_with_one(
    policies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (policies / "boxes/closed_test.rego").write_text(TESTS)
    listed, out = tmp_path / "equivalent.yaml", tmp_path / "out.json"
    listed.write_text("[]")
    assert main(["--jobs", "1"], policies=policies, tables=(), listed=listed, out=out) == 1
    shown = capsys.readouterr().out
    assert "policies/boxes/closed.rego:14\n  - box.size > 2\n  + box.size >= 2\n" in shown
    assert "policies/boxes/closed.rego:13\n  - box.kind in data.parameters.boxes.kinds\n  + \n" in shown
    assert "boxes/closed_test.rego:test_an_open_box_is_denied" in json.loads(out.read_text())["boxes/closed.rego"]


def test_an_equivalent_change_is_no_survivor_and_an_idle_entry_is_named(
    policies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (policies / "boxes/closed_test.rego").write_text(TESTS)
    listed, out = tmp_path / "equivalent.yaml", tmp_path / "out.json"
    survivors = [each.change for each in Trials(policies).run(every_change(policies)) if each.verdict == "survived"]
    entries = [
        {"file": item.path, "before": item.before, "after": item.after, "reason": "sizes are whole"}
        for item in survivors
    ]
    listed.write_text(json.dumps(entries))
    assert main(["--jobs", "1"], policies=policies, tables=(), listed=listed, out=out) == 0
    gone = {"file": "boxes/closed.rego", "before": "box.size > 9", "after": "", "reason": "it was here"}
    noticed = {"file": "boxes/closed.rego", "before": "not box.lid == true", "after": "", "reason": "thought so"}
    listed.write_text(json.dumps([*entries, gone, noticed]))
    capsys.readouterr()
    assert main(["--jobs", "1"], policies=policies, tables=(), listed=listed, out=out) == 1
    shown = capsys.readouterr().out
    assert "this change is not there: boxes/closed.rego\n  - box.size > 9" in shown
    assert "this change is noticed: boxes/closed.rego\n  - not box.lid == true" in shown


def test_a_test_of_tables_in_python_notices_as_well(policies: Path, tmp_path: Path) -> None:
    tables = tmp_path / "test_tables.py"
    tables.write_text(
        'LIBRARY = None\n\n\ndef test_kinds():\n    assert LIBRARY.data["parameters"]["boxes"]["kinds"]\n'
    )
    (policies / "boxes/closed_test.rego").write_text(TESTS.split("test_an_open_box")[0] + "test_nothing if true\n")
    changes = [change for change in every_change(policies) if change.path.startswith("parameters/")]
    verdicts = [(each.change.after, each.by) for each in Trials(policies, [tables]).run(changes)]
    assert ("", "test_tables.py:test_kinds") in verdicts
    assert ('kinds.0 = "crate-changed"', "") in verdicts


def test_a_sample_is_the_same_for_a_seed(policies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (policies / "boxes/closed_test.rego").write_text(TESTS.split("test_an_open_box")[0] + "test_nothing if true\n")
    (tmp_path / "equivalent.yaml").write_text("[]")
    shown = []
    for seed in ("3", "3", "4"):
        main(
            ["--jobs", "1", "--sample", "5", "--seed", seed],
            policies=policies,
            tables=(),
            listed=tmp_path / "equivalent.yaml",
            out=tmp_path / "out.json",
        )
        shown.append(capsys.readouterr().out.rpartition("\n\n")[0])
    assert shown[0] == shown[1] != shown[2]


def test_a_path_that_is_nothing_here_is_refused(policies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["bottles/"], policies=policies)
    assert stopped.value.code == 2
    assert "nothing to change in policies/ is called bottles/" in capsys.readouterr().err


def test_what_stands_for_all_becomes_no_other_negative_number() -> None:
    line = "found := substring(text, 4, -1)"
    after = {found.after for found in changes_of_rego("lib/sample.rego", f"package lib.sample\n\n{line}\n")}
    assert line.replace("-1", "-0") in after
    assert line.replace("-1", "-2") not in after
    assert line.replace("4", "5") in after


def test_every_change_that_is_said_to_change_nothing_is_still_one() -> None:
    """A line that changed since would leave an entry that excuses nothing, or another change one day."""
    listed = equivalent(PROJECT / "mutants" / "equivalent.yaml")
    possible = {change.key for change in every_change(PROJECT / "policies")}
    possible |= {change.key for change in every_change_of_python(PROJECT, [key[0] for key in listed])}
    assert sorted(set(listed) - possible) == []
    assert [key for key, reason in listed.items() if len(reason.split()) < 5] == []
