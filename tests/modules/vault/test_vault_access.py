"""Vault's access: one key to unseal with, an audit log that only grows, snapshots that the job cannot read back."""

from __future__ import annotations

import pytest

from groundplan.iam import Kind, Statement, document, problems
from modules.secrets.vault import access

ACCOUNT = "111122223333"
BUCKET = "arn:aws:s3:::prod-vault-snapshots"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000001"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/prod-vault-server"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/prod/vault/audit"

POLICIES: dict[str, tuple[Kind, list[Statement]]] = {
    "audit_key_policy": ("resource", access.audit_key_policy(ACCOUNT, "us-east-1", "/prod/vault/audit")),
    "audit_logs": ("identity", access.audit_logs(GROUP)),
    "snapshot_bucket_policy": ("resource", access.snapshot_bucket_policy(BUCKET, KEY)),
    "snapshot_key_policy": ("resource", access.snapshot_key_policy(ACCOUNT, "us-east-1")),
    "snapshots": ("identity", access.snapshots(BUCKET, KEY)),
    "unseal": ("identity", access.unseal(KEY)),
    "unseal_key_policy": ("resource", access.unseal_key_policy(ACCOUNT, ROLE)),
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


def test_only_vaults_role_can_decrypt_with_the_unseal_key() -> None:
    cryptographic = ("kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:*")
    holders = {
        who.identifier
        for statement in access.unseal_key_policy(ACCOUNT, ROLE)
        if any(action.startswith(cryptographic) for action in statement.actions)
        for who in statement.principals
    }
    assert holders == {ROLE}


def test_the_unseal_key_can_still_be_administered_or_kms_would_refuse_its_policy() -> None:
    administration = access.unseal_key_policy(ACCOUNT, ROLE)[0]
    assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey"} <= set(administration.actions)
    assert [who.identifier for who in administration.principals] == [f"arn:aws:iam::{ACCOUNT}:root"]


def test_the_audit_shipper_can_only_add_to_the_audit_log() -> None:
    assert actions(access.audit_logs(GROUP)) == {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_the_audit_key_serves_one_log_group_only() -> None:
    (statement,) = document(*access.audit_key_policy(ACCOUNT, "us-east-1", "/prod/vault/audit"))["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": [GROUP]}}


def test_the_snapshot_job_can_neither_read_nor_delete_a_snapshot() -> None:
    assert {action for action in actions(access.snapshots(BUCKET, KEY)) if action.startswith("s3:")} == {
        "s3:AbortMultipartUpload",
        "s3:PutObject",
    }


def test_a_snapshot_under_another_key_is_refused() -> None:
    refusal = document(*access.snapshot_bucket_policy(BUCKET, KEY))["Statement"][2]
    assert refusal["Effect"] == "Deny"
    assert refusal["Condition"] == {"ArnNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": [KEY]}}
