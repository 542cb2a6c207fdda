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
ROLE = f"arn:aws:iam::{ACCOUNT}:role/prod-payments"
SERVICE = f"secretsmanager.{REGION}.amazonaws.com"

POLICIES: dict[str, tuple[Kind, list[Statement]]] = {
    "generate_keys": ("identity", access.generate_keys()),
    "key_policy": ("resource", access.key_policy(ACCOUNT, SERVICE)),
    "only_organization": ("resource", access.only_organization("o-abcdef1234")),
    "only_readers": ("resource", access.only_readers([ROLE])),
    "only_tls": ("resource", access.only_tls()),
    "read": ("identity", access.read("payments", SECRET, KEY, SERVICE)),
    "read_managed": ("identity", access.read_managed(SECRET, KEY, SERVICE)),
    "rotation": ("identity", access.rotation(SECRET, KEY, SERVICE, FUNCTION)),
}

NAMES = {"reader_tag"}
"""What gives a name and no policy."""


def test_every_policy_of_the_module_is_judged_here() -> None:
    assert {name for name in access.__all__ if callable(getattr(access, name))} == set(POLICIES) | NAMES


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_aws_would_accept_the_policy(name: str) -> None:
    kind, statements = POLICIES[name]
    assert problems(statements, kind) == []


def test_a_consumer_reads_its_secret_while_the_secret_names_it_and_decrypts_in_that_secrets_context_only() -> None:
    reading, decrypting = document(*access.read("payments", SECRET, KEY, SERVICE))["Statement"]
    assert reading["Resource"] == [SECRET]
    assert reading["Condition"] == {"StringEquals": {"aws:ResourceTag/consumer/payments": ["read"]}}
    assert decrypting["Condition"] == {
        "ArnEquals": {"kms:EncryptionContext:SecretARN": [SECRET]},
        "StringEquals": {"kms:ViaService": ["secretsmanager.us-east-1.amazonaws.com"]},
    }


def test_a_consumer_of_a_secret_that_rds_owns_decrypts_in_its_context_only() -> None:
    _, decrypting = document(*access.read_managed(SECRET, KEY, SERVICE))["Statement"]
    assert decrypting["Condition"]["ArnEquals"] == {"kms:EncryptionContext:SecretARN": [SECRET]}


def test_reading_never_writes() -> None:
    for name in ("read", "read_managed"):
        actions = {action for statement in POLICIES[name][1] for action in statement.actions}
        assert actions == {"kms:Decrypt", "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}


def test_the_rotation_function_loses_its_secret_when_another_function_takes_over() -> None:
    rotating = document(*access.rotation(SECRET, KEY, SERVICE, FUNCTION))["Statement"][0]
    assert rotating["Condition"] == {"ArnEquals": {"secretsmanager:resource/AllowRotationLambdaArn": [FUNCTION]}}


@pytest.mark.parametrize("name", ["only_organization", "only_readers"])
def test_a_refusal_to_read_never_refuses_its_own_correction(name: str) -> None:
    refused = {action for statement in POLICIES[name][1] for action in statement.actions}
    assert refused == {"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"}


@pytest.mark.parametrize("name", ["only_organization", "only_readers"])
def test_aws_services_are_let_through_by_the_refusals(name: str) -> None:
    (statement,) = document(*POLICIES[name][1])["Statement"]
    assert statement["Condition"]["Bool"] == {"aws:PrincipalIsAWSService": ["false"]}


def test_many_secrets_come_out_in_one_order_whatever_order_they_came_in() -> None:
    arns = [SECRET, SECRET.replace("gateway", "acquirer")]
    forward, backward = (access.read("payments", given, KEY, SERVICE) for given in (arns, arns[::-1]))
    assert document(*forward) == document(*backward)
