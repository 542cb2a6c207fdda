from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from groundplan.applications import Judged, check_values, judge_values
from groundplan.charts import chart

UNKNOWN = "${aws_s3_bucket.loki.id}"


def _judged(name: str, values: Mapping[str, Any], **more: Any) -> Judged:
    return judge_values(chart(name), values, where="values", **more)


LOKI: dict[str, Any] = {
    "loki": {
        "limits_config": {
            "retention_period": "744h",
            "ingestion_rate_mb": 8,
            "split_queries_by_interval": "1d",
            "otlp_config": {
                "resource_attributes": {
                    "attributes_config": [{"action": "index_label", "attributes": ["k8s.pod.name"]}]
                }
            },
        },
        "schemaConfig": {
            "configs": [
                {
                    "from": "2026-01-01",
                    "store": "tsdb",
                    "schema": "v13",
                    "object_store": "s3",
                    "index": {"prefix": "index_", "period": "24h"},
                }
            ]
        },
        "compactor": {"retention_enabled": True, "delete_request_store": "s3"},
        "rulerConfig": {"alertmanager_url": "http://mimir:8080/alertmanager", "enable_api": True},
        "structuredConfig": {
            "target": "backend",
            "ingester": {"lifecycler": {"ring": {"kvstore": {"store": "memberlist"}}}},
        },
        "runtimeConfig": {"overrides": {"team-a": {"ingestion_rate_mb": 16}}},
        # the chart shows it, and prints it when something is in it
        "block_builder": {},
    }
}
TEMPO = {
    "tempo": {"structuredConfig": {"query_frontend": {"search": {"max_duration": "48h"}}}},
    "overrides": {"defaults": {"metrics_generator": {"processors": ["service-graphs", "span-metrics"]}}},
    "storage": {"trace": {"backend": "s3", "s3": {"bucket": UNKNOWN, "region": "us-east-1"}}},
    "metricsGenerator": {"config": {"storage": {"remote_write": [{"url": "http://mimir/api/v1/push"}]}}},
}
ISTIOD = {
    "meshConfig": {
        "enableTracing": True,
        "access_log_file": "/dev/stdout",
        "connectTimeout": "1m30s",
        "defaultConfig": {"holdApplicationUntilProxyStarts": True, "tracing": {"sampling": 10.0}},
        "defaultProviders": {"tracing": ["otel"]},
        "extensionProviders": [{"name": "otel", "opentelemetry": {"service": "otel.example.com", "port": 4317}}],
    }
}
KONG = {
    "env": {
        "database": "postgres",
        "pg_host": UNKNOWN,
        "pg_ssl": "on",
        "pg_password": {"valueFrom": {"secretKeyRef": {"name": "kong-database", "key": "password"}}},
        "nginx_proxy_proxy_buffer_size": "16k",
        "log_level": "notice",
        "plugins": "bundled",
        "nginx_worker_processes": 2,
    }
}
GRAFANA = {
    "grafana.ini": {
        "server": {"root_url": "https://grafana.example.com"},
        "database": {"type": "postgres", "password": "$__env{DATABASE_PASSWORD}", "ssl_mode": "verify-full"},
        "auth.generic_oauth": {"enabled": True, "scopes": "openid profile"},
        "unified_alerting": {"enabled": True, "ha_peers": "grafana-headless:9094"},
    },
    "datasources": {
        "datasources.yaml": {
            "apiVersion": 1,
            "datasources": [
                {
                    "name": "Loki",
                    "type": "loki",
                    "uid": "loki",
                    "url": "http://loki-gateway",
                    "jsonData": {"httpHeaderName1": "X-Scope-OrgID", "derivedFields": []},
                    "secureJsonData": {"httpHeaderValue1": "platform"},
                }
            ],
        }
    },
}
CLOUDWATCH = {
    "agent": {"config": {"logs": {"metrics_collected": {"kubernetes": {"enhanced_container_insights": True}}}}},
    "agents": [{"name": "cloudwatch-agent", "config": "default"}],
}
GOOD = {
    "loki": LOKI,
    "tempo-distributed": TEMPO,
    "tempo-distributed-2x": TEMPO,
    "istiod": ISTIOD,
    "kong": KONG,
    "grafana": GRAFANA,
    "amazon-cloudwatch-observability": CLOUDWATCH,
    "mimir-distributed": {"mimir": {"structuredConfig": {"limits": {"max_global_series_per_user": 1_500_000}}}},
}


