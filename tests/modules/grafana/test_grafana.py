"""What Terraform would make of the module: everything switched on, as little as there can be, a given database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan import charts
from modules.observability.grafana import Grafana, GrafanaInputs
from tests.modules.grafana.examples import FULL, GIVEN, SMALL
from tests.support.planning import ModulePlan

DASHBOARDS = sorted((Path(__file__).parents[3] / "modules/observability/grafana/files/dashboards").glob("*.json"))


@pytest.fixture(scope="module")
def full(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Grafana, FULL)


@pytest.fixture(scope="module")
def small(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Grafana, SMALL)


@pytest.fixture(scope="module")
def given(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Grafana, GIVEN)


READ: dict[int, dict[str, Any]] = {}
"""Values of the plans above, which are long: each is read once."""


def values(plan: ModulePlan) -> dict[str, Any]:
    if id(plan) not in READ:
        READ[id(plan)] = plan.helm_values("helm_release.grafana")
    return READ[id(plan)]


def settings(plan: ModulePlan) -> dict[str, Any]:
    found: dict[str, Any] = values(plan)["grafana.ini"]
    return found


def sources(plan: ModulePlan) -> dict[str, Any]:
    """The data sources by uid."""
    return {source["uid"]: source for source in values(plan)["datasources"]["datasources.yaml"]["datasources"]}


def external_secrets(plan: ModulePlan, release: str) -> dict[str, Any]:
    """The ExternalSecrets of a release by name; the chart leaves out what is empty."""
    objects = plan.helm_values(f"helm_release.{release}[0]")["objects"].values()
    return {found["metadata"]["name"]: found["spec"] for found in objects if found}


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_the_release_is_exact_and_sets_only_values_that_the_chart_reads(
    full: ModulePlan, small: ModulePlan, given: ModulePlan
) -> None:
    release = full.resource("helm_release.grafana")
    assert (release["version"], release["wait"], release["atomic"]) == ("12.11.1", True, True)
    for plan in (full, small, given):
        assert charts.check_values(charts.chart("grafana"), values(plan), where="values") == []


# The configuration that monitoring began with


def test_three_replicas_have_a_gp3_volume_each_and_ask_four_data_sources(full: ModulePlan) -> None:
    set_to = values(full)
    assert set_to["replicas"] == 3
    assert {name: set_to["persistence"][name] for name in ("enabled", "storageClassName", "type", "accessModes")} == {
        "enabled": True,
        "storageClassName": "gp3",
        # a volume of EBS is mounted by one node at a time: each replica of a StatefulSet has its own
        "type": "sts",
        "accessModes": ["ReadWriteOnce"],
    }
    assert {"cloudwatch", "loki", "tempo", "mimir"} <= set(sources(full))
    assert {uid: source["type"] for uid, source in sources(full).items()} == {
        "cloudwatch": "cloudwatch",
        "cloudwatch-payments": "cloudwatch",
        "loki": "loki",
        "tempo": "tempo",
        "mimir": "prometheus",
    }


# What replicas share


def test_replicas_share_the_module_s_database_over_tls_without_a_password_in_values(full: ModulePlan) -> None:
    database = settings(full)["database"]
    instance = full.resource("aws_db_instance.grafana[0]")
    assert database["host"] == f"{instance['address']}:5432"
    assert (database["type"], database["name"], database["ssl_mode"]) == ("postgres", "grafana", "verify-full")
    assert (database["user"], database["password"]) == ("$__env{DATABASE_USER}", "$__env{DATABASE_PASSWORD}")
    (mount,) = values(full)["extraConfigmapMounts"]
    assert (mount["configMap"], f"{mount['mountPath']}/ca.crt") == ("rds-authorities", database["ca_cert_path"])
    # the chart refuses a secret that is written there, unless somebody tells it not to
    assert values(full).get("assertNoLeakedSecrets", True) is True


def test_a_database_that_is_there_is_used_as_it_is(given: ModulePlan) -> None:
    database = settings(given)["database"]
    assert (database["host"], database["ssl_mode"]) == ("shared.example.com:5432", "require")
    assert values(given)["envValueFrom"]["DATABASE_USER"]["secretKeyRef"] == {"name": "grafana-database", "key": "user"}
    assert not given.resources("aws_db_instance")
    assert not given.resources("aws_kms_key")


def test_a_single_replica_keeps_a_file_on_its_volume(small: ModulePlan) -> None:
    assert settings(small)["database"] == {}
    assert values(small)["persistence"]["enabled"] is True
    assert "DATABASE_PASSWORD" not in values(small)["envValueFrom"]
    assert small.outputs["database_secret_arn"] is None


def test_files_of_efs_are_one_claim_for_all_replicas(given: ModulePlan) -> None:
    set_to = values(given)
    assert (set_to["persistence"]["type"], set_to["persistence"]["accessModes"]) == ("pvc", ["ReadWriteMany"])
    assert (set_to["headlessService"], set_to["deploymentStrategy"]) == (True, {"type": "RollingUpdate"})


def test_replicas_tell_one_another_of_alerts_at_a_port_that_nobody_else_reaches(full: ModulePlan) -> None:
    alerting = settings(full)["unified_alerting"]
    assert alerting["ha_peers"] == "grafana-headless.grafana.svc:9094"
    assert alerting["ha_listen_address"] == alerting["ha_advertise_address"] == "$__env{POD_IP}:9094"
    (spec,) = full.resource("kubernetes_network_policy_v1.grafana[0]")["spec"]
    everybody, replicas = spec["ingress"]
    assert ([port["port"] for port in everybody["ports"]], everybody["from"]) == (["3000"], [])
    assert {(port["port"], port["protocol"]) for port in replicas["ports"]} == {("9094", "TCP"), ("9094", "UDP")}
    own = {"app.kubernetes.io/name": "grafana", "app.kubernetes.io/instance": "grafana"}
    assert replicas["from"][0]["pod_selector"][0]["match_labels"] == own


# Secrets


def test_each_secret_of_secrets_manager_is_brought_under_the_keys_that_pods_ask_for(full: ModulePlan) -> None:
    brought = external_secrets(full, "secrets")
    assert {name: spec["data"][0]["remoteRef"]["key"] for name, spec in brought.items()} == {
        "grafana-admin": "prod/grafana-admin",
        "grafana-encryption-key": "prod/grafana-encryption-key",
        "grafana-loki": "prod/loki-reader",
        "grafana-metrics": "prod/grafana-metrics",
        "grafana-oidc": "prod/grafana-oidc",
    }
    own = external_secrets(full, "database_secret")
    assert own["grafana-database"]["dataFrom"] == [{"extract": {"key": full.outputs["database_secret_arn"]}}]
    has = {(name, entry["secretKey"]) for name, spec in brought.items() for entry in spec["data"]}
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    has |= {("grafana-database", "username"), ("grafana-database", "password")}
    brought |= own
    asked = {
        (reference["secretKeyRef"]["name"], reference["secretKeyRef"]["key"])
        for reference in values(full)["envValueFrom"].values()
    }
    admin = values(full)["admin"]
    asked |= {(admin["existingSecret"], admin["userKey"]), (admin["existingSecret"], admin["passwordKey"])}
    assert asked == has
    assert {(spec["secretStoreRef"]["kind"], spec["secretStoreRef"]["name"]) for spec in brought.values()} == {
        ("ClusterSecretStore", "secrets-manager")
    }


def test_secrets_that_are_there_need_no_operator(small: ModulePlan) -> None:
    assert [address for address in small.addresses if address.startswith("helm_release.")] == ["helm_release.grafana"]
    assert values(small)["admin"] == {
        "existingSecret": "grafana-admin",
        "userKey": "admin-user",
        "passwordKey": "admin-password",
    }
    assert values(small)["envValueFrom"] == {
        "GF_SECURITY_SECRET_KEY": {"secretKeyRef": {"name": "grafana-encryption", "key": "value"}}
    }


# What is asked, and how it is linked


def test_a_trace_is_found_from_metrics_and_logs_and_leads_back_to_both(full: ModulePlan) -> None:
    linked = {uid: source["jsonData"] for uid, source in sources(full).items()}
    assert {(to["name"], to["datasourceUid"]) for to in linked["mimir"]["exemplarTraceIdDestinations"]} == {
        ("trace_id", "tempo"),
        ("traceID", "tempo"),
    }
    (found,) = linked["loki"]["derivedFields"]
    # Grafana reads $$ as a $ that is meant
    assert (found["datasourceUid"], found["url"]) == ("tempo", "$${__value.raw}")
    assert linked["tempo"]["tracesToLogsV2"]["datasourceUid"] == "loki"
    assert linked["tempo"]["tracesToMetrics"]["datasourceUid"] == "mimir"
    assert linked["tempo"]["serviceMap"]["datasourceUid"] == "mimir"


def test_links_to_a_source_that_is_not_there_are_not_there_either(given: ModulePlan) -> None:
    assert list(sources(given)) == ["tempo"]
    tempo = sources(given)["tempo"]["jsonData"]
    assert (tempo["tracesToLogsV2"], tempo["tracesToMetrics"], tempo["serviceMap"]) == ({}, {}, {})
    # dashboards ask Mimir
    assert set(given.resources("kubernetes_config_map_v1")) == {"kubernetes_config_map_v1.status"}


def test_each_source_asks_in_the_name_of_its_tenant_and_with_a_password_of_the_environment(full: ModulePlan) -> None:
    asked = sources(full)
    tenants = {uid: asked[uid]["secureJsonData"]["httpHeaderValue1"] for uid in ("loki", "tempo", "mimir")}
    assert tenants == {"loki": "prod", "tempo": "prod", "mimir": "prod|shared"}
    assert {asked[uid]["jsonData"]["httpHeaderName1"] for uid in tenants} == {"X-Scope-OrgID"}
    assert (asked["loki"]["basicAuth"], asked["loki"]["basicAuthUser"]) == (True, "$LOKI_USER")
    assert asked["loki"]["secureJsonData"]["basicAuthPassword"] == "$LOKI_PASSWORD"  # a variable's name
    assert asked["tempo"]["basicAuth"] is False
    assert [uid for uid, source in asked.items() if source.get("isDefault")] == ["mimir"]


def test_another_account_is_asked_by_its_role(full: ModulePlan) -> None:
    payments = sources(full)["cloudwatch-payments"]["jsonData"]
    assert payments["assumeRoleArn"] == "arn:aws:iam::444455556666:role/grafana-reader"
    assert (payments["externalId"], payments["defaultRegion"]) == ("grafana", "us-west-2")


def test_without_cloudwatch_the_role_may_nothing(small: ModulePlan) -> None:
    mine = small.resource("aws_iam_role.grafana")["name"]
    assert [policy for policy in small.resources("aws_iam_role_policy").values() if policy["role"] == mine] == []


# Who gets in


def test_groups_become_roles_and_who_is_in_none_does_not_get_in(full: ModulePlan) -> None:
    sso = settings(full)["auth.generic_oauth"]
    assert sso["role_attribute_path"] == (
        "contains(groups[*], 'platform') && 'Admin' || contains(groups[*], 'Claims Engineers') && 'Editor' || "
        "contains(groups[*], 'policies') && 'Editor' || contains(groups[*], 'everybody') && 'Viewer'"
    )
    assert sso["role_attribute_strict"] is True
    assert sso["client_secret"] == "$__env{OIDC_CLIENT_SECRET}"  # a variable's name
    assert sso["use_pkce"] is True


def test_nobody_gets_in_without_a_name(full: ModulePlan, small: ModulePlan, given: ModulePlan) -> None:
    for plan in (full, small, given):
        assert settings(plan)["auth.anonymous"] == {"enabled": False}
        assert settings(plan)["users"]["allow_sign_up"] is False
    assert settings(small)["auth.generic_oauth"] == {"enabled": False}


def test_metrics_ask_for_a_password_which_the_monitor_has(full: ModulePlan) -> None:
    assert settings(full)["metrics"]["basic_auth_password"] == "$__env{METRICS_PASSWORD}"  # as above
    monitor = values(full)["serviceMonitor"]
    assert monitor["basicAuth"]["password"] == {"name": "grafana-metrics", "key": "password"}
    assert monitor["labels"] == {"release": "monitoring"}


# Pods


def test_pods_are_confined_and_the_token_is_the_sidecar_s_alone(full: ModulePlan) -> None:
    set_to = values(full)
    assert set_to["containerSecurityContext"]["readOnlyRootFilesystem"] is True
    assert set_to["automountServiceAccountToken"] is False
    mounted = {mount["mountPath"] for mount in set_to["sidecar"]["dashboards"]["extraMounts"]}
    assert "/var/run/secrets/kubernetes.io/serviceaccount" in mounted
    assert set_to["rbac"] == {"create": False}
    assert set_to["podDisruptionBudget"] == {"maxUnavailable": 1}
    assert [spread["topologyKey"] for spread in set_to["topologySpreadConstraints"]] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]


# Dashboards


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_a_dashboard_is_one_that_grafana_loads_and_asks_the_sources_that_are_there(file: Path) -> None:
    # https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
    board = json.loads(file.read_text("utf-8"))
    assert (board["uid"], bool(board["title"]), board["editable"]) == (f"platform-{file.stem}", True, False)
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        assert panel["datasource"] == {"type": "prometheus", "uid": "mimir"}
        assert all(target["expr"].strip() and target["datasource"]["uid"] == "mimir" for target in panel["targets"])
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"]) > 0
        at = panel["gridPos"]
        covered = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not covered & taken
        taken |= covered
    asked = {variable["name"] for variable in board["templating"]["list"]}
    used = {"namespace"} if "$namespace" in json.dumps(panels) else set()
    assert asked == used


def test_each_dashboard_is_a_config_map_that_the_sidecar_looks_for(full: ModulePlan) -> None:
    looked_for = values(full)["sidecar"]["dashboards"]
    assert looked_for["searchNamespace"] == "grafana,claims"
    found = {address: made for address, made in full.resources("kubernetes_config_map_v1").items() if "[0]" in address}
    assert len(found) == len(DASHBOARDS) > 5
    for made in found.values():
        (head,) = made["metadata"]
        assert head["labels"] == {looked_for["label"]: looked_for["labelValue"]}
        assert head["annotations"] == {looked_for["folderAnnotation"]: "Platform"}
        assert head["namespace"] == "grafana"
        (text,) = made["data"].values()
        assert json.loads(text)["uid"].startswith("platform-")


def test_dashboards_of_what_the_cluster_does_not_have_are_left_out(small: ModulePlan) -> None:
    assert sorted(small.resources("kubernetes_config_map_v1")) == [
        "kubernetes_config_map_v1.certificates[0]",
        "kubernetes_config_map_v1.grafana[0]",
        "kubernetes_config_map_v1.status",
    ]


def test_every_dashboard_can_be_asked_for() -> None:
    assert sorted(GrafanaInputs().dashboards) == [file.stem for file in DASHBOARDS]


# What tells


def test_people_hear_of_a_grafana_that_is_down_or_of_which_nothing_is_heard(full: ModulePlan) -> None:
    alarms = {name: full.resource(f"aws_cloudwatch_metric_alarm.{name}") for name in ("down", "replicas_missing")}
    assert {alarm["metric_name"] for alarm in alarms.values()} == {"MissingReplicas"}
    assert {name: (alarm["threshold"], alarm["treat_missing_data"]) for name, alarm in alarms.items()} == {
        # all of them are missing
        "down": (3, "breaching"),
        "replicas_missing": (1, "notBreaching"),
    }
    (container,) = full.resource("kubernetes_cron_job_v1.status")["spec"][0]["job_template"][0]["spec"][0]["template"][
        0
    ]["spec"][0]["init_container"]
    asked = {item["name"]: item["value"] for item in container["env"]}
    assert asked["WORKLOADS"] == "grafana/statefulset/grafana"
    for alarm in full.resources("aws_cloudwatch_metric_alarm").values():
        assert alarm["alarm_actions"] == [FULL.alarm_topic_arn]
    told = full.helm_values("helm_release.prometheus_rule[0]")["objects"]["rule"]
    assert told["metadata"]["labels"] == {"release": "monitoring"}
    assert len(told["spec"]["groups"][0]["rules"]) == 3
