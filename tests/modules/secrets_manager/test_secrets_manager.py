"""Secrets: who can read them, how they are renewed, what is reported, and that no value is ever in a plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.iam import Principal, evaluate
from modules.secrets.secrets_manager import SecretsManager
from tests.modules.secrets_manager.examples import ACCOUNT, FULL, MASTER, MASTER_KEY, ROLES, SMALL
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]
TLS = {"aws:SecureTransport": True, "aws:PrincipalIsAWSService": False, "aws:PrincipalOrgID": "o-exampleorg0"}


@pytest.fixture(scope="module")
def full(apply_module: Planner) -> ModulePlan:
    return apply_module(SecretsManager, FULL)


@pytest.fixture(scope="module")
def small(apply_module: Planner) -> ModulePlan:
    return apply_module(SecretsManager, SMALL)


def arn(plan: ModulePlan, name: str) -> str:
    found: str = plan.outputs["secret_arns"][name]
    return found


def policy(plan: ModulePlan, consumer: str) -> dict[str, Any]:
    return plan.document(f'aws_iam_policy.consumer["{consumer}"]', "policy")


def tags(plan: ModulePlan, secret: str) -> dict[str, str]:
    found = plan.resource(f'aws_secretsmanager_secret.secret["{secret}"]')["tags"]
    return {f"aws:ResourceTag/{name}": value for name, value in found.items()}


def pattern(plan: ModulePlan, rule: str) -> dict[str, Any]:
    return plan.document(f"aws_cloudwatch_event_rule.{rule}", "event_pattern")


def test_the_addresses_stay_as_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


@pytest.mark.parametrize("read", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"])
def test_a_consumer_reads_its_own_secrets_and_no_others(full: ModulePlan, read: str) -> None:
    wanted = {
        ("claims-api", "claims-db"): True,
        ("claims-api", "documents-key"): True,
        ("claims-api", "payments-gateway"): False,
        ("claims-api", "policies-db"): False,
        ("payments-api", "payments-gateway"): True,
        ("payments-api", "claims-db"): False,
        ("payments-api", "crm"): False,
    }
    found = {
        (consumer, secret): evaluate(policy(full, consumer), read, arn(full, secret), tags(full, secret))
        for consumer, secret in wanted
    }
    assert found == wanted


def test_a_secret_without_the_consumers_tag_is_not_read_even_by_its_arn(full: ModulePlan) -> None:
    others = tags(full, "payments-gateway")
    assert not evaluate(policy(full, "claims-api"), "secretsmanager:GetSecretValue", arn(full, "claims-db"), others)


def test_a_consumer_reads_the_copy_of_its_secret_in_the_other_region(full: ModulePlan) -> None:
    copy = arn(full, "claims-db").replace("us-east-1", "us-west-2")
    own, other = policy(full, "claims-api"), policy(full, "payments-api")
    carried = tags(full, "claims-db")
    assert evaluate(own, "secretsmanager:GetSecretValue", copy, carried)
    assert not evaluate(other, "secretsmanager:GetSecretValue", copy, carried)
    decrypting = {
        "kms:ViaService": "secretsmanager.us-west-2.amazonaws.com",
        "kms:EncryptionContext:SecretARN": copy,
    }
    assert evaluate(own, "kms:Decrypt", full.outputs["replica_kms_key_arns"]["us-west-2"], decrypting)


def test_a_consumer_decrypts_nobody_elses_secret_and_only_through_secrets_manager(full: ModulePlan) -> None:
    key = full.outputs["kms_key_arn"]
    through = {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}
    mine = {"kms:EncryptionContext:SecretARN": arn(full, "claims-db")}
    theirs = {"kms:EncryptionContext:SecretARN": arn(full, "payments-gateway")}
    own = policy(full, "claims-api")
    assert evaluate(own, "kms:Decrypt", key, through | mine)
    assert not evaluate(own, "kms:Decrypt", key, through | theirs)
    assert not evaluate(own, "kms:Decrypt", key, mine)


def test_a_consumer_writes_nothing(full: ModulePlan) -> None:
    for action in ("secretsmanager:PutSecretValue", "secretsmanager:DeleteSecret", "secretsmanager:TagResource"):
        assert not evaluate(policy(full, "claims-api"), action, arn(full, "claims-db"), tags(full, "claims-db"))


def test_a_master_password_that_rds_owns_is_read_with_its_own_key_and_nothing_is_made_for_it(full: ModulePlan) -> None:
    own = policy(full, "claims-api")
    assert evaluate(own, "secretsmanager:GetSecretValue", MASTER)
    assert not evaluate(policy(full, "payments-api"), "secretsmanager:GetSecretValue", MASTER)
    context = {
        "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
        "kms:EncryptionContext:SecretARN": MASTER,
    }
    assert evaluate(own, "kms:Decrypt", MASTER_KEY, context)
    assert not [
        address
        for address in full.addresses
        if "claims-db-master" in address and not address.startswith(("aws_cloudwatch", "aws_secretsmanager_secret_rot"))
    ]
    assert (
        full.resource('aws_secretsmanager_secret_rotation.secret["claims-db-master"]').get("rotation_lambda_arn")
        is None
    )


def refused(plan: ModulePlan, secret: str, role: str, **changed: Any) -> bool:
    """Whether the secret's own policy refuses a role that its account lets read everything."""
    everything = {"Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}]}
    own = plan.document(f'aws_secretsmanager_secret_policy.secret["{secret}"]', "policy")
    return not evaluate(
        [everything, own],
        "secretsmanager:GetSecretValue",
        arn(plan, secret),
        {**TLS, "aws:PrincipalArn": f"{ROLES}/{role}", **changed},
        principal=Principal.aws(f"{ROLES}/{role}"),
    )


def test_even_an_administrator_of_the_account_reads_a_secret_only_when_listed(full: ModulePlan) -> None:
    assert refused(full, "claims-db", "Administrator")
    assert refused(full, "claims-db", "payments-api")
    assert not refused(full, "claims-db", "claims-api")
    assert not refused(full, "claims-db", "break-glass")


def test_a_listed_role_is_refused_without_tls_and_from_another_organization(full: ModulePlan) -> None:
    assert refused(full, "claims-db", "claims-api", **{"aws:SecureTransport": False})
    assert refused(full, "claims-db", "claims-api", **{"aws:PrincipalOrgID": "o-anotherorg00"})


def test_the_function_that_rotates_a_secret_is_among_its_readers(full: ModulePlan) -> None:
    function = full.resource('aws_iam_role.api_key["gateway"]')["name"]
    assert not refused(full, "payments-gateway", function)
    assert refused(full, "claims-db", function)


def test_the_function_that_rotates_alternating_users_is_among_the_readers_of_the_superuser(full: ModulePlan) -> None:
    def listed(secret: str) -> set[str]:
        detail = pattern(full, f'unlisted_reader["{secret}"]')["detail"]
        return set(detail["$or"][0]["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"][0]["anything-but"])

    (rotating,) = listed("claims-db") - listed("crm") - {f"{ROLES}/claims-api"}
    assert rotating in listed("claims-db-master")
    assert rotating not in listed("policies-db")


def test_the_rotation_function_of_a_provider_changes_its_own_secrets_only(full: ModulePlan) -> None:
    own = full.document('aws_iam_role_policy.api_key["gateway"]', "policy")
    function = full.outputs["rotation_function_arns"]["payments-gateway"]
    context = {"secretsmanager:resource/AllowRotationLambdaArn": function}
    assert evaluate(own, "secretsmanager:PutSecretValue", arn(full, "payments-gateway"), context)
    assert not evaluate(own, "secretsmanager:PutSecretValue", arn(full, "claims-db"), context)
    assert not evaluate(own, "secretsmanager:PutSecretValue", arn(full, "payments-gateway"), {})


def test_no_value_of_a_secret_is_in_the_plan(full: ModulePlan) -> None:
    assert not full.resources("aws_secretsmanager_secret_version")
    assert "secret_string" not in json.dumps(full.json)


def test_secrets_can_be_restored_and_are_copied_with_the_key_of_the_other_region(full: ModulePlan) -> None:
    secret = full.resource('aws_secretsmanager_secret.secret["claims-db"]')
    assert secret["recovery_window_in_days"] == 30
    assert secret["kms_key_id"] == full.outputs["kms_key_arn"]
    (copy,) = secret["replica"]
    assert (copy["region"], copy["kms_key_id"]) == ("us-west-2", full.outputs["replica_kms_key_arns"]["us-west-2"])
    assert full.resource('aws_kms_key.replica["us-west-2"]')["region"] == "us-west-2"
    assert full.resource('aws_secretsmanager_secret.secret["policies-db"]')["replica"] == []


def test_nobody_reads_a_secret_through_a_public_policy(full: ModulePlan) -> None:
    policies = full.resources("aws_secretsmanager_secret_policy")
    assert len(policies) == 5
    assert all(found["block_public_policy"] for found in policies.values())


def test_database_passwords_are_rotated_by_awss_functions_in_the_network_of_the_database(full: ModulePlan) -> None:
    kind = "aws_serverlessapplicationrepository_cloudformation_stack"
    alternating, single = full.resource(f'{kind}.rds["claims-db"]'), full.resource(f'{kind}.rds["policies-db"]')
    assert alternating["application_id"].endswith("/SecretsManagerRDSPostgreSQLRotationMultiUser")
    assert single["application_id"].endswith("/SecretsManagerRDSMySQLRotationSingleUser")
    assert alternating["semantic_version"] == "1.1.670"
    parameters = alternating["parameters"]
    assert parameters["superuserSecretArn"] == MASTER
    assert parameters["superuserSecretKmsKeyArn"] == MASTER_KEY
    assert parameters["kmsKeyArn"] == full.outputs["kms_key_arn"]
    assert parameters["vpcSubnetIds"] == "subnet-0123456789abcdef0,subnet-0123456789abcdef1"
    assert parameters["endpoint"] == "https://secretsmanager.us-east-1.amazonaws.com"
    assert "superuserSecretArn" not in single["parameters"]


def test_a_first_value_put_by_hand_is_not_rotated_away_and_a_key_ring_is_generated_at_once(full: ModulePlan) -> None:
    rotations = full.resources("aws_secretsmanager_secret_rotation")
    at_once = {address for address, rotation in rotations.items() if rotation["rotate_immediately"]}
    assert at_once == {'aws_secretsmanager_secret_rotation.secret["documents-key"]'}


def test_rotation_follows_its_schedule_and_window(full: ModulePlan) -> None:
    (weekly,) = full.resource('aws_secretsmanager_secret_rotation.secret["claims-db"]')["rotation_rules"]
    (monthly,) = full.resource('aws_secretsmanager_secret_rotation.secret["payments-gateway"]')["rotation_rules"]
    assert (weekly["schedule_expression"], weekly["duration"]) == ("cron(0 3 ? * SUN *)", "2h")
    assert (monthly["automatically_after_days"], monthly["duration"]) == (30, None)


def test_a_failed_rotation_and_a_deletion_are_reported_for_these_secrets_only(full: ModulePlan) -> None:
    own = [
        {"prefix": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:prod-secrets/"},
        {"prefix": MASTER},
    ]
    failed = pattern(full, "rotation_failed")["detail"]
    assert failed["eventName"] == ["RotationFailed", "TestRotationFailed"]
    assert failed["additionalEventData"]["SecretId"] == own
    deleted = pattern(full, "deletion_scheduled")["detail"]
    assert deleted["eventName"] == ["DeleteSecret"]
    # as CloudTrail spells it: https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
    assert {"responseElements": {"aRN": own}} in deleted["$or"]


def test_a_read_by_anyone_unlisted_is_reported_whatever_name_of_the_secret_was_used(full: ModulePlan) -> None:
    rule = full.resource('aws_cloudwatch_event_rule.unlisted_reader["payments-gateway"]')
    assert rule["state"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    detail = pattern(full, 'unlisted_reader["payments-gateway"]')["detail"]
    whole = arn(full, "payments-gateway")
    assert detail["requestParameters"]["secretId"] == [whole, whole.rpartition("-")[0], "prod-secrets/payments-gateway"]
    by_role, by_others = (choice["userIdentity"] for choice in detail["$or"])
    unlisted = by_role["sessionContext"]["sessionIssuer"]["arn"][0]["anything-but"]
    assert f"{ROLES}/payments-api" in unlisted
    assert f"{ROLES}/claims-api" not in unlisted
    assert by_others["type"] == [{"anything-but": "AWSService"}]
    assert by_others["sessionContext"]["sessionIssuer"]["arn"] == [{"exists": False}]


def test_every_event_reaches_the_alarm_topic_within_eventbridges_limit(full: ModulePlan) -> None:
    rules = full.resources("aws_cloudwatch_event_rule")
    assert all(len(rule["event_pattern"]) <= 2048 for rule in rules.values())
    targets = full.resources("aws_cloudwatch_event_target")
    assert len(targets) == len(rules) == 8
    assert {target["arn"] for target in targets.values()} == {FULL.alarm_topic_arn}
    assert len(full.outputs["event_rule_arns"]) == 8


def test_the_longest_names_make_rules_that_eventbridge_takes(apply_module: Callable[..., ModulePlan]) -> None:
    names = [f"{'a' * 39}{end}" for end in "bc"]
    secret = next(iter(SMALL.secrets.values()))
    plan = apply_module(SecretsManager, SMALL.but(name="p" * 40, secrets=dict.fromkeys(names, secret)))
    rules = [rule["name"] for rule in plan.resources("aws_cloudwatch_event_rule").values()]
    assert len(set(rules)) == len(rules) == 4
    assert max(map(len, rules)) <= 64


def test_every_role_has_the_boundary(full: ModulePlan) -> None:
    roles = full.resources("aws_iam_role")
    assert len(roles) == 2
    assert {role["permissions_boundary"] for role in roles.values()} == {FULL.permissions_boundary_arn}


def test_a_single_container_makes_no_function_and_no_copy(small: ModulePlan) -> None:
    assert {address.split(".")[0] for address in small.addresses} == {
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_event_target",
        "aws_kms_alias",
        "aws_kms_key",
        "aws_secretsmanager_secret",
        "aws_secretsmanager_secret_policy",
    }
    assert small.resource('aws_secretsmanager_secret.secret["crm"]')["recovery_window_in_days"] == 7


def test_a_secret_nobody_is_listed_for_refuses_nobody_and_reports_everybody(small: ModulePlan) -> None:
    own = small.document('aws_secretsmanager_secret_policy.secret["crm"]', "policy")
    assert [statement["Sid"] for statement in own["Statement"]] == ["RefusePlainHttp"]
    detail = pattern(small, 'unlisted_reader["crm"]')["detail"]
    (issuer,) = detail["$or"][0]["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"]
    assert issuer["anything-but"] == [f"{ROLES}/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"]
