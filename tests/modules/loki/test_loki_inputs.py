"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from modules.observability.loki import (
    Autoscaled,
    Gateway,
    Ingesters,
    Limits,
    Loki,
    LokiInputs,
    Ruler,
    Stored,
    Tenant,
    User,
)
from tests.modules.loki.examples import FULL, SMALL
from tests.support.planning import ModulePlan, refusals

WRONG: dict[str, tuple[LokiInputs, str]] = {
    "two zones": (
        FULL.but(zones=["us-east-1a", "us-east-1b"]),
        "zones: must be three in distributed mode: each line is kept in one ingester of each, "
        'got zones = ["us-east-1a","us-east-1b"]',
    ),
    "ingesters that do not go into three zones": (
        FULL.but(ingesters=Ingesters(replicas=4)),
        "ingesters.replicas: must be a multiple of three: as many in each zone, got replicas = 4",
    ),
    "a gateway that lets nobody in": (
        SMALL.but(gateway=Gateway()),
        "gateway.secret_name: must be given when external_secret is not, and only then: without users nobody gets in, "
        "got secret_name = null",
    ),
    "rules beside logs": (
        SMALL.but(storage=SMALL.storage.but(ruler_bucket_name="dev-monitoring-loki-data")),
        "storage.ruler_bucket_name: must be another one than bucket_name: a lifecycle that ends logs would end rules "
        'too, got ruler_bucket_name = "dev-monitoring-loki-data"',
    ),
    "two compactors": (
        FULL.but(compactor=Stored(replicas=2)),
        "compactor: must have one replica: two would delete what the other is compacting, got compactor.replicas = 2",
    ),
    "an autoscaler upside down": (
        FULL.but(queriers=Autoscaled(min_replicas=5, max_replicas=4)),
        "queriers.max_replicas: must be min_replicas or more, got max_replicas = 4, min_replicas = 5",
    ),
    "a burst below the rate": (
        SMALL.but(limits=Limits(ingestion_rate_mb=30)),
        "limits.ingestion_burst_size_mb: must be ingestion_rate_mb or more, or the rate is never reached, "
        "got ingestion_burst_size_mb = 20, ingestion_rate_mb = 30",
    ),
    "a tenant's rate without its burst": (
        SMALL.but(tenants={"claims": Tenant(ingestion_rate_mb=50)}),
        'tenants["claims"].ingestion_rate_mb: must come with ingestion_burst_size_mb: that of all might be smaller, '
        "got ingestion_rate_mb = 50",
    ),
    "a tenant in capitals": (
        SMALL.but(tenants={"Claims": Tenant()}),
        'tenants["Claims"]: its name must be at most 63 of a-z, 0-9 and -, with no - at its beginning or end, '
        'got "Claims"',
    ),
    "a user that nobody asks for": (
        SMALL.but(ruler=Ruler(alertmanager_user=User(secret_name="loki-mimir"))),
        "ruler.alertmanager_user: must be left out without alertmanager_url: nobody asks for it",
    ),
    "a user that comes from nowhere": (
        FULL.but(ruler=FULL.ruler.but(alertmanager_user=User())),
        "ruler.alertmanager_user.secret_name: must be given when external_secret is not, and only then, "
        "got secret_name = null",
    ),
    "a namespace of Kubernetes": (
        SMALL.but(namespace="kube-logs"),
        "namespace: must be another one where create_namespace is true: every cluster has default, and names that "
        'begin with kube- are Kubernetes\' own, got namespace = "kube-logs"',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Loki, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}


def test_values_that_the_module_owns_cannot_be_overridden(plan_module: Callable[..., ModulePlan]) -> None:
    with pytest.raises(BadInput) as refused:
        plan_module(
            Loki,
            SMALL.but(extra_values={"loki": {"auth_enabled": False}, "gateway": {"basicAuth": {"enabled": False}}}),
        )
    told = str(refused.value)
    assert "loki.auth_enabled" in told
    assert "gateway.basicAuth.enabled (set the input gateway instead)" in told
