"""Names that a published module does not have are refused, where Terraform would drop them without a word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundplan import charts
from groundplan.plan.hcl import elements, members
from groundplan.plan.roots import Given, plan_root, read_root
from groundplan.plan.roots.interfaces import misspelt, wrong_values
from groundplan.problems import BadInput

RULE = {
    "type": "object",
    "properties": {"lifecycle": {"type": "integer"}, "names": {"type": "array", "items": {"type": "string"}}},
    "additionalProperties": False,
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "one": {"anyOf": [RULE, {"type": "null"}]},
        "many": {"type": "object", "additionalProperties": RULE},
        "listed": {"type": "array", "items": RULE},
        "tags": {"type": "object", "additionalProperties": {"type": "string"}},
        "extra_values": {"description": "anything"},
    },
    "additionalProperties": False,
}
MAIN = """
module "first" {
  source = "./package" # a published one
  one    = { lifecyle = 3, names = ["a"] }
  many = {
    "a.b" = {
      lifecycle = 1
      nmaes     = [] // misspelt
    }
    fine = { lifecycle = 1, names = [for name in ["lifecyle"] : name] }
    (var.a) = { lifecyle = 1 }
  }
  listed = [{ lifecycle = 1 }, { lifecyles = 1 }]
  tags         = { lifecyle = "any key is a tag" }
  extra_values = { anything = { goes = 1 } }
}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "main.tf").write_text("")
    (tmp_path / "package" / "schema.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "main.tf").write_text(MAIN)
    called = {"source": "./package", "listed": [{"lifecyle": 1}], "one": "${var.somewhere}"}
    (tmp_path / "more.tf.json").write_text(json.dumps({"module": {"second": called}}))
    return tmp_path


def test_a_call_of_a_registry_s_module_is_held_to_its_schema_too(root: Path) -> None:
    (root / "main.tf").write_text(
        'module "first" {\n  source = "example.com/own/package/aws"\n  one = { lifecyle = 3 }\n}'
    )
    (root / ".terraform" / "modules").mkdir(parents=True)
    record = {"Modules": [{"Key": "first", "Source": "example.com/own/package/aws", "Dir": "package"}]}
    (root / ".terraform" / "modules" / "modules.json").write_text(json.dumps(record))

    assert "module.first.one.lifecyle" in {problem.path for problem in misspelt(read_root(root))}


def test_a_misspelt_attribute_is_named_with_its_path_and_what_was_meant(root: Path) -> None:
    found = {problem.path: problem.cure for problem in misspelt(read_root(root))}
    assert found == {
        "module.first.one.lifecyle": "Did you mean lifecycle?",
        'module.first.many["a.b"].nmaes': "Did you mean names?",
        "module.first.listed[1].lifecyles": "Did you mean lifecycle?",
        "module.second.listed[0].lifecyle": "Did you mean lifecycle?",
    }
    (root / "package" / "schema.json").write_text('{"$schema": "of something else"}')
    assert misspelt(read_root(root)) == []


def test_members_and_elements_are_read_only_of_what_is_written_out() -> None:
    written = '{ a = 1, "b" : "x,}" # }\n  c = { d = [1, 2] }, (e) = 3\n f = g ? { h = 1 } : {}\n}'
    assert members(written) == {"a": "1", "b": '"x,}" # }', "c": "{ d = [1, 2] }", "f": "g ? { h = 1 } : {}"}
    assert elements('[1, "a,b", [2, 3], { c = 4 },]') == ["1", '"a,b"', "[2, 3]", "{ c = 4 }"]
    for expression in ("var.a", "merge({ a = 1 }, {})", "{ for a in b : a => 1 }", "", "null"):
        assert members(expression) is None, expression
    for expression in ("[for a in b : a]", "concat([1], [2])", "{}"):
        assert elements(expression) is None, expression


def _release(version: str, *values: Any, chart: str = "velero") -> dict[str, Any]:
    after = {"chart": chart, "version": version, "values": list(values)}
    return {"resource_changes": [{"address": "helm_release.it", "type": "helm_release", "change": {"after": after}}]}


def test_values_that_a_locked_chart_does_not_have_are_refused_and_others_are_nobodys_to_judge() -> None:
    locked = charts.chart("velero").version
    found = wrong_values(_release(locked, "nodeAgent:\n  podVolumePat: x\n", "just a text", "{", None, "", "{}"))
    assert [problem.path for problem in found] == [
        "helm_release.it.values[0].nodeAgent.podVolumePat",
        "helm_release.it.values[1]",
        "helm_release.it.values[2]",
    ]
    assert "podVolumePath" in found[0].cure
    assert wrong_values(_release("0.0.1", "nodeAgent:\n  podVolumePat: x\n")) == []
    deleted = {"address": "helm_release.it", "type": "helm_release", "change": {"after": None}}
    assert wrong_values({"resource_changes": [deleted]}) == []


def test_what_is_refused_is_told_without_a_secret_that_was_given(tmp_path: Path) -> None:
    secret = "glpat-" + "x7Kq2mNp9RtV4wYz1BcD"
    (tmp_path / "main.tf").write_text(
        'variable "token" {\n  type = string\n  validation {\n    condition     = length(var.token) < 3\n'
        '    error_message = "must be short, got ${var.token}"\n  }\n}\n'
    )
    with pytest.raises(BadInput, match="must be short") as refused:
        plan_root(read_root(tmp_path), tmp_path / "out", given=Given(values=[f"token={secret}"]))
    assert secret not in str(refused.value)


def test_what_passes_through_a_chart_is_held_against_all_documents_of_the_release() -> None:
    name = "opentelemetry-collector"
    pipeline = "config: {service: {pipelines: {traces: {receivers: [otlp/edge], exporters: [debug]}}}}\n"
    receiver = "config: {receivers: {otlp/edge: {protocols: {grpc: {}}}}}\n"
    version = charts.chart(name).version
    (problem,) = wrong_values(_release(version, pipeline, chart=name))
    assert problem.path == "helm_release.it.values[0].config.service.pipelines.traces.receivers[0]"
    assert wrong_values(_release(version, pipeline, receiver, chart=name)) == []
    # a document that only an apply tells may have it
    assert wrong_values(_release(version, pipeline, None, chart=name)) == []
