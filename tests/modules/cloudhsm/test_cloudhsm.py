"""Cloudhsm: one HSM before the ceremony and one in each zone after it, who reaches them, what is told and kept."""

from __future__ import annotations

import json

import pytest
from syrupy.assertion import SnapshotAssertion

from modules.secrets.cloudhsm import Cloudhsm
from tests.modules.cloudhsm.examples import BEFORE, FULL, HELD, TOPIC
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.support.planning import ModulePlan

HSMS = {"busy", "us-east-1a", "us-east-1b", "us-east-1c"}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("cloudhsm", tmp_path_factory)


@pytest.fixture(scope="module")
def before(plan_module: Planner) -> ModulePlan:
    return plan_module(Cloudhsm, BEFORE)


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_before_the_ceremony_there_is_one_hsm_and_nothing_that_needs_an_active_cluster(before: ModulePlan) -> None:
    (first,) = before.resources("aws_cloudhsm_v2_hsm").values()
    assert first["availability_zone"] == "us-east-1a"
    assert not before.resources("aws_scheduler_schedule")
    assert not before.resources("aws_iam_role")


def test_the_cluster_is_of_the_newest_type_in_fips_mode_over_all_zones(before: ModulePlan) -> None:
    cluster = before.resource("aws_cloudhsm_v2_cluster.cluster")
    assert (cluster["hsm_type"], cluster["mode"]) == ("hsm2m.medium", "FIPS")
    assert sorted(cluster["subnet_ids"]) == sorted(BEFORE.subnets.values())


def test_after_it_each_zone_has_one_and_the_first_is_where_it_was(full: ModulePlan) -> None:
    zones = {address: made["availability_zone"] for address, made in full.resources("aws_cloudhsm_v2_hsm").items()}
    assert zones == {
        "aws_cloudhsm_v2_hsm.first": "us-east-1a",
        'aws_cloudhsm_v2_hsm.other["busy"]': "us-east-1b",
        'aws_cloudhsm_v2_hsm.other["us-east-1b"]': "us-east-1b",
        'aws_cloudhsm_v2_hsm.other["us-east-1c"]': "us-east-1c",
    }
    assert set(full.outputs["hsm_ids"]) == set(full.outputs["hsm_ip_addresses"]) == HSMS
    assert full.resource("aws_cloudhsm_v2_cluster.cluster")["source_backup_identifier"] == "backup-abcdefghij2"


def test_named_clients_alone_reach_the_ports_of_the_hsms(full: ModulePlan) -> None:
    rules = full.resources("aws_vpc_security_group_ingress_rule").values()
    assert {rule["referenced_security_group_id"] for rule in rules} == set(FULL.clients.values())
    assert {(rule["ip_protocol"], rule["from_port"], rule["to_port"]) for rule in rules} == {("tcp", 2223, 2225)}
    assert {rule["security_group_id"] for rule in rules} == {full.outputs["security_group_id"]}


def test_each_hsm_is_watched_by_its_own_id_and_by_metrics_that_its_type_has(full: ModulePlan) -> None:
    alarms = [made for made in full.resources("aws_cloudwatch_metric_alarm").values() if "HsmId" in made["dimensions"]]
    metrics = {"HsmUnhealthy", "HsmKeysTokenOccupied", "HsmSessionCount", "HsmUsersAvailable"}
    assert {(made["metric_name"], made["dimensions"]["HsmId"]) for made in alarms} == {
        (metric, id) for metric in metrics for id in full.outputs["hsm_ids"].values()
    }
    assert {made["dimensions"]["ClusterId"] for made in alarms} == {full.outputs["cluster_id"]}
    assert all(made["alarm_actions"] == [TOPIC] for made in alarms)


def test_the_retention_of_backups_is_set_each_day(full: ModulePlan) -> None:
    (schedule,) = full.resources("aws_scheduler_schedule").values()
    (target,) = schedule["target"]
    assert target["arn"] == "arn:aws:scheduler:::aws-sdk:cloudhsmv2:modifyCluster"
    assert json.loads(target["input"]) == {
        "ClusterId": full.outputs["cluster_id"],
        "BackupRetentionPolicy": {"Type": "DAYS", "Value": "365"},
    }


def test_the_audit_logs_are_where_cloudhsm_writes_them_encrypted_and_for_a_time(full: ModulePlan) -> None:
    logs = full.resource("aws_cloudwatch_log_group.audit")
    assert logs["name"] == f"/aws/cloudhsm/{full.outputs['cluster_id']}"
    assert logs["retention_in_days"] == 365
    assert logs["kms_key_id"] == full.resource("aws_kms_key.logs[0]")["arn"]


def test_whoever_is_in_the_second_phase_has_said_which_cluster_and_who_was_there() -> None:
    assert FULL.ceremony == HELD
    assert len(HELD.witnesses) == 2
