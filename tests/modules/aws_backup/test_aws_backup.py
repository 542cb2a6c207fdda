"""What Terraform would make of the module: everything switched on, and as little as there can be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.framework.checking import problems_of
from groundplan.iam import Principal, evaluate
from modules.backup.aws_backup import AwsBackup, ComplianceLock, DisasterRecovery, Tier
from tests.modules.aws_backup.examples import ACCOUNT, BREAK_GLASS, FULL, SMALL, TERRAFORM
from tests.support.planning import ModulePlan, waited_for

EVERYTHING_ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}],
}
REPORT_WRITER = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports"
)
RECOVERY_POINT = f"arn:aws:backup:us-east-1:{ACCOUNT}:recovery-point:0d6c1c2e"


@pytest.fixture(scope="module")
def full(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(AwsBackup, FULL)


@pytest.fixture(scope="module")
def small(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(AwsBackup, SMALL)


def rule(plan: ModulePlan, name: str) -> dict[str, Any]:
    (found,) = plan.resource(f"aws_backup_plan.{name}")["rule"]
    return dict(found)


def selection(plan: ModulePlan, name: str) -> tuple[set[str], tuple[str, str]]:
    """The ARNs that a selection is about, and the tag that they must have."""
    found = plan.resource(f"aws_backup_selection.{name}")
    assert not found["selection_tag"], "such a tag would select every type of resource"
    (tag,) = found["condition"][0]["string_equals"]
    return set(found["resources"]), (tag["key"], tag["value"])


def may(plan: ModulePlan, vault: str, action: str, role_arn: str, **context: Any) -> bool:
    """Whether a role whose own policies allow everything may do something with a vault's recovery points."""
    policy = plan.document(f"aws_backup_vault_policy.{vault}", "policy")
    return evaluate(
        [EVERYTHING_ALLOWED, policy],
        action,
        RECOVERY_POINT,
        {"aws:PrincipalArn": role_arn, **context},
        principal=Principal.aws(role_arn),
    )


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# Where recovery points lie


def test_the_copies_lie_in_the_other_region_under_a_key_of_that_region(full: ModulePlan) -> None:
    there = [
        "aws_backup_vault.dr[0]",
        "aws_backup_vault_lock_configuration.dr[0]",
        "aws_backup_vault_policy.dr[0]",
        "aws_kms_alias.dr[0]",
        "aws_kms_key.dr[0]",
    ]
    assert {full.resource(address)["region"] for address in there} == {"us-west-2"}
    assert full.resource("aws_backup_vault.dr[0]")["kms_key_arn"] == full.resource("aws_kms_key.dr[0]")["arn"]
    services = json.dumps(full.document("aws_kms_key.dr[0]", "policy"))
    assert "backup.us-west-2.amazonaws.com" in services
    assert "us-east-1" not in services


def test_every_vault_has_a_customer_managed_key_and_none_is_deleted_with_its_content(full: ModulePlan) -> None:
    for address in ("aws_backup_vault.primary", "aws_backup_vault.dr[0]"):
        assert full.resource(address)["kms_key_arn"].startswith("arn:aws:kms:")
        assert full.resource(address)["force_destroy"] is False
    air_gapped = full.resource("aws_backup_logically_air_gapped_vault.air_gapped[0]")
    assert air_gapped["encryption_key_arn"] == full.resource("aws_kms_key.air_gapped[0]")["arn"]
    assert all(key["enable_key_rotation"] for key in full.resources("aws_kms_key").values())


def test_vaults_are_locked_in_governance_mode_that_can_be_corrected(full: ModulePlan, small: ModulePlan) -> None:
    locks = [*full.resources("aws_backup_vault_lock_configuration").values()]
    locks += small.resources("aws_backup_vault_lock_configuration").values()
    assert len(locks) == 3
    for lock in locks:
        assert lock.get("changeable_for_days") is None
        assert (lock["min_retention_days"], lock["max_retention_days"]) == (7, 3653)


def test_a_compliance_lock_takes_a_sentence_that_nobody_writes_by_mistake(
    plan_module: Callable[..., ModulePlan],
) -> None:
    lock = ComplianceLock(i_understand_that_nobody_can_ever_shorten_or_remove_this_lock=True, changeable_for_days=21)
    locked = plan_module(AwsBackup, SMALL.but(compliance_lock=lock, dr=DisasterRecovery(region="us-west-2")))
    for name in ("primary", "dr[0]"):
        assert locked.resource(f"aws_backup_vault_lock_configuration.{name}")["changeable_for_days"] == 21


