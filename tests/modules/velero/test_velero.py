"""What Terraform would make of the module: everything switched on, and as little as there can be."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from groundplan import charts
from groundplan.iam import evaluate
from modules.backup.velero import Velero
from tests.modules.velero.examples import FULL, OTHER_KEY, SMALL, VOLUME_KEY
from tests.support.planning import ModulePlan, waited_for

FILES = Path(__file__).parents[3] / "modules/backup/velero/files"


@pytest.fixture(scope="module")
def full(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Velero, FULL)


@pytest.fixture(scope="module")
def small(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Velero, SMALL)


def alarm(plan: ModulePlan, name: str) -> dict[str, Any]:
    return plan.resource(f"aws_cloudwatch_metric_alarm.{name}")


def objects(plan: ModulePlan, release: str) -> dict[str, Any]:
    found: dict[str, Any] = plan.helm_values(f"helm_release.{release}[0]")["objects"]
    return found


def pod(plan: ModulePlan, job: str) -> dict[str, Any]:
    (spec,) = plan.resource(f"kubernetes_cron_job_v1.{job}")["spec"]
    found: dict[str, Any] = spec["job_template"][0]["spec"][0]["template"][0]["spec"][0]
    return found


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item["value"] for item in container["env"]}


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# Where backups lie


def test_backups_are_encrypted_versioned_and_locked_against_deletion(full: ModulePlan) -> None:
    bucket = full.resource("aws_s3_bucket.backups")
    assert bucket["bucket"] == "prod-velero-backups-111122223333"
    assert bucket["object_lock_enabled"] is True
    assert bucket["force_destroy"] is False
    (lock,) = full.resource("aws_s3_bucket_object_lock_configuration.backups[0]")["rule"]
    assert lock["default_retention"][0]["mode"] == "GOVERNANCE"
    assert lock["default_retention"][0]["days"] == 14
    (encryption,) = full.resource("aws_s3_bucket_server_side_encryption_configuration.backups")["rule"]
    by_default = encryption["apply_server_side_encryption_by_default"][0]
    assert by_default["sse_algorithm"] == "aws:kms"
    assert by_default["kms_master_key_id"] == full.resource("aws_kms_key.backups[0]")["arn"]


def test_the_copy_lies_in_the_other_region_under_a_key_of_that_region(full: ModulePlan) -> None:
    copies = [address for address in full.addresses if re.search(r"(kms|s3)_.*\.copies\[0\]$", address)]
    assert len(copies) == 10
    assert {full.resource(address)["region"] for address in copies} == {"us-west-2"}
    (rule,) = full.resource("aws_s3_bucket_replication_configuration.backups[0]")["rule"]
    (destination,) = rule["destination"]
    assert destination["bucket"] == full.resource("aws_s3_bucket.copies[0]")["arn"]
    assert (
        destination["encryption_configuration"][0]["replica_kms_key_id"]
        == full.resource("aws_kms_key.copies[0]")["arn"]
    )
    assert rule["source_selection_criteria"][0]["sse_kms_encrypted_objects"][0]["status"] == "Enabled"


def test_what_is_deleted_can_be_brought_back_in_both_regions_for_as_long_as_was_asked(full: ModulePlan) -> None:
    kept = {
        name: full.resource(f"aws_s3_bucket_lifecycle_configuration.{name}")["rule"][0]
        for name in ("backups", "copies[0]")
    }
    assert kept["backups"]["noncurrent_version_expiration"][0]["noncurrent_days"] == 30
    assert kept["copies[0]"]["noncurrent_version_expiration"][0]["noncurrent_days"] == 60
    # blocks of volume repositories are needed for as long as any backup refers to them: nothing goes by its age
    assert [rule["expiration"] for rule in kept.values()] == [[], []]


def test_a_copy_that_does_not_arrive_raises_an_alarm(full: ModulePlan) -> None:
    failed = alarm(full, "replication_failed[0]")
    assert failed["dimensions"] == {
        "SourceBucket": "prod-velero-backups-111122223333",
        "DestinationBucket": "prod-velero-copies-111122223333",
        "RuleId": full.resource("aws_s3_bucket_replication_configuration.backups[0]")["rule"][0]["id"],
    }


def test_s3_takes_the_replication_role_as_it_is_documented_to(full: ModulePlan) -> None:
    (trust,) = full.document("aws_iam_role.replication[0]", "assume_role_policy")["Statement"]
    assert trust["Principal"] == {"Service": ["s3.amazonaws.com"]}
    assert "Condition" not in trust


def replication_allows(plan: ModulePlan, action: str, resource: str, region: str) -> bool:
    policy = plan.resource("aws_iam_role_policy.replication[0]")["policy"]
    return evaluate(policy, action, resource, {"kms:ViaService": f"s3.{region}.amazonaws.com"})


def test_replication_marks_copies_as_deleted_but_can_delete_no_version(full: ModulePlan) -> None:
    copy = full.resource("aws_s3_bucket.copies[0]")["arn"] + "/backups/daily/velero-backup.json"
    assert replication_allows(full, "s3:ReplicateDelete", copy, "us-west-2")
    assert not replication_allows(full, "s3:DeleteObjectVersion", copy, "us-west-2")
    (rule,) = full.resource("aws_s3_bucket_replication_configuration.backups[0]")["rule"]
    assert rule["delete_marker_replication"][0]["status"] == "Enabled"


def test_replication_carries_locks_along(full: ModulePlan) -> None:
    backup = full.resource("aws_s3_bucket.backups")["arn"] + "/backups/daily/velero-backup.json"
    assert replication_allows(full, "s3:GetObjectRetention", backup, "us-east-1")
    assert replication_allows(full, "s3:GetObjectLegalHold", backup, "us-east-1")


def test_replication_decrypts_with_the_one_key_and_encrypts_with_the_other(full: ModulePlan) -> None:
    here, there = (full.resource(f"aws_kms_key.{name}")["arn"] for name in ("backups[0]", "copies[0]"))
    assert replication_allows(full, "kms:Decrypt", here, "us-east-1")
    assert replication_allows(full, "kms:Encrypt", there, "us-west-2")
    assert not replication_allows(full, "kms:Encrypt", here, "us-east-1")
    assert not replication_allows(full, "kms:Decrypt", here, "us-west-2")


def test_replication_can_use_the_bucket_key_of_the_copies_and_reads_none_of_them(full: ModulePlan) -> None:
    (encryption,) = full.resource("aws_s3_bucket_server_side_encryption_configuration.copies[0]")["rule"]
    assert encryption["bucket_key_enabled"] is True
    there = full.resource("aws_kms_key.copies[0]")["arn"]
    # S3 makes the bucket key, and decrypts it to see that it is whole
    assert replication_allows(full, "kms:GenerateDataKey", there, "us-west-2")
    assert replication_allows(full, "kms:Decrypt", there, "us-west-2")
    copy = full.resource("aws_s3_bucket.copies[0]")["arn"] + "/backups/daily/velero-backup.json"
    assert not replication_allows(full, "s3:GetObject", copy, "us-west-2")


def test_an_upload_under_another_key_is_refused_and_one_that_names_none_is_not(full: ModulePlan) -> None:
    refusals = {
        statement["Sid"]: statement["Condition"]
        for statement in full.document("aws_s3_bucket_policy.backups", "policy")["Statement"]
        if statement["Action"] == ["s3:PutObject"]
    }
    key = full.resource("aws_kms_key.backups[0]")["arn"]
    assert refusals == {
        "RefuseOtherEncryption": {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": ["aws:kms"]}},
        "RefuseOtherKeys": {"ArnNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": [key]}},
    }


# Who may do what


def server_allows(plan: ModulePlan, action: str, resource: str, **context: str) -> bool:
    documents = [
        values["policy"]
        for values in plan.resources("aws_iam_role_policy").values()
        if values["role"] == plan.resource("aws_iam_role.server")["name"]
    ]
    return evaluate(documents, action, resource, {name.replace("_", ":", 1): value for name, value in context.items()})


def test_velero_reads_and_writes_its_bucket_and_no_other(full: ModulePlan) -> None:
    bucket = full.resource("aws_s3_bucket.backups")["arn"]
    assert server_allows(full, "s3:PutObject", f"{bucket}/backups/daily/velero-backup.json")
    assert server_allows(full, "s3:ListBucket", bucket)
    assert not server_allows(full, "s3:DeleteObjectVersion", f"{bucket}/backups/daily/velero-backup.json")
    assert not server_allows(full, "s3:BypassGovernanceRetention", f"{bucket}/backups/daily/velero-backup.json")
    assert not server_allows(full, "s3:PutObject", "arn:aws:s3:::claims-documents/1")
    assert not server_allows(full, "s3:GetObject", full.resource("aws_s3_bucket.copies[0]")["arn"] + "/backups/x")


def test_another_location_is_read_and_never_written(full: ModulePlan) -> None:
    other = "arn:aws:s3:::other-velero-copies"
    assert server_allows(full, "s3:GetObject", f"{other}/backups/daily/velero-backup.json")
    assert server_allows(full, "kms:Decrypt", OTHER_KEY)
    assert not server_allows(full, "s3:PutObject", f"{other}/backups/daily/velero-backup.json")
    assert not server_allows(full, "s3:DeleteObject", f"{other}/backups/daily/velero-backup.json")


def test_ec2_is_out_of_reach_unless_native_snapshots_are_asked_for(full: ModulePlan, small: ModulePlan) -> None:
    snapshot = "arn:aws:ec2:us-east-1::snapshot/snap-0123456789abcdef0"
    assert server_allows(full, "ec2:DeleteSnapshot", snapshot)
    assert server_allows(full, "kms:Decrypt", VOLUME_KEY, kms_ViaService="ec2.us-east-1.amazonaws.com")
    assert not server_allows(small, "ec2:DeleteSnapshot", snapshot)
    assert not server_allows(small, "ec2:DescribeVolumes", "*")


def test_the_drill_and_the_report_publish_metrics_and_reach_no_backup(full: ModulePlan) -> None:
    bucket = full.resource("aws_s3_bucket.backups")["arn"]
    for name in ("aws_iam_role_policy.status", "aws_iam_role_policy.restore_drill[0]"):
        policy = full.resource(name)["policy"]
        assert evaluate(policy, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Groundplan/Velero"})
        assert not evaluate(policy, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/Billing"})
        assert not evaluate(policy, "s3:GetObject", f"{bucket}/backups/daily/velero-backup.json")


def test_each_identity_switch_gives_the_same_service_accounts_a_role(full: ModulePlan, small: ModulePlan) -> None:
    trusted = full.document("aws_iam_role.server", "assume_role_policy")["Statement"][0]["Condition"]["StringEquals"]
    assert "system:serviceaccount:kube-system:velero" in str(trusted)
    annotations = full.helm_values("helm_release.velero")["serviceAccount"]["server"]["annotations"]
    assert annotations == {"eks.amazonaws.com/role-arn": full.resource("aws_iam_role.server")["arn"]}
    assert not full.resources("aws_eks_pod_identity_association")

    association = small.resource("aws_eks_pod_identity_association.server[0]")
    assert (association["namespace"], association["service_account"]) == ("velero", "velero")
    assert small.helm_values("helm_release.velero")["serviceAccount"]["server"]["annotations"] == {}


# Velero itself


def test_the_release_is_exact_and_sets_only_values_that_the_chart_reads(full: ModulePlan, small: ModulePlan) -> None:
    release = full.resource("helm_release.velero")
    assert (release["version"], release["wait"], release["atomic"]) == ("12.1.0", True, True)
    for plan in (full, small):
        assert (
            charts.check_values(charts.chart("velero"), plan.helm_values("helm_release.velero"), where="values") == []
        )


def test_the_plugin_is_pinned_and_of_the_server_s_generation(full: ModulePlan) -> None:
    values = full.helm_values("helm_release.velero")
    assert values["image"]["tag"] == "v1.18.1"
    assert [container["image"] for container in values["initContainers"]] == [
        "docker.io/velero/velero-plugin-for-aws:v1.14.2"
    ]


def test_backups_go_to_the_default_location_and_others_are_read_only(full: ModulePlan) -> None:
    locations = full.helm_values("helm_release.velero")["configuration"]["backupStorageLocation"]
    assert [(found["name"], found["accessMode"], found.get("default", False)) for found in locations] == [
        ("default", "ReadWrite", True),
        ("other", "ReadOnly", False),
    ]


def test_a_restore_from_another_bucket_leaves_its_log_there_and_touches_no_backup(
    apply_module: Callable[..., ModulePlan],
) -> None:
    other = FULL.read_only_locations["other"].but(prefix="")
    within = other.but(bucket_name="old-velero-copies", prefix="old/cluster/")
    plan = apply_module(Velero, FULL.but(read_only_locations={"other": other, "within": within}))
    assert server_allows(plan, "kms:GenerateDataKey", OTHER_KEY)
    for folder in ("arn:aws:s3:::other-velero-copies/", "arn:aws:s3:::old-velero-copies/old/cluster/"):
        assert server_allows(plan, "s3:PutObject", f"{folder}restores/claims-1/restore-claims-1-logs.gz")
        assert not server_allows(plan, "s3:PutObject", f"{folder}backups/daily-1/velero-backup.json")
        assert not server_allows(plan, "s3:DeleteObject", f"{folder}kopia/claims/p0")
    # what is its folder in the one bucket is none in the other
    assert not server_allows(plan, "s3:PutObject", "arn:aws:s3:::old-velero-copies/restores/claims-1/logs.gz")


def test_velero_names_no_key_so_that_the_bucket_s_own_is_used_and_no_upload_refused(full: ModulePlan) -> None:
    locations = full.helm_values("helm_release.velero")["configuration"]["backupStorageLocation"]
    # the bucket's policy compares the ARN, and S3 does not say what an alias is compared as
    assert [location["config"] for location in locations] == [{"region": "us-east-1"}, {"region": "us-west-2"}]


def test_node_agent_csi_and_native_snapshots_are_there_when_asked_for_only(full: ModulePlan, small: ModulePlan) -> None:
    found = []
    for plan in (full, small):
        values = plan.helm_values("helm_release.velero")
        found.append((values["deployNodeAgent"], values["configuration"]["features"], values["snapshotsEnabled"]))
    assert found == [(True, "EnableCSI", True), (False, "", None)]


def test_no_container_writes_to_its_root_and_each_has_the_folders_that_velero_writes_to(full: ModulePlan) -> None:
    values = full.helm_values("helm_release.velero")
    # https://velero.io/docs/v1.18/file-system-backup/, in the home of each one's user; the server's /tmp is the chart's
    (own,) = values["nodeAgent"]["extraEnvVars"]
    assert own["name"] == "HOME"
    for part, home, more in ((values, "/home/cnb", set()), (values["nodeAgent"], own["value"], {"/tmp"})):
        assert part["containerSecurityContext"]["readOnlyRootFilesystem"] is True
        folders = {mount["mountPath"]: mount["name"] for mount in part["extraVolumeMounts"]}
        assert set(folders) == {f"{home}/udmrepo", f"{home}/.cache"} | more
        assert part["extraVolumes"] == [{"name": name, "emptyDir": {}} for name in folders.values()]


def test_the_definitions_are_brought_within_bounds_and_with_a_token_for_that_container_alone(full: ModulePlan) -> None:
    values = full.helm_values("helm_release.velero")
    assert set(values["upgradeJobResources"]["limits"]) == {"cpu", "memory"}
    assert values["upgradeCRDsJob"]["automountServiceAccountToken"] is False
    (mount,) = values["upgradeCRDsJob"]["extraVolumeMounts"]
    assert mount["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount"


def test_nothing_reaches_velero_but_who_asks_for_its_metrics(
    full: ModulePlan, plan_module: Callable[..., ModulePlan]
) -> None:
    (spec,) = full.resource("kubernetes_network_policy_v1.velero[0]")["spec"]
    (rule,) = spec["ingress"]
    assert [(port["port"], port["protocol"]) for port in rule["ports"]] == [("8085", "TCP")]
    assert spec["policy_types"] == ["Ingress"]
    without = plan_module(Velero, SMALL.but(network_policies=False))
    assert without.resources("kubernetes_network_policy_v1") == {}


def test_extra_values_reach_the_chart_below_the_module_s_own(full: ModulePlan) -> None:
    values = full.helm_values("helm_release.velero")
    assert values["nodeSelector"] == {"kubernetes.io/arch": "arm64"}


def test_a_namespace_is_made_only_when_asked_for(full: ModulePlan, small: ModulePlan) -> None:
    assert not full.resources("kubernetes_namespace")
    (made,) = small.resources("kubernetes_namespace").values()
    assert made["metadata"][0]["name"] == "velero"
    assert made["metadata"][0]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"


# What is backed up


def test_daily_backups_expire_after_their_retention(full: ModulePlan) -> None:
    daily = objects(full, "schedules")["daily"]["spec"]
    assert daily["schedule"] == "0 2 * * *"
    assert daily["template"]["ttl"] == "720h0m0s"
    assert daily["template"]["includedNamespaces"] == ["*"]
    assert daily["template"]["snapshotMoveData"] is True


def test_hourly_backups_hold_the_named_namespaces_only(full: ModulePlan) -> None:
    hourly = objects(full, "schedules")["claims-hourly"]["spec"]["template"]
    assert hourly["includedNamespaces"] == ["claims", "policies"]
    assert hourly["snapshotMoveData"] is False


@pytest.mark.parametrize("release", ["schedules", "prometheus_rule"])
def test_custom_resources_have_no_field_that_their_kind_does_not_know(full: ModulePlan, release: str) -> None:
    for name, made in objects(full, release).items():
        assert charts.custom_resource_problems(made, where=name) == []


# How it comes back


def test_restores_lie_ready_and_nothing_is_restored_by_applying(full: ModulePlan) -> None:
    manifests = {name: yaml.safe_load(text) for name, text in full.outputs["restore_manifests"].items()}
    assert sorted(manifests) == ["claims", "claims-api", "full-cluster"]
    for name, made in manifests.items():
        named = {**made, "metadata": {**made["metadata"], "name": name}}
        assert charts.custom_resource_problems(named, where=name) == []
    assert "Restore" not in [item["kind"] for item in objects(full, "schedules").values()]


def test_a_cluster_a_namespace_and_one_resource_can_each_be_restored(full: ModulePlan) -> None:
    specs = {name: yaml.safe_load(text)["spec"] for name, text in full.outputs["restore_manifests"].items()}
    assert (specs["full-cluster"]["scheduleName"], specs["full-cluster"]["includedNamespaces"]) == ("daily", ["*"])
    assert specs["claims"]["includedNamespaces"] == ["claims"]
    one = specs["claims-api"]
    assert (one["backupName"], one["scheduleName"]) == ("claims-hourly-20260131021500", None)
    assert one["includedResources"] == ["deployments.apps"]
    assert one["labelSelector"] == {"matchLabels": {"app.kubernetes.io/name": "api"}}


def test_creating_a_restore_again_restores_again(full: ModulePlan) -> None:
    for name, text in full.outputs["restore_manifests"].items():
        metadata = yaml.safe_load(text)["metadata"]
        assert metadata["generateName"] == f"{name}-"
        assert "name" not in metadata


def test_the_runbook_lies_beside_the_restores_in_the_cluster(full: ModulePlan) -> None:
    data = full.resource("kubernetes_config_map_v1.restores")["data"]
    assert sorted(data) == ["RESTORE.md", "claims-api.yaml", "claims.yaml", "full-cluster.yaml"]
    assert data["RESTORE.md"] == (FILES / "RESTORE.md").read_text()
    assert data["claims.yaml"] == full.outputs["restore_manifests"]["claims"]
    assert full.outputs["restores_config_map"] == "velero-restores"


@pytest.mark.parametrize(
    ("job", "container", "script"),
    [
        ("status", "init_container", "status/status.sh"),
        ("restore_drill[0]", "init_container", "drill/drill.sh"),
        ("restore_drill[0]", "container", "drill/report.sh"),
    ],
)
def test_a_script_gets_every_variable_that_it_asks_for(full: ModulePlan, job: str, container: str, script: str) -> None:
    text = (FILES / script).read_text()
    (made,) = pod(full, job)[container]
    given = environment(made)
    assert {name for name in re.findall(r"\$\{(\w+):\?", text) if not given.get(name)} == set()
    assert set(given) - set(re.findall(r"\$\{(\w+):[?=]", text)) <= {"AWS_REGION", "HOME"}
    assert made["command"] == ["/bin/sh", f"/scripts/{Path(script).name}"]
    assert full.resource(f"kubernetes_config_map_v1.{job}")["data"][Path(script).name] == text


def test_the_drill_restores_the_claims_into_a_scratch_namespace(full: ModulePlan) -> None:
    (look,) = pod(full, "restore_drill[0]")["init_container"]
    given = environment(look)
    assert given["SCHEDULE"] == "claims-hourly"
    assert (given["SOURCE_NAMESPACE"], given["SCRATCH_NAMESPACE"]) == ("claims", "restore-drill")
    assert given["EXPECTED"] == "deployments.apps/api persistentvolumeclaims"
    assert given["RUN_PODS"] == "false"
    assert "ingresses.networking.k8s.io" in given["EXCLUDED_RESOURCES"].split(",")


def test_the_drill_deletes_no_namespace_but_its_own(full: ModulePlan) -> None:
    rules = full.resource("kubernetes_cluster_role_v1.restore_drill[0]")["rule"]
    (deleting,) = (rule for rule in rules if "delete" in rule["verbs"])
    assert (deleting["resources"], deleting["resource_names"]) == (["namespaces"], ["restore-drill"])
    reading = [rule["resources"][0] for rule in rules if rule["verbs"] == ["get", "list"]]
    assert sorted(reading) == ["deployments", "persistentvolumeclaims"]
    assert not any("secrets" in rule["resources"] or "*" in rule["resources"] for rule in rules)


def test_jobs_run_confined_and_never_twice_at_once(full: ModulePlan) -> None:
    for job in ("status", "restore_drill[0]"):
        (spec,) = full.resource(f"kubernetes_cron_job_v1.{job}")["spec"]
        assert spec["concurrency_policy"] == "Forbid"
        made = pod(full, job)
        assert made["security_context"][0]["run_as_non_root"] is True
        for container in (*made["init_container"], *made["container"]):
            (confined,) = container["security_context"]
            assert confined["read_only_root_filesystem"] is True
            assert confined["allow_privilege_escalation"] is False
            assert confined["capabilities"][0]["drop"] == ["ALL"]
            assert container["resources"][0]["limits"]["memory"]


def test_the_drill_has_time_to_tidy_up_after_its_restore_timed_out(full: ModulePlan) -> None:
    (spec,) = full.resource("kubernetes_cron_job_v1.restore_drill[0]")["spec"]
    (look,) = pod(full, "restore_drill[0]")["init_container"]
    assert environment(look)["TIMEOUT_SECONDS"] == "3600"
    assert spec["job_template"][0]["spec"][0]["active_deadline_seconds"] == 3600 + 1800


# Who hears of it


def test_a_schedule_without_a_complete_backup_raises_an_alarm_and_so_does_silence(full: ModulePlan) -> None:
    old = alarm(full, 'backup_too_old["claims-hourly"]')
    assert (old["metric_name"], old["comparison_operator"], old["threshold"]) == (
        "HoursSinceSuccessfulBackup",
        "GreaterThanThreshold",
        3,
    )
    assert old["treat_missing_data"] == "breaching"
    assert old["dimensions"] == {"Cluster": "prod", "Schedule": "claims-hourly"}
    assert old["alarm_actions"] == [FULL.alarm_topic_arn]


def test_failures_and_partial_failures_raise_alarms_of_their_own(full: ModulePlan) -> None:
    assert alarm(full, 'backup_failed["daily"]')["metric_name"] == "FailedBackups"
    assert alarm(full, 'backup_partially_failed["daily"]')["metric_name"] == "PartiallyFailedBackups"


def test_a_paused_schedule_has_no_alarms(full: ModulePlan) -> None:
    assert objects(full, "schedules")["archive"]["spec"]["paused"] is True
    assert not [address for address in full.resources("aws_cloudwatch_metric_alarm") if "archive" in address]


def test_a_drill_that_failed_or_never_ran_raises_an_alarm(full: ModulePlan) -> None:
    failed, old = alarm(full, "drill_failed[0]"), alarm(full, "drill_too_old[0]")
    assert (failed["metric_name"], failed["comparison_operator"]) == ("RestoreDrillSucceeded", "LessThanThreshold")
    assert (old["metric_name"], old["threshold"], old["treat_missing_data"]) == (
        "HoursSinceSuccessfulDrill",
        192,
        "breaching",
    )
    assert failed["dimensions"] == old["dimensions"] == {"Cluster": "prod", "Schedule": "claims-hourly"}


def test_every_metric_that_an_alarm_watches_is_one_that_a_script_publishes(full: ModulePlan) -> None:
    scripts = "".join(path.read_text() for path in sorted(FILES.glob("*/*.sh")))
    watched = {
        values["metric_name"]
        for values in full.resources("aws_cloudwatch_metric_alarm").values()
        if values["namespace"] == "Groundplan/Velero"
    }
    assert len(watched) == 5
    assert {name for name in watched if name not in scripts} == set()


def test_prometheus_raises_the_same_alarms_when_it_is_there(full: ModulePlan, small: ModulePlan) -> None:
    (group,) = objects(full, "prometheus_rule")["rule"]["spec"]["groups"]
    too_old = {
        rule["labels"]["schedule"]: rule["expr"] for rule in group["rules"] if rule["alert"] == "VeleroBackupTooOld"
    }
    assert sorted(too_old) == ["claims-hourly", "daily"]
    assert "> 10800 or absent(" in too_old["claims-hourly"]
    assert full.helm_values("helm_release.velero")["metrics"]["serviceMonitor"]["enabled"] is True
    assert small.helm_values("helm_release.velero")["metrics"]["serviceMonitor"]["enabled"] is False


def test_a_small_cluster_has_no_copy_no_lock_and_no_drill(small: ModulePlan) -> None:
    assert not [address for address in small.addresses if re.search(r"copies|drill|replication|lock_conf", address)]
    assert small.resource("aws_s3_bucket.backups")["force_destroy"] is True
    assert small.outputs["copies_bucket_arn"] is None


def test_nothing_is_put_into_the_namespace_before_it_is_there() -> None:
    after = waited_for(Velero)

    def waits(address: str) -> bool:
        return address == "kubernetes_namespace.velero" or any(map(waits, after.get(address, ())))

    inside = [address for address in after if address.startswith(("kubernetes_", "helm_")) and "cluster" not in address]
    assert len(inside) > 10
    assert [address for address in inside if not waits(address)] == []