@pytest.mark.parametrize("unit", ["ns", "us", "\u00b5s", "\u03bcs", "ms", "s", "m", "h", "d", "w", "y"])
def test_a_duration_is_compared_in_whatever_unit_it_is(unit: str) -> None:
    def told(period: str) -> list[str]:
        values = {"tempo": {"structuredConfig": {"live_store": {"flush_check_period": period}}}}
        return [each.message for each in _judged("tempo-distributed", values).problems]

    assert told(f"5{unit}") == []
    assert told(f"-5{unit}") == [f"must be more than 0, got '-5{unit}'"]


@pytest.mark.parametrize("name", GOOD)
def test_what_an_application_takes_is_let_be(name: str) -> None:
    found = _judged(name, GOOD[name])
    assert [str(each) for each in (*found.problems, *found.warnings)] == []


def test_what_nobody_can_know_yet_is_let_be_and_counted() -> None:
    assert _judged("tempo-distributed", TEMPO).unchecked == {"Tempo": 1}
    # a host of Terraform's, a password of a Secret, a directive of nginx
    assert _judged("kong", KONG).unchecked == {"Kong": 3}
    assert _judged("loki", {"loki": {"limits_config": UNKNOWN}}).unchecked == {"Loki": 1}
    printed = {"loki": {"server": {"log_level": "{{ .Values.level }}"}, "config": "auth: {{ .Values.x }}"}}
    assert _judged("loki", printed).unchecked == {"Loki": 2}
    assert _judged("vault", {"server": {"ha": {"enabled": True}}}).unchecked == {}


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "loki",
        {"loki": {"limits_config": {"retention_perod": "744h"}}},
        "values.loki.limits_config.retention_perod: Loki 3.7.6 knows no retention_perod here: Loki refuses it and does "
        "not start",
        "did you mean retention_period?",
    ),
    (
        "loki",
        {"loki": {"structuredConfig": {"retention_period": "744h"}}},
        "values.loki.structuredConfig.retention_period: Loki 3.7.6 knows no retention_period here: Loki refuses it and "
        "does not start",
        "did you mean limits_config.retention_period?",
    ),
    (
        "loki",
        {"loki": {"limits_config": {"retention_period": 744}}},
        "values.loki.limits_config.retention_period: must be a duration with its unit, such as 30s or 1h30m, got 744",
        'write it with its unit: "744s" are 744 seconds',
    ),
    (
        "loki",
        {"loki": {"limits_config": {"max_streams_per_user": "many"}}},
        "values.loki.limits_config.max_streams_per_user: must be a whole number, got 'many'",
        "give a whole number, without quotes",
    ),
    (
        "loki",
        {"loki": {"server": {"log_level": "warning"}}},
        "values.loki.server.log_level: must be one of debug, info, warn, error, got 'warning'",
        "did you mean warn?",
    ),
    (
        "loki",
        {"loki": {"schemaConfig": {"configs": [{"store": "tsdb", "schema": "v13", "index": {"period": "48h"}}]}}},
        "values.loki.schemaConfig.configs[0].index.period: where store is tsdb, it must be 24h, and is '48h'",
        "change it so that it is 24h, or change what asks for it",
    ),
    (
        "loki",
        {"loki": {"config": "server:\n  log_levl: info\n"}},
        "values.loki.config, server.log_levl: Loki 3.7.6 knows no log_levl here: Loki refuses it and does not start",
        "did you mean log_level?",
    ),
    (
        "loki",
        {"loki": {"config": "server: [\n"}},
        "values.loki.config: is no YAML",
        "write a document that can be read",
    ),
    (
        "loki",
        {"loki": {"block_builder": {"job_interval": "1m"}}},
        "values.loki.block_builder: Loki 3.7.6 knows no block_builder here: Loki refuses it and does not start",
        "nothing is allowed here; see https://github.com/grafana/loki/blob/v3.7.6/pkg/loki/loki.go",
    ),
    (
        "tempo-distributed",
        {"tempo": {"structuredConfig": {"live_store": {"flush_check_period": "0s"}}}},
        "values.tempo.structuredConfig.live_store.flush_check_period: must be more than 0, got '0s'",
        "give a value that is more than 0",
    ),
    (
        "istiod",
        {"meshConfig": {"defaultConfig": {"holdApplicationUntilProxyStart": True}}},
        "values.meshConfig.defaultConfig.holdApplicationUntilProxyStart: istiod 1.30.3 knows no "
        "holdApplicationUntilProxyStart here: istiod ignores it without a word",
        "did you mean holdApplicationUntilProxyStarts?",
    ),
    (
        "istiod",
        {"meshConfig": {"connectTimeout": "2h"}},
        "values.meshConfig.connectTimeout: must be at least 0.001s and at most 3600s, got '2h'",
        "give a value that is at least 0.001s and at most 3600s",
    ),
    (
        "istiod",
        {"meshConfig": {"extensionProviders": [{"opentelemetry": {"service": "a.example.com", "port": 4317}}]}},
        "values.meshConfig.extensionProviders[0]: istiod 1.30.3 needs name here, and it is not set",
        "set name",
    ),
    (
        "istiod",
        {"meshConfig": {"localityLbSetting": {"failover": [], "distribute": []}}},
        "values.meshConfig.localityLbSetting: istiod 1.30.3 takes at most one of distribute, failover here, and "
        "distribute, failover are set",
        "leave out all but one",
    ),
    (
        "kong",
        {"env": {"pg_ssl": "yes"}},
        "values.env.pg_ssl: must be one of on, true, off, false, got 'yes'",
        "give one of on, true, off, false",
    ),
    (
        "kong",
        {"env": {"proxy_listens": "0.0.0.0:8000"}},
        "values.env.proxy_listens: Kong 3.9.3 knows no proxy_listens here: Kong does not read it",
        "did you mean proxy_listen?",
    ),
    (
        "kong-ingress",
        {"gateway": {"env": {"pg_port": "five"}}},
        "values.gateway.env.pg_port: must be a number, got 'five'",
        "give a number",
    ),
    (
        "amazon-cloudwatch-observability",
        {"agent": {"config": {"agent": {"metrics_collection_interval": 0}}}},
        "values.agent.config.agent.metrics_collection_interval: must be at least 1 and at most 172800, got 0",
        "give a value that is at least 1 and at most 172800",
    ),
]


