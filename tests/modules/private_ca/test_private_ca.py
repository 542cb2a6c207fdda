"""Authorities: who signs whom, who may issue what, how revocation reaches clients, and what is reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.iam import Principal, evaluate
from modules.certificates.private_ca import PrivateCa
from tests.modules.private_ca.examples import (
    ACCOUNT,
    BELOW_ANOTHER,
    BOUNDARY,
    FULL,
    OTHER_ACCOUNT,
    PARENT,
    SMALL,
    TOPIC,
    UNIT,
)
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]
AUTHORITY = Principal.service("acm-pca.amazonaws.com")
CLOUDFRONT = Principal.service("cloudfront.amazonaws.com")
TEMPLATE = "arn:aws:acm-pca:::template"
Request = dict[str, str | int | float | bool | Sequence[str]]
TLS: Request = {"aws:SecureTransport": True}


@pytest.fixture(scope="module")
def full(apply_module: Planner) -> ModulePlan:
    return apply_module(PrivateCa, FULL)


@pytest.fixture(scope="module")
def small(apply_module: Planner) -> ModulePlan:
    return apply_module(PrivateCa, SMALL)


@pytest.fixture(scope="module")
def below(apply_module: Planner) -> ModulePlan:
    return apply_module(PrivateCa, BELOW_ANOTHER)


@pytest.fixture(scope="module")
def planned(plan_module: Planner) -> ModulePlan:
    return plan_module(PrivateCa, FULL)


def authority(plan: ModulePlan, name: str) -> dict[str, Any]:
    return plan.resource(f"aws_acmpca_certificate_authority.{place(name)}")


def signed(plan: ModulePlan, name: str) -> dict[str, Any]:
    return plan.resource(f"aws_acmpca_certificate.{place(name)}")


def place(name: str) -> str:
    return "root[0]" if name == "root" else f'subordinate["{name}"]'


def revocation(plan: ModulePlan, name: str) -> tuple[bool, bool]:
    """Whether an authority writes lists, and whether it answers by OCSP."""
    (settings,) = authority(plan, name)["revocation_configuration"]
    return settings["crl_configuration"][0]["enabled"], settings["ocsp_configuration"][0]["enabled"]


def test_the_addresses_stay_as_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_every_address_is_known_before_anything_is_made(planned: ModulePlan, full: ModulePlan) -> None:
    assert planned.addresses == full.addresses


def test_who_may_write_and_read_lists_and_reports_is_known_before_they_are_made(planned: ModulePlan) -> None:
    for bucket in ("aws_s3_bucket_policy.audit", "aws_s3_bucket_policy.crl[0]"):
        assert planned.document(bucket, "policy")["Statement"]
    for key in ("aws_kms_key.audit[0]", "aws_kms_key.crl[0]"):
        assert planned.document(key, "policy")["Statement"]


def test_the_root_signs_itself_and_each_subordinate_with_its_own_kind_of_key(full: ModulePlan) -> None:
    root = authority(full, "root")
    assert root["type"] == "ROOT"
    for name in ("root", "internal", "mesh"):
        certificate = signed(full, name)
        assert certificate["certificate_authority_arn"] == root["arn"]
        assert certificate["signing_algorithm"] == "SHA512WITHRSA"
        assert certificate["certificate_signing_request"] == authority(full, name)["certificate_signing_request"]
    assert signed(full, "root")["template_arn"] == f"{TEMPLATE}/RootCACertificate/V1"
    assert signed(full, "mesh")["template_arn"] == f"{TEMPLATE}/SubordinateCACertificate_PathLen0/V1"
    assert signed(full, "mesh")["validity"] == [{"type": "YEARS", "value": "5"}]
    # what it issues it signs with its own key
    (mesh,) = authority(full, "mesh")["certificate_authority_configuration"]
    assert (mesh["key_algorithm"], mesh["signing_algorithm"]) == ("EC_prime256v1", "SHA256WITHECDSA")


def test_each_authority_is_activated_with_its_certificate_and_the_chain_above_it(full: ModulePlan) -> None:
    for name in ("root", "internal", "mesh"):
        active = full.resource(f"aws_acmpca_certificate_authority_certificate.{place(name)}")
        assert active["certificate_authority_arn"] == authority(full, name)["arn"]
        assert active["certificate"] == signed(full, name)["certificate"]
        assert active["certificate_chain"] == (None if name == "root" else signed(full, name)["certificate_chain"])


def test_below_a_root_of_another_account_its_kind_of_signature_is_asked_for(below: ModulePlan) -> None:
    assert below.outputs["root_arn"] == PARENT.arn
    assert below.outputs["root_certificate"] is None
    for name in ("internal", "mesh"):
        assert signed(below, name)["certificate_authority_arn"] == PARENT.arn
        assert signed(below, name)["signing_algorithm"] == "SHA384WITHECDSA"
    assert not [address for address in below.addresses if ".root" in address]


def test_a_deleted_authority_can_be_restored_for_a_month(full: ModulePlan, small: ModulePlan) -> None:
    days = {
        made["permanent_deletion_time_in_days"] for made in full.resources("aws_acmpca_certificate_authority").values()
    }
    assert days == {30}
    assert authority(small, "root")["permanent_deletion_time_in_days"] == 7


def test_the_mesh_has_the_mode_that_costs_less_and_acm_does_not_use_it(full: ModulePlan) -> None:
    modes = {name: authority(full, name)["usage_mode"] for name in ("root", "internal", "mesh")}
    assert modes == {
        "root": "GENERAL_PURPOSE",
        "internal": "GENERAL_PURPOSE",
        "mesh": "SHORT_LIVED_CERTIFICATE",
    }
    (permission,) = full.resources("aws_acmpca_permission").values()
    assert permission["certificate_authority_arn"] == authority(full, "internal")["arn"]
    assert permission["principal"] == "acm.amazonaws.com"
    assert sorted(permission["actions"]) == ["GetCertificate", "IssueCertificate", "ListPermissions"]


def test_revocation_is_told_by_ocsp_unless_certificates_live_for_days_only(full: ModulePlan, small: ModulePlan) -> None:
    assert revocation(full, "root") == (True, True)
    assert revocation(full, "internal") == (True, False)
    assert revocation(full, "mesh") == (False, False)
    assert revocation(small, "root") == (False, False)


def test_lists_are_named_by_the_distribution_that_serves_them_over_plain_http(full: ModulePlan) -> None:
    distribution = full.resource("aws_cloudfront_distribution.crl[0]")
    (lists,) = authority(full, "internal")["revocation_configuration"][0]["crl_configuration"]
    assert lists["custom_cname"] == distribution["domain_name"] == full.outputs["crl_host"]
    assert lists["s3_bucket_name"] == full.outputs["crl_bucket"] == f"prod-private-ca-crl-{ACCOUNT}"
    assert lists["s3_object_acl"] == "BUCKET_OWNER_FULL_CONTROL"
    assert distribution["default_cache_behavior"][0]["viewer_protocol_policy"] == "allow-all"
    assert distribution["origin"][0]["domain_name"] == f"prod-private-ca-crl-{ACCOUNT}.s3.us-east-1.amazonaws.com"
    assert distribution["origin"][0]["origin_access_control_id"]


def test_lists_that_you_serve_yourself_need_no_distribution_of_ours(below: ModulePlan) -> None:
    assert below.outputs["crl_host"] == "crl.example.com"
    assert below.resources("aws_cloudfront_distribution") == {}


def test_the_lists_bucket_is_public_to_nobody(full: ModulePlan) -> None:
    for bucket in ("audit", "crl[0]"):
        blocked = full.resource(f"aws_s3_bucket_public_access_block.{bucket}")
        assert all(blocked[name] for name in blocked if name.startswith(("block_", "ignore_", "restrict_")))


def test_distributions_of_this_account_read_lists_and_nothing_else(full: ModulePlan) -> None:
    policy = full.document("aws_s3_bucket_policy.crl[0]", "policy")
    audit = full.document("aws_s3_bucket_policy.audit", "policy")
    bucket = f"arn:aws:s3:::prod-private-ca-crl-{ACCOUNT}"
    reports = f"arn:aws:s3:::prod-private-ca-audit-{ACCOUNT}/audit-report/x.json"
    own: Request = {**TLS, "aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1EXAMPLE"}
    other: Request = {**TLS, "aws:SourceArn": f"arn:aws:cloudfront::{OTHER_ACCOUNT}:distribution/E1EXAMPLE"}
    assert evaluate(policy, "s3:GetObject", f"{bucket}/crl/a.crl", own, principal=CLOUDFRONT)
    assert not evaluate(policy, "s3:GetObject", f"{bucket}/crl/a.crl", other, principal=CLOUDFRONT)
    assert not evaluate(policy, "s3:GetObject", f"{bucket}/other", own, principal=CLOUDFRONT)
    assert not evaluate(policy, "s3:PutObject", f"{bucket}/crl/a.crl", own, principal=CLOUDFRONT)
    assert not evaluate(audit, "s3:GetObject", reports, own, principal=CLOUDFRONT)
    # a key each, so that what opens lists to the world opens no report
    key = full.document("aws_kms_key.audit[0]", "policy")
    assert not evaluate(key, "kms:Decrypt", "*", own, principal=CLOUDFRONT)
    assert evaluate(full.document("aws_kms_key.crl[0]", "policy"), "kms:Decrypt", "*", own, principal=CLOUDFRONT)


@pytest.mark.parametrize(("bucket", "name"), [("crl[0]", "crl"), ("audit", "audit")])
def test_authorities_of_this_account_write_and_those_of_others_do_not(full: ModulePlan, bucket: str, name: str) -> None:
    policy = full.document(f"aws_s3_bucket_policy.{bucket}", "policy")
    target = f"arn:aws:s3:::prod-private-ca-{name}-{ACCOUNT}/x"
    for account, allowed in ((ACCOUNT, True), (OTHER_ACCOUNT, False)):
        context: Request = {**TLS, "aws:SourceAccount": account}
        assert evaluate(policy, "s3:PutObject", target, context, principal=AUTHORITY) is allowed
    assert not evaluate(policy, "s3:GetObject", target, {**TLS, "aws:SourceAccount": ACCOUNT}, principal=AUTHORITY)


def test_an_authority_uses_the_key_for_its_bucket_only(full: ModulePlan) -> None:
    key = full.document("aws_kms_key.audit[0]", "policy")
    for bucket, allowed in ((f"prod-private-ca-audit-{ACCOUNT}", True), ("another-bucket", False)):
        for target in (f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/audit-report/x.json"):
            context: Request = {"kms:EncryptionContext:aws:s3:arn": target}
            assert evaluate(key, "kms:GenerateDataKey", "*", context, principal=AUTHORITY) is allowed


def test_each_authority_is_asked_for_an_audit_report_every_week(full: ModulePlan) -> None:
    for name, schedule in (
        ("root", "root_audit[0]"),
        ("internal", 'subordinate_audit["internal"]'),
        ("mesh", 'subordinate_audit["mesh"]'),
    ):
        made = full.resource(f"aws_scheduler_schedule.{schedule}")
        assert made["schedule_expression"] == "cron(0 6 ? * MON *)"
        (target,) = made["target"]
        assert target["arn"] == "arn:aws:scheduler:::aws-sdk:acmpca:createCertificateAuthorityAuditReport"
        assert target["dead_letter_config"]
        assert authority(full, name)["arn"] in target["input"]
        assert f'"S3BucketName":"{full.outputs["audit_report_bucket"]}"' in target["input"]


def test_the_schedules_may_ask_for_reports_and_issue_nothing(full: ModulePlan) -> None:
    policy = full.document("aws_iam_role_policy.schedules", "policy")
    own = authority(full, "mesh")["arn"]
    another = own.rpartition("/")[0] + "/00000000-0000-4000-8000-000000000000"
    assert evaluate(policy, "acm-pca:CreateCertificateAuthorityAuditReport", own)
    assert not evaluate(policy, "acm-pca:CreateCertificateAuthorityAuditReport", another)
    assert not evaluate(policy, "acm-pca:IssueCertificate", own)
    reports = f"arn:aws:s3:::prod-private-ca-audit-{ACCOUNT}"
    # the second is what Private CA tries the right to write with, before there is a report
    for key, allowed in (("audit-report/x.json", True), ("acm-pca-permission-test-key", True), ("other", False)):
        assert evaluate(policy, "s3:PutObject", f"{reports}/{key}") is allowed
    assert not evaluate(policy, "s3:PutObject", f"arn:aws:s3:::prod-private-ca-crl-{ACCOUNT}/crl/x")
    assert full.resource("aws_iam_role.schedules")["permissions_boundary"] == BOUNDARY


def test_reports_are_kept_for_two_years(full: ModulePlan) -> None:
    (rule,) = full.resource("aws_s3_bucket_lifecycle_configuration.audit")["rule"]
    assert rule["expiration"][0]["days"] == 731


def test_an_issuer_gets_certificates_for_workloads_and_never_another_authority(full: ModulePlan) -> None:
    policy = full.document('aws_iam_policy.subordinate_issue["mesh"]', "policy")
    own, other = authority(full, "mesh")["arn"], authority(full, "internal")["arn"]

    def issues(template: str, target: str = own) -> bool:
        context = {"acm-pca:TemplateArn": f"{TEMPLATE}/{template}/V1"}
        return evaluate(policy, "acm-pca:IssueCertificate", target, context)

    assert issues("EndEntityCertificate")
    assert issues("EndEntityServerAuthCertificate")
    assert issues("BlankEndEntityCertificate_APICSRPassthrough")
    assert not issues("SubordinateCACertificate_PathLen0")
    assert not issues("RootCACertificate")
    assert not issues("BlankSubordinateCACertificate_PathLen0_APIPassthrough")
    assert not issues("EndEntityCertificate", other)
    assert not evaluate(policy, "acm-pca:DeleteCertificateAuthority", own)
    assert sorted(full.outputs["issue_policy_arns"]) == ["internal", "mesh"]


def test_a_small_environment_has_one_cheap_authority_that_issues_itself(small: ModulePlan) -> None:
    assert list(small.resources("aws_acmpca_certificate_authority")) == ["aws_acmpca_certificate_authority.root[0]"]
    assert authority(small, "root")["usage_mode"] == "SHORT_LIVED_CERTIFICATE"
    assert sorted(small.outputs["issue_policy_arns"]) == ["root"]
    assert small.outputs["crl_bucket"] is None
    assert not [address for address in small.addresses if "crl" in address]


def test_people_are_reminded_before_an_authority_runs_out(full: ModulePlan) -> None:
    made = full.resource('aws_scheduler_schedule.subordinate_reminder["internal"]')
    # 425 days before 2024-01-01, when an offline apply lets everything run out
    assert made["schedule_expression"] == "at(2022-11-02T00:00:00)"
    (event,) = made["target"][0]["eventbridge_parameters"]
    pattern = full.document("aws_cloudwatch_event_rule.reminder", "event_pattern")
    assert pattern == {"source": [event["source"]], "detail-type": [event["detail_type"]]}
    assert full.resource("aws_cloudwatch_event_target.reminder")["arn"] == TOPIC


def test_failures_changes_and_lists_that_cannot_be_written_are_told(full: ModulePlan) -> None:
    failure = full.document('aws_cloudwatch_event_rule.subordinate_failure["mesh"]', "event_pattern")
    assert failure["resources"] == [authority(full, "mesh")["arn"]]
    assert failure["detail"] == {"result": ["failure"]}
    change = full.document("aws_cloudwatch_event_rule.change", "event_pattern")["detail"]
    assert "DeleteCertificateAuthority" in change["eventName"]
    assert len(change["requestParameters"]["certificateAuthorityArn"]) == 3
    alarms = full.resources("aws_cloudwatch_metric_alarm")
    assert sorted(alarms) == [
        "aws_cloudwatch_metric_alarm.root_crl[0]",
        "aws_cloudwatch_metric_alarm.schedules",
        'aws_cloudwatch_metric_alarm.subordinate_crl["internal"]',
    ]
    assert all(alarm["alarm_actions"] == [TOPIC] for alarm in alarms.values())
    assert len(full.outputs["event_rule_arns"]) == 5


def test_sharing_stays_in_the_organization_and_a_shared_root_signs_authorities_only(full: ModulePlan) -> None:
    shares = full.resources("aws_ram_resource_share")
    assert {share["allow_external_principals"] for share in shares.values()} == {False}
    assert {address: share["permission_arns"] for address, share in shares.items()} == {
        "aws_ram_resource_share.root[0]": [
            "arn:aws:ram::aws:permission/AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority"
        ],
        'aws_ram_resource_share.subordinate["internal"]': [
            "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionCertificateAuthority"
        ],
    }
    share = shares['aws_ram_resource_share.subordinate["internal"]']["arn"]
    for principal in (OTHER_ACCOUNT, UNIT):
        made = full.resource(f'aws_ram_principal_association.subordinate["internal/{principal}"]')
        assert (made["principal"], made["resource_share_arn"]) == (principal, share)
