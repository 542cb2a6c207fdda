from __future__ import annotations

import json
from typing import Any

from groundplan.applications import judge_object, judge_resource, judge_values
from groundplan.charts import chart

CHART = chart("opentelemetry-collector")
ADOT = {"image": {"repository": "public.ecr.aws/aws-observability/aws-otel-collector"}}
CONFIG: dict[str, Any] = {
    "receivers": {"jaeger": None, "awsxray": {"endpoint": "0.0.0.0:2000"}, "otlp": {"protocols": {"http": {}}}},
    "processors": {"batch": {"timeout": "5s"}, "filter/health": {"error_mode": "ignore"}},
    "exporters": {"awsxray": {"region": "us-east-1"}, "otlp/tempo": {"endpoint": "tempo:4317"}},
    "service": {
        "extensions": ["health_check"],
        "pipelines": {
            "traces": {
                "receivers": ["otlp", "awsxray"],
                "processors": ["memory_limiter", "batch", "filter/health"],
                "exporters": ["awsxray", "otlp/tempo"],
            },
            "metrics/app": {"receivers": ["prometheus"], "exporters": ["debug"]},
        },
    },
}


def _with(path: str, value: Any) -> dict[str, Any]:
    changed: dict[str, Any] = {**CONFIG, "service": {**CONFIG["service"], "pipelines": {}}}
    at = changed
    *above, last = path.split(" ")
    for key in above:
        at[key] = dict(at.get(key) or {})
        at = at[key]
    at[last] = value
    return changed


def _said(config: Any, **more: Any) -> list[str]:
    found = judge_values(CHART, {**ADOT, "config": config}, where="", **more)
    assert found.warnings == []
    return [f"{problem.path.removeprefix('config.')}: {problem.message}, {problem.cure}" for problem in found.problems]


def test_a_pipeline_of_what_is_defined_here_or_by_the_chart_is_let_be() -> None:
    assert _said(CONFIG) == []


def test_a_pipeline_that_names_what_is_nowhere_is_an_error_with_the_nearest_name() -> None:
    lacks = "the ADOT collector 0.49.0 has no {} among its {}, and does not start, {}"
    pipelines = "service pipelines traces"
    assert _said(_with(pipelines, {"receivers": ["otpl"], "exporters": ["otlp/temp"]})) == [
        "service.pipelines.traces.receivers[0]: "
        + lacks.format("otpl", "receivers or connectors", "did you mean otlp?"),
        "service.pipelines.traces.exporters[0]: "
        + lacks.format("otlp/temp", "exporters or connectors", "did you mean otlp/tempo?"),
    ]
    # the chart has one, and null takes it away
    (said,) = _said(_with(pipelines, {"receivers": ["jaeger"]}))
    assert said.startswith("service.pipelines.traces.receivers[0]: the ADOT collector 0.49.0 has no jaeger among")
    # what it has not is there, with its defaults
    assert (
        _said({**_with(pipelines, {"receivers": ["statsd"], "exporters": ["debug"]}), "receivers": {"statsd": None}})
        == []
    )
    (said,) = _said(_with("service extensions", ["sigv4auth"]))
    assert "has no sigv4auth among its extensions" in said


def test_what_others_merge_or_only_terraform_knows_may_define_the_name() -> None:
    config = _with("service pipelines traces", {"receivers": ["otlp/edge"], "exporters": ["debug"]})
    assert len(_said(config)) == 1
    assert _said(config, beside=[("config", "receivers", "otlp/edge", "protocols")]) == []
    assert _said({**config, "receivers": "${var.receivers}"}) == []
    assert _said({**config, "receivers": {"${var.name}": {}}}) == []


def test_components_and_their_settings_are_those_of_the_image() -> None:
    assert _said(_with("processors transform", {})) == [
        "processors.transform: the ADOT collector 0.49.0 knows no transform here: the collector refuses it and does "
        "not start, did you mean metricstransform?"
    ]
    assert _said(_with("processors batch", {"timeout": 5})) == [
        "processors.batch.timeout: must be a duration with its unit, such as 30s or 1h30m, got 5, "
        'write it with its unit: "5s" are 5 seconds'
    ]
    # another image has other components
    found = judge_values(CHART, {"config": _with("processors transform", {})}, where="")
    assert found.problems == []
    assert "image.repository does not say that it runs" in found.warnings[0].message


def test_what_the_chart_makes_of_it_is_looked_at_whole() -> None:
    config_map = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "collector"},
        "data": {
            "relay": "receivers: {otlp: }\nexporters: {debug: }\nservice:\n  pipelines:\n    traces:\n"
            "      receivers: [otlp, jaeger]\n      exporters: [debug]\n"
        },
    }
    (problem,) = judge_object(config_map, where="object", chart=CHART, values=ADOT).problems
    assert problem.path == "object.data.relay, service.pipelines.traces.receivers[1]"
    assert judge_object(config_map, where="object").problems == []


def test_collectors_of_the_operator_and_agents_of_cloudwatch_are_looked_at_too() -> None:
    config = {"receivers": {"otlp": {"protocols": {"grpc": {}}}}, "exporters": {"debug": {}, "awsemff": {}}}
    config["service"] = {"pipelines": {"metrics": {"receivers": ["otlp", "otlpp"], "exporters": ["debug"]}}}
    spec = {"image": "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0", "config": config}
    collector = {
        "apiVersion": "opentelemetry.io/v1beta1",
        "kind": "OpenTelemetryCollector",
        "metadata": {},
        "spec": spec,
    }
    found = judge_object(collector, where="object")
    assert [each.path.rpartition("config.")[2] for each in found.problems] == [
        "exporters.awsemff",
        "service.pipelines.metrics.receivers[1]",
    ]
    found = judge_object({**collector, "spec": {"config": config}}, where="object")
    assert [each.path.rpartition("config.")[2] for each in found.problems] == ["service.pipelines.metrics.receivers[1]"]
    assert len(found.warnings) == 1

    agent = {"apiVersion": "cloudwatch.aws.amazon.com/v1alpha1", "kind": "AmazonCloudWatchAgent", "metadata": {}}
    wrong = {"agent": {"metrics_collection_interval": 0}}
    found = judge_object({**agent, "spec": {"config": json.dumps(wrong)}}, where="object")
    assert [each.path for each in found.problems] == ["object.spec.config, agent.metrics_collection_interval"]
    addon = {
        "addon_name": "amazon-cloudwatch-observability",
        "configuration_values": json.dumps({"agent": {"config": wrong}}),
    }
    (problem,) = judge_resource("aws_eks_addon", addon, where="addon").problems
    assert problem.path == "addon.configuration_values, agent.config.agent.metrics_collection_interval"