@pytest.mark.parametrize(("name", "values", "message", "cure"), WRONG)
def test_what_an_application_refuses_or_ignores_is_an_error_with_its_path_and_a_cure(
    name: str, values: dict[str, Any], message: str, cure: str
) -> None:
    found = _judged(name, values)
    assert found.warnings == []
    (problem,) = found.problems
    assert f"{problem.path}: {problem.message}".startswith(message)
    assert problem.cure == cure
    # whoever checks a chart's values is told, and asks for nothing
    assert problem in check_values(chart(name), values, where="values")


UNSURE: list[tuple[str, dict[str, Any], str]] = [
    (
        "mimir-distributed",
        {"mimir": {"structuredConfig": {"limits": {"max_serie": 1}}}},
        "Mimir 3.1 knows no max_serie",
    ),
    ("grafana", {"grafana.ini": {"server": {"root_ur": "x"}}}, "Grafana 13 knows no root_ur here"),
    ("grafana", {"grafana.ini": {"server": {"http_port": "web"}}}, "must be a whole number, got 'web'"),
    (
        "grafana",
        {"datasources": {"a": {"datasources": [{"name": "Loki", "type": "loki", "jsonData": {"derivedField": []}}]}}},
        "Grafana 13.2 knows no derivedField here",
    ),
    (
        "grafana",
        {
            "alerting": {
                "contacts": {
                    "contactPoints": [
                        {"name": "a", "receivers": [{"uid": "a", "type": "slack", "settings": {"chanel": "x"}}]}
                    ]
                }
            }
        },
        "Grafana 13.2 knows no chanel here",
    ),
    ("kong", {"enterprise": {"enabled": True}, "env": {"portal": "on"}}, "Kong 3.9.3 knows no portal here"),
    ("kong", {"enterprise": {"enabled": UNKNOWN}, "env": {"portal": "on"}}, "Kong 3.9.3 knows no portal here"),
]


