from __future__ import annotations

import pytest

from groundplan.applications.facts import list_applications
from groundplan.applications.listing import Setting, settings_of
from groundplan.charts import list_charts
from groundplan.problems import BadInput


def _paths(name: str, path: str = "") -> list[str]:
    return [each.path for each in settings_of(name, path)[1]]


def test_keys_are_listed_by_the_name_of_an_application_or_as_values_of_a_chart() -> None:
    title, settings = settings_of("loki", "limits_config")
    assert title == "Loki 3.7.6"
    found = {each.path: each for each in settings}
    assert found["limits_config.retention_period"] == Setting("limits_config.retention_period", "duration", "0s")
    assert found["limits_config.deletion_mode"].allowed == "one of disabled, filter-only, filter-and-delete"
    assert "loki.limits_config.retention_period" in _paths("loki", "loki.limits_config")
    assert _paths("loki", "loki.limits_config.retention_stream") == [
        f"loki.limits_config.retention_stream[].{key}" for key in ("period", "priority", "selector")
    ]
    assert "meshConfig.extensionProviders[0].zipkin" in _paths("istiod", "meshConfig.extensionProviders[0]")


def test_names_with_dots_and_parts_and_single_keys_are_found() -> None:
    (pods,) = settings_of("alloy", "prometheus.remote_write.x.endpoint.queue_config.capacity")[1]
    assert (pods.type, pods.default) == ("number", 10_000)
    assert "rate-limiting" in _paths("kong-plugins")
    assert "rate-limiting.minute" in _paths("kong-plugins", "rate-limiting")
    (minute,) = settings_of("kong-plugins", "rate-limiting.minute")[1]
    (port,) = settings_of("kong-plugins", "rate-limiting.redis.port")[1]
    assert (minute.allowed, port.allowed) == ("more than 0", "at least 0; at most 65535")
    (host,) = settings_of("kong-plugins", "rate-limiting.redis.host")[1]
    assert host.as_json() == {"path": "rate-limiting.redis.host", "type": "string"}
    (scheme,) = settings_of("aws-load-balancer-controller", "alb.ingress.kubernetes.io/scheme")[1]
    assert scheme.as_json() == {
        "path": "alb.ingress.kubernetes.io/scheme",
        "type": "string",
        "default": "internal",
        "allowed": "one of internal, internet-facing",
    }


def test_everything_can_be_listed() -> None:
    for name in {*list_applications(), *list_charts()} - {"mimir-distributed"}:
        try:
            title, settings = settings_of(name)
        except BadInput:
            assert name not in list_applications()
            continue
        assert title
        assert settings
    assert "limits_config" in {path.rpartition(".")[2] for path in _paths("loki")}


@pytest.mark.parametrize(
    ("name", "path", "cure"),
    [
        ("loki", "limits_confg", "did you mean limits_config?"),
        ("loki", "limits_config.retention_perod", "did you mean limits_config.retention_period?"),
        ("lokki", "", "did you mean loki?"),
    ],
)
def test_a_name_that_there_is_not_is_refused_with_the_nearest(name: str, path: str, cure: str) -> None:
    with pytest.raises(BadInput) as refused:
        settings_of(name, path)
    assert refused.value.problems[0].cure == cure
