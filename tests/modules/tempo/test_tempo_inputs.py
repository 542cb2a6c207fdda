"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from modules.observability.tempo import (
    Gateway,
    Ingesters,
    Limits,
    MetricsGenerator,
    Receivers,
    Tempo,
    TempoInputs,
    Tenant,
    User,
)
from tests.modules.tempo.examples import FULL, SMALL
from tests.support.planning import ModulePlan, refusals

WRONG: dict[str, tuple[TempoInputs, str]] = {
    "two zones": (
        FULL.but(zones=["us-east-1a", "us-east-1b"]),
        "zones: must be three, or none: each trace is kept in one ingester of each, "
        'got zones = ["us-east-1a","us-east-1b"]',
    ),
    "ingesters that do not go into three zones": (
        FULL.but(ingesters=Ingesters(replicas=4)),
        "ingesters: must have as many replicas in each of the three zones, got ingesters.replicas = 4",
    ),
    "a gateway that lets nobody in": (
        SMALL.but(gateway=Gateway()),
        "gateway.secret_name: must be given when external_secret is not, and only then: without users nobody gets in, "
        "got secret_name = null",
    ),
    "a writer without a password": (
        SMALL.but(metrics_generator=MetricsGenerator(remote_write_url="http://mimir.example.com", writer=User())),
        "metrics_generator.writer.secret_name: must be given when external_secret is not, and only then, "
        "got secret_name = null",
    ),
    "no way in for traces": (
        SMALL.but(receivers=Receivers(otlp_grpc=False, otlp_http=False)),
        "receivers.otlp_grpc: must be true where no other receiver is: traces would have no way in, "
        "got otlp_grpc = false",
    ),
    "a burst below the rate": (
        SMALL.but(limits=Limits(rate_limit_mb=30)),
        "limits.burst_size_mb: must be rate_limit_mb or more, or the rate is never reached, "
        "got burst_size_mb = 20, rate_limit_mb = 30",
    ),
    "a tenant in capitals": (
        SMALL.but(tenants={"Claims": Tenant()}),
        'tenants["Claims"]: its name must be at most 63 of a-z, 0-9 and -, with no - at its beginning or end, '
        'got "Claims"',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Tempo, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}


def test_values_that_the_module_owns_cannot_be_overridden(plan_module: Callable[..., ModulePlan]) -> None:
    with pytest.raises(BadInput) as refused:
        plan_module(
            Tempo, SMALL.but(extra_values={"multitenancyEnabled": False, "traces": {"zipkin": {"enabled": True}}})
        )
    told = str(refused.value)
    assert "multitenancyEnabled" in told
    assert "traces.zipkin.enabled (set the input receivers instead)" in told
