"""What a database of a module is made of, as Terraform would make it, and what is refused before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from databases_for_tests import Store, StoreInputs

from groundplan.building import PostgresInstance
from groundplan.framework.checking import problems_of
from groundplan.iam import Principal, evaluate
from tests.support import planning

TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
WANTED: dict[str, Any] = {
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "client_security_groups": {"nodes": "sg-0123456789abcdef0", "jobs": "sg-0123456789abcdef1"},
}
INPUTS = StoreInputs(
    name="prod-claims",
    alarm_topic_arn=TOPIC,
    always=PostgresInstance(**WANTED),
    sometimes=PostgresInstance(
        **WANTED, major_version=16, multi_az=False, maintenance_day="tue", maintenance_hour_utc=11, backup_hour_utc=0
    ),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> planning.ModulePlan:
    return planning.apply_module(Store, INPUTS, tmp_path_factory.mktemp("both"))


def test_a_database_is_private_encrypted_and_hard_to_lose(both: planning.ModulePlan) -> None:
    database = both.resource("aws_db_instance.first")
    key = both.resource("aws_kms_key.data[0]")["arn"]
    assert {name: database[name] for name in ("kms_key_id", "master_user_secret_kms_key_id")} == {
        "kms_key_id": key,
        "master_user_secret_kms_key_id": key,
    }
    assert database["performance_insights_kms_key_id"] == key
    wanted = {
        "storage_encrypted": True,
        "publicly_accessible": False,
        "multi_az": True,
        "deletion_protection": True,
        "skip_final_snapshot": False,
        "final_snapshot_identifier": "prod-claims-final",
        "delete_automated_backups": False,
        "backup_retention_period": 14,
        "copy_tags_to_snapshot": True,
        "auto_minor_version_upgrade": True,
        "engine_version": "17",
        "iam_database_authentication_enabled": False,
        # whom clients that verify it have to trust
        "ca_cert_identifier": "rds-ca-rsa2048-g1",
    }
    assert {name: database[name] for name in wanted} == wanted
    assert database["tags"]["BackupTier"] == "standard"
    assert both.resource("aws_db_instance.second[0]")["tags"]["BackupTier"] == "critical"


def test_nobody_but_rds_knows_the_master_password(both: planning.ModulePlan) -> None:
    database = both.resource("aws_db_instance.first")
    assert database["manage_master_user_password"] is True
    assert not database.get("password")
    # it is rotated without a function: RDS changes it in both places
    rotation = both.resource("aws_secretsmanager_secret_rotation.first")
    assert not rotation.get("rotation_lambda_arn")
    assert rotation["rotation_rules"][0]["automatically_after_days"] == 90
    assert rotation["rotate_immediately"] is False
    assert rotation["secret_id"] == both.outputs["secret_arn"] == database["master_user_secret"][0]["secret_arn"]


def test_clients_without_tls_are_refused_by_the_parameters_that_the_instance_has(both: planning.ModulePlan) -> None:
    for place, family, name in (
        ("first", "postgres17", "prod-claims-postgres17"),
        ("second[0]", "postgres16", "prod-claims-two-postgres16"),
    ):
        group = both.resource(f"aws_db_parameter_group.{place}")
        said = {parameter["name"]: parameter["value"] for parameter in group["parameter"]}
        assert (group["family"], group["name"], said["rds.force_ssl"]) == (family, name, "1")
        assert both.resource(f"aws_db_instance.{place}")["parameter_group_name"] == name


def test_the_named_clients_connect_and_nobody_else_and_it_connects_to_nobody(both: planning.ModulePlan) -> None:
    openings = both.resources("aws_vpc_security_group_ingress_rule")
    first = {address: rule for address, rule in openings.items() if ".first[" in address}
    assert {rule["referenced_security_group_id"] for rule in first.values()} == set(
        WANTED["client_security_groups"].values()
    )
    assert {(rule["ip_protocol"], rule["from_port"], rule["to_port"]) for rule in openings.values()} == {
        ("tcp", 5432, 5432)
    }
    assert 'aws_vpc_security_group_ingress_rule.first["nodes"]' in openings
    assert len(openings) == 4
    assert both.resources("aws_vpc_security_group_egress_rule") == {}
    group = both.resource("aws_security_group.first")
    assert not group.get("ingress")
    assert both.resource("aws_db_instance.first")["vpc_security_group_ids"] == [group["id"]]


def test_its_logs_are_kept_as_long_as_the_module_s_under_its_key(both: planning.ModulePlan) -> None:
    groups = both.resources("aws_cloudwatch_log_group")
    assert {group["name"] for group in groups.values()} == {
        f"/aws/rds/instance/{name}/{log}"
        for name in ("prod-claims", "prod-claims-two")
        for log in ("postgresql", "upgrade")
    }
    key = both.resource("aws_kms_key.data[0]")
    assert {(group["kms_key_id"], group["retention_in_days"]) for group in groups.values()} == {(key["arn"], 365)}
    assert both.resource("aws_db_instance.first")["enabled_cloudwatch_logs_exports"] == ["postgresql", "upgrade"]
    logs = {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111122223333:log-group:/aws/rds/instance/"}
    mine, other = (
        {name: f"{value}{instance}/postgresql" for name, value in logs.items()} for instance in ("prod-claims", "x")
    )
    service = Principal.service("logs.us-east-1.amazonaws.com")
    assert evaluate(key["policy"], "kms:GenerateDataKey", "*", mine, principal=service)
    assert not evaluate(key["policy"], "kms:GenerateDataKey", "*", other, principal=service)


def test_windows_are_hours_that_do_not_meet(both: planning.ModulePlan) -> None:
    first, second = both.resource("aws_db_instance.first"), both.resource("aws_db_instance.second[0]")
    assert (first["backup_window"], first["maintenance_window"]) == ("03:00-03:45", "sun:05:00-sun:05:45")
    assert (second["backup_window"], second["maintenance_window"]) == ("00:00-00:45", "tue:11:00-tue:11:45")


def test_people_hear_of_a_database_that_fills_up_fails_or_falls_silent(both: planning.ModulePlan) -> None:
    alarms = {
        alarm["metric_name"]: alarm
        for alarm in both.resources("aws_cloudwatch_metric_alarm").values()
        if alarm["dimensions"] == {"DBInstanceIdentifier": "prod-claims"}
    }
    assert {name: (alarm["comparison_operator"], alarm["threshold"]) for name, alarm in alarms.items()} == {
        "CPUUtilization": ("GreaterThanOrEqualToThreshold", 80),
        "FreeStorageSpace": ("LessThanThreshold", 4 * 1024**3),
        "FreeableMemory": ("LessThanThreshold", 256 * 1024**2),
        "DatabaseConnections": ("GreaterThanOrEqualToThreshold", 300),
    }
    silent = [name for name, alarm in alarms.items() if alarm["treat_missing_data"] == "breaching"]
    assert silent == ["CPUUtilization"]
    told = both.document("aws_cloudwatch_event_rule.first_events", "event_pattern")["detail"]
    assert told == {
        "SourceIdentifier": ["prod-claims"],
        "EventCategories": ["failover", "failure", "low storage"],
    }


def test_a_database_that_nobody_asked_for_leaves_nothing_behind(tmp_path: Path) -> None:
    plan = planning.plan_module(
        Store, StoreInputs(name="prod-claims", alarm_topic_arn=TOPIC, always=PostgresInstance(**WANTED)), tmp_path
    )
    assert [address for address in plan.addresses if ".second" in address] == []
    assert plan.outputs["other_address"] is None
    assert plan.outputs["other_secret_arn"] is None


def test_what_rds_would_refuse_is_refused_before() -> None:
    wrong = PostgresInstance(
        **{**WANTED, "subnet_ids": WANTED["subnet_ids"][:1], "client_security_groups": {}},
        instance_class="t4g.medium",
        allocated_storage_gib=100,
        max_allocated_storage_gib=109,
        free_storage_alarm_gib=100,
        maintenance_hour_utc=3,
        backup_retention_days=0,
    )
    told = {str(problem.path): problem.message for problem in problems_of(wrong)}
    assert set(told) == {
        "subnet_ids",
        "client_security_groups",
        "instance_class",
        "max_allocated_storage_gib",
        "free_storage_alarm_gib",
        "maintenance_hour_utc",
        "backup_retention_days",
    }
    assert "allocated_storage_gib = 100" in told["max_allocated_storage_gib"]
    assert "a tenth" in told["max_allocated_storage_gib"]
    assert "such as db.t4g.medium" in told["instance_class"]
    enough = PostgresInstance(**WANTED, allocated_storage_gib=100, max_allocated_storage_gib=110)
    assert problems_of(enough) == []
