"""The configuration that monitoring began with is what prod still has, read back from the planned values of Helm."""

from __future__ import annotations

from pathlib import Path

import yaml

from environments import PLATFORM
from environments.families.observability import ObservabilityFamily
from environments.prod import PROD
from groundplan.building import PostgresInstance
from modules.observability.grafana import Grafana, GrafanaInputs
from tests.support.planning import plan_module

WIRED = GrafanaInputs(name="prod-grafana", alarm_topic_arn=PROD.alarm_topic_arn, cluster=PROD.cluster)
PLACED = PostgresInstance(vpc_id=PROD.network.vpc_id, subnet_ids=PROD.network.private_subnet_ids)


def test_prod_has_three_grafanas_a_gp3_volume_each_and_asks_cloudwatch_loki_tempo_and_mimir(tmp_path: Path) -> None:
    family = PLATFORM.settings(PROD, ObservabilityFamily, "prod")
    assert isinstance(family, ObservabilityFamily)
    wanted = family.grafana
    assert wanted.database is not None
    given = wanted.but(**WIRED.given(), database=wanted.database.but(**PLACED.given()))

    plan = plan_module(Grafana, given, tmp_path)

    # the documents that a first plan knows: addresses of what is to be made come after them
    documents = [yaml.safe_load(text) for text in plan.resource("helm_release.grafana")["values"] if text]
    (values,) = [document for document in documents if "replicas" in document]
    assert values["replicas"] == 3
    kept = values["persistence"]
    assert (kept["enabled"], kept["storageClassName"], kept["type"]) == (True, "gp3", "sts")
    asked = values["datasources"]["datasources.yaml"]["datasources"]
    assert [source["uid"] for source in asked] == ["cloudwatch", "loki", "tempo", "mimir"]
