"""Layers of settings: what lies above says only the difference, and every value knows the line that said it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.framework import Inputs, field
from groundplan.framework.checking import problems_of
from groundplan.framework.inputs import plain
from groundplan.framework.layers import REMOVED, layered, removed_in_vain, said_twice, with_removals
from groundplan.framework.origins import line_of, lines_of, located, steps_of

HERE = Path(__file__).parents[2]


class Part(Inputs):
    """A part."""

    days: int = field("how many days", ge=1)
    zones: list[str] = field("zones", default=[])
    note: str | None = field("a note; left out, there is none", default=None)


class Whole(Inputs):
    """A whole."""

    name: str = field("name")
    part: Part = field("a part")
    parts: dict[str, Part] = field("parts by name", default={})
    labels: dict[str, str] = field("labels", default={})


def line_number(marker: str) -> int:
    """The line of this file that ends with a comment `# <marker>`."""
    lines = Path(__file__).read_text().splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if line.endswith(f"# {marker}")]
    return found


def test_what_a_higher_layer_does_not_say_stays() -> None:
    low = Whole(name="low", part=Part(days=1, zones=["a"]), parts={"one": Part(days=1), "two": Part(days=2)})
    high = Whole(part=Part(zones=[]), parts={"two": Part(note="mine"), "three": Part(days=3)})

    assert plain(layered(low, high)) == {
        "name": "low",
        "part": {"days": 1, "zones": []},
        "parts": {"one": {"days": 1}, "two": {"days": 2, "note": "mine"}, "three": {"days": 3}},
    }


def test_none_stands_for_itself_and_an_empty_map_takes_nothing_away() -> None:
    low = Whole(part=Part(days=1, note="low"), labels={"a": "1"})

    both = layered(low, Whole(part=Part(note=None), labels={}))

    assert both.part.note is None
    assert both.labels == {"a": "1"}


def test_what_is_removed_is_gone_and_can_come_back_without_what_it_was() -> None:
    low = Whole(parts={"one": Part(days=1, note="old"), "two": Part(days=2)}, part=Part(days=1, note="old"))
    without = Whole(parts={"one": REMOVED}, part=Part(note=REMOVED))

    assert with_removals(layered(low, without, Whole(name="x"))).parts["one"] is REMOVED
    assert with_removals(low) is low
    assert plain(layered(low, without)) == {"parts": {"two": {"days": 2}}, "part": {"days": 1}}
    assert plain(layered(low, without, Whole(parts={"one": Part(days=9)})).parts["one"]) == {"days": 9}


def test_what_is_removed_though_nobody_says_it_is_found_beside_the_names_that_are_said() -> None:
    low = Whole(parts={"one": Part(days=1), "two": Part(note="x"), "gone": Part()}, part=Part(days=1))
    high = Whole(
        parts={"one": REMOVED, "tow": REMOVED, "two": Part(note=REMOVED, days=REMOVED), "new": Part(note=REMOVED)},
        part=REMOVED,
        labels={"a": REMOVED},
    )
    again = Whole(parts={"one": REMOVED, "gone": REMOVED})

    assert removed_in_vain(layered(low, again, high)) == [
        ('parts["tow"]', "tow", ["two"]),
        ('parts["two"].days', "days", ["note"]),
        ('parts["new"].note', "note", []),
        ('labels["a"]', "a", []),
    ]
    assert removed_in_vain(low) == []


def test_a_setting_that_there_is_not_is_told_with_the_nearest_name() -> None:
    with pytest.raises(AttributeError, match=r"^Whole has no setting prat\. Did you mean part\?$"):
        _ = Whole().prat
    with pytest.raises(AttributeError, match=r"There are: days, note, zones\.$"):
        _ = Part().qqqqqqqq
    assert not hasattr(Part(), "__fspath__")


def test_layers_of_two_classes_are_a_mistake_of_the_author() -> None:
    with pytest.raises(TypeError, match="layers of one class, got Whole, Part"):
        layered(Whole(), Part())  # type: ignore[type-var]


_PARTS = st.builds(
    lambda given: Part(**given),
    st.fixed_dictionaries({}, optional={"days": st.integers(1, 9), "zones": st.lists(st.sampled_from("ab"))}),
)
_WHOLES = st.builds(
    lambda given: Whole(**given),
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.text(max_size=3),
            "part": _PARTS,
            "parts": st.dictionaries(st.sampled_from(["x", "y", "a.b", 'q"']), _PARTS),
            "labels": st.dictionaries(st.sampled_from("xy"), st.text(max_size=2)),
        },
    ),
)


@given(_WHOLES, _WHOLES, _WHOLES)
def test_layers_can_be_laid_in_any_grouping(one: Whole, two: Whole, three: Whole) -> None:
    assert plain(layered(layered(one, two), three)) == plain(layered(one, layered(two, three)))
    assert plain(layered(one)) == plain(one)
    assert plain(layered(one, one)) == plain(one)


@given(_WHOLES, _WHOLES)
def test_what_is_said_once_is_in_the_layers_and_what_is_said_twice_is_told(low: Whole, high: Whole) -> None:
    both = layered(low, high)
    twice = said_twice(low, high)

    for path in lines_of(both, HERE):
        steps = steps_of(path)
        assert value_at(both, steps) in (value_at(low, steps), value_at(high, steps))
    if not twice:
        assert plain(layered(high, low)) == plain(both)


def value_at(value: Any, steps: Any) -> Any:
    for step in steps:
        try:
            value = value.given()[step] if isinstance(value, Inputs) else value[step]
        except (LookupError, TypeError):
            return None
    return value


LOW = Whole(
    name="low",  # the low name
    part=Part(
        days=1,  # the low days
        zones=[
            "a",
            "b",  # the second zone
        ],
    ),
    parts={
        "one": Part(days=1),  # the first part
        "two.b": Part(
            days=2,  # days of the second part
        ),
    },
)
HIGH = Whole(
    part=Part(days=7),  # the high days
    labels=dict.fromkeys(("a", "b"), "x"),  # made, not written
)


@pytest.mark.parametrize(
    ("path", "marker"),
    [
        ("name", "the low name"),
        ("part.days", "the high days"),
        ("part.zones[1]", "the second zone"),
        ('parts["one"].days', "the first part"),
        ('parts["two.b"].days', "days of the second part"),
        ('labels["b"]', "made, not written"),
        ("part.note", "the high days"),
    ],
)
def test_a_value_leads_to_the_line_that_said_it(path: str, marker: str) -> None:
    line = line_of(layered(LOW, HIGH), steps_of(path), HERE)

    assert line is not None
    assert (line.file, line.line) == ("tests/framework/test_layers.py", line_number(marker))


def test_a_changed_copy_leads_to_the_change_and_otherwise_to_what_it_was() -> None:
    changed = LOW.but(name="new")  # the change

    name, days = (line_of(changed, steps_of(path), HERE) for path in ("name", "part.days"))

    assert (name and name.line, days and days.line) == (line_number("the change"), line_number("the low days"))


def test_a_value_of_another_project_has_no_line() -> None:
    assert line_of(LOW, ("name",), HERE / "modules") is None
    assert lines_of(LOW, HERE / "modules") == {}


def test_every_value_has_a_line_by_its_path() -> None:
    assert set(lines_of(LOW, HERE)) == {
        "name",
        "part.days",
        "part.zones",
        'parts["one"].days',
        'parts["two.b"].days',
    }


def test_a_map_whose_names_only_terraform_knows_is_one_value() -> None:
    # cdktf counts its tokens: a path with one in it would be another in each run
    made = Whole(name="x", labels={"${TfToken[TOKEN.47]}": "a"}, parts={"b": Part(days=1)})

    assert set(lines_of(made, HERE)) == {"name", "labels", 'parts["b"].days'}


def test_a_problem_says_the_line_of_the_wrong_value() -> None:
    wrong = Whole(
        name="x",
        part=Part(days=0),  # none is too few
    )

    (told,) = located(problems_of(wrong, "prod.family.module"), wrong, "prod.family.module", HERE)

    assert str(told) == (
        "prod.family.module.part.days: must be 1 or more, got 0\n"
        f"    It is said at tests/framework/test_layers.py:{line_number('none is too few')}."
    )
    assert told.as_json()["line"] == line_number("none is too few")


def test_what_is_partly_said_is_looked_at_value_by_value() -> None:
    half = Whole(part=Part(days="x"), parts={"one": Part(note="n")})

    assert [problem.path for problem in problems_of(half, "prod", partly=True)] == ["prod.part.days"]
    assert {"prod.name", 'prod.parts["one"].days'} < {problem.path for problem in problems_of(half, "prod")}
