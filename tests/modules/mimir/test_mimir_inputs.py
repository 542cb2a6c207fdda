"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from modules.observability.mimir import (
    Alerts,
    Autoscaled,
    Gateway,
    Ingesters,
    Kafka,
    KafkaSecret,
    Limits,
    Mimir,
    MimirInputs,
    StoreGateways,
    Tenant,
)
from tests.modules.mimir.examples import FULL, SMALL, TOPIC
from tests.support.planning import ModulePlan, refusals

MSK = KafkaSecret(store="aws", key="AmazonMSK_prod-mimir")

WRONG: dict[str, tuple[MimirInputs, str]] = {
    "two zones": (
        FULL.but(zones=["us-east-1a", "us-east-1b"]),
        "zones: must be three, or none: each sample is kept in one ingester of each, "
        'got zones = ["us-east-1a","us-east-1b"]',
    ),
    "ingesters that do not go into three zones": (
        FULL.but(ingesters=Ingesters(replicas=4)),
        "ingesters: must have as many replicas in each of the three zones, got ingesters.replicas = 4",
    ),
    "store gateways that do not go into three zones": (
        FULL.but(store_gateways=StoreGateways(replicas=5)),
        "store_gateways: must have as many replicas in each of the three zones, got store_gateways.replicas = 5",
    ),
    "a gateway that lets nobody in": (
        SMALL.but(gateway=Gateway()),
        "gateway.secret_name: must be given when external_secret is not, and only then: without users nobody gets in, "
        "got secret_name = null",
    ),
    "rules beside metrics": (
        SMALL.but(storage=SMALL.storage.but(ruler_bucket_name="dev-monitoring-mimir-blocks")),
        "storage.ruler_bucket_name: must be another one than blocks_bucket_name: Mimir does not start with both in one "
        "place, and a lifecycle that ends metrics would end rules too, "
        'got ruler_bucket_name = "dev-monitoring-mimir-blocks"',
    ),
    "silences beside rules": (
        SMALL.but(storage=SMALL.storage.but(alertmanager_bucket_name="dev-monitoring-mimir-ruler")),
        "storage.alertmanager_bucket_name: must be another one than blocks_bucket_name and ruler_bucket_name: Mimir "
        'does not start with two in one place, got alertmanager_bucket_name = "dev-monitoring-mimir-ruler"',
    ),
    "an autoscaler upside down": (
        FULL.but(queriers=Autoscaled(min_replicas=5, max_replicas=4)),
        "queriers.max_replicas: must be min_replicas or more, got max_replicas = 4, min_replicas = 5",
    ),
    "a burst below the rate": (
        SMALL.but(limits=Limits(ingestion_rate=600000)),
        "limits.ingestion_burst_size: must be ingestion_rate or more, or the rate is never reached, "
        "got ingestion_burst_size = 500000, ingestion_rate = 600000",
    ),
    "a tenant's rate without its burst": (
        SMALL.but(tenants={"claims": Tenant(ingestion_rate=50000)}),
        'tenants["claims"].ingestion_rate: must come with ingestion_burst_size: that of all might be smaller, '
        "got ingestion_rate = 50000",
    ),
    "fewer partitions than ingesters of a zone": (
        FULL.but(
            kafka=Kafka(brokers=["b-1.example.com:9096"], partitions=2, secret=MSK), ingesters=Ingesters(replicas=9)
        ),
        "kafka: must have as many partitions as a zone has ingesters, or more: an ingester without one takes nothing, "
        "got kafka.partitions = 2, ingesters.replicas = 9",
    ),
    "a secret that MSK cannot use": (
        FULL.but(kafka=Kafka(brokers=["b-1.example.com:9096"], secret=MSK.but(key="prod/mimir/kafka"))),
        'kafka.secret.key: must be a name that begins with AmazonMSK_, as MSK asks for, got "prod/mimir/kafka"',
    ),
    "a namespace of Kubernetes": (
        SMALL.but(namespace="kube-metrics"),
        "namespace: must be another one where create_namespace is true: every cluster has default, and names that "
        'begin with kube- are Kubernetes\' own, got namespace = "kube-metrics"',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_a_severity_without_a_channel_is_refused() -> None:
    (missing,) = problems_of(SMALL.but(alerts=Alerts(critical_topic_arn=TOPIC)))
    assert missing.path == "alerts.warning_topic_arn"


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Mimir, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}


def test_values_that_the_module_owns_cannot_be_overridden(plan_module: Callable[..., ModulePlan]) -> None:
    extra = {
        "mimir": {"structuredConfig": {"limits": {"ingestion_rate": 1}}},
        "alertmanager": {"fallbackConfig": "receivers: []"},
    }
    with pytest.raises(BadInput) as refused:
        plan_module(Mimir, SMALL.but(extra_values=extra))
    told = str(refused.value)
    assert "mimir.structuredConfig.limits.ingestion_rate (set the input limits instead)" in told
    assert "alertmanager.fallbackConfig (set the input alerts instead)" in told
