"""What the roles may do: the challenges' records of the named zones, and the named CAs by the named templates."""

from __future__ import annotations

import pytest

from groundplan.iam import Kind, Statement, document, evaluate, problems
from modules.certificates.cert_manager import access
from tests.modules.cert_manager.examples import CA, CODE_CA
from tests.support.planning import ModulePlan

ZONE = "arn:aws:route53:::hostedzone/Z0000000000000000EXAMPLE"
OTHER_ZONE = "arn:aws:route53:::hostedzone/Z0000000000000000PAYMENT"
TEMPLATE = "arn:aws:acm-pca:::template/"

POLICIES: dict[str, tuple[Kind, list[Statement]]] = {
    "dns_challenges": ("identity", access.dns_challenges("aws", [ZONE])),
    "issue_by_private_ca": ("identity", access.issue_by_private_ca(CA, [f"{TEMPLATE}EndEntityCertificate/V1"])),
}


def change(
    name: str = "_acme-challenge.claims.example.com", kind: str = "TXT", action: str = "UPSERT"
) -> dict[str, list[str]]:
    return {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name],
        "route53:ChangeResourceRecordSetsRecordTypes": [kind],
        "route53:ChangeResourceRecordSetsActions": [action],
    }


def policies_of(plan: ModulePlan, role: str) -> list[str]:
    name = plan.resource(f"aws_iam_role.{role}")["name"]
    return [values["policy"] for values in plan.resources("aws_iam_role_policy").values() if values["role"] == name]


def test_every_policy_of_the_module_is_judged_here() -> None:
    assert {name for name in access.__all__ if callable(getattr(access, name))} == set(POLICIES)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_aws_would_accept_the_policy(name: str) -> None:
    kind, statements = POLICIES[name]
    assert problems(statements, kind) == []


def test_challenges_are_answered_in_the_named_zones_and_in_no_other(full: ModulePlan) -> None:
    dns = policies_of(full, "dns[0]")
    assert evaluate(dns, "route53:ChangeResourceRecordSets", ZONE, change())
    assert evaluate(dns, "route53:ChangeResourceRecordSets", ZONE, change(action="DELETE"))
    assert not evaluate(dns, "route53:ChangeResourceRecordSets", OTHER_ZONE, change())
    assert evaluate(dns, "route53:GetChange", "arn:aws:route53:::change/C0123456789")


@pytest.mark.parametrize(
    "request_context",
    [
        change(name="claims.example.com"),
        change(name="www._acme-challenge.example.com"),
        change(kind="A"),
        change(kind="CNAME"),
        change(action="CREATE"),
        {},
    ],
)
def test_no_other_record_of_the_zone_can_be_touched(full: ModulePlan, request_context: dict[str, list[str]]) -> None:
    assert not evaluate(policies_of(full, "dns[0]"), "route53:ChangeResourceRecordSets", ZONE, request_context)


def test_a_change_that_hides_another_record_behind_a_challenge_is_refused(full: ModulePlan) -> None:
    both = change()
    both["route53:ChangeResourceRecordSetsNormalizedRecordNames"].append("claims.example.com")
    assert not evaluate(policies_of(full, "dns[0]"), "route53:ChangeResourceRecordSets", ZONE, both)


def test_zones_are_neither_listed_nor_read(full: ModulePlan) -> None:
    dns = policies_of(full, "dns[0]")
    assert not evaluate(dns, "route53:ListHostedZonesByName", "*")
    assert not evaluate(dns, "route53:ListResourceRecordSets", ZONE)


def test_the_private_ca_issuer_issues_end_entity_certificates_by_the_named_ca(full: ModulePlan) -> None:
    issuer = policies_of(full, "private_ca[0]")
    for template in access.TEMPLATES_BY_USAGE:
        context = {"acm-pca:TemplateArn": f"{TEMPLATE}{template}"}
        assert evaluate(issuer, "acm-pca:IssueCertificate", CA, context)
        assert not evaluate(issuer, "acm-pca:IssueCertificate", CODE_CA, context)
        assert not evaluate(issuer, "acm-pca:IssueCertificate", CA[:-1] + "9", context)
    assert evaluate(issuer, "acm-pca:GetCertificate", CA)
    assert evaluate(issuer, "acm-pca:DescribeCertificateAuthority", CA)


