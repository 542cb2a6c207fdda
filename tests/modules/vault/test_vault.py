"""What Terraform would make of the module: everything on, as little as there can be, and in another one's place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan import charts
from groundplan.iam import evaluate
from modules.secrets.vault import Vault
from tests.modules.vault.examples import FULL, GIVEN_KEY, REPLICA, RESTORED, SMALL, STANDBY_ROLE, TOPIC
from tests.support.planning import ModulePlan, waited_for

ROOT = "arn:aws:iam::111122223333:root"


@pytest.fixture(scope="module")
def full(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Vault, FULL)


@pytest.fixture(scope="module")
def small(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Vault, SMALL)


@pytest.fixture(scope="module")
def restored(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Vault, RESTORED)


@pytest.fixture(scope="module")
def first_plan(plan_module: Callable[..., ModulePlan]) -> ModulePlan:
    return plan_module(Vault, FULL)


def server(plan: ModulePlan) -> dict[str, Any]:
    found: dict[str, Any] = plan.helm_values("helm_release.vault")["server"]
    return found


def alarm(plan: ModulePlan, name: str) -> dict[str, Any]:
    return plan.resource(f"aws_cloudwatch_metric_alarm.{name}")


def pod(plan: ModulePlan) -> dict[str, Any]:
    (spec,) = plan.resource("kubernetes_cron_job_v1.snapshots")["spec"]
    found: dict[str, Any] = spec["job_template"][0]["spec"][0]["template"][0]["spec"][0]
    return found


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item.get("value", "") for item in container["env"]}


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# Servers


def test_a_lost_zone_or_node_takes_a_minority_of_the_servers(full: ModulePlan) -> None:
    values = server(full)
    assert values["ha"]["replicas"] == 5
    assert values["ha"]["disruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    (spread,) = values["topologySpreadConstraints"]
    assert spread["topologyKey"] == "topology.kubernetes.io/zone"
    assert (spread["maxSkew"], spread["minDomains"], spread["whenUnsatisfiable"]) == (1, 3, "DoNotSchedule")
    (apart,) = values["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert apart["topologyKey"] == "kubernetes.io/hostname"
    assert apart["labelSelector"] == spread["labelSelector"]
    assert values["priorityClassName"] == "platform-critical"


def test_a_single_server_does_not_stop_drains_of_its_node(small: ModulePlan) -> None:
    assert server(small)["ha"]["replicas"] == 1
    assert server(small)["ha"]["disruptionBudget"]["enabled"] is False


def test_a_first_install_ends_though_nobody_has_initialized_vault(full: ModulePlan) -> None:
    # Helm does not wait for a StatefulSet that is updated on deletion only
    assert server(full)["updateStrategyType"] == "OnDelete"
    assert "sealedcode=204&uninitcode=204" in server(full)["livenessProbe"]["path"]
    assert full.resource("helm_release.vault")["wait"] is True


def test_every_server_finds_the_others_and_unseals_with_the_modules_key(full: ModulePlan) -> None:
    config = server(full)["ha"]["raft"]["config"]
    assert [f"https://vault-{n}.vault-internal:8200" for n in range(5)] == re.findall(
        r'leader_api_addr\s+= "([^"]+)"', config
    )
    assert f'kms_key_id = "{full.resource("aws_kms_alias.unseal[0]")["name"]}"' in config
    # the chart renders the text as a template, and replaces these words in it
    assert "{{" not in config
    assert not re.search("HOST_IP|POD_IP|HOSTNAME|API_ADDR|TRANSIT_ADDR|RAFT_ADDR", config)


def test_every_value_can_be_read_before_anything_is_there(first_plan: ModulePlan) -> None:
    assert None not in first_plan.resource("helm_release.vault")["values"]
    assert server(first_plan)["ha"]["replicas"] == 5
    assert server(first_plan)["image"]["tag"] == "2.0.4"


def test_the_charts_lock_knows_every_value(full: ModulePlan) -> None:
    assert charts.check_values(charts.chart("vault"), full.helm_values("helm_release.vault"), where="values") == []


def test_an_image_by_digest_keeps_its_digest(plan_module: Callable[..., ModulePlan]) -> None:
    digest = "sha256:" + "0f" * 32
    plan = plan_module(
        Vault, SMALL.but(images=SMALL.images.but(server=f"registry.example.com:5000/mirror/vault@{digest}"))
    )
    image = server(plan)["image"]
    # the chart puts a colon between the two
    assert f"{image['repository']}:{image['tag']}" == f"registry.example.com:5000/mirror/vault@{digest}"


# Keys


def test_only_vaults_role_decrypts_with_the_unseal_key(full: ModulePlan) -> None:
    key = full.resource("aws_kms_key.unseal[0]")
    users = {
        who
        for statement in json.loads(key["policy"])["Statement"]
        if {"kms:Decrypt", "kms:*", "kms:CreateGrant"} & set(statement["Action"])
        for who in statement["Principal"]["AWS"]
    }
    assert users == {full.resource("aws_iam_role.server")["arn"]}
    assert key["enable_key_rotation"] is True
    assert key["deletion_window_in_days"] == 30


def test_the_servers_role_unseals_and_ships_the_audit_log_and_nothing_else(full: ModulePlan) -> None:
    policy = full.document("aws_iam_role_policy.server", "policy")
    unseal = full.resource("aws_kms_key.unseal[0]")["arn"]
    stream = f"{full.outputs['audit_log_group_arn']}:log-stream:vault-0"
    assert evaluate(policy, "kms:Decrypt", unseal)
    assert evaluate(policy, "logs:PutLogEvents", stream)
    assert not evaluate(policy, "kms:Decrypt", full.outputs["data_key_arn"])
    assert not evaluate(policy, "logs:DeleteLogStream", stream)
    assert not evaluate(policy, "s3:GetObject", f"{full.outputs['snapshot_bucket_arn']}/x")
    assert not evaluate(policy, "secretsmanager:GetSecretValue", "*")
    assert full.resource("aws_iam_role.server")["permissions_boundary"].endswith(":policy/workload-boundary")


def test_a_given_key_encrypts_data_but_never_unseals(small: ModulePlan) -> None:
    assert small.outputs["data_key_arn"] == GIVEN_KEY
    assert small.outputs["unseal_key_arn"] == small.resource("aws_kms_key.unseal[0]")["arn"] != GIVEN_KEY
    assert "aws_kms_key.data[0]" not in small.addresses
    assert small.resource("aws_cloudwatch_log_group.audit")["kms_key_id"] == GIVEN_KEY


def test_people_are_told_when_a_key_is_endangered(full: ModulePlan) -> None:
    pattern = full.document("aws_cloudwatch_event_rule.key_endangered", "event_pattern")["detail"]
    assert {"DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"} <= set(pattern["eventName"])
    assert pattern["resources"]["ARN"] == [full.outputs["unseal_key_arn"], full.outputs["data_key_arn"]]
    assert full.resource("aws_cloudwatch_event_target.key_endangered")["arn"] == TOPIC


def test_the_replica_opens_snapshots_for_the_vault_that_is_restored_there(full: ModulePlan) -> None:
    replica = full.resource("aws_kms_replica_key.unseal[0]")
    assert replica["region"] == "us-west-2"
    assert replica["primary_key_arn"] == full.outputs["unseal_key_arn"]
    assert full.resource("aws_kms_key.unseal[0]")["multi_region"] is True
    use = json.loads(replica["policy"])["Statement"][1]
    assert use["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        full.resource("aws_iam_role.server")["arn"],
        STANDBY_ROLE,
    ]


def test_a_restored_vault_uses_the_key_of_the_one_that_it_replaces(restored: ModulePlan) -> None:
    assert f'kms_key_id = "{REPLICA}"' in server(restored)["ha"]["raft"]["config"]
    assert evaluate(restored.document("aws_iam_role_policy.server", "policy"), "kms:Decrypt", REPLICA)
    assert not any(address.endswith(".unseal[0]") for address in restored.addresses)


# Disks


def test_volumes_are_encrypted_gp3_under_the_data_key_and_outlive_the_release(full: ModulePlan) -> None:
    made = full.resource("kubernetes_storage_class_v1.encrypted[0]")
    assert made["parameters"]["type"] == "gp3"
    assert made["parameters"]["encrypted"] == "true"
    assert made["parameters"]["kmsKeyId"] == full.outputs["data_key_arn"]
    assert made["reclaim_policy"] == "Retain"
    (metadata,) = made["metadata"]
    values = server(full)
    assert {values["dataStorage"]["storageClass"], values["auditStorage"]["storageClass"]} == {metadata["name"]}
    assert values["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}


def test_a_given_storage_class_is_used_and_none_is_made(small: ModulePlan) -> None:
    assert server(small)["dataStorage"]["storageClass"] == "gp3-encrypted"
    assert not small.resources("kubernetes_storage_class_v1")


# TLS


def test_the_certificate_names_everything_that_vault_is_called_by(full: ModulePlan) -> None:
    certificate = full.helm_values("helm_release.certificate")["objects"]["servers"]["spec"]
    values = server(full)
    host = values["ha"]["apiAddr"].removeprefix("https://$(VAULT_K8S_POD_NAME)").removesuffix(":8200")
    called = {
        full.outputs["address"].removeprefix("https://").removesuffix(":8200"),
        full.outputs["active_address"].removeprefix("https://").removesuffix(":8200"),
        f"*{host}",
        "*.vault-internal",
        full.helm_values("helm_release.vault")["serverTelemetry"]["serviceMonitor"]["tlsConfig"]["serverName"],
    }
    assert called <= set(certificate["dnsNames"])
    assert certificate["ipAddresses"] == ["127.0.0.1"]
    assert certificate["issuerRef"] == {"name": "internal-ca", "kind": "ClusterIssuer", "group": "cert-manager.io"}
    assert (certificate["duration"], certificate["renewBefore"]) == ("2160h", "720h")


def test_the_servers_come_after_their_certificate_and_their_credentials() -> None:
    assert {
        "aws_eks_pod_identity_association.server",
        "aws_iam_role_policy.server",
        "helm_release.certificate",
        "kubernetes_config_map_v1.sidecars",
        "kubernetes_namespace.vault",
        "kubernetes_storage_class_v1.encrypted",
    } <= waited_for(Vault)["helm_release.vault"]


def test_the_servers_and_their_sidecars_mount_the_certificates_secret(full: ModulePlan) -> None:
    secret = full.helm_values("helm_release.certificate")["objects"]["servers"]["spec"]["secretName"]
    assert full.outputs["ca_secret_name"] == secret
    assert [volume["secret"]["secretName"] for volume in server(full)["volumes"] if "secret" in volume] == [secret]
    assert full.helm_values("helm_release.vault")["global"]["tlsDisable"] is False


# Audit log


def test_the_audit_log_is_shipped_from_its_own_volume_to_its_log_group(full: ModulePlan) -> None:
    reload, shipper = server(full)["extraContainers"]
    assert environment(shipper)["LOG_GROUP_NAME"] == full.outputs["audit_log_group_name"] == "/vault/prod-vault/audit"
    assert server(full)["auditStorage"]["enabled"] is True
    mounts = {mount["mountPath"]: mount for mount in shipper["volumeMounts"]}
    assert mounts["/vault/audit"]["readOnly"] is True
    assert mounts["/fluent-bit/state"]["name"] == "audit"
    assert shipper["securityContext"]["runAsUser"] != reload["securityContext"]["runAsUser"]
    files = full.resource("kubernetes_config_map_v1.sidecars")["data"]
    assert {reload["command"][-1], shipper["command"][-1]} == {f"/sidecars/{name}" for name in files}
    # what is in braces is Fluent Bit's, not Terraform's
    assert "${LOG_GROUP_NAME}" in files["fluent-bit.yaml"]


def test_people_are_told_what_the_audit_log_says_about_vault_itself(full: ModulePlan) -> None:
    filters = full.resources("aws_cloudwatch_log_metric_filter")
    assert {made["log_group_name"] for made in filters.values()} == {"/vault/prod-vault/audit"}
    metrics = {made["metric_transformation"][0]["name"] for made in filters.values()}
    alarms = full.resources("aws_cloudwatch_metric_alarm").values()
    assert metrics <= {made["metric_name"] for made in alarms}
    assert {action for made in alarms for action in made["alarm_actions"]} == {TOPIC}
    silent = alarm(full, "audit_silent")
    assert (silent["namespace"], silent["metric_name"]) == ("AWS/Logs", "IncomingLogEvents")
    assert silent["treat_missing_data"] == "breaching"


# Snapshots


def test_an_alarm_rings_when_no_snapshot_came_for_the_given_hours(full: ModulePlan) -> None:
    made = alarm(full, "snapshot_missing")
    assert made["period"] * made["evaluation_periods"] == 9 * 3600
    assert made["treat_missing_data"] == "breaching"
    assert (made["statistic"], made["comparison_operator"], made["threshold"]) == (
        "SampleCount",
        "LessThanThreshold",
        1,
    )
    (upload,) = pod(full)["container"]
    assert made["namespace"] == environment(upload)["METRIC_NAMESPACE"]
    assert made["dimensions"] == {"Cluster": environment(upload)["CLUSTER"]}


def test_snapshots_come_from_the_active_server_with_a_token_for_vault_alone(full: ModulePlan) -> None:
    (save,) = pod(full)["init_container"]
    told = environment(save)
    assert told["VAULT_ADDR"] == full.outputs["active_address"] == "https://vault-active.vault.svc:8200"
    volumes = {volume["name"]: volume for volume in pod(full)["volume"]}
    (source,) = volumes["token"]["projected"][0]["sources"]
    (token,) = source["service_account_token"]
    assert (token["audience"], token["expiration_seconds"]) == ("vault", 900)
    mounts = {mount["name"]: mount["mount_path"] for mount in save["volume_mount"]}
    assert told["SERVICE_ACCOUNT_TOKEN_FILE"] == f"{mounts['token']}/{token['path']}"
    assert told["VAULT_CACERT"] == f"{mounts['tls']}/ca.crt"
    assert [item["key"] for item in volumes["tls"]["secret"][0]["items"]] == ["ca.crt"]
    assert pod(full)["automount_service_account_token"] is False


def test_the_snapshot_job_writes_to_its_bucket_under_its_key_and_reads_nothing(full: ModulePlan) -> None:
    policy = full.document("aws_iam_role_policy.snapshots", "policy")
    snapshot = f"{full.outputs['snapshot_bucket_arn']}/prod-vault/x.snap"
    assert evaluate(policy, "s3:PutObject", snapshot)
    assert not evaluate(policy, "s3:GetObject", snapshot)
    assert not evaluate(policy, "kms:Decrypt", full.outputs["unseal_key_arn"])
    assert evaluate(policy, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Groundplan/Vault"})
    assert not evaluate(policy, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/Billing"})
    (upload,) = pod(full)["container"]
    assert environment(upload)["KMS_KEY_ARN"] == full.outputs["data_key_arn"]
    assert environment(upload)["BUCKET"] == full.outputs["snapshot_bucket_name"]
    trust = full.document("aws_iam_role.snapshots", "assume_role_policy")["Statement"][0]
    assert "system:serviceaccount:vault:vault-snapshots" in json.dumps(trust)


def test_snapshots_expire_after_their_retention_here_and_in_the_other_region(full: ModulePlan) -> None:
    for where in ("snapshots", "copies[0]"):
        (rule,) = full.resource(f"aws_s3_bucket_lifecycle_configuration.{where}")["rule"]
        assert rule["expiration"][0]["days"] == 90
    copies = [address for address in full.addresses if re.search(r"(kms|s3)_.*\.copies\[0\]$", address)]
    assert {full.resource(address)["region"] for address in copies} == {"us-west-2"}


def test_a_snapshot_under_another_key_is_refused(full: ModulePlan) -> None:
    statements = full.document("aws_s3_bucket_policy.snapshots", "policy")["Statement"]
    (refusal,) = (statement for statement in statements if statement["Sid"] == "RefuseOtherKeys")
    key = full.outputs["data_key_arn"]
    assert (refusal["Effect"], refusal["Action"]) == ("Deny", ["s3:PutObject"])
    assert refusal["Condition"] == {"ArnNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": [key]}}


def test_replication_cannot_delete_copies(full: ModulePlan) -> None:
    policy = full.document("aws_iam_role_policy.replication[0]", "policy")
    copy = full.resource("aws_s3_bucket.copies[0]")["arn"] + "/prod-vault/x.snap"
    assert evaluate(policy, "s3:ReplicateObject", copy)
    assert not evaluate(policy, "s3:ReplicateDelete", copy)
    (rule,) = full.resource("aws_s3_bucket_replication_configuration.snapshots[0]")["rule"]
    assert rule["delete_marker_replication"][0]["status"] == "Disabled"


def test_pod_identity_brings_associations_and_no_annotations(small: ModulePlan) -> None:
    associations = small.resources("aws_eks_pod_identity_association").values()
    assert {(made["namespace"], made["service_account"]) for made in associations} == {
        ("secrets", "store"),
        ("secrets", "store-snapshots"),
    }
    assert not server(small)["serviceAccount"].get("annotations")


# Around it


def test_prometheus_sees_every_server_and_checks_its_certificate(full: ModulePlan) -> None:
    telemetry = full.helm_values("helm_release.vault")["serverTelemetry"]
    monitor = telemetry["serviceMonitor"]
    assert (monitor["enabled"], monitor["interval"], monitor["selectors"]) == (True, "60s", {"release": "monitoring"})
    assert monitor["matchLabels"] == {"vault-internal": "true"}
    assert "insecureSkipVerify" not in monitor["tlsConfig"]
    assert {"VaultSealed", "VaultAuditLogFailing"} <= {rule["alert"] for rule in telemetry["prometheusRules"]["rules"]}


def test_the_injector_is_no_account_of_its_node_and_is_reached_at_its_webhook_alone(
    full: ModulePlan, small: ModulePlan
) -> None:
    injector = full.helm_values("helm_release.vault")["injector"]
    assert injector["securityContext"]["pod"]["runAsUser"] >= 10_000
    (spec,) = full.resource("kubernetes_network_policy_v1.injector[0]")["spec"]
    assert [port["port"] for port in spec["ingress"][0]["ports"]] == [str(injector["port"])]
    assert spec["pod_selector"][0]["match_labels"] == {
        "app.kubernetes.io/name": "vault-agent-injector",
        "app.kubernetes.io/instance": "vault",
    }
    assert small.resources("kubernetes_network_policy_v1") == {}


def test_what_is_left_out_is_not_installed(small: ModulePlan) -> None:
    values = small.helm_values("helm_release.vault")
    assert values["injector"]["enabled"] is False
    assert values["csi"]["enabled"] is False
    assert values["serverTelemetry"]["serviceMonitor"]["enabled"] is False
    assert values["serverTelemetry"]["prometheusRules"]["enabled"] is False
    assert small.outputs["copies_bucket_name"] is None
    assert small.outputs["unseal_key_replica_arn"] is None


def test_pods_of_the_namespace_are_restricted_as_far_as_the_csi_provider_allows(
    full: ModulePlan, small: ModulePlan
) -> None:
    enforced = [
        plan.resource("kubernetes_namespace.vault")["metadata"][0]["labels"]["pod-security.kubernetes.io/enforce"]
        for plan in (full, small)
    ]
    assert enforced == ["privileged", "restricted"]
