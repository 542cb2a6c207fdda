"""Access to backups: AWS's two policies for the service role, vaults that refuse hands, copies of the organization."""

from __future__ import annotations

import pytest

from groundplan.iam import Kind, Statement, document, problems
from modules.backup.aws_backup import access

ACCOUNT = "111122223333"
REGION = "us-east-1"
BUCKET = "arn:aws:s3:::prod-backup-reports"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:prod-alarms"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/prod-backup-failed"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/break-glass"

POLICIES: dict[str, tuple[Kind, list[Statement]]] = {
    "copies_from_organization": ("resource", access.copies_from_organization("o-abcdef1234")),
    "event_topic_policy": ("resource", access.event_topic_policy(TOPIC, RULE)),
    "key_policy": ("resource", access.key_policy(ACCOUNT, REGION)),
    "manual_deletion": ("resource", access.manual_deletion([ROLE])),
    "report_bucket_policy": ("resource", access.report_bucket_policy(BUCKET, ACCOUNT)),
    "report_key_policy": ("resource", access.report_key_policy(ACCOUNT, REGION)),
    "service_role_trust": ("trust", access.service_role_trust()),
    "vault_topic_policy": ("resource", access.vault_topic_policy(TOPIC, ACCOUNT)),
}


def test_every_policy_of_the_module_is_judged_here() -> None:
    assert {name for name in access.__all__ if callable(getattr(access, name))} == set(POLICIES)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_aws_would_accept_the_policy(name: str) -> None:
    kind, statements = POLICIES[name]
    assert problems(statements, kind) == []


def test_the_service_role_carries_the_two_managed_policies() -> None:
    assert [arn.rsplit("/", 1)[1] for arn in access.SERVICE_ROLE_MANAGED_POLICIES] == [
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForRestores",
    ]


def test_nobody_deletes_a_recovery_point_by_hand_unless_exempt() -> None:
    (statement,) = document(*access.manual_deletion([ROLE]))["Statement"]
    assert "backup:DeleteRecoveryPoint" in statement["Action"]
    assert statement["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": [ROLE]}}


def test_without_exemptions_the_refusal_knows_no_condition() -> None:
    (statement,) = document(*access.manual_deletion([]))["Statement"]
    assert "Condition" not in statement


def test_a_vault_policy_can_always_be_corrected() -> None:
    (statement,) = access.manual_deletion([])
    assert "backup:PutBackupVaultAccessPolicy" not in statement.actions


def test_grants_on_a_vaults_key_are_for_aws_resources_only() -> None:
    (grants,) = (
        item
        for item in document(*access.key_policy(ACCOUNT, REGION))["Statement"]
        if "kms:CreateGrant" in item["Action"]
    )
    assert grants["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": ["true"]}
    assert "rds.us-east-1.amazonaws.com" in grants["Condition"]["StringEquals"]["kms:ViaService"]


def test_the_report_writer_is_no_principal_since_it_may_not_exist_yet() -> None:
    delivery = document(*access.report_bucket_policy(BUCKET, ACCOUNT))["Statement"][1]
    assert delivery["Principal"] == {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}
    (writer,) = delivery["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert writer.endswith("/AWSServiceRoleForBackupReports")