def test_no_issuer_makes_another_ca_and_a_template_that_is_set_is_the_only_one(full: ModulePlan) -> None:
    issuer = policies_of(full, "private_ca[0]")
    for ca in (CA, CODE_CA):
        for template in ("RootCACertificate/V1", "SubordinateCACertificate_PathLen0/V1"):
            assert not evaluate(
                issuer, "acm-pca:IssueCertificate", ca, {"acm-pca:TemplateArn": f"{TEMPLATE}{template}"}
            )
    code = {"acm-pca:TemplateArn": f"{TEMPLATE}CodeSigningCertificate/V1"}
    assert evaluate(issuer, "acm-pca:IssueCertificate", CODE_CA, code)
    assert not evaluate(issuer, "acm-pca:IssueCertificate", CA, code)


def test_the_private_ca_issuer_can_neither_revoke_nor_delete(full: ModulePlan) -> None:
    issuer = policies_of(full, "private_ca[0]")
    for action in (
        "acm-pca:DeleteCertificateAuthority",
        "acm-pca:RevokeCertificate",
        "acm-pca:UpdateCertificateAuthority",
    ):
        assert not evaluate(issuer, action, CA)


def test_the_report_publishes_metrics_of_one_namespace_and_nothing_else(full: ModulePlan) -> None:
    report = policies_of(full, "status")
    assert evaluate(report, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": access.METRIC_NAMESPACE})
    assert not evaluate(report, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/Billing"})
    assert not evaluate(report, "route53:GetChange", "arn:aws:route53:::change/C0123456789")
    rules = full.resource("kubernetes_cluster_role_v1.status")["rule"]
    assert {tuple(rule["verbs"]) for rule in rules} == {("get", "list")}
    assert not [rule for rule in rules if "secrets" in rule["resources"]]


def test_each_identity_switch_gives_the_same_service_accounts_a_role(full: ModulePlan, small: ModulePlan) -> None:
    accounts = {"dns[0]": "cert-manager", "private_ca[0]": "aws-privateca-issuer", "status": "cert-manager-status"}
    for role, account in accounts.items():
        trust = full.document(f"aws_iam_role.{role}", "assume_role_policy")
        assert f"system:serviceaccount:cert-manager:{account}" in str(trust)
    release = {"dns[0]": "cert_manager", "private_ca[0]": "private_ca[0]"}
    for role, name in release.items():
        account = full.helm_values(f"helm_release.{name}")["serviceAccount"]
        assert account["name"] == accounts[role]
        assert account["annotations"] == {"eks.amazonaws.com/role-arn": full.resource(f"aws_iam_role.{role}")["arn"]}
    association = small.resource("aws_eks_pod_identity_association.status[0]")
    assert (association["namespace"], association["service_account"]) == ("cert-manager", "cert-manager-status")


def test_without_zones_and_private_cas_there_is_no_role_for_them(small: ModulePlan) -> None:
    assert set(small.resources("aws_iam_role")) == {"aws_iam_role.status"}
    assert small.outputs["dns_role_arn"] is None
    assert small.outputs["private_ca_role_arn"] is None
    assert small.helm_values("helm_release.cert_manager")["serviceAccount"]["annotations"] == {}


def test_every_role_is_bounded_when_a_boundary_is_given(full: ModulePlan) -> None:
    roles = full.resources("aws_iam_role").values()
    assert {role["permissions_boundary"] for role in roles} == {"arn:aws:iam::111122223333:policy/workload-boundary"}


def test_terraform_references_are_carried_along_unread() -> None:
    (issue, _) = document(*access.issue_by_private_ca("${var.ca_arn}", ["${local.template}"]))["Statement"]
    assert issue["Resource"] == ["${var.ca_arn}"]
    assert issue["Condition"] == {"ArnLike": {"acm-pca:TemplateArn": ["${local.template}"]}}
