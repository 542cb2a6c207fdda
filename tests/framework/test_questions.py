"""What Python would answer by itself, whatever the caller sets, is found in a module's source while it is built."""

from __future__ import annotations

import itertools
import sys
import textwrap
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from groundplan.framework.definition import define
from groundplan.framework.errors import InputInspected
from groundplan.problems import BadInput

MODULE = '''
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from groundplan.framework import Inputs, Module, Outputs, choose, each, field, is_set, present

SIZES = {"small": 1, "big": 2}


class Part(Inputs):
    """A part."""

    name: str = field("name", default="x")
    days: int | None = field("days", default=None)


class TopicInputs(Inputs):
    """What may be set."""

    name: str = field("name")
    days: int = field("days", default=1)
    part: Part | None = field("an optional part", default=None)
    parts: dict[str, Part] = field("parts by name", default={})


@dataclass(frozen=True)
class Holder:
    given: Any
    key: Any = None


class Topic(Module[TopicInputs, Outputs]):
    """Makes a topic."""

    def build(self, given: TopicInputs) -> Outputs:
        topics = each(given.parts)
        made = topics(SnsTopic, self, "topic", name=topics.key)
        self.ask(given, topics, made)
        return Outputs()

    def ask(self, given: Any, topics: Any, made: Any, otherwise: Any = None) -> None:
'''
_numbers = itertools.count()


def build(folder: Path, body: str, *, below: str = "") -> None:
    """Defines the module, of a project or a folder below it, whose method `ask` has these statements."""
    name = f"asking_{next(_numbers)}"
    path = folder / below / f"{name}.py"
    path.write_text(MODULE + textwrap.indent(textwrap.dedent(body), " " * 8), encoding="utf-8")
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        define(module.Topic, folder / "out", project=folder)
    finally:
        del sys.modules[name]


FIRST_LINE = len(MODULE.splitlines()) + 1
ASKED: dict[str, tuple[str, str, str]] = {
    "is not None": ("if given.part is not None:\n    pass", "given.part is not None", "is_set(given.part)"),
    "is None": ("given.part is None", "given.part is None", "is_set(given.part)"),
    "None is": ("None is given.part", "None is given.part", "is_set(given.part)"),
    "is True": ("given.name is True", "given.name is True", "is_set(given.name)"),
    "of a setting inside": ("given.part.days is None", "given.part.days is None", "is_set(given.part.days)"),
    "of an entry at hand": ("topics.value.days is None", "topics.value.days is None", "is_set(topics.value.days)"),
    "of an entry by name": ("given.parts['a'].days is None", "given.parts['a'].days is None", "is_set("),
    "of a repeated resource": ("made.here.arn is None", "made.here.arn is None", "is_set(made.here.arn)"),
    "of what is present": ("present(given.part).days is None", "present(given.part).days is None", "is_set("),
    "of a variable": ("part = given.part\nif part is None:\n    pass", "part is None", "is_set(part)"),
    "of a walrus": ("(part := given.part) is None\npart is None", "part is None", "is_set(part)"),
    "in a lambda": ("topics.where(lambda part: part.days is not None)", "part.days is not None", "is_set(part.days)"),
    "in a function inside": (
        "def inside(part):\n    return part.days is None\ninside(given.part)",
        "part.days is None",
        "is",
    ),
    "in a comprehension": ("[given.part is None for _ in range(2)]", "given.part is None", "is_set(given.part)"),
    "in an and": ("made and given.part is not None", "given.part is not None", "is_set(given.part)"),
    "held by an object": (
        "Holder(given).given.part is None\nheld = Holder(given)\nheld.given.part is None",
        "held.given.part is None",
        "is_set(",
    ),
    "in a set": ("given.name in {'a', 'b'}", "given.name in {'a', 'b'}", "contains([...], given.name)"),
    "not in a dictionary": ("given.name not in SIZES", "given.name not in SIZES", "contains([...]"),
    "a look-up": ("try:\n    SIZES[given.name]\nexcept KeyError:\n    pass", "SIZES[given.name]", "lookup"),
    "get of a dictionary": ("SIZES.get(given.name, 1)", "SIZES.get(given.name, 1)", "lookup"),
    "match None": ("match given.part:\n    case None:\n        pass", "match given.part", "choose(equals(given.part"),
    "match of a kind": (
        "match given.name:\n    case str():\n        pass",
        "match given.name",
        "choose(equals(given.name",
    ),
    "isinstance": ("isinstance(given.days, int)", "isinstance(given.days, int)", "declaration"),
    "a regular expression": ("re.match('a', given.name)", "re.match('a', given.name)", 'text("regex"'),
    "json": ("json.dumps(given.name)", "json.dumps(given.name)", "jsonencode"),
    "!r": ("f'{given.name!r}'", "given.name!r", 'text("jsonencode", given.name)'),
    "%.2f": ("'%s of %.2f' % (given.name, given.days)", "'%s of %.2f' % (given.name, given.days)", 'text("format"'),
}


