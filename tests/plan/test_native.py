"""A module in Terraform JSON is planned as HCL, and nothing about the plan tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from groundplan.framework.inputs import Inputs
from groundplan.framework.module import Module
from groundplan.plan.native import NotNative, in_hcl, steps_in
from groundplan.plan.report import plan_bytes
from groundplan.plan.schema import load
from groundplan.plan.seats import open_seats
from groundplan.plan.stacks import read_stacks
from groundplan.plan.working import WorkingCopy
from modules.registry.ecr import Ecr
from modules.secrets.secrets_manager import SecretsManager
from tests.modules.ecr.examples import FULL as ECR
from tests.modules.secrets_manager.examples import FULL as SECRETS
from tests.support.planning import evaluated_outputs, synth_module

SIGNS = 'ab "\\\n\t$%{}[](),=:#/é…'
TEXTS = st.text(st.sampled_from(SIGNS), max_size=12).filter(lambda text: "${" not in text and "%{" not in text)
KEYS = st.one_of(st.sampled_from(["a", "for", "null", "true", "in", "a-b", "a.b", "1", ""]), TEXTS)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
EXPRESSIONS = {
    "template": 'a-${upper("b")}-$${c}-%%{d}-$%-"e"',
    "directive": "%{ if 1 == 1 }yes%{ else }no%{ endif }",
    "quotes": '${jsonencode({a = "}", b = "\\"${upper("c")}\\""})}',
    "lines": "${[\n  1,\n  2\n]}",
    "number": "${1 + 1}",
    "two": "${1}${2}",
    "key": {'${upper("a")}': "b", "c.d": 1, "for": 2},
    "loop": '${{for number, word in ["a", "b"] : word => {number = number, word = word}}}',
}


def evaluated(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What Terraform makes of these values as locals of a module in HCL."""
    module = {"locals": values, "output": {"all": {"value": {name: f"${{local.{name}}}" for name in values}}}}
    called = folder / "synth" / "stacks" / "test" / "it"
    called.mkdir(parents=True)
    (called / "main.tf").write_text(in_hcl(module, {}), encoding="utf-8")
    root = {"module": {"it": {"source": "./it"}}, "output": {"all": {"value": "${module.it.all}"}}}
    return evaluated_outputs(root, folder)["all"]


def both(kind: type[Module[Any, Any]], inputs: Inputs, folder: Path) -> list[bytes]:
    """The plan of a module as it is written, and as it is planned."""
    synth_module(kind, {"it": inputs}, folder)
    stack = read_stacks(folder)[0]["test"]
    schemas = load({"resources": stack.types("resource"), "data_sources": stack.types("data")})
    plans = []
    with open_seats(schemas, None, 1) as seats:
        for given_schemas in (None, schemas):
            with seats.take(stack) as (seat, scratch):
                copy = WorkingCopy(stack, scratch, seat.terraform, given_schemas)
                assert (scratch / "modules" / kind.name / "main.tf").exists() == (given_schemas is not None)
                copy.take_offline({})
                assert copy.init() == []
                plan, said = copy.plan(refresh=True)
                assert said == []
                plans.append(plan_bytes(plan))
    return plans


@pytest.mark.parametrize(("kind", "inputs"), [(Ecr, ECR), (SecretsManager, SECRETS)], ids=["ecr", "secrets_manager"])
def test_the_plan_is_the_same_to_the_byte(kind: type[Module[Any, Any]], inputs: Inputs, tmp_path: Path) -> None:
    as_written, as_planned = both(kind, inputs, tmp_path)
    assert as_planned == as_written
    # rules read the texts of documents that only apply will know
    assert b"jsonencode(" in as_planned


# a plan each: to look for a smaller one would take minutes
@settings(max_examples=3, phases=[Phase.generate])
@given(st.lists(VALUES, min_size=20, max_size=40))
def test_every_value_is_itself(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    named = {f"v{number}": value for number, value in enumerate(values)}
    found = evaluated(named, tmp_path_factory.mktemp("values"))
    assert found == json.loads(json.dumps(named))


def test_every_kind_of_expression_is_evaluated(tmp_path: Path) -> None:
    found = evaluated(EXPRESSIONS, tmp_path)
    assert found == {
        "template": 'a-B-${c}-%{d}-$%-"e"',
        "directive": "yes",
        "quotes": '{"a":"}","b":"\\"C\\""}',
        "lines": [1, 2],
        "number": 2,
        "two": "12",
        "key": {"A": "b", "c.d": 1, "for": 2},
        "loop": {"a": {"number": 0, "word": "a"}, "b": {"number": 1, "word": "b"}},
    }


def test_what_terraform_reads_before_it_evaluates_means_itself() -> None:
    variable = {"description": "Such as ${aws:username}.", "type": "map(string)", "default": {"a": "${b}"}}
    text = in_hcl({"variable": {"words": variable}}, {})
    assert 'description = "Such as $${aws:username}."' in text
    assert 'default = {a = "$${b}"}' in text
    assert "type = map(string)" in text


def test_blocks_and_attributes_that_hold_objects_are_told_apart() -> None:
    schemas = load({"resources": {"aws_s3_bucket_versioning", "aws_security_group"}})
    resources = {
        "aws_s3_bucket_versioning": {"this": {"versioning_configuration": {"status": "Enabled"}}},
        "aws_security_group": {
            "this": {
                "ingress": [{"from_port": 443}],
                "dynamic": {"timeouts": {"for_each": "${[1]}", "content": {"create": "5m"}}},
                "lifecycle": {"ignore_changes": ["tags"], "precondition": [{"condition": "${true}"}]},
                "depends_on": ["aws_s3_bucket_versioning.this"],
            }
        },
    }
    text = in_hcl({"resource": resources}, schemas)
    assert 'versioning_configuration {\nstatus = "Enabled"\n}' in text
    assert "ingress = [{from_port = 443}]" in text
    assert 'dynamic "timeouts" {\nfor_each = [1]\ncontent {\ncreate = "5m"\n}\n}' in text
    assert "lifecycle {\nignore_changes = [tags]\nprecondition {\ncondition = true\n}\n}" in text
    assert "depends_on = [aws_s3_bucket_versioning.this]" in text


@pytest.mark.parametrize(
    "document",
    [
        {"check": {}},
        {"module": {"inner": {"source": "./inner"}}},
        {"terraform": {"backend": {"local": {}}}},
        {"resource": {"aws_s3_bucket": {"b": {"provisioner": [{"local-exec": {}}]}}}},
        {"resource": {"aws_no_such_thing": {"b": {}}}},
        {"output": {"x": {"value": 1, "precondition": []}}},
    ],
)
def test_what_is_not_known_here_is_planned_as_it_is(document: dict[str, Any]) -> None:
    with pytest.raises(NotNative):
        in_hcl(document, load({"resources": {"aws_s3_bucket"}}))


def test_a_place_in_hcl_is_told_as_one_of_the_document() -> None:
    document = {"resource": {"aws_x": {"this": {"rule": [{"name": "a"}], "one": {"name": "b"}}}}}
    assert steps_in(document, ("resource", "aws_x", "this", "rule", "name"))[-3:] == ("rule", 0, "name")
    assert steps_in(document, ("resource", "aws_x", "this", "one", "name"))[-2:] == ("one", "name")
    assert steps_in(document, ("resource", "aws_y", "this")) == ("resource", "aws_y", "this")
