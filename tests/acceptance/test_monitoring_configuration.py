"""The platform's first monitoring configuration is in prod, to the letter, and prefixed elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from environments import PLATFORM
from environments.dev import DEV
from environments.families.cluster import ClusterFamily
from environments.families.observability import ObservabilityFamily
from environments.prod import PROD
from groundplan.framework.checking import checked
from groundplan.plan import plan_all
from groundplan.synth.project import synth
from modules.observability.buckets import BucketsInputs, Store
from modules.observability.loki import LokiInputs, Tenant
from tests.support.planning import ModulePlan

PROJECT = Path(__file__).parents[2]
STACKS = ["dev-observability", "prod-observability"]


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModulePlan]:
    """What Terraform would make of the two stacks."""
    folder = tmp_path_factory.mktemp("monitoring")
    needed = (ClusterFamily, ObservabilityFamily)
    others = [family.name() for family in PLATFORM.families if family not in needed]
    both = tuple(each.but(without=others) for each in (DEV, PROD))
    synth(PLATFORM.compose, both, project=PROJECT, out=folder / "cdktf.out")
    report = plan_all(folder / "cdktf.out", folder / "out", STACKS)
    return {stack: ModulePlan(json.loads(report.plans[stack].read_bytes())) for stack in STACKS}


def test_prod_keeps_logs_in_the_bucket_that_it_was_given_in_its_region(plans: dict[str, ModulePlan]) -> None:
    storage = plans["prod-observability"].helm_values("module.loki.helm_release.loki")["loki"]["storage"]
    assert storage["type"] == "s3"
    assert storage["bucketNames"]["chunks"] == "monitoring-loki-data"
    assert storage["s3"]["region"] == "us-east-1"


def test_prod_keeps_traces_in_the_bucket_that_it_was_given(plans: dict[str, ModulePlan]) -> None:
    trace = plans["prod-observability"].helm_values("module.tempo.helm_release.tempo")["storage"]["trace"]
    assert trace["backend"] == "s3"
    assert trace["s3"]["bucket"] == "monitoring-tempo-traces"
    assert trace["s3"]["region"] == "us-east-1"


def test_elsewhere_the_environment_s_name_comes_first(plans: dict[str, ModulePlan]) -> None:
    logs = plans["dev-observability"].helm_values("module.loki.helm_release.loki")["loki"]["storage"]
    assert logs["bucketNames"]["chunks"] == "dev-monitoring-loki-data"
    traces = plans["dev-observability"].helm_values("module.tempo.helm_release.tempo")["storage"]["trace"]
    assert traces["s3"]["bucket"] == "dev-monitoring-tempo-traces"
    buckets = plans["dev-observability"].resources("module.buckets.aws_s3_bucket")
    assert all(bucket["bucket"].startswith("dev-monitoring-") for bucket in buckets.values())


def test_the_buckets_that_are_named_are_made_and_encrypted(plans: dict[str, ModulePlan]) -> None:
    prod = plans["prod-observability"]
    made = {each["bucket"] for each in prod.resources("module.buckets.aws_s3_bucket").values()}
    assert {"monitoring-loki-data", "monitoring-tempo-traces"} <= made
    assert prod.resource("module.buckets.aws_kms_key.stores[0]")["enable_key_rotation"] is True


def test_a_bucket_that_ends_logs_before_loki_does_is_refused() -> None:
    short = ObservabilityFamily(buckets=BucketsInputs(stores={"loki-chunks": Store(expire_after_days=400)}))
    longer = ObservabilityFamily(loki=LokiInputs(tenants={"audit": Tenant(retention_days=3650)}))
    for layer, days in ((short, 400), (longer, 3650)):
        settings = PLATFORM.with_layers(PROD, layer).settings(PROD, ObservabilityFamily, "prod")
        (problem,) = checked(settings, "prod.observability")
        assert problem.path == 'prod.observability.buckets.stores["loki-chunks"].expire_after_days'
        assert f"must be more than {days}" in problem.message