@pytest.mark.parametrize("case", ASKED)
def test_a_question_is_told_with_its_place_what_was_asked_and_what_to_write(case: str, tmp_path: Path) -> None:
    body, source, instead = ASKED[case]
    with pytest.raises(InputInspected) as told:
        build(tmp_path, body)
    first, advice = str(told.value).splitlines()[:2]
    place, _, rest = first.partition(": ")
    asked_in = next(number for number, line in enumerate(body.splitlines()) if source.split("!")[0] in line)
    assert place.rpartition(":")[2] == str(FIRST_LINE + asked_in)
    assert rest.startswith(f"`{source}` has one answer whatever is set: ")
    assert advice.startswith("    Write ")
    assert instead in advice


FINE: dict[str, str] = {
    "a parameter that may be None": "if otherwise is None:\n    otherwise = given.part\notherwise is None",
    "a parameter that is a reference here": (
        "def helper(part=None):\n    return part is not None\nhelper(given.part)\nhelper()"
    ),
    "an object of the module's own that may hold None": "held = Holder(given, given.part)\nheld.key is None",
    "a variable that is set twice": "part = None\nif part is None:\n    part = given.part",
    "a constant": "SIZES['small'] is None\n'small' in SIZES\nSIZES.get('small')\nre.match('a', 'b')\njson.dumps({})",
    "a reference in a dictionary of its own": "{given.name: 1}",
    "a text with a reference in it": "f'{given.name}-{given.days}'\n'%s' % given.name\n'{}'.format(given.days)",
    "a map by a name that is an input": "given.parts[given.name].days",
    "what is refused is written right": "choose(is_set(given.part), present(given.part).days, given.days + 1)",
    "a setting that is called get": "made.here.arn",
}


@pytest.mark.parametrize("case", FINE)
def test_what_asks_for_a_python_value_is_let_be(case: str, tmp_path: Path) -> None:
    build(tmp_path, FINE[case])


def test_everything_that_was_asked_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    with pytest.raises(InputInspected) as told:
        build(tmp_path, "given.part is None\ngiven.name in {'a'}\ntopics.where(lambda part: part.days is None)")
    places = [line.partition(": ")[0].rpartition(":")[2] for line in str(told.value).splitlines()[::2]]
    assert places == [str(FIRST_LINE), str(FIRST_LINE + 1), str(FIRST_LINE + 2)]


def test_a_construct_of_the_modules_own_is_asked_too(tmp_path: Path) -> None:
    body = """
        class Own(Construct):
            def __init__(self, scope: Any) -> None:
                super().__init__(scope, "own")
                SnsTopic(self, "other", name="other")
                self.known = given.part is None
        Own(self)
        """
    with pytest.raises(InputInspected, match="`given.part is None` has one answer"):
        build(tmp_path, body)


def test_a_helper_that_several_modules_share_is_asked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "modules").mkdir()
    shared = "def has_part(given):\n    return given.part is not None\n"
    (tmp_path / "modules" / "shared_by_several.py").write_text(shared, encoding="utf-8")
    (tmp_path / "one").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path / "modules"))
    with pytest.raises(
        InputInspected, match=r"modules/shared_by_several\.py:2: `given.part is not None` has one answer"
    ):
        build(tmp_path, "from shared_by_several import has_part\nhas_part(given)", below="one")


def test_what_is_raised_while_building_goes_out_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        build(tmp_path, "given.part is None\n1 / 0")
    assert sys.getprofile() is None


@pytest.mark.parametrize(
    "name", ["f'{float(given.days):.2f}'", "f'a-{other.application_success_feedback_sample_rate}'"]
)
def test_a_number_in_pythons_digits_is_told_with_its_address(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"aws_sns_topic.it: has a number in it that only Terraform knows"):
        build(tmp_path, f"other = SnsTopic(self, 'other')\nSnsTopic(self, 'it', name={name})")
