"""A wrong value fails in Python and in Terraform with the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import modules_for_tests
import pytest
from modules_for_tests import Everything, EverythingInputs, Rotation, Secret

from groundplan.building import GivenKey
from groundplan.framework import rules
from groundplan.framework.checking import problems_of
from groundplan.framework.references import TextReference
from groundplan.problems import BadInput
from tests.support import planning

SOUND = EverythingInputs(name="claims")
KEY = GivenKey(arn="arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000")

WRONG: dict[str, dict[str, Any]] = {
    "a pattern": {"name": "Claims_API"},
    "a length": {"name": "a-name-of-more-than-twenty-characters"},
    "a range below": {"ratio": -0.5},
    "a range above": {"voters": 9},
    "an even number": {"voters": 4},
    "a fraction": {"voters": 2.5},
    "a choice of texts": {"mode": "fast"},
    "a choice of numbers": {"size": 3},
    "a CIDR block with host bits": {"network": "10.0.0.1/16"},
    "a CIDR block that is none": {"network": "claims"},
    "an ARN of another service": {"key_arn": "arn:aws:s3:::claims"},
    "a schedule without a question mark": {"schedule": "cron(0 5 * * * *)"},
    "a rate in the wrong number": {"schedule": "rate(1 days)"},
    "a secret text that is too short": {"password": "hunter2"},
    "an empty list": {"zones": []},
    "a list with doubles": {"zones": ["a", "b", "a"]},
    "too many entries": {"mode": "quick", "secrets": {n: Secret(kind="database") for n in ("a", "b", "c", "d")}},
    "a name of a map": {"secrets": {"Bad_Name": Secret(kind="database")}},
    "a setting inside a map": {"secrets": {"a": Secret(kind="oauth")}},
    "an item of a list inside a map": {"secrets": {"a": Secret(kind="database", namespaces=["ok", "Not OK"])}},
    "a list inside a map": {"secrets": {"a": Secret(kind="database", namespaces=["x", "y", "x"])}},
    "a cron inside an object inside a map": {
        "secrets": {"a": Secret(kind="api_key", rotation=Rotation(cron="0 2 * *"))}
    },
    "a rule inside an object inside a map": {
        "secrets": {"a": Secret(kind="api_key", rotation=Rotation(cold_after_days=30, delete_after_days=60))}
    },
    "an ARN inside a map inside a map": {
        "secrets": {"a": Secret(kind="database", replicas={"us-west-2": GivenKey(arn="arn:aws:kms:key")})}
    },
    "a range inside an optional object": {"rotation": Rotation(delete_after_days=4000)},
    "a rule inside an optional object": {"rotation": Rotation(cold_after_days=10)},
    "a rule over two settings": {"mode": "quick", "voters": 5},
    "a rule over two lists": {"denied_zones": ["b", "a"]},
    "a rule over a list and a number": {"zones": ["a", "b", "c", "d"]},
    "a rule over the entries of a map": {
        "secrets": {"a": Secret(kind="database"), "b": Secret(kind="database")},
    },
    "a rule over every entry": {
        "secrets": {
            "a": Secret(kind="database", rotation=Rotation()),
            "b": Secret(kind="api_key", rotation=Rotation()),
        }
    },
    "a rule of each entry of a map": {
        "mode": "quick",
        "secrets": {
            name: Secret(kind="database", replicas={region: KEY})
            for name, region in {"a": "us-west-2", "b": "us-east-2", "c": "eu-west-1"}.items()
        },
    },
    "a rule of each item of a list": {"denied_zones": ["b", "everywhere"]},
    "a rule over some entry": {"enabled": False, "secrets": {"a": Secret(kind="api_key")}},
    "a character that JSON escapes": {"name": 'a"<b>'},
    "a character that only looks like a letter": {"name": "\u212aelvin"},
    "a line break at the end": {"name": "claims\n"},
    "a cron that never comes": {"rotation": Rotation(cron="0 2 31 2 *")},
    "a cron with a range from high to low": {"rotation": Rotation(cron="0 2 * * FRI-MON")},
    "a schedule that never comes": {"schedule": "cron(0 5 30 FEB ? *)"},
    "a number of very many digits": {"voters": 10**30},
    "a very small number": {"ratio": -1e-7},
    "a text that is longer to machines than to readers": {"password": "e\u0328\u0301" * 3},
    "a rule over the names of a map": {"aliases": {"claims": "x"}},
    "a rule over the values of a map": {"aliases": {"x": "claims"}},
    "a rule with a pattern": {"aliases": {"x": "a-b", "y": "A"}},
    "a rule that compares every entry with all": {"aliases": {"x": "a", "y": "b", "z": "a"}},
    "a rule over how many are set": {"key_arn": KEY.arn, "rotation": Rotation()},
    "a rule over two settings together": {"size": 4},
    "a rule in words of its own": {"name": "x-claims"},
}


@pytest.fixture(scope="module")
def told_by_terraform(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What Terraform says of every wrong value, in two plans that call the module once for each.

    Terraform looks at rules over several variables only when everything before them is well: hence the second plan.
    """
    calls = {case: SOUND.but(**changes) for case, changes in WRONG.items()}
    told = planning.refusals(Everything, calls, tmp_path_factory.mktemp("wrong"))
    later = {case: calls[case] for case, text in told.items() if not text}
    return told | planning.refusals(Everything, later, tmp_path_factory.mktemp("wrong_together"))


