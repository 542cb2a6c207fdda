"""Logs: who gets in, what is kept for how long, what survives a zone, who may do what in S3, who is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.framework.checking import problems_of
from groundplan.iam import evaluate
from modules.observability.loki import Loki
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.modules.loki.examples import FULL, KEY, SMALL
from tests.support.planning import ModulePlan

LOGS, RULES = "arn:aws:s3:::monitoring-loki-data", "arn:aws:s3:::monitoring-loki-ruler"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("loki", tmp_path_factory)


@pytest.fixture(scope="module")
def values(full: ModulePlan) -> dict[str, Any]:
    return full.helm_values("helm_release.loki")


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Loki, SMALL)


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# What is kept, where, for how long


def test_logs_and_rules_go_to_the_buckets_that_were_given(values: dict[str, Any]) -> None:
    storage = values["loki"]["storage"]
    assert storage["bucketNames"] == {"chunks": "monitoring-loki-data", "ruler": "monitoring-loki-ruler"}
    assert (storage["type"], storage["s3"]) == ("s3", {"region": "us-east-1"})
    (schema,) = values["loki"]["schemaConfig"]["configs"]
    assert (schema["store"], schema["schema"], schema["object_store"]) == ("tsdb", "v13", "s3")


def test_logs_are_deleted_when_their_time_is_over_and_not_before(values: dict[str, Any]) -> None:
    assert values["loki"]["limits_config"]["retention_period"] == "9600h"
    assert values["loki"]["compactor"] == {"retention_enabled": True, "delete_request_store": "s3"}
    assert values["loki"]["limits_config"]["deletion_mode"] == "disabled"


def test_a_tenant_has_what_differs_and_no_more(values: dict[str, Any]) -> None:
    assert values["loki"]["runtimeConfig"]["overrides"] == {
        "claims": {
            "retention_period": "2160h",
            "retention_stream": [{"selector": '{container="audit"}', "period": "87600h", "priority": 10}],
            "ingestion_rate_mb": 20,
            "ingestion_burst_size_mb": 40,
        },
        "platform": {"max_query_length": "9600h"},
    }


# What survives the loss of a zone, and an upgrade


def test_each_line_is_in_three_zones_and_one_zone_is_replaced_after_another(
    full: ModulePlan, values: dict[str, Any]
) -> None:
    ingester = values["ingester"]
    assert values["loki"]["commonConfig"]["replication_factor"] == 3
    zones = ingester["zoneAwareReplication"]
    key = "topology.kubernetes.io/zone"
    assert [zones[f"zone{letter}"]["nodeSelector"][key] for letter in "ABC"] == FULL.zones
    # StatefulSets that rolled by themselves would take a line's three copies at once
    assert ingester["strategy"] == {"type": "OnDelete"}
    assert full.resource("helm_release.rollout_operator[0]")["chart"] == "rollout-operator"


def test_what_holds_logs_that_are_not_in_s3_yet_has_a_volume(values: dict[str, Any]) -> None:
    (claim,) = values["ingester"]["persistence"]["claims"]
    assert (claim["storageClass"], claim["size"]) == ("gp3", "20Gi")
    for component in ("indexGateway", "ruler"):
        assert values[component]["persistence"]["storageClass"] == "gp3"


def test_one_pod_at_a_time_may_be_evicted_of_all_that_are_several(values: dict[str, Any]) -> None:
    several = {
        name
        for name, part in values.items()
        if isinstance(part, dict) and (part.get("replicas", 0) > 1 or part.get("autoscaling"))
    }
    assert several - {"chunksCache", "resultsCache"} == {
        name for name, part in values.items() if isinstance(part, dict) and part.get("podDisruptionBudget")
    }
    assert {values[name]["podDisruptionBudget"]["maxUnavailable"] for name in several if "Cache" not in name} == {1}


def test_what_works_more_gets_more_replicas(values: dict[str, Any]) -> None:
    scaled = {
        name: part["autoscaling"] for name, part in values.items() if isinstance(part, dict) and "autoscaling" in part
    }
    assert set(scaled) == {"distributor", "gateway", "querier", "queryFrontend"}
    assert all(it["enabled"] and 3 <= it["minReplicas"] < it["maxReplicas"] for it in scaled.values())


# Who gets in


def test_a_user_of_the_gateway_is_its_own_tenant_and_administers_nothing(values: dict[str, Any]) -> None:
    gateway = values["gateway"]
    assert gateway["basicAuth"] == {"enabled": True, "existingSecret": "loki-gateway-users"}
    nginx = gateway["nginxConfig"]
    assert nginx["locationSnippet"] == "proxy_set_header X-Scope-OrgID $remote_user;"
    (paths,) = re.findall(r'"~(.*)" 1;', nginx["httpSnippet"])
    assert nginx["serverSnippet"] == "if ($administrative) { return 403; }"
    for path in ("/flush", "/ingester/shutdown", "/ring", "/config", "/ui/", "/ruler/ring", "/distributor/ring"):
        assert re.match(paths, path), path
    for path in ("/", "/loki/api/v1/push", "/loki/api/v1/query_range", "/loki/api/v1/rules", "/otlp/v1/logs"):
        assert not re.match(paths, path), path


def test_users_come_out_of_secrets_manager_and_are_in_no_value(full: ModulePlan) -> None:
    made = full.helm_values("helm_release.users[0]")["objects"]["users"]
    assert made["spec"]["secretStoreRef"] == {"name": "aws", "kind": "ClusterSecretStore"}
    assert made["spec"]["data"] == [
        {"secretKey": ".htpasswd", "remoteRef": {"key": "prod/loki/users", "property": "htpasswd"}}
    ]
    assert (
        made["spec"]["target"]["name"]
        == full.helm_values("helm_release.loki")["gateway"]["basicAuth"]["existingSecret"]
    )


def test_nobody_gets_past_the_gateway_but_who_reads_metrics(values: dict[str, Any]) -> None:
    policy = values["networkPolicy"]
    assert policy["enabled"] is True
    assert policy["metrics"]["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}


def test_no_pod_can_ask_the_api_server(values: dict[str, Any]) -> None:
    assert values["defaults"]["automountServiceAccountToken"] is False
    assert values["sidecar"]["rules"]["enabled"] is False
    assert values["rbac"]["namespaced"] is True


# Whom rules over logs ring for


def test_the_ruler_signs_in_at_the_alertmanager_with_what_no_value_has(
    full: ModulePlan, values: dict[str, Any]
) -> None:
    assert values["loki"]["rulerConfig"] == {
        "enable_api": True,
        "enable_alertmanager_v2": True,
        "alertmanager_url": "http://mimir-gateway.mimir.svc.cluster.local/alertmanager",
        "alertmanager_client": {
            "basic_auth_username": "${LOKI_ALERTMANAGER_username}",
            "basic_auth_password": "${LOKI_ALERTMANAGER_password}",
        },
    }
    (source,) = values["ruler"]["extraEnvFrom"]
    assert source["prefix"] == "LOKI_ALERTMANAGER_"
    made = full.helm_values("helm_release.alertmanager_user[0]")["objects"]["alertmanager_user"]["spec"]
    assert made["target"]["name"] == source["secretRef"]["name"] == "loki-alertmanager-user"
    assert made["data"] == [
        {"secretKey": word, "remoteRef": {"key": "prod/loki/mimir", "property": word}}
        for word in ("username", "password")
    ]
    # nobody else learns it
    assert [name for name, part in values.items() if isinstance(part, dict) and part.get("extraEnvFrom")] == ["ruler"]


# Who may do what in S3


def allows(plan: ModulePlan, component: str, action: str, resource: str) -> bool:
    return evaluate(plan.resource(f"aws_iam_role_policy.{component}[0]")["policy"], action, resource)


def test_each_component_has_a_role_of_its_own_that_its_service_account_takes(
    full: ModulePlan, values: dict[str, Any]
) -> None:
    for component, part in {
        "compactor": "compactor",
        "index_gateway": "indexGateway",
        "ingester": "ingester",
        "querier": "querier",
        "ruler": "ruler",
    }.items():
        account = values[part]["serviceAccount"]
        role = full.resource(f"aws_iam_role.{component}[0]")
        assert account["annotations"] == {"eks.amazonaws.com/role-arn": role["arn"]}
        assert f"system:serviceaccount:loki:{account['name']}" in role["assume_role_policy"]
    assert values["serviceAccount"]["annotations"] == {}


def test_only_the_compactor_deletes_logs_and_only_the_ruler_touches_rules(full: ModulePlan) -> None:
    chunk, rule = f"{LOGS}/claims/1", f"{RULES}/rules/claims/1"
    components = ("compactor", "index_gateway", "ingester", "querier", "ruler")
    assert [it for it in components if allows(full, it, "s3:DeleteObject", chunk)] == ["compactor"]
    assert [it for it in components if allows(full, it, "s3:PutObject", chunk)] == ["compactor", "ingester"]
    assert [it for it in components if allows(full, it, "s3:GetObject", rule)] == ["ruler"]
    assert all(allows(full, it, "s3:GetObject", chunk) and allows(full, it, "kms:Decrypt", KEY) for it in components)


# Who is told


def test_missing_replicas_and_silence_ring_for_each_part(full: ModulePlan) -> None:
    alarms = full.resources("aws_cloudwatch_metric_alarm")
    assert {alarm["dimensions"]["Part"] for alarm in alarms.values()} == {
        "loki/writing",
        "loki/reading",
        "loki/keeping",
    }
    assert {alarm["treat_missing_data"] for alarm in alarms.values()} == {"breaching"}
    (job,) = full.resource("kubernetes_cron_job_v1.status")["spec"]
    look = job["job_template"][0]["spec"][0]["template"][0]["spec"][0]["init_container"][0]
    parts = next(each["value"] for each in look["env"] if each["name"] == "PARTS")
    assert parts.count("statefulset/loki-ingester-zone-") == 3
    assert "deployment/loki-distributor" in parts


def test_alerts_name_metrics_of_this_namespace_alone(full: ModulePlan) -> None:
    (group,) = full.helm_values("helm_release.prometheus_rule[0]")["objects"]["rule"]["spec"]["groups"]
    for rule in group["rules"]:
        selectors = re.findall(r"loki_\w+(\{[^}]*\})?", rule["expr"])
        assert selectors, rule["alert"]
        assert all('namespace="loki"' in selector for selector in selectors), rule["alert"]


# As little as there can be


def test_in_monolithic_mode_there_is_one_pod_with_one_role(small: ModulePlan) -> None:
    values = small.helm_values("helm_release.loki")
    assert values["deploymentMode"] == "Monolithic"
    assert values["singleBinary"]["replicas"] == 1
    assert values["loki"]["commonConfig"]["replication_factor"] == 1
    assert not any(values[part] for part in ("ingester", "distributor", "querier", "compactor", "ruler"))
    assert [address for address in small.addresses if address.startswith("aws_iam_role.")] == [
        "aws_iam_role.monolith[0]",
        "aws_iam_role.status",
    ]
    association = small.resource("aws_eks_pod_identity_association.monolith[0]")
    assert (association["namespace"], association["service_account"]) == ("loki", "loki")
    assert not small.resources("helm_release").keys() & {"helm_release.rollout_operator[0]", "helm_release.users[0]"}
    assert values["gateway"]["basicAuth"]["existingSecret"] == "loki-users"
    assert values["loki"]["rulerConfig"]["alertmanager_client"] == {
        "basic_auth_username": "${LOKI_ALERTMANAGER_username}",
        "basic_auth_password": "${LOKI_ALERTMANAGER_password}",
    }
    assert values["singleBinary"]["extraEnvFrom"] == [
        {"prefix": "LOKI_ALERTMANAGER_", "secretRef": {"name": "loki-mimir"}}
    ]


def test_what_is_switched_off_is_not_in_the_values(small: ModulePlan) -> None:
    values = small.helm_values("helm_release.loki")
    assert values["chunksCache"] == values["resultsCache"] == {"enabled": False}
    assert values["monitoring"]["serviceMonitor"] == {"enabled": False}
    assert values["gateway"]["podDisruptionBudget"] == {}
