"""What is shown of a stack is kept by all that it depends on, and is what would be made anew."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from sample_plans import change, finding, findings, manifest, meta, plan, record

from groundplan import shelf
from groundplan.plan.meta import Placeholder, Replacement
from groundplan.policy.findings import Findings
from groundplan.review import reading
from groundplan.review.model import Review

CREATED = change("aws_a.one", ["create"], None, {"name": "one", "text": "a\nb\n", "n": 1.5, "more": [{"a": True}]})
SECRET = change("aws_a.two", ["create"], None, {"text": "hidden-one"}, after_sensitive={"text": True})
QUOTING = change("aws_a.three", ["update"], {"text": "old"}, {"text": "it is hidden-one"})
GIVEN: dict[str, Any] = {
    "plan": plan(CREATED, SECRET, QUOTING),
    "other": plan(),
    "meta": meta(
        "prod-a",
        replacements=(Replacement(address="aws_a.three", attributes=("text",), holds_data=True),),
        placeholders=(Placeholder(stack="prod-b", output="zone"),),
        unchecked={"aws_a": ("quotas",)},
    ),
    "said": findings(finding("a/b", "prod-a", "aws_a.one"), stacks=("prod-a", "prod-b")),
    "record": record("prod-a", depends_on=("prod-b",)),
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stacks of which it was made anew what is shown."""
    names: list[str] = []
    make = reading.Builder.stack

    def counting(self: Any, name: str, **said: Any) -> Any:
        names.append(name)
        return make(self, name, **said)

    monkeypatch.setattr(reading.Builder, "stack", counting)
    return names


def _read(folder: Path, *, keeps: bool = True, **changes: Any) -> Review:
    given = {**GIVEN, **changes}
    paths = {"prod-a": folder / "a.json", "prod-b": folder / "b.json"}
    paths["prod-a"].write_text(json.dumps(given["plan"]), encoding="utf-8")
    paths["prod-b"].write_text(json.dumps(given["other"]), encoding="utf-8")
    return reading.read_review(
        paths,
        {"prod-a": given["meta"], "prod-b": meta("prod-b")},
        given["said"],
        manifest(given["record"], record("prod-b")),
        project=folder,
        holds_data="aws_a".__eq__,
        keeps=keeps,
    )


def _said(**more: Any) -> Findings:
    return findings(finding("a/b", "prod-a", "aws_a.one", **more), stacks=("prod-a", "prod-b"))


CHANGES: dict[str, dict[str, Any]] = {
    "a value of the plan": {"plan": plan(CREATED, SECRET, change("aws_a.three", ["update"], {"n": 1}, {"n": True}))},
    "what another plan marks sensitive": {
        "other": plan(change("aws_a.x", ["create"], None, {"t": "old-old"}, after_sensitive={"t": True}))
    },
    "how the plan came about": {"meta": meta("prod-a")},
    "what a rule found": {"said": _said(message="it is not right")},
    "that nobody judged it": {"said": findings(stacks=("prod-b",))},
    "which types are read": {"said": _said().model_copy(update={"types_read": ("aws_b",)})},
    "what the manifest says": {"record": record("prod-a")},
}


def test_what_is_kept_is_what_would_be_made(tmp_path: Path, made: list[str], cache: Path) -> None:
    first = _read(tmp_path)
    assert made == ["prod-a", "prod-b"]
    assert _read(tmp_path) == first
    assert made == ["prod-a", "prod-b"]
    assert _read(tmp_path, keeps=False) == first
    kept = [gzip.decompress(path.read_bytes()) for path in (cache / "reviews").iterdir()]
    assert len(kept) == 2
    assert not any(b"hidden-one" in text for text in kept)


@pytest.mark.parametrize("changed", CHANGES.values(), ids=list(CHANGES))
def test_whatever_it_depends_on_has_it_made_anew(tmp_path: Path, made: list[str], changed: dict[str, Any]) -> None:
    _read(tmp_path)
    made.clear()
    found = _read(tmp_path, **changed)
    assert "prod-a" in made
    assert found == _read(tmp_path, keeps=False, **changed)


@pytest.mark.parametrize("what", ["own_code", "installed"])
def test_another_groundplan_makes_it_anew(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    from groundplan.review import kept

    _read(tmp_path)
    made.clear()
    now = getattr(shelf, what)()
    monkeypatch.setattr(kept, what, lambda: f"{now}." if isinstance(now, str) else [*now, "other-1.0.dist-info"])
    _read(tmp_path)
    assert made == ["prod-a", "prod-b"]


def test_of_a_live_plan_nothing_is_kept(tmp_path: Path, made: list[str]) -> None:
    for _ in range(2):
        _read(tmp_path, meta=GIVEN["meta"].model_copy(update={"mode": "live"}))
    assert made == ["prod-a", "prod-b", "prod-a"]


def test_what_json_has_no_word_for_is_made_anew(tmp_path: Path, made: list[str]) -> None:
    odd = GIVEN["record"].model_copy(update={"depends_on": ("prod-\udc80",)})
    for _ in range(2):
        assert _read(tmp_path, record=odd) == _read(tmp_path, keeps=False, record=odd)
    assert made.count("prod-a") == 4
