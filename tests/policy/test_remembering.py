"""What was judged before is not evaluated again, and whatever may change a verdict is."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from groundplan.policy import Findings, judge
from groundplan.policy.embedded import Embedded
from groundplan.shelf import Shelf
from tests.policy.conftest import POLICIES, TODAY

Judged = Callable[..., Findings]


def plan(name: str) -> dict[str, Any]:
    change = {"actions": ["create"], "before": None, "after": {"bucket": name, "force_destroy": True}}
    bucket = {"address": "aws_s3_bucket.x", "mode": "managed", "type": "aws_s3_bucket", "name": "x", "change": change}
    return {"format_version": "1.2", "resource_changes": [bucket], "configuration": {"root_module": {}}}


PLANS = {"dev-a": plan("a"), "dev-b": plan("b")}


@pytest.fixture
def judged(judged: Judged) -> Judged:
    """Judges as a process does that has judged nothing before."""
    return partial(judged, memory=None)


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """Rules of one's own: a copy, so that they can change."""
    shutil.copytree(POLICIES, tmp_path / "policies", ignore=shutil.ignore_patterns("*_test.rego"))
    return tmp_path / "policies"


def _watched(patch: pytest.MonkeyPatch, cache: Path) -> list[str]:
    """What the embedded engine evaluates from now on, as it does, with a cache of its own."""
    patch.setenv("GROUNDPLAN_CACHE_DIR", str(cache))
    found: list[str] = []
    real = Embedded.ask

    def ask(engine: Embedded, rule: str, *, of: str, label: str) -> str:
        found.append(f"{rule.rpartition('.')[2]} of {label}")
        return real(engine, rule, of=of, label=label)

    patch.setattr(Embedded, "ask", ask)
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What the embedded engine evaluates in the test."""
    return _watched(monkeypatch, tmp_path / "cache")


@pytest.fixture(scope="module")
def judged_before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Findings]:
    """The cache that the first judging leaves, of which everything is evaluated, and its findings."""
    folder = tmp_path_factory.mktemp("first")
    paths = {stack: folder / f"{stack}.json" for stack in PLANS}
    for stack, path in paths.items():
        path.write_text(json.dumps(PLANS[stack]))
    with pytest.MonkeyPatch.context() as patch:
        asked = _watched(patch, folder / "cache")
        findings = judge(paths, policies=POLICIES, manifest=None, today=TODAY)
    assert len(asked) == 5
    return folder / "cache", findings


@pytest.fixture
def first(judged_before: tuple[Path, Findings], asked: list[str], tmp_path: Path) -> Findings:
    """What the first judging found; the test has a copy of the cache that it left."""
    cache, findings = judged_before
    shutil.copytree(cache, tmp_path / "cache")
    assert asked == []
    return findings


def test_the_same_plans_are_not_evaluated_again_and_have_the_same_findings(
    first: Findings, judged: Judged, policies: Path, asked: list[str]
) -> None:
    assert first.denied
    assert judged(PLANS, policies=policies) == first
    assert asked == []


def test_asked_to_do_everything_anew_it_does(first: Findings, judged: Judged, policies: Path, asked: list[str]) -> None:
    assert judged(PLANS, policies=policies, fresh=True) == first
    assert len(asked) == 5


def test_of_a_changed_plan_only_its_own_verdict_is_evaluated(
    first: Findings, judged: Judged, policies: Path, asked: list[str]
) -> None:
    judged({**PLANS, "dev-b": plan("other")}, policies=policies)
    assert asked == ["share of dev-b", "answer of dev-b"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("lib/value.rego", "package lib.value", "package lib.value\n"),
        ("parameters/tags/data.json", '"Owner"', '"Holder"'),
    ],
)
def test_changed_rules_and_parameters_judge_everything_anew(
    file: str, old: str, new: str, first: Findings, judged: Judged, policies: Path, asked: list[str]
) -> None:
    text = (policies / file).read_text()
    assert old in text
    (policies / file).write_text(text.replace(old, new, 1))
    judged(PLANS, policies=policies)
    assert len(asked) == 5


def test_another_day_or_another_waiver_judges_the_plans_anew(
    first: Findings, judged: Judged, policies: Path, asked: list[str]
) -> None:
    judged(PLANS, policies=policies, today=date(2026, 7, 1))
    assert [each for each in asked if each.startswith("answer")] == ["answer of dev-a", "answer of dev-b"]
    asked.clear()
    denied = next(each for each in first.findings if each.verdict == "deny" and each.stack == "dev-a")
    entry = {"rule": denied.rule, "stack": "dev-a", "address": denied.address}
    entry |= {"reason": "a scratch bucket", "owner": "platform", "last_day": "2026-12-31"}
    waivers = {"waivers": [entry], "permits": [], "not_secrets": []}
    (policies / "exceptions" / "data.yaml").write_text(json.dumps(waivers))
    found = judged(PLANS, policies=policies)
    assert [each.stack for each in found.findings if each.verdict == "waived"] == ["dev-a"]
    assert {"answer of dev-a", "answer of dev-b"} <= set(asked)


def test_a_damaged_memory_is_no_verdict(
    first: Findings, judged: Judged, policies: Path, asked: list[str], tmp_path: Path
) -> None:
    for path in (tmp_path / "cache").rglob("*.json.gz"):
        path.write_bytes(path.read_bytes()[:40])
    assert judged(PLANS, policies=policies) == first
    assert len(asked) == 5


def test_wrong_parameters_are_refused_however_often_they_are_read(
    first: Findings, judged: Judged, policies: Path
) -> None:
    file = policies / "parameters" / "retention" / "data.json"
    text = file.read_text()
    file.write_text(text.replace("{", '{"retention_of_nothing": 1,', 1))
    for _ in range(2):
        with pytest.raises(Exception, match="retention_of_nothing"):
            judged(PLANS, policies=policies)
    file.write_text(text)
    assert judged(PLANS, policies=policies) == first


def test_of_too_many_results_the_oldest_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path))
    shelf = Shelf("numbers", most=20)
    for number in range(30):
        shelf.keep(str(number), {"number": number})
        os.utime(tmp_path / "numbers" / f"{number}.json.gz", (number, number))
        assert len(list((tmp_path / "numbers").iterdir())) <= 20
    left = [number for number in range(30) if shelf.kept(str(number), {"number": int})]
    assert 18 <= len(left) <= 20
    assert left == list(range(30 - len(left), 30))
