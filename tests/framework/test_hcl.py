"""Values keep their meaning on their way through Terraform's expression syntax."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from groundplan.framework.hcl import hcl, jsonencode, literal, quoted, regions, yamlencode
from groundplan.plan import plan_all
from groundplan.problems import BadInput

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12).map(lambda text: text.replace("${", "$ {"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
SAMPLES: list[Any] = [
    'a "quoted" text',
    "back\\slash \\n \\b",
    "a\tb\nc\x08d\x0ce\x7f",
    "%{ if } and 100%",
    "$",
    "$$",
    "emoji \U0001f600 and \u2028",
    {"a.b/c": 1, "": 2, "if": 3, "null": None, "Ünï": [True, False]},
    0.1,
    -3,
    1e21,
    literal("${aws:username} %{x}"),
]


@settings(max_examples=150, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True)
@given(values)
def _collect(value: Any) -> None:
    SAMPLES.append(value)


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, Any]]:
    """Every sample with what Terraform makes of it, all in one plan."""
    _collect()
    folder = tmp_path_factory.mktemp("hcl")
    stack = folder / "synth" / "stacks" / "test"
    stack.mkdir(parents=True)
    outputs = {f"v{index}": {"value": jsonencode(value)} for index, value in enumerate(SAMPLES)}
    (stack / "cdk.tf.json").write_text(json.dumps({"output": outputs}))
    report = plan_all(folder / "synth", folder / "out")
    changes = json.loads(report.plans["test"].read_bytes())["output_changes"]
    return [(value, json.loads(changes[f"v{index}"]["after"])) for index, value in enumerate(SAMPLES)]


def test_terraform_reads_every_value_as_it_was_meant(evaluated: list[tuple[Any, Any]]) -> None:
    assert len(evaluated) > 100
    for meant, read in evaluated:
        assert read == _normal(meant)


def _normal(value: Any) -> Any:
    # Terraform normalizes texts to Unicode's composed form
    import unicodedata

    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if isinstance(value, dict):
        return {_normal(key): _normal(item) for key, item in value.items()}
    return value


@given(st.text(max_size=30))
def test_splitting_a_template_loses_nothing(text: str) -> None:
    try:
        parts = list(regions(text))
    except BadInput:
        assert "${" in text
        return
    assert "".join(part for _, part in parts) == text


def test_a_reference_is_one_region_whatever_stands_in_its_strings() -> None:
    text = 'a-${jsonencode({a = "}", b = "${var.x}"})}-b'
    assert list(regions(text)) == [(False, "a-"), (True, text[2:-2]), (False, "-b")]


def test_a_reference_keeps_its_type_and_text_around_it_makes_a_text() -> None:
    assert hcl({"days": "${var.days}", "name": "x-${var.name}"}) == '{days = var.days, name = "x-${var.name}"}'


def test_what_terraform_has_no_value_for_is_refused() -> None:
    with pytest.raises(BadInput, match="no value for a Python set"):
        hcl({"a": {1, 2}})


def test_an_unclosed_reference_is_refused_with_its_text() -> None:
    with pytest.raises(BadInput, match="never closed"):
        yamlencode({"a": "${var.x"})


def test_quoting_leaves_no_reference_alive(tmp_path: Path) -> None:
    assert quoted("${var.x}") == '"$${var.x}"'
    assert quoted("%{ if }") == '"%%{ if }"'
