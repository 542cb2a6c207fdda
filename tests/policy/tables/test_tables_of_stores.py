"""What is kept and what protects it: whatever has it is asked for it."""

from __future__ import annotations

from groundplan.plan.checks.mapping import data
from tests.policy.tables.provider import LIBRARY, having, names_of, schema_of


def test_what_needs_a_permit_to_be_deleted_is_what_the_review_warns_of() -> None:
    """A review that warns of a deletion which the gate lets pass would be worse than either alone."""
    listed = LIBRARY.data["parameters"]["stores"]["holds_data"]
    assert listed == sorted(data("holds_data"))


def test_recovery_and_exports_are_asked_of_every_type_that_has_them() -> None:
    tables = LIBRARY.data["parameters"]
    asked = {
        "backup_retention_period": tables["retention"]["automated_backups"],
        "snapshot_retention_limit": tables["retention"]["automated_backups"],
        "automated_snapshot_retention_period": tables["retention"]["automated_backups"],
        "point_in_time_recovery": tables["recovery"]["tables"],
        "enabled_cloudwatch_logs_exports": tables["logging"]["database_exports"],
        "enable_cloudwatch_logs_exports": tables["logging"]["database_exports"],
        "deletion_window_in_days": tables["stores"]["deletion_window"],
        "permanent_deletion_time_in_days": tables["stores"]["deletion_window"],
    }
    # a payment key has the days of the service's own choice
    left_out = {"aws_paymentcryptography_key"}
    wrong = [
        f"{name}.{attribute}"
        for attribute, table in asked.items()
        for name in having(attribute)
        if name not in table and name not in left_out
    ]
    assert wrong == []
    for name, facts in [
        *tables["retention"]["automated_backups"].items(),
        *tables["logging"]["database_exports"].items(),
    ]:
        assert name in having(facts["attribute"])
    for facts in tables["retention"]["automated_backups"].values():
        assert facts["unwritten"] == (1 if facts["attribute"].endswith("_period") else 0) or "left_to" in facts


def test_protection_and_forced_deletion_are_asked_of_every_store_that_has_them() -> None:
    stores = LIBRARY.data["parameters"]["stores"]
    # hold nothing that is lost for good, or are denied by rules of their own; QLDB takes no new ledgers
    unprotected = {
        "aws_cloudwatch_log_group",
        "aws_eks_cluster",
        "aws_pinpointsmsvoicev2_phone_number",
        "aws_qldb_ledger",
        "aws_verifiedpermissions_policy_store",
    }
    switched = having("deletion_protection") | having("deletion_protection_enabled")
    assert switched - set(stores["deletion_protection"]) == unprotected
    for name, facts in stores["deletion_protection"].items():
        # Cognito says ACTIVE or INACTIVE, everything else is a switch
        boolean = schema_of(name).attributes[facts["attribute"]].type == "bool"
        # what is said of deletion, and not of protection, is the other way round
        assert facts["on"] == (facts["attribute"] != "deletion_allowed" if boolean else "ACTIVE"), name
    forced = {name for name in stores["holds_data"] if {"force_destroy", "force_delete"} & names_of(name)}
    # what forces these away takes no data with it: a member leaves its cluster
    assert forced - set(stores["force_destroy"]) <= {"aws_rds_cluster_instance", "aws_rds_global_cluster"}
    assert len(forced & set(stores["force_destroy"])) > 4
    assert set(stores["force_destroy"]) <= set(stores["holds_data"])


def test_these_tags_and_tiers_are_what_the_modules_write() -> None:
    """An independent source: docs and modules speak of the same names."""
    tables = LIBRARY.data["parameters"]
    expected = ["Environment", "Service", "Owner", "CostCenter", "DataClassification", "ManagedBy"]
    assert tables["tags"]["required"] == expected
    assert tables["stores"]["backup_tier"]["tiers"] == ["critical", "standard", "archive", "none"]
