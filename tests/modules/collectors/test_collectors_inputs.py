"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from modules.observability.collectors import (
    CloudWatch,
    Collectors,
    CollectorsInputs,
    Destination,
    MetricsCollector,
    Password,
    PublishedMetrics,
    TraceCollector,
    XRay,
)
from tests.modules.collectors.examples import FULL, SMALL
from tests.support.planning import ModulePlan, refusals


def _published(
    namespace: str = "Mesh", names: Sequence[str] = ("a",), dimensions: Sequence[str] = ("b",)
) -> CloudWatch:
    metrics = {"requests": PublishedMetrics(names=list(names), dimensions=list(dimensions))}
    return CloudWatch(namespace=namespace, log_group_name="/prod/mesh", metrics=metrics)


NOTHING = "nothing to collect"
WRONG: dict[str, tuple[CollectorsInputs, str]] = {
    NOTHING: (
        SMALL.but(loki=None),
        "loki: must be given where mimir, tempo, xray and cloudwatch are not: nothing would be collected, got loki = "
        "null",
    ),
    "a password that is nowhere": (
        SMALL.but(loki=Destination(url="http://loki/loki/api/v1/push", password=Password())),
        "loki.password.secret_name: must be given when external_secret is not, and only then, got secret_name = null",
    ),
    "a tenant in capitals": (
        SMALL.but(tenant="Claims"),
        'tenant: must be at most 63 of a-z, 0-9 and -, with no - at its beginning or end, got "Claims"',
    ),
    "the label that the module sets": (
        SMALL.but(labels={"cluster": "other"}),
        'labels["cluster"]: must have another name: the module sets cluster itself, by the name of the cluster',
    ),
    "an address without its scheme": (
        SMALL.but(loki=Destination(url="loki-gateway.loki.svc")),
        'loki.url: must be a URL without spaces that begins with http:// or https://, got "loki-gateway.loki.svc"',
    ),
    "no trace for X-Ray": (
        FULL.but(xray=XRay(sampling_percent=0)),
        "xray.sampling_percent: must be 0.01 to 100, got 0",
    ),
    "fewer pods at most than at least": (
        FULL.but(traces=TraceCollector(min_replicas=3, max_replicas=2)),
        "traces.max_replicas: must be min_replicas or more, got max_replicas = 2, min_replicas = 3",
    ),
    "a dimension twice": (
        FULL.but(cloudwatch=_published(dimensions=["ClusterName", "response_code"])),
        'cloudwatch.metrics["requests"]: must not name ClusterName among its dimensions: every metric has it',
    ),
    "a namespace of AWS's": (
        FULL.but(cloudwatch=_published(namespace="AWS/Mesh")),
        'cloudwatch.namespace: must not begin with AWS/, which is for AWS\'s own, got namespace = "AWS/Mesh"',
    ),
    "more dimensions than the exporter takes": (
        FULL.but(cloudwatch=_published(dimensions=[f"label_{number}" for number in range(10)])),
        'cloudwatch.metrics["requests"].dimensions: must have at most 9 items, got 10',
    ),
    "no name of Prometheus's": (
        FULL.but(cloudwatch=_published(names=["istio.requests"])),
        'cloudwatch.metrics["requests"].names[0]: must be a name of Prometheus\'s: letters, digits, _ and :, no digit '
        'first, got "istio.requests"',
    ),
    "a metric's name with a space": (
        FULL.but(metrics=MetricsCollector(dropped_metrics=["go gc"])),
        'metrics.dropped_metrics[0]: must be a regular expression of names of metrics, got "go gc"',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    # of a variable that nobody gave Terraform does not say whose call it is: the last test has that one
    calls = {name: inputs for name, (inputs, _) in WRONG.items() if name != NOTHING}
    told = refusals(Collectors, calls, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if name in calls and message not in told[name]} == {}


def test_values_that_the_module_owns_cannot_be_overridden(plan_module: Callable[..., ModulePlan]) -> None:
    with pytest.raises(BadInput) as refused:
        plan_module(Collectors, SMALL.but(logs_extra_values={"alloy": {"configMap": {"content": "logging {}"}}}))
    assert "alloy.configMap.content (set the input logs.extra_configuration instead)" in str(refused.value)


def test_terraform_refuses_collectors_of_nothing_too(plan_module: Callable[..., ModulePlan]) -> None:
    inputs, message = WRONG[NOTHING]
    with pytest.raises(BadInput) as refused:
        plan_module(Collectors, inputs)
    assert message in str(refused.value)
