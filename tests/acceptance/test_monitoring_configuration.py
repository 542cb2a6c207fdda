"""The platform's first monitoring configuration is in prod, to the letter, and prefixed elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from environments import PLATFORM
from environments.dev import DEV
from environments.families.alerting import AlertingFamily
from environments.families.cluster import ClusterFamily
from environments.families.mesh import METRICS_ASKED, TRACES_ASKED
from environments.families.observability import ObservabilityFamily
from environments.prod import PROD
from groundplan.framework.checking import checked
from groundplan.plan import plan_all
from groundplan.synth.project import synth
from modules.observability.buckets import BucketsInputs, Store
from modules.observability.loki import LokiInputs, Tenant
from modules.observability.mimir import MimirInputs
from modules.observability.mimir import Tenant as MimirTenant
from tests.acceptance.conftest import with_only
from tests.support.planning import SEATS, ModulePlan

PROJECT = Path(__file__).parents[2]
STACKS = ["dev-observability", "prod-observability"]


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModulePlan]:
    """What Terraform would make of the two stacks."""
    folder = tmp_path_factory.mktemp("monitoring")
    both = tuple(with_only(each, AlertingFamily, ClusterFamily, ObservabilityFamily) for each in (DEV, PROD))
    synth(PLATFORM.compose, both, project=PROJECT, out=folder / "cdktf.out")
    report = plan_all(folder / "cdktf.out", folder / "out", STACKS, jobs=1, seats=SEATS)
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


def first_known(plan: ModulePlan, address: str) -> list[dict[str, Any]]:
    """The documents of values that a first plan knows: addresses of what is to be made come after them."""
    return [yaml.safe_load(text) for text in plan.resource(address)["values"] if text]


def test_prod_has_three_grafanas_a_gp3_volume_each_that_ask_cloudwatch_loki_tempo_and_mimir(
    plans: dict[str, ModulePlan],
) -> None:
    documents = first_known(plans["prod-observability"], "module.grafana.helm_release.grafana")
    (values,) = [document for document in documents if "replicas" in document]
    assert values["replicas"] == 3
    kept = values["persistence"]
    assert (kept["enabled"], kept["storageClassName"], kept["type"]) == (True, "gp3", "sts")
    asked = {source["uid"]: source.get("url") for source in values["datasources"]["datasources.yaml"]["datasources"]}
    assert asked == {
        "cloudwatch": None,
        "loki": "http://loki-gateway.loki.svc.cluster.local:80",
        "tempo": "http://tempo-gateway.tempo.svc.cluster.local:80",
        "mimir": "http://mimir-gateway.mimir.svc.cluster.local:80/prometheus",
    }


def test_kiali_asks_the_mimir_and_the_tempo_that_grafana_asks(plans: dict[str, ModulePlan]) -> None:
    grafana = first_known(plans["prod-observability"], "module.grafana.helm_release.grafana")
    sources = {
        one["type"]: one["url"]
        for document in grafana
        for one in document.get("datasources", {}).get("datasources.yaml", {}).get("datasources", [])
        if "url" in one
    }
    assert (sources["prometheus"], sources["tempo"]) == (METRICS_ASKED, TRACES_ASKED)


def test_prod_keeps_metrics_of_its_traces_and_of_all_else_for_more_than_a_year_in_three_zones(
    plans: dict[str, ModulePlan],
) -> None:
    prod = plans["prod-observability"]
    (mimir, *_) = [it for it in first_known(prod, "module.mimir.helm_release.mimir") if "ingester" in it]
    configured = mimir["mimir"]["structuredConfig"]
    assert configured["blocks_storage"]["s3"]["bucket_name"] == "prod-monitoring-mimir-blocks"
    assert configured["limits"]["compactor_blocks_retention_period"] == f"{400 * 24}h"
    assert [zone["name"] for zone in mimir["ingester"]["zoneAwareReplication"]["zones"]] == [
        "zone-a",
        "zone-b",
        "zone-c",
    ]
    (tempo, *_) = [it for it in first_known(prod, "module.tempo.helm_release.tempo") if "metricsGenerator" in it]
    (written,) = tempo["metricsGenerator"]["config"]["storage"]["remote_write"]
    assert written["url"] == "http://mimir-gateway.mimir.svc.cluster.local:80/api/v1/push"
    assert '"tempo" $http_x_scope_orgid;' in mimir["gateway"]["nginx"]["config"]["file"]


def test_every_dashboard_of_grafana_is_on_in_prod(plans: dict[str, ModulePlan]) -> None:
    shipped = {path.stem for path in (PROJECT / "modules/observability/grafana/files/dashboards").glob("*.json")}
    made = plans["prod-observability"].resources("module.grafana.kubernetes_config_map_v1").values()
    assert {
        name.removesuffix(".json") for config in made for name in config["data"] if name.endswith(".json")
    } == shipped


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


def test_a_bucket_that_ends_logs_or_metrics_before_their_keeper_does_is_refused() -> None:
    short = ObservabilityFamily(buckets=BucketsInputs(stores={"loki-chunks": Store(expire_after_days=400)}))
    longer = ObservabilityFamily(loki=LokiInputs(tenants={"audit": Tenant(retention_days=3650)}))
    metrics = ObservabilityFamily(mimir=MimirInputs(tenants={"audit": MimirTenant(retention_days=3650)}))
    for layer, store, days in (
        (short, "loki-chunks", 400),
        (longer, "loki-chunks", 3650),
        (metrics, "mimir-blocks", 3650),
    ):
        settings = PLATFORM.with_layers(PROD, layer).settings(PROD, ObservabilityFamily, "prod")
        (problem,) = checked(settings, "prod.observability")
        assert problem.path == f'prod.observability.buckets.stores["{store}"].expire_after_days'
        assert f"must be more than {days}" in problem.message


def test_an_alert_goes_to_the_topic_of_its_severity_whose_key_its_sender_may_use(plans: dict[str, ModulePlan]) -> None:
    calls = plans["prod-observability"].json["configuration"]["root_module"]["module_calls"]
    alerts = calls["mimir"]["expressions"]["alerts"]["constant_value"]
    assert alerts["critical_topic_arn"] == "arn:aws:sns:us-east-1:111122223333:prod-alarms-critical"
    assert alerts["warning_topic_arn"] == "arn:aws:sns:us-east-1:111122223333:prod-alarms-warning"
    assert "prod-alerting.outputs" in alerts["kms_key_arn"]
