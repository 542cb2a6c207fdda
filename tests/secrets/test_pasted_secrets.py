"""A secret that somebody pasted into a setting or a module is refused wherever it stands, and never printed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environments import PLATFORM
from environments.dev import DEV
from groundplan.policy import judge
from groundplan.problems import BadInput, Problem
from groundplan.remembering import Memory
from groundplan.secrets import Detector, Seen, pasted, without_values
from groundplan.synth.project import synth
from tests.policy.conftest import POLICIES, TODAY
from tests.secrets.samples import HARMLESS, HARMLESS_BY_NAME, SECRETS, SECRETS_BY_NAME, token
from tests.synth.programs import PROJECT

RULE = "secrets/no_secret_value"


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    return Detector(POLICIES, tmp_path_factory.mktemp("harmless"))


def test_every_kind_of_secret_is_found_by_its_looks(detector: Detector) -> None:
    missed = [what for what, text in SECRETS.items() if not detector.kinds([Seen(text)])]
    assert not missed


def test_what_only_mentions_secrets_or_is_public_is_not_one(detector: Detector) -> None:
    wrong = {what: kinds for what, text in HARMLESS.items() if (kinds := detector.kinds([Seen(text)]))}
    assert not wrong


def test_a_telling_name_gives_a_secret_away(detector: Detector) -> None:
    missed = [name for name, text in SECRETS_BY_NAME if not detector.kinds([Seen(text, name)])]
    assert not missed


def test_a_name_or_a_reference_under_a_telling_name_is_fine(detector: Detector) -> None:
    wrong = [name for name, text in HARMLESS_BY_NAME if detector.kinds([Seen(text, name)])]
    assert not wrong


def test_what_detect_secrets_knows_beyond_the_projects_shapes_counts_too(detector: Detector) -> None:
    found = detector.kinds([Seen("A" + "C" + "0a1b2c3d" * 4)])
    assert [kinds for kinds in found.values()] == [("a secret (Twilio API Key)",)]


def test_the_shapes_of_a_project_without_policies_are_those_of_detect_secrets(tmp_path: Path) -> None:
    found = Detector(tmp_path / "policies", tmp_path / "harmless").kinds([Seen(SECRETS["an access key of AWS"])])
    assert len(found) == 1


def test_a_broken_pattern_is_named_with_its_place(tmp_path: Path) -> None:
    parameters = tmp_path / "parameters" / "secrets" / "data.json"
    parameters.parent.mkdir(parents=True)
    names = dict.fromkeys(("name_pattern", "name_of_a_secret_pattern", "reference_pattern"), "^$")
    parameters.write_text(json.dumps({"values": [{"kind": "x", "pattern": "("}], **names}))
    with pytest.raises(BadInput, match=r"policies/parameters/secrets/data.json: values\[0\]: is no regular expression"):
        Detector(tmp_path, tmp_path / "harmless").kinds([Seen("anything at all")])


def test_harmless_texts_are_remembered_and_secrets_are_not(tmp_path: Path) -> None:
    shelf = tmp_path / "harmless"
    secret, sentence = Seen(SECRETS["a token of GitLab"]), Seen(HARMLESS["a sentence"])
    for _ in range(2):
        assert list(Detector(POLICIES, shelf).kinds([secret, sentence])) == [secret]
    (kept,) = shelf.iterdir()
    assert kept.read_text().split() == [sentence.digest]


def test_a_cache_that_cannot_be_written_or_read_only_costs_time(tmp_path: Path) -> None:
    shelf = tmp_path / "harmless"
    shelf.write_text("a file, where a folder should be")
    secret = Seen(SECRETS["a token of GitLab"])
    assert list(Detector(POLICIES, shelf).kinds([secret, Seen(HARMLESS["a sentence"])])) == [secret]


@given(where=st.sampled_from(["text", "list", "map", "key", "deep"]), what=st.sampled_from(sorted(SECRETS)))
def test_a_secret_is_found_wherever_a_setting_can_hold_it(detector: Detector, where: str, what: str) -> None:
    text = SECRETS[what]
    value: Any = {
        "text": text,
        "list": ["fine", text],
        "map": {"name": text},
        "key": {text: "value"},
        "deep": {"a": [{"b": ("fine", {"c": text})}]},
    }[where]
    problems, texts = pasted([("prod.family", value)], detector)
    assert [problem.path.startswith("prod.family") for problem in problems] == [True]
    assert texts == {text}


def test_a_text_that_no_encoding_takes_is_looked_at_like_any_other(detector: Detector) -> None:
    half_a_sign = "\ud83d"
    secret, sentence = Seen(SECRETS["a token of GitLab"] + half_a_sign), Seen(HARMLESS["a sentence"] + half_a_sign)
    assert list(detector.kinds([secret, sentence])) == [secret]


@pytest.mark.parametrize("kind", [set, frozenset])
def test_what_stands_in_a_set_has_the_same_place_in_every_run(detector: Detector, kind: type[set[Any]]) -> None:
    texts = [f"{letter} {SECRETS['a token of GitLab']}" for letter in "abcdefgh"]
    problems, _ = pasted([("prod.family", kind(texts))], detector)
    assert [problem.path for problem in problems] == [f"prod.family[{index}]" for index in range(len(texts))]
    # numbers and words stand beside each other
    problems, _ = pasted([("prod.family", kind([*texts, 7]))], detector)
    assert [problem.path for problem in problems] == [f"prod.family[{index}]" for index in range(1, len(texts) + 1)]


@given(text=st.text(min_size=8).filter(lambda text: "." not in text), around=st.text(max_size=5))
def test_no_problem_repeats_a_secret(text: str, around: str) -> None:
    said = Problem("prod.vault.x", f"must be short, got {json.dumps(around + text)}", f"Not {around}{text!r}.")
    (made,) = without_values([said], [text])
    assert json.dumps(text)[1:-1] not in made.message.removeprefix("must be short, got")
    assert made.path == said.path


def test_a_secret_of_a_words_length_goes_as_a_word_and_an_ordinary_word_stays() -> None:
    said = Problem("prod.x", 'must not be "s3cr3t" where nobody has none, as in s3cr3ts', "Not none.")
    (made,) = without_values([said], ["s3cr3t", "none"])
    assert made.message == 'must not be "..." where nobody has none, as in s3cr3ts'
    assert made.cure == "Not none."


# --- At synth


FEW = DEV.but(without=[each.name() for each in PLATFORM.families if each.name() not in ("alerting", "cluster", "cost")])
"""Of three stacks, which all have the environment's tags."""


