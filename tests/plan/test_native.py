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
from groundplan.plan.native import NotNative, in_hcl, read_exactly, steps_in
from groundplan.plan.report import plan_bytes
from groundplan.plan.roots import plan_root, read_root
from groundplan.plan.schema import load
from groundplan.plan.stacks import Stack, read_stacks
from groundplan.plan.working import WorkingCopy
from groundplan.problems import BadInput
from modules.registry.ecr import Ecr
from modules.secrets.secrets_manager import SecretsManager
from tests.modules.ecr.examples import FULL as ECR
from tests.modules.secrets_manager.examples import FULL as SECRETS
from tests.support.planning import SEATS, evaluated_outputs, synth_module

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
    found: dict[str, Any] = evaluated_outputs(root, folder)["all"]
    return found


def both(stack: Stack, native: int) -> list[bytes]:
    """The plan of a stack as it is written, and with so many files of it in HCL."""
    schemas = load({"resources": stack.types("resource"), "data_sources": stack.types("data")})
    plans = []
    with SEATS.open(schemas, None, 1) as seats:
        for given_schemas in (None, schemas):
            with seats.take(stack) as (seat, scratch):
                copy = WorkingCopy(stack, scratch, seat.terraform, given_schemas)
                ours = [path for path in scratch.rglob("main.tf") if path.read_bytes() not in stack.files.values()]
                assert len(ours) == (0 if given_schemas is None else native)
                copy.take_offline({})
                assert copy.init() == []
                plan, said = copy.plan(refresh=True)
                assert said == []
                plans.append(plan_bytes(plan))
    return plans


@pytest.mark.parametrize(("kind", "inputs"), [(Ecr, ECR), (SecretsManager, SECRETS)], ids=["ecr", "secrets_manager"])
def test_the_plan_is_the_same_to_the_byte(kind: type[Module[Any, Any]], inputs: Inputs, tmp_path: Path) -> None:
    synth_module(kind, {"it": inputs}, tmp_path)
    as_written, as_planned = both(read_stacks(tmp_path)[0]["test"], 1)
    assert as_planned == as_written
    # rules read the texts of documents that only apply will know
    assert b"jsonencode(" in as_planned


STRANGE = {
    "terraform": {"required_version": ">= 1.5", "required_providers": {"aws": {"source": "hashicorp/aws"}}},
    "variable": {
        "name": {"type": "string", "description": "As ${this}."},
        "rules": {
            "type": 'list(object({id = string, days = optional(number, 1.5), note = optional(string, "a # b")}))',
            "default": [{"id": "a"}, {"id": "b", "days": 3}],
            "nullable": False,
        },
    },
    "locals": {"//": "${\n} a note", "half": 0.25, "small": 1e-7, "none": None},
    "data": {"aws_caller_identity": {"me": {}}},
    "resource": {
        "aws_s3_bucket": {
            "this": {
                "for_each": '${toset(["x", "y"])}',
                "bucket": "${var.name}-${each.key}",
                "bucket_prefix": None,
                "force_destroy": "true",
                "tags": {"a/b": "$${x}", "half": "${local.half}", "%{ if true }c%{ endif }": "d"},
                "lifecycle": {"ignore_changes": ['tags["a/b"]'], "create_before_destroy": True},
            }
        },
        "aws_s3_bucket_lifecycle_configuration": {
            "this": {
                "count": "${length(var.rules) > 0 ? 1 : 0}",
                "bucket": '${aws_s3_bucket.this["x"].id}',
                "dynamic": {
                    "rule": [
                        {
                            "for_each": "${var.rules}",
                            "iterator": "each_rule",
                            "content": {
                                "id": "${each_rule.value.id}",
                                "status": "Enabled",
                                "filter": [{"prefix": ""}],
                                "expiration": [{"days": "${ceil(each_rule.value.days)}"}],
                            },
                        }
                    ]
                },
                "depends_on": ["data.aws_caller_identity.me"],
            }
        },
        "aws_security_group": {"this": {"name": "${var.name}", "ingress": [], "timeouts": {"create": "5m"}}},
        "aws_s3_bucket_policy": {
            "this": {
                "bucket": '${aws_s3_bucket.this["y"].id}',
                "policy": '${jsonencode({S = [{Sid = "${local.small}-{", Resource = aws_s3_bucket.this["y"].arn}]})}',
            }
        },
    },
    "output": {"all": {"value": {"arns": "${values(aws_s3_bucket.this)[*].arn}", "text": "a"}, "sensitive": True}},
}


