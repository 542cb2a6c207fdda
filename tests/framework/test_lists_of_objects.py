"""A list of objects becomes parts of a document or of one resource, in its order; never resources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from groundplan.framework import (
    Inputs,
    Module,
    Outputs,
    concat,
    dynamic,
    each,
    each_item,
    each_name,
    each_pair,
    field,
    first_set,
    is_set,
    jsonencode,
    output,
)
from groundplan.framework.references import ListReference, ObjectReference, TextReference, reference
from groundplan.framework.shapes import ObjectOf
from tests.support import planning
from tests.support.planning import evaluated_outputs


class Retry(Inputs):
    """When a step is tried again."""

    errors: list[str] = field("names of errors")
    seconds: int = field("how long it waits", default=1)


class Step(Inputs):
    """One step."""

    name: str = field("its name")
    retries: list[Retry] = field("the first that fits counts", default=[])
    note: str | None = field("a note", default=None)


class FlowInputs(Inputs):
    """Steps one after another."""

    steps: list[Step] = field("in their order", default=[])
    others: list[Step] = field("further ones", default=[])
    optional: list[Step] | None = field("perhaps", default=None)
    by_team: dict[str, list[Step]] = field("steps by team", default={})


given: Any = reference(ObjectOf(declaration=FlowInputs), "var")
STEPS = [
    {"name": "z", "retries": [{"errors": ["b", "a"], "seconds": 3}, {"errors": [], "seconds": 1}], "note": None},
    {"name": "a", "retries": [], "note": "n"},
    {"name": "z", "retries": [], "note": None},
]


def test_items_become_parts_of_a_document_in_their_order(tmp_path: Path) -> None:
    steps = each_item(given.steps)
    document = jsonencode(
        {
            "Steps": steps.documents(
                lambda step: {
                    "Name": step.name,
                    "Retry": each_item(step.retries).documents(
                        lambda retry: {"In": step.name, "On": retry.errors, "Seconds": retry.seconds * 2}
                    ),
                }
            ),
            "Noted": steps.where(lambda step: is_set(step.note)).documents(lambda step: f"{step.name}: {step.note}"),
        }
    )
    retry = "object({errors = list(string), seconds = number})"
    variable = {"type": f"list(object({{name = string, retries = list({retry}), note = string}}))"}
    told = evaluated_outputs(
        {"variable": {"steps": variable | {"default": STEPS}}, "output": {"told": {"value": document}}}, tmp_path
    )
    assert json.loads(told["told"]) == {
        "Steps": [
            {
                "Name": "z",
                "Retry": [
                    {"In": "z", "On": ["b", "a"], "Seconds": 6},
                    {"In": "z", "On": [], "Seconds": 2},
                ],
            },
            {"Name": "a", "Retry": []},
            {"Name": "z", "Retry": []},
        ],
        "Noted": ["a: n"],
    }


def test_items_keep_their_shape_on_every_way() -> None:
    for items in (
        given.steps,
        first_set(given.optional, given.steps),
        concat(given.steps, given.others),
        given.by_team["claims"],
    ):
        assert isinstance(items, ListReference)
        seen: list[Any] = []
        each_item(items).documents(seen.append)
        (item,) = seen
        assert isinstance(item, ObjectReference)
        assert isinstance(item.name, TextReference)
        assert isinstance(item.retries, ListReference)


def test_an_item_without_such_a_setting_is_told_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="Step has no setting nane. Did you mean name"):
        each_item(given.steps).documents(lambda step: step.nane)


class Replicas(Inputs):
    """Where copies are."""

    places: list[Place] = field("regions in their order", default=[])


class Place(Inputs):
    """One region."""

    region: str = field("which")
    key: str | None = field("its key", default=None)


class CopiedOutputs(Outputs):
    """Results."""

    name: str = output("its name")


class Copied(Module[Replicas, CopiedOutputs]):
    """A secret with copies."""

    def build(self, given: Replicas) -> CopiedOutputs:
        secret = SecretsmanagerSecret(self, "all", name="all")
        dynamic(secret, "replica", given.places, lambda place: {"region": place.region, "kms_key_id": place.key})
        keyed = SecretsmanagerSecret(self, "keyed", name="keyed")
        with_key = each_item(given.places).where(lambda place: is_set(place.key))
        dynamic(keyed, "replica", with_key, lambda place: {"region": place.region})
        return CopiedOutputs(name=secret.name)


def test_a_nested_block_repeats_over_items_with_their_settings(tmp_path: Path) -> None:
    places = [Place(region="us-west-2", key="alias/a"), Place(region="eu-west-1")]
    plan = planning.plan_module(Copied, Replicas(places=places), tmp_path)
    secrets = plan.resources("aws_secretsmanager_secret")
    copies = {
        name: {replica["region"]: replica.get("kms_key_id") for replica in made["replica"]}
        for name, made in secrets.items()
    }
    assert copies["aws_secretsmanager_secret.all"] == {"us-west-2": "alias/a", "eu-west-1": None}
    assert list(copies["aws_secretsmanager_secret.keyed"]) == ["us-west-2"]


REFUSED: dict[str, Any] = {
    "each": lambda: each(given.steps),
    "each_name": lambda: each_name(given.steps),
    "each_pair": lambda: each_pair(given.by_team, lambda steps: steps),
    "a list that Python knows": lambda: each(["a", "b"]),  # type: ignore[arg-type]  # what is refused
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_list_cannot_name_resources_and_is_told_what_to_declare(case: str) -> None:
    with pytest.raises(TypeError, match=r"declare it as dict\[str, \.\.\.\].*each_item\(\.\.\.\)"):
        REFUSED[case]()


def test_resources_of_items_are_refused_with_the_reason() -> None:
    with pytest.raises(TypeError, match=r"cannot repeat over the list var.steps.*would rename all that follow"):
        each_item(given.steps)(SnsTopic, None, "topic")


@pytest.mark.parametrize("wrong", [["a"], given.by_team, "text", None])
def test_only_a_list_has_items(wrong: Any) -> None:
    with pytest.raises(TypeError, match="only a map, list or object input can be repeated over"):
        each_item(wrong)