def refusal(tmp_path: Path, **changes: Any) -> list[str]:
    with pytest.raises(BadInput) as refused:
        synth(PLATFORM.compose, [FEW.but(**changes)], project=PROJECT, out=tmp_path / "cdktf.out")
    return [str(problem) for problem in refused.value.problems]


def test_synth_refuses_a_pasted_secret_by_the_path_of_its_setting_once_and_without_the_value(tmp_path: Path) -> None:
    secret = SECRETS["a token of GitLab"]
    said = refusal(tmp_path, cost_center=secret)
    assert len(said) == 1
    assert said[0].startswith("dev.cost_center: looks like a token of GitLab\n    Revoke it")
    assert secret not in said[0]


def test_what_else_is_wrong_with_a_secret_is_said_without_it(tmp_path: Path) -> None:
    secret = SECRETS["a URL with a password"]
    said = refusal(tmp_path, alarm_topics={"us-east-1": secret}, account_id="1")
    assert any("looks like a password in a URL" in line for line in said)
    assert any("account_id: must be" in line for line in said)
    assert not any(secret in line for line in said)


# --- In plans


RULES = Memory()
"""The rules are read and prepared once for all of these plans."""


def address(name: str) -> str:
    return f"aws_sns_topic.this[{json.dumps(name)}]"


def plan_with(values: dict[str, Any]) -> dict[str, Any]:
    """A plan of one resource for each of these names, with the values that are planned for it."""
    return {
        "format_version": "1.2",
        "resource_changes": [
            {
                "address": address(name),
                "mode": "managed",
                "type": "aws_sns_topic",
                "name": "this",
                "index": name,
                "provider_name": "registry.terraform.io/hashicorp/aws",
                "change": {"actions": ["create"], "before": None, "after": value, "after_unknown": {}},
            }
            for name, value in values.items()
        ],
        "configuration": {"root_module": {}},
    }


Denied = Callable[..., list[str]]


@pytest.fixture
def denied(tmp_path: Path) -> Denied:
    """The addresses of what is denied."""

    def run(values: dict[str, Any], engine: Any, policies: Path = POLICIES) -> list[str]:
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(plan_with(values)))
        found = judge({"s": path}, policies=policies, manifest=None, today=TODAY, engine=engine, memory=RULES)
        return [finding.address for finding in found.findings if finding.rule == RULE]

    return run


def test_the_rule_denies_in_plans_what_settings_are_refused_for(denied: Denied, engine: str) -> None:
    values: dict[str, Any] = {what: {"delivery_policy": text} for what, text in SECRETS.items()}
    values |= {name: {"tags": {name: text}} for name, text in SECRETS_BY_NAME}
    assert set(denied(values, engine)) == set(map(address, values))


def test_the_rule_passes_in_plans_what_settings_may_hold(denied: Denied, engine: str) -> None:
    values: dict[str, Any] = {what: {"delivery_policy": text} for what, text in HARMLESS.items()}
    values |= {f"{name} {text}": {"tags": {name: text}} for name, text in HARMLESS_BY_NAME}
    assert not denied(values, engine)


def test_a_listed_text_is_no_secret_for_settings_nor_for_plans(tmp_path: Path, denied: Denied, engine: str) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(POLICIES, policies)
    text = SECRETS["a token of GitLab"]
    entry = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "reason": "a made-up one", "owner": "platform"}
    (policies / "exceptions" / "data.yaml").write_text(
        json.dumps({"waivers": [], "permits": [], "not_secrets": [entry]})
    )
    other = "gl" + "pat-" + token(24)
    kinds = Detector(policies, tmp_path / "harmless").kinds([Seen(text), Seen(other)])
    assert list(kinds) == [Seen(other)]
    values = {"listed": {"name": text}, "not listed": {"name": other}}
    assert denied(values, engine, policies) == [address("not listed")]


def test_an_entry_that_lists_nothing_is_told_when_a_secret_is_found_and_not_before(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(POLICIES, policies)
    entry = {"sha265": hashlib.sha256(b"a text").hexdigest(), "reason": "a made-up one", "owner": "platform"}
    (policies / "exceptions" / "data.yaml").write_text(
        json.dumps({"waivers": [], "permits": [], "not_secrets": [entry]})
    )
    detector = Detector(policies, tmp_path / "harmless")

    assert not detector.kinds([Seen("nothing to see here")])
    with pytest.raises(BadInput, match=r"policies/exceptions/data\.yaml:1: not_secrets\[0\]"):
        detector.kinds([Seen(SECRETS["a token of GitLab"])])