@pytest.mark.parametrize("case", WRONG)
def test_python_and_terraform_say_the_same_of(case: str, told_by_terraform: dict[str, str]) -> None:
    problems = [f"{problem.path}: {problem.message}" for problem in problems_of(SOUND.but(**WRONG[case]))]
    assert problems, "Python found nothing wrong"
    for problem in problems:
        assert _in_one_line(problem) in told_by_terraform[case]


NULLS: dict[str, tuple[dict[str, Any], str]] = {
    "an item of a list": ({"zones": ["a", None]}, "zones[1]: must be a string, got null"),
    "an entry of a map": ({"secrets": {"a": None}}, 'secrets["a"]: must be an object, got null'),
    "a required setting": ({"secrets": {"a": {"kind": None}}}, 'secrets["a"].kind: must be a string, got null'),
    "an item inside an entry": (
        {"secrets": {"a": {"kind": "database", "namespaces": [None]}}},
        'secrets["a"].namespaces[0]: must be a string, got null',
    ),
    "a key inside two maps": (
        {"secrets": {"a": {"kind": "database", "replicas": {"us-west-2": {"arn": None}}}}},
        'secrets["a"].replicas["us-west-2"].arn: must be a string, got null',
    ),
}


@pytest.fixture(scope="module")
def told_of_nulls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What Terraform says of nulls that its types let pass."""
    calls = {case: SOUND.but(**changes) for case, (changes, _) in NULLS.items()}
    return planning.refusals(Everything, calls, tmp_path_factory.mktemp("nulls"))


@pytest.mark.parametrize("case", NULLS)
def test_a_null_that_terraforms_types_let_pass_is_told_with_its_path(case: str, told_of_nulls: dict[str, str]) -> None:
    assert NULLS[case][1] in told_of_nulls[case]


def test_every_word_that_rules_are_written_with_is_compared_on_both_sides() -> None:
    words = {name for name in rules.__all__ if name[0].islower()}
    written = Path(modules_for_tests.__file__).read_text(encoding="utf-8")
    assert {word for word in words if f"{word}(v" not in written and f"{word}(every" not in written} <= {"matches"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), "\ud800", {1}, [{1}], b"x", object()])
@pytest.mark.parametrize("setting", ["name", "ratio", "zones", "secrets", "mode", "voters"])
def test_a_value_that_terraform_has_no_word_for_is_told_like_any_other(setting: str, value: Any) -> None:
    problems = problems_of(SOUND.but(**{setting: value}), "dev")
    assert any(problem.path.startswith(f"dev.{setting}") for problem in problems)


def test_a_sound_value_passes_on_both_sides(tmp_path: Path) -> None:
    assert problems_of(SOUND) == []
    planning.plan_module(Everything, SOUND, tmp_path)


def test_a_sensitive_value_is_in_no_message(told_by_terraform: dict[str, str]) -> None:
    assert "hunter2" not in told_by_terraform["a secret text that is too short"]
    assert all("hunter2" not in str(problem) for problem in problems_of(SOUND.but(password="hunter2")))


def test_every_problem_is_told_at_once() -> None:
    wrong = EverythingInputs(voters=4, mode="fast", nmae="x", secrets={"a": Secret(namespaces="x")})
    paths = {problem.path for problem in problems_of(wrong, "prod.secrets.it")}
    assert paths == {
        "prod.secrets.it.name",
        "prod.secrets.it.nmae",
        "prod.secrets.it.voters",
        "prod.secrets.it.mode",
        'prod.secrets.it.secrets["a"].kind',
        'prod.secrets.it.secrets["a"].namespaces',
    }


def test_an_unknown_setting_names_the_nearest_one() -> None:
    (problem,) = problems_of(SOUND.but(votres=3), "dev")
    assert problem.path == "dev.votres"
    assert "voters" in problem.cure


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [
        ("voters", "three", "a whole number"),
        ("enabled", "yes", "True or False"),
        ("zones", "a", "a list"),
        ("secrets", ["a"], "a dictionary"),
        ("rotation", {"cron": "0 2 * * *"}, "Rotation(...)"),
        ("name", 3, "a string"),
        ("voters", None, "a whole number"),
        ("voters", True, "a whole number"),
    ],
)
def test_a_wrong_type_is_told_with_what_was_wanted(setting: str, value: Any, wanted: str) -> None:
    (problem, *_) = problems_of(SOUND.but(**{setting: value}), "dev")
    assert problem.path == f"dev.{setting}"
    assert wanted in problem.message


def test_what_only_terraform_will_know_is_left_to_terraform() -> None:
    assert problems_of(SOUND.but(name=TextReference("module.other.name"), mode="quick")) == []
    assert problems_of(SOUND.but(name="${TfToken[TOKEN.1]}-a", mode="quick")) == []


def test_what_only_looks_like_a_reference_is_a_text_and_judged_as_one() -> None:
    (problem,) = problems_of(SOUND.but(name="${module.other.name}", mode="quick"))
    assert problem.path == "name"
    assert '"${module.other.name}"' in problem.message


def test_terraform_refuses_the_wrong_value_before_anything_is_planned(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        planning.plan_module(Everything, SOUND.but(voters=4), tmp_path)
    assert "voters: must be odd, got 4" in str(refused.value)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