def stranger(folder: Path, module: dict[str, Any]) -> Path:
    """A root in HCL that calls a module in HCL, which calls one in JSON three times."""
    written = {
        "live/main.tf": 'provider "aws" {\n  region = "us-east-1"\n}\nmodule "team" {\n  source = "./team"\n}\n',
        "live/team/main.tf": "".join(
            f'module "{name}" {{\n  source = "../../modules/strange"\n  name = "{name}"\n}}\n'
            for name in ("a", "b", "c")
        ),
        "modules/strange/main.tf.json": json.dumps(module),
    }
    for name, text in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / "live"


def test_the_plan_of_a_root_is_the_same_to_the_byte(tmp_path: Path) -> None:
    root = stranger(tmp_path / "repository", STRANGE)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    as_written, as_planned = both(read_root(root), 1)
    assert as_planned == as_written
    assert b"jsonencode(" in as_planned
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_terraform_refuses_in_a_module_is_told_of_the_file_that_is_there(tmp_path: Path) -> None:
    refused = {"condition": '${var.name != "a"}', "error_message": "Not that."}
    strange = {"variable": {"name": {"validation": [refused]}}, "output": {"x": {"value": "${upper([])}"}}}
    with pytest.raises(BadInput) as problems:
        plan_root(read_root(stranger(tmp_path, strange)), tmp_path / "out", seats=SEATS)
    told = {problem.path: problem.message for problem in problems.value.problems}
    assert told == {
        "live.output.x.value": 'Invalid function argument: Invalid value for "str" parameter: string required, but '
        "have tuple.",
        "live/team/main.tf": "Invalid value for variable: Not that. This was checked by the validation rule at "
        "../modules/strange/main.tf.json (variable.name.validation).",
    }


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
        {"output": [{"x": {"value": 1}}]},
        {"output": {"x": {"value": "${upper("}}},
        {"output": {"x": {"value": 1, "depends_on": ["${[]}"]}}},
        {"locals": {"a.b": 1}},
        {"variable": {"x": "any"}},
        {"variable": {"x": {"type": "any # comment"}}},
        {"variable": {"x": {"deprecated": "Use y."}}},
        {"terraform": {"required_providers": {"aws": {"configuration_aliases": ["aws.east"]}}}},
        {"moved": {"from": "aws_s3_bucket.a"}},
        {"resource": {"//": "a note"}},
        {"resource": {"aws_s3_bucket": [{"b": {}}]}},
        {"resource": {"aws_s3_bucket": {"b": [{}]}}},
        {"resource": {"aws_s3_bucket": {"b": {"dynamic": [{"logging": {}}]}}}},
        {"resource": {"aws_s3_bucket": {"b": {"dynamic": {"logging": {"content": {}}}}}}},
        {"resource": {"aws_s3_bucket": {"b": {"logging": None}}}},
    ],
)
def test_what_is_not_known_here_is_planned_as_it_is(document: dict[str, Any]) -> None:
    with pytest.raises(NotNative):
        in_hcl(document, load({"resources": {"aws_s3_bucket"}}))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"a": ',
        '{"a": NaN}',
        # of the first, JSON of Terraform would make two blocks
        '{"a": {"b": 1, "b": 2}}',
        # a plan shows them as 1 and 100
        '{"a": 1.0}',
        '{"a": 1e2}',
        '{"a": 0.10000000000000000001}',
        "\ufeff{}",
    ],
)
def test_what_would_not_be_read_as_terraform_does_is_planned_as_it_is(text: str) -> None:
    with pytest.raises(NotNative):
        read_exactly(text.encode())
    assert read_exactly(b'{"a": [1, 1.5, -2e-3, true, null, "b"]}') == {"a": [1, 1.5, -0.002, True, None, "b"]}


def test_a_place_in_hcl_is_told_as_one_of_the_document() -> None:
    document = {"resource": {"aws_x": {"this": {"rule": [{"name": "a"}], "one": {"name": "b"}}}}}
    assert steps_in(document, ("resource", "aws_x", "this", "rule", "name"))[-3:] == ("rule", 0, "name")
    assert steps_in(document, ("resource", "aws_x", "this", "one", "name"))[-2:] == ("one", "name")
    assert steps_in(document, ("resource", "aws_y", "this")) == ("resource", "aws_y", "this")