@pytest.mark.parametrize("vault", ["primary", "dr[0]"])
@pytest.mark.parametrize("action", ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"])
def test_only_the_named_roles_delete_or_shorten_by_hand(full: ModulePlan, vault: str, action: str) -> None:
    assert may(full, vault, action, BREAK_GLASS)
    assert not may(full, vault, action, f"arn:aws:iam::{ACCOUNT}:role/administrator")
    # the alternative to deleting is a policy that lets one delete
    assert not may(full, vault, "backup:PutBackupVaultAccessPolicy", f"arn:aws:iam::{ACCOUNT}:role/administrator")
    assert may(full, vault, "backup:PutBackupVaultAccessPolicy", TERRAFORM)


def test_without_named_roles_nobody_deletes_but_the_policy_can_be_corrected(small: ModulePlan) -> None:
    assert not may(small, "primary", "backup:DeleteRecoveryPoint", BREAK_GLASS)
    assert may(small, "primary", "backup:PutBackupVaultAccessPolicy", BREAK_GLASS)
    assert may(small, "primary", "backup:StartRestoreJob", BREAK_GLASS)


def test_copies_neither_come_from_nor_go_to_outside_of_the_organization(full: ModulePlan) -> None:
    def into(organization: str) -> bool:
        context = {"aws:PrincipalOrgID": organization, "aws:PrincipalIsAWSService": "false"}
        return may(full, "primary", "backup:CopyIntoBackupVault", f"arn:aws:iam::{ACCOUNT}:role/copies", **context)

    def out_to(path: str) -> bool:
        context = {"backup:CopyTargetOrgPaths": [path]}
        return may(full, "primary", "backup:CopyFromBackupVault", f"arn:aws:iam::{ACCOUNT}:role/copies", **context)

    assert into("o-exampleorg0")
    assert not into("o-somebodyelse")
    assert out_to("o-exampleorg0/r-abcd/ou-abcd-12345678/")
    assert not out_to("o-somebodyelse/r-abcd/ou-abcd-12345678/")


def test_the_dr_region_is_another_one(plan_module: Callable[..., ModulePlan]) -> None:
    inputs = SMALL.but(dr=DisasterRecovery(region="us-east-1"))
    (problem,) = problems_of(inputs, "prod.backup")
    assert problem.path == "prod.backup.dr.region"
    assert problem.message.startswith('must be another region than the module\'s own, got "us-east-1", which')
    with pytest.raises(Exception, match=r"dr\.region: must be another region than the module's own, got us-east-1"):
        plan_module(AwsBackup, inputs)


# What is backed up when


def test_each_tier_is_backed_up_and_deleted_as_it_says(full: ModulePlan) -> None:
    critical, standard, archive = (rule(full, f'tier["{name}"]') for name in ("critical", "standard", "archive"))
    assert (critical["schedule"], critical["schedule_expression_timezone"]) == ("cron(0 0/6 ? * * *)", "Etc/UTC")
    assert standard["schedule_expression_timezone"] == "America/New_York"
    assert (standard["start_window"], standard["completion_window"]) == (120, 1440)
    (kept,) = critical["lifecycle"]
    assert (kept["delete_after"], kept["cold_storage_after"]) == (35, None)
    (kept,) = archive["lifecycle"]
    assert (kept["delete_after"], kept["cold_storage_after"]) == (2557, 30)
    assert kept["opt_in_to_archive_for_supported_resources"] is True
    assert {item["target_vault_name"] for item in (critical, standard, archive)} == {"prod-aws-backup-primary"}


def test_copies_go_where_the_tier_says_with_a_lifecycle_of_their_own(full: ModulePlan) -> None:
    def copies(tier: str) -> dict[str, tuple[int, int | None]]:
        return {
            copy["destination_vault_arn"]: (
                copy["lifecycle"][0]["delete_after"],
                copy["lifecycle"][0]["cold_storage_after"],
            )
            for copy in rule(full, f'tier["{tier}"]')["copy_action"]
        }

    dr, air_gapped = full.outputs["dr_vault_arn"], full.outputs["air_gapped_vault_arn"]
    assert ":us-west-2:" in dr
    assert copies("critical") == {dr: (90, None), air_gapped: (30, None)}
    assert copies("standard") == {dr: (120, 30)}
    assert copies("archive") == {}


def test_point_in_time_recovery_is_a_plan_of_its_own_for_what_has_it(full: ModulePlan) -> None:
    assert rule(full, 'tier["critical"]')["enable_continuous_backup"] is False
    continuous = rule(full, 'continuous["critical"]')
    assert continuous["enable_continuous_backup"] is True
    assert continuous["lifecycle"][0]["delete_after"] == 14
    assert continuous["lifecycle"][0]["cold_storage_after"] is None
    arns, tag = selection(full, 'continuous["critical/critical"]')
    assert arns == {"arn:aws:rds:*:*:db:*", "arn:aws:rds:*:*:cluster:*"}
    assert tag == ("aws:ResourceTag/BackupTier", "critical")
    assert set(full.outputs["continuous_plan_ids"]) == {"critical"}


def test_a_tier_selects_its_types_by_its_tag_values_and_by_its_name_without_any(full: ModulePlan) -> None:
    databases_disks_files = {
        "arn:aws:dynamodb:*:*:table/*",
        "arn:aws:ec2:*:*:volume/*",
        "arn:aws:elasticfilesystem:*:*:file-system/*",
        "arn:aws:rds:*:*:cluster:*",
        "arn:aws:rds:*:*:db:*",
    }
    for name, value in (("critical", "critical"), ("standard", "standard"), ("standard", "default")):
        arns, tag = selection(full, f'tier["{name}/{value}"]')
        assert (arns, tag) == (databases_disks_files, ("aws:ResourceTag/BackupTier", value))
    arns, _ = selection(full, 'tier["archive/archive"]')
    assert arns == {
        "arn:aws:ec2:*:*:volume/*",
        "arn:aws:elasticfilesystem:*:*:file-system/*",
        "arn:aws:s3:::*",
    }
    assert full.outputs["tag_key"] == "BackupTier"
    assert full.outputs["tag_values"] == ["archive", "critical", "default", "standard"]


def test_the_service_role_has_two_managed_policies_and_two_more_only_for_s3(
    full: ModulePlan, small: ModulePlan
) -> None:
    def policies(plan: ModulePlan) -> set[str]:
        attached = plan.resources("aws_iam_role_policy_attachment").values()
        return {item["policy_arn"].removeprefix("arn:aws:iam::aws:policy/") for item in attached}

    two = {
        "service-role/AWSBackupServiceRolePolicyForBackup",
        "service-role/AWSBackupServiceRolePolicyForRestores",
    }
    assert policies(small) == two
    assert policies(full) == two | {"AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore"}
    assert not full.resources("aws_iam_role_policy")
    (trust,) = full.document("aws_iam_role.service", "assume_role_policy")["Statement"]
    assert trust["Principal"] == {"Service": ["backup.amazonaws.com"]}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": [ACCOUNT]}}


# Proof


def test_every_week_a_recovery_point_of_the_primary_vault_is_restored(full: ModulePlan) -> None:
    plan = full.resource("aws_backup_restore_testing_plan.restores[0]")
    assert plan["name"] == "prod_aws_backup_tests"
    assert plan["schedule_expression"] == "cron(0 5 ? * SUN *)"
    assert plan["recovery_point_selection"][0]["include_vaults"] == [full.outputs["vault_arn"]]
    test = full.resource('aws_backup_restore_testing_selection.restores["claims_database"]')
    assert test["protected_resource_type"] == "RDS"
    assert test["restore_testing_plan_name"] == plan["name"]
    assert test["restore_metadata_overrides"] == {"dbsubnetgroupname": "restore-tests"}
    assert test["iam_role_arn"] == full.outputs["role_arn"]
    (tag,) = test["protected_resource_conditions"][0]["string_equals"]
    assert (tag["key"], tag["value"]) == ("aws:ResourceTag/BackupTier", "critical")
    # of the two ways to choose the provider takes one
    assert test.get("protected_resource_arns") is None


def test_the_framework_judges_by_what_the_module_promises(full: ModulePlan) -> None:
    framework = full.resource("aws_backup_framework.audit[0]")
    assert framework["name"] == "prod_aws_backup_audit"
    parameters = {
        control["name"]: {item["name"]: item["value"] for item in control["input_parameter"]}
        for control in framework["control"]
    }
    assert parameters == {
        "BACKUP_LAST_RECOVERY_POINT_CREATED": {"recoveryPointAgeUnit": "days", "recoveryPointAgeValue": "1"},
        "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK": {
            "requiredFrequencyUnit": "hours",
            "requiredFrequencyValue": "24",
            "requiredRetentionDays": "7",
        },
        "BACKUP_RECOVERY_POINT_ENCRYPTED": {},
        "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED": {"principalArnList": f"{TERRAFORM},{BREAK_GLASS}"},
        "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK": {"requiredRetentionDays": "7"},
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN": {},
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK": {"minRetentionDays": "7"},
        "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION": {"crossRegionList": "us-west-2"},
        "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET": {"maxRestoreTime": "240"},
    }
    (scope,) = next(
        control["scope"]
        for control in framework["control"]
        if control["name"] == "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"
    )
    assert set(scope["compliance_resource_types"]) == {"Aurora", "DynamoDB", "EBS", "EFS", "RDS", "S3"}


def test_reports_arrive_in_a_private_bucket_that_only_their_writer_fills(full: ModulePlan) -> None:
    templates = {
        plan["report_setting"][0]["report_template"] for plan in full.resources("aws_backup_report_plan").values()
    }
    assert templates == {
        "BACKUP_JOB_REPORT",
        "CONTROL_COMPLIANCE_REPORT",
        "COPY_JOB_REPORT",
        "RESOURCE_COMPLIANCE_REPORT",
        "RESTORE_JOB_REPORT",
    }
    policy = full.document("aws_s3_bucket_policy.reports[0]", "policy")

    def put(role_arn: str) -> bool:
        return evaluate(
            policy,
            "s3:PutObject",
            f"arn:aws:s3:::{full.outputs['report_bucket_name']}/backup_jobs/report.csv",
            {
                "aws:PrincipalArn": role_arn,
                "aws:SecureTransport": True,
                "s3:x-amz-acl": "bucket-owner-full-control",
            },
            principal=Principal.aws(role_arn),
        )

    assert put(REPORT_WRITER)
    assert not put(BREAK_GLASS)
    (lifecycle,) = full.resource("aws_s3_bucket_lifecycle_configuration.reports[0]")["rule"]
    assert lifecycle["expiration"][0]["days"] == 400


def test_the_report_writer_needs_no_policy_of_its_own_which_nobody_can_give_it(full: ModulePlan) -> None:
    # the account as a principal only lets the policies of its roles decide, and AWS's policy of this one has no S3
    (delivery,) = (
        statement
        for statement in full.document("aws_s3_bucket_policy.reports[0]", "policy")["Statement"]
        if statement["Sid"] == "DeliverReports"
    )
    assert delivery["Principal"] == {"AWS": [REPORT_WRITER]}

    def encrypts(role_arn: str, service: str) -> bool:
        statements = full.document("aws_kms_key.vault[0]", "policy")["Statement"]
        own = [statement for statement in statements if statement["Sid"] == "EncryptReports"]
        return evaluate(
            {"Version": "2012-10-17", "Statement": own},
            "kms:GenerateDataKey",
            "*",
            {"aws:PrincipalArn": role_arn, "kms:CallerAccount": ACCOUNT, "kms:ViaService": service},
            principal=Principal.aws(role_arn),
        )

    assert encrypts(REPORT_WRITER, "s3.us-east-1.amazonaws.com")
    assert not encrypts(REPORT_WRITER, "ec2.us-east-1.amazonaws.com")
    assert not encrypts(BREAK_GLASS, "s3.us-east-1.amazonaws.com")


def test_the_bucket_of_the_reports_names_their_writer_after_the_plan_that_makes_it() -> None:
    assert "aws_backup_report_plan.jobs" in waited_for(AwsBackup)["aws_s3_bucket_policy.reports"]


# Who is told


@pytest.mark.parametrize(
    ("name", "detail_type", "detail"),
    [
        (
            "backup_failed",
            "Backup Job State Change",
            {"state": ["ABORTED", "EXPIRED", "FAILED"], "backupVaultName": ["prod-aws-backup-primary"]},
        ),
        (
            "copy_failed",
            "Copy Job State Change",
            {
                "state": ["FAILED"],
                "sourceBackupVaultArn": [f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:prod-aws-backup-primary"],
            },
        ),
        ("restore_failed", "Restore Job State Change", {"status": ["ABORTED", "FAILED"]}),
    ],
)
def test_a_job_that_failed_reaches_people(
    full: ModulePlan, name: str, detail_type: str, detail: dict[str, Any]
) -> None:
    pattern = full.document(f"aws_cloudwatch_event_rule.{name}", "event_pattern")
    assert pattern == {"source": ["aws.backup"], "detail-type": [detail_type], "detail": detail}
    assert full.resource(f"aws_cloudwatch_event_target.{name}")["arn"] == FULL.alarm_topic_arn
    assert full.resource(f"aws_cloudwatch_event_rule.{name}")["arn"] in full.outputs["event_rule_arns"]


def test_hands_on_the_vaults_are_reported(full: ModulePlan) -> None:
    pattern = full.document("aws_cloudwatch_event_rule.tampering[0]", "event_pattern")
    assert {"DeleteRecoveryPoint", "DeleteBackupVaultLockConfiguration", "PutBackupVaultAccessPolicy"} <= set(
        pattern["detail"]["eventName"]
    )


def test_silence_is_an_alarm(full: ModulePlan) -> None:
    alarm = full.resource("aws_cloudwatch_metric_alarm.no_backup[0]")
    assert alarm["dimensions"] == {"BackupVaultName": "prod-aws-backup-primary"}
    assert alarm["period"] * alarm["evaluation_periods"] == 30 * 3600
    assert alarm["treat_missing_data"] == "breaching"


def test_rare_backups_and_no_trail_have_no_alarm_that_always_cries(plan_module: Callable[..., ModulePlan]) -> None:
    monthly = SMALL.but(
        tiers={"archive": Tier(schedule="cron(0 5 1 * ? *)", delete_after_days=90)},
        no_backup_alarm_hours=0,
        alarm_on_tampering=False,
    )
    plan = plan_module(AwsBackup, monthly)
    assert not plan.resources("aws_cloudwatch_metric_alarm")
    assert len(plan.resources("aws_cloudwatch_event_rule")) == 3


def test_the_vaults_own_notifications_say_what_their_topic_must_allow(full: ModulePlan, small: ModulePlan) -> None:
    assert "COPY_JOB_FAILED" in full.resource("aws_backup_vault_notifications.primary[0]")["backup_vault_events"]
    statement = json.loads(full.outputs["notification_statement"])
    assert statement["Principal"] == {"Service": ["backup.amazonaws.com"]}
    assert statement["Resource"] == [FULL.alarm_topic_arn]
    assert small.outputs["notification_statement"] == ""


# The organization


def test_the_organizations_policy_says_the_same_of_every_account(full: ModulePlan) -> None:
    made = full.resource("aws_organizations_policy.organization[0]")
    assert made["type"] == "BACKUP_POLICY"
    plans = full.document("aws_organizations_policy.organization[0]", "content")["plans"]
    assert set(plans) == {"archive", "critical", "standard"}
    critical = plans["critical"]
    assert critical["regions"] == {"@@assign": ["us-east-1"]}
    assert critical["rules"]["continuous"]["enable_continuous_backup"] == {"@@assign": True}
    assert critical["rules"]["continuous"]["lifecycle"] == {"delete_after_days": {"@@assign": "14"}}
    dr_vault = "arn:aws:backup:us-west-2:$account:backup-vault:prod-aws-backup-dr"
    assert critical["rules"]["scheduled"]["copy_actions"] == {
        dr_vault: {
            "target_backup_vault_arn": {"@@assign": dr_vault},
            "lifecycle": {"delete_after_days": {"@@assign": "90"}},
        }
    }
    assert set(plans["archive"]["rules"]) == {"scheduled"}
    assert plans["archive"]["rules"]["scheduled"]["lifecycle"] == {
        "delete_after_days": {"@@assign": "2557"},
        "move_to_cold_storage_after_days": {"@@assign": "30"},
    }
    assert plans["standard"]["selections"]["tags"]["by_tier"] == {
        "iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/prod-aws-backup-service"},
        "tag_key": {"@@assign": "BackupTier"},
        "tag_value": {"@@assign": ["standard", "default"]},
    }
    attached = full.resource('aws_organizations_policy_attachment.organization["ou-abcd-12345678"]')
    assert attached["target_id"] == "ou-abcd-12345678"


def test_the_regions_services_are_what_the_caller_says(full: ModulePlan) -> None:
    settings = full.resource("aws_backup_region_settings.settings[0]")
    assert settings["resource_type_opt_in_preference"]["EBS"] is True
    assert settings["resource_type_management_preference"] == {"DynamoDB": True, "EFS": True}


def test_what_is_left_out_is_not_there(small: ModulePlan) -> None:
    types = {address.split(".")[0] for address in small.addresses}
    assert types == {
        "aws_backup_plan",
        "aws_backup_selection",
        "aws_backup_vault",
        "aws_backup_vault_lock_configuration",
        "aws_backup_vault_policy",
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_event_target",
        "aws_cloudwatch_metric_alarm",
        "aws_iam_role",
        "aws_iam_role_policy_attachment",
        "aws_kms_alias",
        "aws_kms_key",
    }
    absent = ("dr_vault_arn", "air_gapped_vault_arn", "report_bucket_name", "framework_arn", "organization_policy_id")
    assert [small.outputs[name] for name in absent] == [None] * 5
