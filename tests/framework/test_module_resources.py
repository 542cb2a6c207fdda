"""What a module's repeated, optional and nested parts become in a plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import pytest
from modules_for_tests import Everything, EverythingInputs, Rotation, Secret

from groundplan.building import GivenKey
from groundplan.plan import plan_all
from tests.support import planning

KEY = "arn:aws:kms:us-west-2:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> planning.ModulePlan:
    inputs = EverythingInputs(
        name="claims",
        mode="quick",
        secrets={
            "partner": Secret(kind="api_key", rotation=Rotation(), namespaces=["claims", "billing"]),
            "ledger": Secret(kind="database", replicas={"us-west-2": GivenKey(arn=KEY)}, labels={"Team": "ledger"}),
        },
    )
    return planning.apply_module(Everything, inputs, tmp_path_factory.mktemp("everything"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> planning.ModulePlan:
    inputs = EverythingInputs(name="claims", enabled=False)
    return planning.plan_module(Everything, inputs, tmp_path_factory.mktemp("empty"))


def test_a_map_makes_one_resource_a_name(plan: planning.ModulePlan) -> None:
    assert sorted(plan.resources("aws_secretsmanager_secret")) == [
        'aws_secretsmanager_secret.secret["ledger"]',
        'aws_secretsmanager_secret.secret["partner"]',
    ]


def test_an_entry_gives_its_own_values(plan: planning.ModulePlan) -> None:
    ledger = plan.resource('aws_secretsmanager_secret.secret["ledger"]')
    assert ledger["name"] == "claims/ledger"
    assert ledger["tags"] == {"Kind": "database", "Team": "ledger"}
    assert ledger["description"] == "kept"
    assert plan.resource('aws_secretsmanager_secret.secret["partner"]')["description"] == "renewed"


def test_a_nested_block_repeats_over_the_entrys_own_map(plan: planning.ModulePlan) -> None:
    (replica,) = plan.resource('aws_secretsmanager_secret.secret["ledger"]')["replica"]
    assert (replica["region"], replica["kms_key_id"]) == ("us-west-2", KEY)
    assert plan.resource('aws_secretsmanager_secret.secret["partner"]')["replica"] == []


def test_a_condition_keeps_only_some_entries(plan: planning.ModulePlan) -> None:
    assert list(plan.resources("aws_iam_policy")) == ['aws_iam_policy.rotate["partner"]']


def test_a_document_refers_to_the_entrys_own_resource(plan: planning.ModulePlan) -> None:
    (statement,) = plan.document('aws_iam_policy.rotate["partner"]', "policy")["Statement"]
    assert statement["Resource"] == plan.resource('aws_secretsmanager_secret.secret["partner"]')["arn"]


def test_maps_inside_maps_are_named_by_both_names(plan: planning.ModulePlan) -> None:
    readers = {
        address: values["name"] for address, values in plan.resources("aws_sns_topic").items() if "reader" in address
    }
    assert readers == {
        'aws_sns_topic.reader["partner/billing"]': "billing-partner",
        'aws_sns_topic.reader["partner/claims"]': "claims-partner",
    }


def test_an_optional_part_is_there_only_when_its_flag_is_on(
    plan: planning.ModulePlan, empty: planning.ModulePlan
) -> None:
    assert "aws_sns_topic.topic[0]" in plan.addresses
    assert empty.addresses == []


def test_outputs_are_maps_by_name_and_null_for_what_is_not_there(
    plan: planning.ModulePlan, empty: planning.ModulePlan
) -> None:
    assert sorted(plan.outputs["secret_arns"]) == ["ledger", "partner"]
    assert empty.outputs["topic_arn"] is None
    assert empty.outputs["secret_arns"] == {}


def test_a_name_over_its_limit_is_cut_with_a_suffix_that_stays(plan: planning.ModulePlan) -> None:
    name = plan.outputs["longest_name"]
    assert len(name) <= 30
    assert name.startswith("claims-with-a-very-lo")


def test_applying_twice_changes_nothing(plan: planning.ModulePlan) -> None:
    assert {tuple(change["actions"]) for change in plan.changes.values()} == {("no-op",)}


def test_a_rename_ships_with_a_moved_block(tmp_path: Path) -> None:
    class Renamed(Everything):
        moved: ClassVar[dict[str, str]] = {"aws_sns_topic.alarms": "aws_sns_topic.topic"}

    Renamed.name = "renamed"
    before, after = tmp_path / "before", tmp_path / "after"
    inputs = EverythingInputs(name="claims")
    planning.synth_module(Everything, {"it": inputs}, before)
    module = before / "stacks/test/modules/everything/main.tf.json"
    module.write_text(
        module.read_text().replace('"topic": {', '"alarms": {').replace("aws_sns_topic.topic", "aws_sns_topic.alarms")
    )
    planning.synth_module(Renamed, {"it": inputs}, after)
    report = plan_all(after, tmp_path / "out", base=before)
    (change,) = [c for c in json.loads(report.plans["test"].read_bytes())["resource_changes"] if c["mode"] == "managed"]
    assert change["previous_address"] == "module.it.aws_sns_topic.alarms[0]"
    assert change["change"]["actions"] == ["no-op"]
