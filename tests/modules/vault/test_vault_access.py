"""Vault's access: one key to unseal with, an audit log that only grows, snapshots that the job cannot read back."""

from __future__ import annotations

import pytest

from groundplan.iam import Kind, Statement, document, evaluate, problems
from modules.secrets.vault import access

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
BUCKET = "arn:aws:s3:::prod-vault-snapshots"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000001"
OTHER_KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/00000000-0000-0000-0000-000000000002"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/prod-vault-server"
STANDBY = f"arn:aws:iam::{ACCOUNT}:role/prod-vault-west-server"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/vault/prod-vault/audit"

POLICIES: dict[str, tuple[Kind, list[Statement]]] = {
    "audit_logs": ("identity", access.audit_logs(GROUP)),
    "snapshots": ("identity", access.snapshots(BUCKET, KEY, "s3.*.amazonaws.com")),
    "unseal": ("identity", access.unseal(KEY)),
    "unseal_key_administration": ("resource", access.unseal_key_administration(ROOT)),
    "unseal_key_use": ("resource", access.unseal_key_use(ROLE)),
    "unseal_replica_use": ("resource", access.unseal_replica_use(ROOT, [ROLE, STANDBY])),
}


def actions(statements: list[Statement]) -> set[str]:
    return {action for statement in statements for action in statement.actions if statement.effect == "Allow"}


def test_every_policy_of_the_module_is_judged_here() -> None:
    assert {name for name in access.__all__ if callable(getattr(access, name))} == set(POLICIES)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_aws_would_accept_the_policy(name: str) -> None:
    kind, statements = POLICIES[name]
    assert problems(statements, kind) == []


def test_vault_unseals_with_the_three_documented_actions_on_one_key() -> None:
    (statement,) = access.unseal(KEY)
    assert statement.actions == ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt")
    assert statement.resources == (KEY,)


@pytest.mark.parametrize("name", ["unseal_key_administration", "unseal_key_use"])
def test_only_vaults_role_can_decrypt_with_the_unseal_key(name: str) -> None:
    cryptographic = ("kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:*")
    holders = {
        who.identifier
        for statement in POLICIES[name][1]
        if any(action.startswith(cryptographic) for action in statement.actions)
        for who in statement.principals
    }
    assert holders <= {ROLE}


def test_the_unseal_key_can_still_be_administered_or_kms_would_refuse_its_policy() -> None:
    (administration,) = access.unseal_key_administration(ROOT)
    assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey"} <= set(administration.actions)
    assert [who.identifier for who in administration.principals] == [ROOT]


def test_the_replica_serves_the_named_roles_only() -> None:
    (statement,) = document(*access.unseal_replica_use(ROOT, [ROLE, STANDBY]))["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [ROLE, STANDBY]}}


def test_the_audit_shipper_can_only_add_to_the_audit_log() -> None:
    assert actions(access.audit_logs(GROUP)) == {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_the_snapshot_job_can_neither_read_nor_delete_a_snapshot() -> None:
    statements = document(*access.snapshots(BUCKET, KEY, "s3.*.amazonaws.com"))
    assert evaluate(statements, "s3:PutObject", f"{BUCKET}/prod-vault/x.snap")
    for action in ("s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObject", "s3:DeleteObjectVersion"):
        assert not evaluate(statements, action, f"{BUCKET}/prod-vault/x.snap")
