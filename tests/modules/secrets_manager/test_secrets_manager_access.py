"""Access to secrets: readers see their own, the rotation function changes its own, and refusals cannot lock us out."""

from __future__ import annotations

import pytest

from groundplan.iam import Kind, Statement, document, problems
from modules.secrets.secrets_manager import access

ACCOUNT = "111122223333"
REGION = "us-east-1"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/payments/gateway-AbCdEf"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000001"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:prod-secrets-rotate-api-key"
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/prod-secrets-rotate-api-key"
SUBNETS = [f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/subnet-{n}" for n in "abc"]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/prod-payments"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/prod-secrets-rotation-failed"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:prod-alarms"

POLICIES: dict[str, tuple[Kind, list[Statement]]] = {
    "event_topic_policy": ("resource", access.event_topic_policy(TOPIC, RULE)),
    "key_policy": ("resource", access.key_policy(ACCOUNT, REGION)),
    "only_organization": ("resource", access.only_organization("o-abcdef1234")),
    "only_readers": ("resource", access.only_readers([ROLE])),
    "only_tls": ("resource", access.only_tls()),
    "read": ("identity", access.read(SECRET, KEY, REGION)),
    "read_tagged": ("identity", access.read_tagged(ACCOUNT, REGION, KEY, tag="Team", value="payments")),
    "rotation": ("identity", access.rotation(SECRET, KEY, REGION, FUNCTION)),
    "rotation_logs": ("identity", access.rotation_logs(GROUP)),
    "rotation_network": ("identity", access.rotation_network(ACCOUNT, REGION, SUBNETS)),
}


def test_every_policy_of_the_module_is_judged_here() -> None:
    assert {name for name in access.__all__ if callable(getattr(access, name))} == set(POLICIES)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_aws_would_accept_the_policy(name: str) -> None:
    kind, statements = POLICIES[name]
    assert problems(statements, kind) == []


def test_a_consumer_reads_its_secret_and_decrypts_in_that_secrets_context_only() -> None:
    reading, decrypting = document(*access.read(SECRET, KEY, REGION))["Statement"]
    assert reading["Resource"] == [SECRET]
    assert decrypting["Condition"] == {
        "ArnEquals": {"kms:EncryptionContext:SecretARN": [SECRET]},
        "StringEquals": {"kms:ViaService": ["secretsmanager.us-east-1.amazonaws.com"]},
    }


def test_a_consumer_by_tag_reads_only_what_carries_the_tag() -> None:
    reading, _ = document(*access.read_tagged(ACCOUNT, REGION, KEY, tag="Team", value="payments"))["Statement"]
    assert reading["Condition"] == {"StringEquals": {"aws:ResourceTag/Team": ["payments"]}}


def test_the_rotation_function_loses_its_secret_when_another_function_takes_over() -> None:
    rotating = document(*access.rotation(SECRET, KEY, REGION, FUNCTION))["Statement"][0]
    assert rotating["Condition"] == {"ArnEquals": {"secretsmanager:resource/AllowRotationLambdaArn": [FUNCTION]}}


@pytest.mark.parametrize("name", ["only_organization", "only_readers"])
def test_a_refusal_to_read_never_refuses_its_own_correction(name: str) -> None:
    refused = {action for statement in POLICIES[name][1] for action in statement.actions}
    assert refused == {"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"}


@pytest.mark.parametrize("name", ["only_organization", "only_readers"])
def test_aws_services_are_let_through_by_the_refusals(name: str) -> None:
    (statement,) = document(*POLICIES[name][1])["Statement"]
    assert statement["Condition"]["Bool"] == {"aws:PrincipalIsAWSService": ["false"]}


def test_rotation_in_a_vpc_joins_the_given_subnets_only() -> None:
    joining = access.rotation_network(ACCOUNT, REGION, SUBNETS)[0]
    assert [resource for resource in joining.resources if ":subnet/" in resource] == SUBNETS


def test_many_secrets_come_out_in_one_order_whatever_order_they_came_in() -> None:
    arns = [SECRET, SECRET.replace("gateway", "acquirer")]
    assert document(*access.read(arns, KEY, REGION)) == document(*access.read(arns[::-1], KEY, REGION))
