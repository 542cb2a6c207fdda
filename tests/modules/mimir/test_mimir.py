"""Metrics: who gets in, what is kept for how long, what survives a zone, who may do what in S3, who is told."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.framework.checking import problems_of
from groundplan.iam import evaluate
from modules.observability.mimir import Mimir
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.modules.mimir.examples import CRITICAL, FULL, SMALL, TOPIC
from tests.support.planning import ModulePlan

BLOCKS, RULES, SILENCES = (f"arn:aws:s3:::prod-monitoring-mimir-{what}" for what in ("blocks", "ruler", "alertmanager"))
ROLES = ("alertmanager", "blocks", "ruler")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("mimir", tmp_path_factory)


@pytest.fixture(scope="module")
def values(full: ModulePlan) -> dict[str, Any]:
    return full.helm_values("helm_release.mimir")


@pytest.fixture(scope="module")
def mimir(values: dict[str, Any]) -> dict[str, Any]:
    """What Mimir itself reads."""
    configuration: dict[str, Any] = values["mimir"]["structuredConfig"]
    return configuration


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Mimir, SMALL)


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# What is kept, where, for how long


def test_metrics_rules_and_silences_go_to_the_buckets_that_were_given(mimir: dict[str, Any]) -> None:
    assert {part: mimir[part]["s3"]["bucket_name"] for part in mimir if "s3" in mimir[part]} == {
        "blocks_storage": "prod-monitoring-mimir-blocks",
        "ruler_storage": "prod-monitoring-mimir-ruler",
        "alertmanager_storage": "prod-monitoring-mimir-alertmanager",
    }
    storage = mimir["common"]["storage"]
    assert storage["backend"] == "s3"
    assert (storage["s3"]["endpoint"], storage["s3"]["region"]) == ("s3.us-east-1.amazonaws.com", "us-east-1")


def test_nothing_runs_that_is_there_to_try_mimir_out(values: dict[str, Any]) -> None:
    assert values["minio"] == values["kafka"] == values["rollout_operator"] == {"enabled": False}


def test_metrics_are_deleted_when_their_time_is_over_and_not_before(mimir: dict[str, Any]) -> None:
    assert mimir["limits"]["compactor_blocks_retention_period"] == "17520h"


def test_exemplars_are_kept_which_lead_from_metrics_to_traces(mimir: dict[str, Any]) -> None:
    assert mimir["limits"]["max_global_exemplars_per_user"] == 100000


def test_a_tenant_has_what_differs_and_no_more(values: dict[str, Any]) -> None:
    assert values["runtimeConfig"]["overrides"] == {
        "claims": {
            "compactor_blocks_retention_period": "2160h",
            "ingestion_rate": 100000,
            "ingestion_burst_size": 1000000,
        },
        "platform": {"max_total_query_length": "17520h"},
    }


# What survives the loss of a zone, and an upgrade


def test_each_sample_is_in_three_zones_and_one_zone_is_replaced_after_another(
    full: ModulePlan, values: dict[str, Any], mimir: dict[str, Any]
) -> None:
    key = "topology.kubernetes.io/zone"
    for component in ("ingester", "store_gateway"):
        zones = values[component]["zoneAwareReplication"]
        assert zones["enabled"] is True
        assert {zone["name"]: zone["nodeSelector"][key] for zone in zones["zones"]} == {
            f"zone-{letter}": zone for letter, zone in zip("abc", FULL.zones, strict=True)
        }
    assert mimir["ingester"]["ring"] == mimir["store_gateway"]["sharding_ring"] == {"replication_factor": 3}
    # it looks for StatefulSets of its own namespace
    operator = full.resource("helm_release.rollout_operator[0]")
    assert (operator["chart"], operator["namespace"]) == ("rollout-operator", "mimir")


def test_what_holds_what_is_not_in_s3_yet_has_a_volume(values: dict[str, Any]) -> None:
    for component in ("ingester", "store_gateway", "compactor", "alertmanager"):
        volume = values[component]["persistentVolume"]
        assert (volume["enabled"], volume["storageClass"]) == (True, "gp3"), component
    assert values["ingester"]["persistentVolume"]["size"] == "50Gi"


def test_what_works_more_gets_more_replicas_where_there_is_keda(values: dict[str, Any], small: ModulePlan) -> None:
    scaled = ("distributor", "querier", "query_frontend", "ruler")
    for component in scaled:
        keda = values[component]["kedaAutoscaling"]
        assert keda["enabled"] is True
        assert 3 <= keda["minReplicaCount"] < keda["maxReplicaCount"]
    assert values["kedaAutoscaling"]["authentication"] == {
        "enabled": True,
        "authModes": "basic",
        "secretTargetRef": [
            {"parameter": word, "name": "mimir-keda", "key": word} for word in ("username", "password")
        ],
    }
    without = small.helm_values("helm_release.mimir")
    assert [without[component]["kedaAutoscaling"] for component in scaled] == [{"enabled": False}] * 4
    assert values["gateway"]["autoscaling"]["enabled"] is True


def test_a_ruler_s_memory_is_not_spent_on_nothing(values: dict[str, Any]) -> None:
    assert values["ruler"]["memBallastSizeBytes"] == 0


# Kafka, or none


def test_msk_is_asked_by_tls_with_a_user_whose_password_is_in_no_value(full: ModulePlan, mimir: dict[str, Any]) -> None:
    assert mimir["ingest_storage"] == {
        "enabled": True,
        "kafka": {
            "address": "b-1.example.com:9096,b-2.example.com:9096",
            "topic": "mimir-ingest",
            "auto_create_topic_default_partitions": 100,
            "tls_enabled": True,
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_username": "${MIMIR_KAFKA_USERNAME}",
            "sasl_password": "${MIMIR_KAFKA_PASSWORD}",
        },
    }
    assert mimir["ruler"]["query_frontend"]["address"] == "dns:///mimir-query-frontend.mimir.svc:9095"
    user = full.helm_values("helm_release.kafka_user[0]")["objects"]["kafka_user"]
    assert [(each["secretKey"], each["remoteRef"]) for each in user["spec"]["data"]] == [
        (f"MIMIR_KAFKA_{word.upper()}", {"key": "AmazonMSK_prod-mimir", "property": word})
        for word in ("username", "password")
    ]
    (given,) = full.helm_values("helm_release.mimir")["global"]["extraEnvFrom"]
    assert given == {"secretRef": {"name": user["metadata"]["name"]}}


def test_without_kafka_nothing_of_it_is_left(small: ModulePlan) -> None:
    """As upstream says it: what its chart configures has to be taken away."""
    without = small.helm_values("helm_release.mimir")
    configured = without["mimir"]["structuredConfig"]
    assert configured["ingest_storage"] == {
        "enabled": False,
        "kafka": {"address": None, "topic": None, "auto_create_topic_default_partitions": None},
    }
    assert configured["distributor"] == {"remote_timeout": None}
    assert configured["ingester"]["push_grpc_method_enabled"] is None
    assert (without["global"], configured["ruler"]) == ({}, {})


# Who gets in


def test_a_user_of_the_gateway_is_its_own_tenant_and_administers_nothing(values: dict[str, Any]) -> None:
    nginx = values["gateway"]["nginx"]
    assert nginx["basicAuth"] == {"enabled": True, "existingSecret": "mimir-gateway-users"}
    file = nginx["config"]["file"]
    assert "auth_basic_user_file /etc/nginx/secrets/.htpasswd;" in file
    assert "proxy_set_header X-Scope-OrgID $remote_user;" in file
    # what is not listed is not there: rings, flushes, and the Alertmanager's configuration, which leads to the channels
    assert re.findall(r"location (?:= )?(\S+) \{", file) == [
        "/ready",
        "/api/v1/push",
        "/otlp/v1/metrics",
        "/prometheus",
        "/api/v1/status/buildinfo",
        "/prometheus/config/v1/rules",
        "/prometheus/api/v1/rules",
        "/prometheus/api/v1/alerts",
        "/alertmanager/api/v2/alerts",
        "/alertmanager",
        "/api/v1/alerts",
        "/",
    ]
    assert "location / { return 404; }" in file
    assert "location = /api/v1/alerts { limit_except GET { deny all; }" in file
    # Helm reads it as a template
    assert "{{" not in file


def test_a_writer_writes_in_the_name_of_a_tenant_and_reads_nothing(values: dict[str, Any], small: ModulePlan) -> None:
    file = values["gateway"]["nginx"]["config"]["file"]
    assert 'map $remote_user $writes_for { default $remote_user; "tempo" $http_x_scope_orgid; }' in file
    named = [line for line in file.splitlines() if "X-Scope-OrgID $writes_for" in line]
    assert [re.findall(r"location = (\S+)", line) for line in named] == [["/api/v1/push"], ["/otlp/v1/metrics"]]
    nobody = small.helm_values("helm_release.mimir")["gateway"]["nginx"]["config"]["file"]
    assert "$http_x_scope_orgid" not in nobody


def test_a_ruler_rings_in_the_name_of_a_tenant_and_sees_no_alert_of_it(
    values: dict[str, Any], small: ModulePlan
) -> None:
    file = values["gateway"]["nginx"]["config"]["file"]
    rings = 'map "$request_method $remote_user" $rings_for { default $remote_user; "POST loki" $http_x_scope_orgid; }'
    assert rings in file
    named = [line for line in file.splitlines() if "X-Scope-OrgID $rings_for" in line]
    assert [re.findall(r"location = (\S+)", line) for line in named] == [["/alertmanager/api/v2/alerts"]]
    nobody = small.helm_values("helm_release.mimir")["gateway"]["nginx"]["config"]["file"]
    assert "$rings_for { default $remote_user;  }" in nobody


def test_users_come_out_of_secrets_manager_and_are_in_no_value(full: ModulePlan, values: dict[str, Any]) -> None:
    made = full.helm_values("helm_release.users[0]")["objects"]["users"]
    assert made["spec"]["data"] == [
        {"secretKey": ".htpasswd", "remoteRef": {"key": "prod/mimir/users", "property": "htpasswd"}}
    ]
    assert made["spec"]["target"]["name"] == values["gateway"]["nginx"]["basicAuth"]["existingSecret"]


def test_nobody_gets_past_the_gateway_but_who_reads_metrics(full: ModulePlan) -> None:
    (spec,) = full.resource("kubernetes_network_policy_v1.components[0]")["spec"]
    own, collectors = spec["ingress"]
    assert own["from"][0]["pod_selector"][0]["match_labels"] == spec["pod_selector"][0]["match_labels"]
    assert collectors["from"][0]["namespace_selector"][0]["match_labels"] == {
        "kubernetes.io/metadata.name": "monitoring"
    }
    assert [port["port"] for port in collectors["ports"]] == ["8080", "9150"]


# Who may do what in S3, and tell whom


def allowed(plan: ModulePlan, action: str, resource: str) -> list[str]:
    return [
        role for role in ROLES if evaluate(plan.resource(f"aws_iam_role_policy.{role}")["policy"], action, resource)
    ]


def test_each_service_account_that_the_chart_knows_has_a_role_of_its_own(
    full: ModulePlan, values: dict[str, Any]
) -> None:
    accounts = {
        "blocks": values["serviceAccount"],
        "ruler": values["ruler"]["serviceAccount"],
        "alertmanager": values["alertmanager"]["serviceAccount"],
    }
    for id, account in accounts.items():
        role = full.resource(f"aws_iam_role.{id}")
        assert account["annotations"] == {"eks.amazonaws.com/role-arn": role["arn"]}
        assert f"system:serviceaccount:mimir:{account['name']}" in role["assume_role_policy"]


def test_rules_are_the_rulers_silences_the_alertmanagers_and_nobody_else_tells_anybody(full: ModulePlan) -> None:
    block, rule, silence = f"{BLOCKS}/claims/1", f"{RULES}/rules/claims/1", f"{SILENCES}/alertmanager/claims/1"
    assert allowed(full, "s3:GetObject", block) == ["blocks", "ruler"]
    assert allowed(full, "s3:DeleteObject", block) == allowed(full, "s3:PutObject", block) == ["blocks"]
    assert allowed(full, "s3:GetObject", rule) == ["ruler"]
    assert allowed(full, "s3:GetObject", silence) == ["alertmanager"]
    assert allowed(full, "sns:Publish", CRITICAL) == allowed(full, "sns:Publish", TOPIC) == ["alertmanager"]
    assert allowed(full, "sns:Publish", f"{TOPIC}-other") == []


# Who is told


def test_an_alert_goes_to_the_topic_of_its_severity_and_none_is_silent(values: dict[str, Any]) -> None:
    told = json.loads(values["alertmanager"]["fallbackConfig"])
    topics = {
        receiver["name"]: (one["topic_arn"], one["sigv4"])
        for receiver in told["receivers"]
        for one in receiver["sns_configs"]
    }
    region = {"region": "us-east-1"}
    # without a topic of its own, info goes where warnings go
    assert topics == {"critical": (CRITICAL, region), "warning": (TOPIC, region), "info": (TOPIC, region)}
    route = told["route"]
    assert [(one["matchers"], one["receiver"]) for one in route["routes"]] == [
        ([f'severity="{severity}"'], severity) for severity in topics
    ]
    assert route["receiver"] == "warning"


def test_a_topic_is_told_what_slack_and_teams_are_shown(values: dict[str, Any]) -> None:
    for receiver in json.loads(values["alertmanager"]["fallbackConfig"])["receivers"]:
        message = receiver["sns_configs"][0]["message"]
        # each value that comes out of an alert loses what would end a string of JSON
        found = [it for it in re.findall(r"{{ (.*?) }}", message) if it.startswith(".")]
        assert [it for it in found if "reReplaceAll" not in it] == [".Status | toUpper", ".Status", ".Name"]
        told = json.loads(re.sub(r"{{.*?}}", "", message))
        assert (told["version"], told["source"]) == ("1.0", "custom")
        assert told["content"].keys() == {"textType", "title", "description"}


def test_missing_replicas_and_silence_ring_for_each_part(full: ModulePlan) -> None:
    alarms = full.resources("aws_cloudwatch_metric_alarm")
    assert {alarm["dimensions"]["Part"] for alarm in alarms.values()} == {
        f"mimir/{part}" for part in ("writing", "reading", "keeping", "alerting")
    }
    assert {alarm["treat_missing_data"] for alarm in alarms.values()} == {"breaching"}
    (job,) = full.resource("kubernetes_cron_job_v1.status")["spec"]
    look = job["job_template"][0]["spec"][0]["template"][0]["spec"][0]["init_container"][0]
    parts = next(each["value"] for each in look["env"] if each["name"] == "PARTS")
    assert parts.count("statefulset/mimir-ingester-zone-") == parts.count("statefulset/mimir-store-gateway-zone-") == 3
    assert "alerting=deployment/mimir-ruler,statefulset/mimir-alertmanager" in parts


def test_alerts_and_records_are_of_this_namespace_alone(full: ModulePlan) -> None:
    groups = full.helm_values("helm_release.prometheus_rule[0]")["objects"]["rule"]["spec"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {"alert", "record"} <= {word for rule in rules for word in rule}
    for rule in rules:
        selectors = re.findall(r"cortex_\w+(\{[^}]*\})?", rule["expr"])
        assert selectors, rule
        assert all('namespace="mimir"' in selector for selector in selectors), rule


# As little as there can be


def test_without_zones_there_is_one_of_each_and_one_copy(small: ModulePlan) -> None:
    values = small.helm_values("helm_release.mimir")
    for component in ("ingester", "store_gateway"):
        assert values[component]["zoneAwareReplication"] == {"enabled": False}
        assert values[component]["replicas"] == 1
    configured = values["mimir"]["structuredConfig"]
    assert configured["ingester"]["ring"] == {"replication_factor": 1}
    assert configured["alertmanager"]["sharding_ring"] == {"replication_factor": 1}
    association = small.resource("aws_eks_pod_identity_association.alertmanager[0]")
    assert (association["namespace"], association["service_account"]) == ("mimir", "mimir-alertmanager")
    assert not [address for address in small.addresses if "rollout_operator" in address or "users" in address]
    assert values["gateway"]["nginx"]["basicAuth"]["existingSecret"] == "mimir-users"


def test_what_is_switched_off_is_not_in_the_values(small: ModulePlan) -> None:
    values = small.helm_values("helm_release.mimir")
    caches = [values[f"{cache}-cache"] for cache in ("chunks", "index", "metadata", "results")]
    assert caches == [{"enabled": False}] * 4
    assert values["memcached"] == values["kedaAutoscaling"] == {}
    assert values["metaMonitoring"]["serviceMonitor"] == {"enabled": False}
