"""Velero's access: the documented permissions, and no more than its own bucket and key."""

from __future__ import annotations

import pytest

from groundplan.iam import Kind, Statement, document, problems
from modules.backup.velero import access

ACCOUNT = "111122223333"
BUCKET = "arn:aws:s3:::prod-velero"
COPIES = "arn:aws:s3:::prod-velero-dr"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000001"
DR_KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/00000000-0000-0000-0000-000000000002"

POLICIES: dict[str, tuple[Kind, list[Statement]]] = {
    "native_volume_snapshots": ("identity", access.native_volume_snapshots(ACCOUNT, "aws")),
    "read_only_location": ("identity", access.read_only_location(COPIES, DR_KEY)),
    "restored_volume_key": ("identity", access.restored_volume_key(KEY, "us-east-1")),
    "server": ("identity", access.server(BUCKET, KEY)),
}


def allowed(statements: list[Statement]) -> dict[str, set[str]]:
    """Every allowed action and what it is allowed on."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        if statement.effect == "Allow":
            for action in statement.actions:
                found.setdefault(action, set()).update(statement.resources)
    return found


def test_every_policy_of_the_module_is_judged_here() -> None:
    assert {name for name in access.__all__ if callable(getattr(access, name))} == set(POLICIES)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_aws_would_accept_the_policy(name: str) -> None:
    kind, statements = POLICIES[name]
    assert problems(statements, kind) == []


def test_the_server_has_the_documented_s3_actions_on_its_own_bucket_only() -> None:
    assert allowed(access.server(BUCKET, KEY)) == {
        "s3:AbortMultipartUpload": {f"{BUCKET}/*"},
        "s3:DeleteObject": {f"{BUCKET}/*"},
        "s3:GetObject": {f"{BUCKET}/*"},
        "s3:ListBucket": {BUCKET},
        "s3:ListMultipartUploadParts": {f"{BUCKET}/*"},
        "s3:PutObject": {f"{BUCKET}/*"},
        "kms:Decrypt": {KEY},
        "kms:GenerateDataKey": {KEY},
    }


def test_native_snapshots_have_the_documented_ec2_actions_and_tag_only_what_they_create() -> None:
    statements = access.native_volume_snapshots(ACCOUNT, "aws")
    assert set(allowed(statements)) == {
        "ec2:CreateSnapshot",
        "ec2:CreateTags",
        "ec2:CreateVolume",
        "ec2:DeleteSnapshot",
        "ec2:DescribeSnapshots",
        "ec2:DescribeVolumes",
    }
    assert {action for action, on in allowed(statements).items() if on == {"*"}} == {
        "ec2:DescribeSnapshots",
        "ec2:DescribeVolumes",
    }
    (tagging,) = (statement for statement in statements if "ec2:CreateTags" in statement.actions)
    assert [condition.key for condition in tagging.conditions] == ["ec2:CreateAction"]
    elsewhere = allowed(access.native_volume_snapshots(ACCOUNT, "aws-us-gov"))
    assert {name.split(":")[1] for on in elsewhere.values() for name in on - {"*"}} == {"aws-us-gov"}


def test_of_another_bucket_no_backup_is_written_but_the_records_of_restores_are() -> None:
    assert allowed(access.read_only_location(COPIES, DR_KEY, "old/")) == {
        "s3:ListBucket": {COPIES},
        "s3:GetObject": {f"{COPIES}/*"},
        "s3:AbortMultipartUpload": {f"{COPIES}/old/restores/*"},
        "s3:DeleteObject": {f"{COPIES}/old/restores/*"},
        "s3:ListMultipartUploadParts": {f"{COPIES}/old/restores/*"},
        "s3:PutObject": {f"{COPIES}/old/restores/*"},
        "kms:Decrypt": {DR_KEY},
        "kms:GenerateDataKey": {DR_KEY},
    }


def test_terraform_references_are_carried_along_unread() -> None:
    statements = document(*access.server("${aws_s3_bucket.backups.arn}", "${var.kms_key_arn}"))["Statement"]
    assert statements[1]["Resource"] == ["${aws_s3_bucket.backups.arn}/*"]
    assert statements[2]["Resource"] == ["${var.kms_key_arn}"]
