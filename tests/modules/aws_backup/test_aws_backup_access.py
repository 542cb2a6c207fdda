"""Access to backups: vaults that refuse hands, copies within the organization, reports from their writer alone."""

from __future__ import annotations

import pytest

from groundplan.iam import Kind, Statement, document, problems
from modules.backup.aws_backup import access

ACCOUNT = "111122223333"
REGION = "us-east-1"
THROUGH = [f"{service}.{REGION}.amazonaws.com" for service in access.BACKED_UP_THROUGH]
BUCKET = "arn:aws:s3:::prod-backup-reports"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:prod-alarms"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/break-glass"

POLICIES: dict[str, tuple[Kind, list[Statement]]] = {
    "accepted_copies": ("resource", access.accepted_copies("o-abcdef1234")),
    "key_policy": ("resource", access.key_policy(ACCOUNT, THROUGH)),
    "manual_deletion": ("resource", access.manual_deletion([ROLE])),
    "refused_copies": ("resource", access.refused_copies("o-abcdef1234")),
    "report_delivery": ("resource", access.report_delivery(BUCKET, ACCOUNT)),
    "report_key_policy": ("resource", access.report_key_policy(ACCOUNT, f"s3.{REGION}.amazonaws.com")),
    "vault_topic_policy": ("resource", access.vault_topic_policy(TOPIC, ACCOUNT)),
}


def test_every_policy_of_the_module_is_judged_here() -> None:
    assert {name for name in access.__all__ if callable(getattr(access, name))} == set(POLICIES)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_aws_would_accept_the_policy(name: str) -> None:
    kind, statements = POLICIES[name]
    assert problems(statements, kind) == []


def test_nobody_deletes_a_recovery_point_by_hand_unless_exempt() -> None:
    (statement,) = document(*access.manual_deletion([ROLE]))["Statement"]
    assert "backup:DeleteRecoveryPoint" in statement["Action"]
    assert statement["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": [ROLE]}}


def test_without_exemptions_nobody_is_spared_and_the_policy_can_still_be_corrected() -> None:
    (statement,) = document(*access.manual_deletion(None))["Statement"]
    assert "Condition" not in statement
    assert "backup:PutBackupVaultAccessPolicy" not in statement["Action"]


def test_the_refusal_is_what_the_audit_control_looks_for() -> None:
    (statement,) = document(*access.manual_deletion([ROLE]))["Statement"]
    wanted = {
        "backup:DeleteRecoveryPoint",
        "backup:PutBackupVaultAccessPolicy",
        "backup:UpdateRecoveryPointLifecycle",
    }
    assert wanted <= set(statement["Action"])
    assert (statement["Effect"], statement["Resource"], statement["Principal"]) == ("Deny", ["*"], {"AWS": ["*"]})


def test_grants_on_a_vaults_key_are_for_aws_resources_only() -> None:
    (grants,) = (
        item
        for item in document(*access.key_policy(ACCOUNT, THROUGH))["Statement"]
        if "kms:CreateGrant" in item["Action"]
    )
    assert grants["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": ["true"]}
    assert "rds.us-east-1.amazonaws.com" in grants["Condition"]["StringEquals"]["kms:ViaService"]


def test_the_key_names_the_report_writer_by_a_condition_since_it_may_not_exist_yet() -> None:
    (writing,) = document(*access.report_key_policy(ACCOUNT, f"s3.{REGION}.amazonaws.com"))["Statement"]
    assert writing["Principal"] == {"AWS": ["*"]}
    (writer,) = writing["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert writer.endswith("/AWSServiceRoleForBackupReports")
    assert writing["Condition"]["StringEquals"]["kms:CallerAccount"] == [ACCOUNT]
