"""No environment has HSMs; production may turn them on, and both phases pass its rules."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import cast

from environments import PLATFORM
from environments.families.secrets import SecretsFamily
from environments.prod import PROD
from groundplan.plan.run import plan_all
from groundplan.plan.stacks import read_stacks
from groundplan.policy import judge
from groundplan.synth.project import synth
from modules.secrets.cloudhsm import Cloudhsm, CloudhsmInputs
from tests.modules.cloudhsm.examples import BEFORE, FULL, HELD
from tests.support.planning import SEATS, synth_module
from tests.synth.programs import PROJECT


def test_no_environment_has_it() -> None:
    settings = [
        cast(SecretsFamily, PLATFORM.settings(environment, SecretsFamily, environment.name))
        for environment in PLATFORM.environments
    ]
    assert [each.cloudhsm for each in settings] == [None] * 3


def test_production_says_only_that_it_wants_it_and_gets_one_in_each_zone_of_its_network(tmp_path: Path) -> None:
    project = PLATFORM.with_layers(PROD, SecretsFamily(cloudhsm=CloudhsmInputs(initialized=True, ceremony=HELD)))
    synth(project.compose, [PROD], project=PROJECT, out=tmp_path, selection=["prod-secrets"])
    calls = json.loads((tmp_path / "stacks/prod-secrets/cdk.tf.json").read_bytes())["module"]
    network = PROD.network
    assert calls["cloudhsm"]["subnets"] == dict(
        zip(network.availability_zones, network.private_subnet_ids, strict=True)
    )
    assert calls["cloudhsm"]["first_zone"] == network.availability_zones[0]
    assert calls["cloudhsm"]["ceremony"]["witnesses"] == HELD.witnesses


def test_both_phases_pass_the_rules_of_production(tmp_path: Path) -> None:
    calls = {"before": BEFORE, "after": FULL.but(name="prod-payments")}
    synth_module(Cloudhsm, calls, tmp_path / "synth")
    plan_all(tmp_path / "synth", tmp_path, seats=SEATS)
    _, manifest = read_stacks(tmp_path / "synth")
    assert manifest is not None
    (record,) = manifest.stacks
    production = manifest.model_copy(update={"stacks": (record.model_copy(update={"environment": "prod"}),)})
    plan = tmp_path / f"plans/{record.name}.json"
    found = judge(
        {record.name: plan},
        policies=PROJECT / "policies",
        manifest=production,
        today=date(2026, 11, 30),
    )
    assert [f"{each.rule}: {each.address}: {each.message}" for each in found.findings] == []