@pytest.mark.parametrize(("name", "values", "message"), UNSURE)
def test_where_the_facts_have_gaps_a_miss_is_a_warning_that_says_so(
    name: str, values: dict[str, Any], message: str
) -> None:
    found = _judged(name, values)
    assert found.problems == []
    (warning,) = found.warnings
    assert warning.message.startswith(message)
    assert "(not sure: " in warning.message
    assert check_values(chart(name), values, where="values") == []


def test_values_beside_count_when_an_edition_is_chosen_there() -> None:
    values = {"env": {"portal": "on"}}
    assert len(_judged("kong", values).problems) == 1
    assert _judged("kong", values, beside=[("enterprise", "enabled")]).problems == []


def test_facts_of_another_version_than_the_chart_brings_make_no_errors() -> None:
    values = {"loki": {"limits_config": {"retention_perod": "744h"}}}
    newer = replace(chart("loki"), app_version="3.8.0")
    found = judge_values(newer, values, where="values")
    assert found.problems == []
    assert "(not sure: what is known is of Loki 3.7.6, and the chart brings 3.8.0)" in found.warnings[0].message
    assert len(judge_values(replace(newer, app_version="v3.7.99"), values, where="values").problems) == 1


SECRET = "hunter2"


@pytest.mark.parametrize(
    ("name", "values", "count"),
    [
        ("kong", {"env": {"pg_port": SECRET, "log_level": SECRET, "pg_ssl": SECRET}}, 3),
        ("loki", {"loki": {"config": f"auth_enabled: [{SECRET}", "server": {"log_level": SECRET}}}, 2),
        ("alloy", {"alloy": {"configMap": {"content": f'logging {{\n  level = "{SECRET}" "{SECRET}"\n}}\n'}}}, 1),
        ("alloy", {"alloy": {"configMap": {"content": f"logging {{\n  level = {SECRET}.level\n}}\n"}}}, 1),
        ("opentelemetry-collector", {"config": {"service": {"extensions": [SECRET]}}}, 1),
        ("vault", {"server": {"ha": {"raft": {"config": f"path = @{SECRET}"}}}}, 1),
        ("istiod", {"meshConfig": {"accessLogEncoding": SECRET, "enableTracing": SECRET}}, 2),
    ],
)
def test_what_is_secret_is_not_shown(name: str, values: dict[str, Any], count: int) -> None:
    found = _judged(name, values, is_secret=True)
    assert len(found.problems) == count
    assert SECRET not in "".join(map(str, found.problems))
    assert SECRET in "".join(map(str, _judged(name, values).problems))


def test_a_list_that_takes_each_item_once_is_told_of_one_that_is_there_twice() -> None:
    disk = {"measurement": ["used_percent", "used_percent", "${var.more}", "${var.more}"]}
    values = {"agent": {"config": {"metrics": {"metrics_collected": {"disk": disk}}}}}
    (problem,) = _judged("amazon-cloudwatch-observability", values).problems
    assert problem.path == "values.agent.config.metrics.metrics_collected.disk.measurement[1]"
    assert problem.message == "is in this list before, which takes each item once"
