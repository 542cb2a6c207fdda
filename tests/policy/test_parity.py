"""Every engine that is there gives the same verdicts over all rules, examples and odd plans."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundplan.policy import read_rules
from groundplan.policy.engines import Answer, EngineName, Question, available_engines, engine_called, opa_path
from groundplan.policy.examples import example_document
from groundplan.policy.library import load_library

POLICIES = Path(__file__).parents[2] / "policies"
LIBRARY = load_library(POLICIES)
RULES = read_rules(POLICIES)
# one for all plans: it keeps the rules as it read them
EMBEDDED = engine_called("regorus")
OPA = [path for path in [opa_path()] if path]
OTHERS = [name for name in available_engines() if name != "regorus"]
TYPES = sorted({key for item in RULES for key in (*item.avoid, *item.prefer) if "_" in key})
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 400) | st.sampled_from(["", "*", "latest", "arn:aws:x", "a: [", "{"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["policy", "Statement", "a"]), inner),
    max_leaves=4,
)
ATTRIBUTES = sorted({name for item in RULES for body in item.avoid.values() if isinstance(body, dict) for name in body})


def questions() -> list[Question]:
    documents = [(item.rule.id, example_document(item, good=good)) for item in RULES for good in (True, False)]
    return [Question(label, json.dumps(document), document["exceptions"]) for label, document in documents]


def sorted_findings(answer: Answer) -> list[str]:
    return sorted(json.dumps(found, sort_keys=True) for found in answer.findings)


@pytest.mark.parametrize("name", OTHERS)
def test_engines_agree_on_every_example_of_every_rule(name: EngineName) -> None:
    asked = questions()
    embedded = EMBEDDED.ask(LIBRARY, asked)
    for question, one, other in zip(asked, embedded, engine_called(name).ask(LIBRARY, asked), strict=True):
        assert sorted_findings(one) == sorted_findings(other), question.label
        assert one.evaluated == other.evaluated


@st.composite
def odd_plans(draw: st.DrawFn) -> dict[str, Any]:
    """Plans whose attributes have any type at all: a provider's next version may send them."""
    changes = []
    for index, type_name in enumerate(draw(st.lists(st.sampled_from(TYPES), max_size=4))):
        after = draw(st.dictionaries(st.sampled_from(ATTRIBUTES), ODD, max_size=5))
        unknown = draw(st.dictionaries(st.sampled_from(ATTRIBUTES), st.booleans(), max_size=3))
        changes.append(
            {
                "address": f"module.m.{type_name}.r{index}",
                "mode": "managed",
                "type": type_name,
                "name": f"r{index}",
                "change": {
                    "actions": draw(st.sampled_from([["create"], ["delete"], ["delete", "create"]])),
                    "before": None,
                    "after": draw(st.sampled_from([after, None])),
                    "after_unknown": unknown,
                },
            }
        )
    return {"plan": {"format_version": "1.2", "resource_changes": changes}}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(odd_plans(), min_size=4, max_size=4))
def test_odd_values_stop_no_engine_and_divide_none(plans: list[dict[str, Any]]) -> None:
    asked = [Question("odd", json.dumps(plan), {}) for plan in plans]
    embedded = EMBEDDED.ask(LIBRARY, asked)
    for name in OTHERS:
        for one, other in zip(embedded, engine_called(name).ask(LIBRARY, asked), strict=True):
            assert sorted_findings(one) == sorted_findings(other)


@pytest.mark.parametrize("program", OPA)
@pytest.mark.parametrize("arguments", [["test", "-b"], ["check", "--strict", "-b"], ["fmt", "--fail", "-l"]])
def test_opa_itself_is_content(program: str, arguments: list[str]) -> None:
    done = subprocess.run([program, *arguments, str(POLICIES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("program", OPA)
@pytest.mark.parametrize("query", ["blocker", "critical", "major", "minor", "unknown"])
def test_terraform_cloud_s_queries_answer_with_a_list(program: str, query: str) -> None:
    command = [program, "eval", "-b", str(POLICIES), "--stdin-input", "--format", "json", f"data.main.{query}"]
    document = '{"plan": {"format_version": "1.2"}, "run": {"workspace": {"name": "prod-backup"}}}'
    done = subprocess.run(command, input=document, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["result"][0]["expressions"][0]["value"] == []
