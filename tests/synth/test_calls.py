"""What a stack says of its calls at once, and what cdktf still has to find: outputs and values of other stacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, Fn, TerraformOutput, TerraformStack, TerraformVariable

from environments.dev import DEV
from environments.platform import Platform
from groundplan.framework.references import TextReference
from groundplan.synth.calls import ModuleCall, said_at_once
from groundplan.synth.project import synth
from groundplan.synth.stack import Stacks
from modules.backup.velero import Velero
from tests.synth.compositions import velero
from tests.synth.programs import PROJECT

STATE = "data.terraform_remote_state.cross-stack-reference-input-dev-backup.outputs"


def terraform(out: Path, stack: str) -> dict[str, Any]:
    """The root module of a stack."""
    read: dict[str, Any] = json.loads((out / "stacks" / stack / "cdk.tf.json").read_bytes())
    return read


def call(stack: TerraformStack, name: str, **values: Any) -> ModuleCall:
    """One call of a module that is nowhere."""
    return ModuleCall(stack, name, "./modules/none", values)


@pytest.fixture
def stacks(tmp_path: Path) -> tuple[TerraformStack, TerraformStack]:
    """Two stacks of one app."""
    app = App(outdir=str(tmp_path), skip_validation=True)
    return TerraformStack(app, "giver"), TerraformStack(app, "taker")


def test_calls_of_plain_values_are_said_at_once_and_ask_the_kernel_nothing(stacks: Any) -> None:
    reference = TextReference("module.one.arn")
    calls = [
        call(stacks[0], "one", size=3, names=["a"], empty={}, flag=True, nothing=None, cost="${5}"),
        call(stacks[0], "two", text=reference),
    ]
    assert said_at_once(calls) == {
        "one": {
            "source": "./modules/none",
            "size": 3,
            "names": ["a"],
            "empty": {},
            "flag": True,
            "nothing": None,
            "cost": "$${5}",
        },
        "two": {"source": "./modules/none", "text": reference},
    }
    assert not any(each.is_construct for each in calls)


def test_a_call_is_a_construct_once_an_output_is_asked_for_and_whoever_takes_it_in_the_stack_is_none(
    stacks: Any,
) -> None:
    one = call(stacks[0], "one")
    two = call(stacks[0], "two", arns={"first": one.token("arn")})
    assert one.token("arn") == one.token("arn")
    assert list(said_at_once([one, two])) == ["two"]
    assert one.is_construct


def test_what_another_stack_gave_is_brought_by_one_construct_for_all_calls_that_take_it(stacks: Any) -> None:
    giver, taker = stacks
    arn, name = (call(giver, "one").token("arn"), call(giver, "two").token("name"))
    first, second, third = (
        call(taker, "first", arn=f"{arn}/*"),
        call(taker, "second", arns=[{"of": arn}]),
        call(taker, "third", names={name: arn}),
    )
    assert list(said_at_once([first, second, third])) == ["second"]
    assert first.is_construct
    assert third.is_construct


@pytest.mark.parametrize("kind", ["number", "list", "map", "any"])
def test_a_token_of_whatever_kind_that_is_not_the_stack_s_own_needs_a_construct(stacks: Any, kind: str) -> None:
    variable = TerraformVariable(stacks[0], "given")
    value = {
        "number": variable.number_value,
        "list": Fn.distinct(variable.list_value),
        "map": {"inside": [variable.number_value]},
        "any": variable.value,
    }[kind]
    calls = [call(stacks[0], "one", value=value), call(stacks[0], "two", value=value)]
    said = said_at_once(calls)
    assert calls[0].is_construct
    assert list(said) == (["two"] if kind == "list" else [])


def compose(all_stacks: Stacks[Platform], env: Platform) -> None:
    """Two stacks; what a composition adds has the ids of calls, and says something else of them."""
    backup = all_stacks.family("backup")
    called = velero(backup, env)
    plain = velero(backup, env, "plain")
    assert isinstance(plain, Velero)
    for name in ("velero", "plain", "output"):
        TerraformVariable(backup, name)
    backup.tell(called.outputs, "bucket_arn")
    backup.tell(plain.outputs, "namespace")
    backup.add_override("module.plain.depends_on", ["module.velero"])
    backup.add_override("terraform.required_version", ">= 1.12.0")
    reader = all_stacks.family("reader")
    reader.add_dependency(backup)
    TerraformOutput(reader, "seen", value=called.outputs.namespace)


def test_a_composition_adds_constructs_beside_calls_and_overrides_above_them(tmp_path: Path) -> None:
    synth(compose, [DEV], project=PROJECT, out=tmp_path / "out")

    backup, reader = terraform(tmp_path / "out", "dev-backup"), terraform(tmp_path / "out", "dev-reader")
    assert set(backup["module"]) == {"velero", "plain"}
    assert set(backup["variable"]) == {"velero", "plain", "output"}
    assert backup["module"]["plain"]["depends_on"] == ["module.velero"]
    assert backup["module"]["plain"]["source"] == backup["module"]["velero"]["source"] == "./modules/velero"
    assert backup["terraform"]["required_version"] == ">= 1.12.0"
    assert "required_providers" in backup["terraform"]
    assert reader["output"]["seen"]["value"] == f"${{{STATE}.cross-stack-output-moduleveleronamespace}}"


def test_cdktf_finds_what_a_stack_tells_where_it_looks_for_outputs(tmp_path: Path) -> None:
    synth(compose, [DEV], project=PROJECT, out=tmp_path / "out")

    assert terraform(tmp_path / "out", "dev-backup")["//"]["outputs"]["dev-backup"] == {
        "velero_bucket_arn": "velero_bucket_arn",
        "plain_namespace": "plain_namespace",
        "cross-stack-output-module.velero.namespace": "cross-stack-output-moduleveleronamespace",
    }
