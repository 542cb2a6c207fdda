"""Traces: who gets in, what is kept for how long, what survives a zone, who may do what in S3, who is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.framework.checking import problems_of
from groundplan.iam import evaluate
from modules.observability.tempo import Tempo
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.modules.tempo.examples import FULL, KEY, SMALL
from tests.support.planning import ModulePlan

TRACES = "arn:aws:s3:::monitoring-tempo-traces"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("tempo", tmp_path_factory)


@pytest.fixture(scope="module")
def values(full: ModulePlan) -> dict[str, Any]:
    return full.helm_values("helm_release.tempo")


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Tempo, SMALL)


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# What is kept, where, for how long


def test_traces_go_to_the_bucket_that_was_given_and_nowhere_that_needs_kafka(
    full: ModulePlan, values: dict[str, Any]
) -> None:
    assert values["storage"]["trace"] == {
        "backend": "s3",
        "s3": {
            "bucket": "monitoring-tempo-traces",
            "endpoint": "s3.us-east-1.amazonaws.com",
            "region": "us-east-1",
        },
    }
    assert full.resource("helm_release.tempo")["version"].startswith("2.")


def test_traces_are_deleted_when_their_time_is_over(values: dict[str, Any]) -> None:
    assert values["compactor"]["config"]["compaction"]["block_retention"] == "720h"


def test_a_tenant_s_limits_are_whole_and_those_of_the_others_stay(values: dict[str, Any]) -> None:
    everybody, claims = values["overrides"]["defaults"], values["per_tenant_overrides"]["claims"]
    assert everybody["ingestion"]["rate_limit_bytes"] == 15_000_000
    assert claims["ingestion"]["rate_limit_bytes"] == 30_000_000
    assert claims["compaction"] == {"block_retention": "168h"}
    # Tempo takes nothing of the defaults for a tenant that has its own
    assert claims.keys() >= everybody.keys()


def test_metrics_are_made_of_traces_under_the_tenant_that_they_are_of(values: dict[str, Any]) -> None:
    (remote,) = values["metricsGenerator"]["config"]["storage"]["remote_write"]
    assert remote == {
        "url": "http://mimir-gateway.mimir.svc.cluster.local/api/v1/push",
        "send_exemplars": True,
        "basic_auth": {"username_file": "/etc/tempo-writer/username", "password_file": "/etc/tempo-writer/password"},
    }
    for limits in (values["overrides"]["defaults"], values["per_tenant_overrides"]["claims"]):
        assert limits["metrics_generator"] == {"processors": ["service-graphs", "span-metrics"]}


def test_who_writes_metrics_signs_in_with_what_is_in_secrets_manager(full: ModulePlan, values: dict[str, Any]) -> None:
    made = full.helm_values("helm_release.writer[0]")["objects"]["writer"]
    assert [each["remoteRef"] for each in made["spec"]["data"]] == [
        {"key": "prod/tempo/mimir", "property": word} for word in ("username", "password")
    ]
    generator = values["metricsGenerator"]
    (volume,), (mount,) = generator["extraVolumes"], generator["extraVolumeMounts"]
    assert volume == {"name": mount["name"], "secret": {"secretName": made["spec"]["target"]["name"]}}
    assert (mount["mountPath"], mount["readOnly"]) == ("/etc/tempo-writer", True)


# What survives the loss of a zone, and an upgrade


def test_each_trace_is_in_three_zones_and_one_zone_is_replaced_after_another(
    full: ModulePlan, values: dict[str, Any]
) -> None:
    ingester = values["ingester"]
    assert ingester["config"] == {"replication_factor": 3}
    zones = ingester["zoneAwareReplication"]
    assert zones["enabled"] is True
    assert [zone["nodeSelector"]["topology.kubernetes.io/zone"] for zone in zones["zones"]] == FULL.zones
    # the chart then waits for somebody who deletes pods
    assert full.resource("helm_release.rollout_operator[0]")["chart"] == "rollout-operator"
    assert ingester["persistence"] == {"enabled": True, "size": "20Gi", "storageClass": "gp3"}


def test_the_chart_makes_budgets_for_what_is_autoscaled(values: dict[str, Any]) -> None:
    for component in ("distributor", "querier", "queryFrontend", "gateway"):
        part = values[component]
        assert part["replicas"] == part["autoscaling"]["minReplicas"] == 3, component
        assert part["autoscaling"]["enabled"] is True
    assert values["compactor"]["replicas"] == values["memcached"]["replicas"] == 3


def test_the_cache_keeps_what_its_pod_is_given(values: dict[str, Any]) -> None:
    assert values["memcached"]["resources"]["limits"] == {"memory": "1024Mi"}
    assert values["memcached"]["extraArgs"] == ["-m 819"]


# Who gets in


def test_traces_come_in_the_forms_that_were_asked_for(values: dict[str, Any], small: ModulePlan) -> None:
    asked = {"otlp": {"grpc": {"enabled": True}, "http": {"enabled": True}}}
    assert values["traces"] == {**asked, "jaeger": {"thriftHttp": {"enabled": True}}, "zipkin": {"enabled": True}}
    little = small.helm_values("helm_release.tempo")["traces"]
    assert little == {**asked, "jaeger": {"thriftHttp": {"enabled": False}}, "zipkin": {"enabled": False}}


def test_a_user_of_the_gateway_is_its_own_tenant_and_administers_nothing(values: dict[str, Any]) -> None:
    gateway = values["gateway"]
    assert values["multitenancyEnabled"] is True
    assert gateway["basicAuth"] == {"enabled": True, "existingSecret": "tempo-gateway-users"}
    snippet = gateway["nginxConfig"]["serverSnippet"]
    for protocol in ("proxy", "grpc"):
        assert f"{protocol}_set_header X-Scope-OrgID $remote_user;" in snippet
    (paths,) = re.findall(r'if \(\$uri ~ "(.*)"\) \{ return 403; \}', snippet)
    for path in ("/flush", "/shutdown", "/ingester/ring", "/compactor/ring"):
        assert re.match(paths, path), path
    for path in ("/", "/api/search", "/v1/traces", "/zipkin/spans", "/opentelemetry.proto.collector.trace.v1"):
        assert not re.match(paths, path), path


def test_users_come_out_of_secrets_manager(full: ModulePlan) -> None:
    made = full.helm_values("helm_release.users[0]")["objects"]["users"]
    assert made["spec"]["data"][0]["remoteRef"] == {"key": "prod/tempo/users", "property": "htpasswd"}


def test_nobody_gets_past_the_gateway_but_who_reads_metrics(full: ModulePlan) -> None:
    (spec,) = full.resource("kubernetes_network_policy_v1.components[0]")["spec"]
    own, collectors = spec["ingress"]
    assert own["from"][0]["pod_selector"] == spec["pod_selector"]
    (namespace,) = collectors["from"][0]["namespace_selector"]
    assert namespace["match_labels"] == {"kubernetes.io/metadata.name": "monitoring"}
    # Tempo's own, and those of the exporter beside memcached
    assert [port["port"] for port in collectors["ports"]] == ["3200", "9150"]


# Who may do what in S3, and who is told


def test_tempo_keeps_traces_in_its_bucket_and_touches_no_other(full: ModulePlan, values: dict[str, Any]) -> None:
    policy = full.resource("aws_iam_role_policy.tempo")["policy"]
    assert evaluate(policy, "s3:PutObject", f"{TRACES}/claims/1/data.parquet")
    assert evaluate(policy, "kms:GenerateDataKey", KEY)
    assert not evaluate(policy, "s3:GetObject", "arn:aws:s3:::monitoring-loki-data/claims/1")
    role = full.resource("aws_iam_role.tempo")
    assert values["serviceAccount"]["annotations"] == {"eks.amazonaws.com/role-arn": role["arn"]}


def test_missing_replicas_and_silence_ring_for_each_part(full: ModulePlan) -> None:
    alarms = full.resources("aws_cloudwatch_metric_alarm").values()
    assert {alarm["dimensions"]["Part"] for alarm in alarms} == {"tempo/writing", "tempo/reading", "tempo/keeping"}
    assert {alarm["treat_missing_data"] for alarm in alarms} == {"breaching"}


def test_alerts_name_metrics_of_this_namespace_alone(full: ModulePlan) -> None:
    (group,) = full.helm_values("helm_release.prometheus_rule[0]")["objects"]["rule"]["spec"]["groups"]
    for rule in group["rules"]:
        selectors = re.findall(r"tempo(?:db)?_\w+(\{[^}]*\})?", rule["expr"])
        assert selectors, rule["alert"]
        assert all('namespace="tempo"' in selector for selector in selectors), rule["alert"]


# As little as there can be


def test_a_small_tempo_has_one_of_each_and_a_trace_once(small: ModulePlan) -> None:
    values = small.helm_values("helm_release.tempo")
    assert values["ingester"]["config"] == {"replication_factor": 1}
    assert values["ingester"]["zoneAwareReplication"] == {"enabled": False}
    assert values["metricsGenerator"] == {"enabled": False}
    assert values["metaMonitoring"]["serviceMonitor"] == {"enabled": False}
    assert values["gateway"]["basicAuth"]["existingSecret"] == "tempo-users"
    assert not small.resources("helm_release").keys() & {"helm_release.rollout_operator[0]", "helm_release.users[0]"}
    association = small.resource("aws_eks_pod_identity_association.tempo[0]")
    assert (association["namespace"], association["service_account"]) == ("tempo", "tempo")
