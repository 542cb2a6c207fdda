"""What Route 53 answers, what signs and logs it, and what people hear of when it fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.iam import Principal, evaluate
from modules.dns.route53 import Answer, GlobalKey, HealthCheck, HttpsCheck, Parent, Record, Route53
from tests.modules.route53.examples import ACCOUNT, FULL, LONG_TEXT, RECORDLESS, SMALL
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]
HOSTED_ZONE = "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"


LOGS, SIGNS = (f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0d6c1c2e-0000-4000-8000-00000000000{n}" for n in (1, 2))


@pytest.fixture(scope="module")
def other(apply_module: Planner) -> ModulePlan:
    """What three tests are about, which have nothing to do with one another: a plan instead of three."""
    zones = RECORDLESS.public_zones
    waiting = zones["claims"].but(parent=Parent(zone="main", ds_record=False))
    asked = HealthCheck(https=HttpsCheck(host_name="east.portal.example.com", ip_address="203.0.113.10"))
    inputs = RECORDLESS.but(
        public_zones={**zones, "claims": waiting},
        health_checks={**RECORDLESS.health_checks, "portal": asked},
        kms_key=GlobalKey(arn=LOGS),
        dnssec_kms_key=GlobalKey(arn=SIGNS),
    )
    return apply_module(Route53, inputs, region="us-west-2")


def zone_id(plan: ModulePlan, name: str) -> str:
    found: str = plan.outputs["zone_ids"][name]
    return found


def check_id(plan: ModulePlan, name: str) -> str:
    found: str = plan.outputs["health_check_ids"][name]
    return found


def test_the_addresses_stay_as_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_a_zone_without_signing_and_logs_needs_no_key_and_no_alarm(small: ModulePlan) -> None:
    assert small.addresses == ['aws_route53_record.simple["api"]', 'aws_route53_zone.public["main"]']


def test_one_more_record_is_one_more_address_and_moves_nothing(small: ModulePlan, apply_module: Planner) -> None:
    more = SMALL.but(
        records={**SMALL.records, "aaa": Record(zone="main", name="aaa", type="TXT", simple=Answer(values=["hello"]))}
    )
    plan = apply_module(Route53, more)
    assert set(plan.addresses) - set(small.addresses) == {'aws_route53_record.simple["aaa"]'}
    assert {address: plan.resource(address) for address in small.addresses} == {
        address: small.resource(address) for address in small.addresses
    }


# Keys, logs and alarms are where Route 53 wants them.


def test_keys_logs_and_alarms_are_in_north_virginia_whatever_the_provider_says(full: ModulePlan) -> None:
    kinds = (
        "aws_kms_key",
        "aws_kms_alias",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_resource_policy",
        "aws_cloudwatch_metric_alarm",
    )
    found = {kind: {made["region"] for made in full.resources(kind).values()} for kind in kinds}
    assert found == {key: {"us-east-1"} for key in kinds}


def test_zones_are_signed_with_a_key_that_route_53_takes(full: ModulePlan) -> None:
    key = full.resource("aws_kms_key.dnssec[0]")
    assert (key["customer_master_key_spec"], key["key_usage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    for zone in ("main", "claims"):
        signer = full.resource(f'aws_route53_key_signing_key.signing["{zone}"]')
        assert signer["key_management_service_arn"] == key["arn"] == full.outputs["dnssec_key_arn"]
        signed = full.resource(f'aws_route53_hosted_zone_dnssec.signed["{zone}"]')
        assert signer["hosted_zone_id"] == signed["hosted_zone_id"] == zone_id(full, zone)
    assert set(full.outputs["ds_records"]) == {"main", "claims"}


@pytest.mark.parametrize("action", ["kms:Sign", "kms:GetPublicKey", "kms:DescribeKey"])
@pytest.mark.parametrize(("account", "allowed"), [(ACCOUNT, True), ("999999999999", False)])
def test_route_53_signs_for_this_account_only(full: ModulePlan, action: str, account: str, allowed: bool) -> None:
    policy = full.document("aws_kms_key.dnssec[0]", "policy")
    context = {"aws:SourceAccount": account, "aws:SourceArn": HOSTED_ZONE}
    signer = Principal.service("dnssec-route53.amazonaws.com")
    assert evaluate(policy, action, "*", context, principal=signer) is allowed


@pytest.mark.parametrize(("for_aws", "allowed"), [("true", True), ("false", False)])
def test_route_53_may_grant_the_key_to_aws_itself_and_to_nobody_else(
    full: ModulePlan, for_aws: str, allowed: bool
) -> None:
    # as documented: neither the account nor the zone is told with it
    policy = full.document("aws_kms_key.dnssec[0]", "policy")
    signer = Principal.service("dnssec-route53.amazonaws.com")
    context = {"kms:GrantIsForAWSResource": for_aws}
    assert evaluate(policy, "kms:CreateGrant", "*", context, principal=signer) is allowed


def test_queries_are_logged_encrypted_and_kept_as_long_as_asked(full: ModulePlan) -> None:
    assert set(full.resources("aws_route53_query_log")) == {
        'aws_route53_query_log.queries["claims"]',
        'aws_route53_query_log.queries["main"]',
    }
    group = full.resource('aws_cloudwatch_log_group.queries["main"]')
    assert group["name"] == "/aws/route53/prod-dns/example.com"
    assert group["retention_in_days"] == 365
    assert group["kms_key_id"] == full.outputs["kms_key_arn"] == full.resource("aws_kms_key.logs[0]")["arn"]
    log = full.resource('aws_route53_query_log.queries["main"]')
    assert log["cloudwatch_log_group_arn"] == group["arn"] == full.outputs["query_log_group_arns"]["main"]


@pytest.mark.parametrize(
    ("account", "group", "allowed"),
    [
        (ACCOUNT, "/aws/route53/prod-dns/example.com", True),
        (ACCOUNT, "/aws/lambda/claims", False),
        ("999999999999", "/aws/route53/prod-dns/example.com", False),
    ],
)
def test_route_53_writes_the_module_s_logs_only(full: ModulePlan, account: str, group: str, allowed: bool) -> None:
    policy = full.document("aws_cloudwatch_log_resource_policy.query_logs[0]", "policy_document")
    where = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}:log-stream:Z1/IAD"
    context = {"aws:SourceAccount": account, "aws:SourceArn": HOSTED_ZONE}
    writer = Principal.service("route53.amazonaws.com")
    assert evaluate(policy, "logs:PutLogEvents", where, context, principal=writer) is allowed


def test_a_private_zone_can_be_asked_from_its_vpcs_only(full: ModulePlan) -> None:
    zone = full.resource('aws_route53_zone.private["internal"]')
    assert [vpc["vpc_id"] for vpc in zone["vpc"]] == ["vpc-0123456789abcdef0"]
    other = full.resource('aws_route53_zone_association.associated["internal/recovery"]')
    assert (other["vpc_id"], other["vpc_region"]) == ("vpc-0123456789abcdef1", "us-west-2")
    assert other["zone_id"] == zone["zone_id"]
    allowed = full.resource('aws_route53_vpc_association_authorization.authorized["internal/partner"]')
    assert allowed["vpc_id"] == "vpc-0123456789abcdef2"


def test_a_zone_with_records_in_it_is_never_destroyed_with_them(full: ModulePlan) -> None:
    assert {zone["force_destroy"] for zone in full.resources("aws_route53_zone").values()} == {False}


# Delegations.


def test_a_parent_zone_delegates_with_name_servers_and_ds_record(full: ModulePlan) -> None:
    servers = full.resource('aws_route53_record.child["claims"]')
    signer = full.resource('aws_route53_record.child_signer["claims"]')
    for made, kind in ((servers, "NS"), (signer, "DS")):
        assert (made["type"], made["name"]) == (kind, "claims.example.com")
        assert made["zone_id"] == zone_id(full, "main")
    assert servers["records"] == full.outputs["name_servers"]["claims"]
    assert signer["records"] == [full.outputs["ds_records"]["claims"]]


def test_an_unsigned_zone_gets_no_ds_record_which_would_make_it_unreachable(full: ModulePlan) -> None:
    assert 'aws_route53_record.child["legacy"]' in full.addresses
    assert 'aws_route53_record.child_signer["legacy"]' not in full.addresses


def test_a_ds_record_can_be_taken_away_before_signing_stops(other: ModulePlan) -> None:
    assert 'aws_route53_record.child_signer["claims"]' not in other.addresses
    assert 'aws_route53_hosted_zone_dnssec.signed["claims"]' in other.addresses


def test_subdomains_elsewhere_are_delegated_with_their_ds_records(full: ModulePlan) -> None:
    assert full.resource('aws_route53_record.delegation["partners"]')["name"] == "partners.example.com"
    assert full.resource('aws_route53_record.delegation["lab"]')["zone_id"] == "Z0123456789ABCDEFGHIJ"
    assert {address for address in full.addresses if "delegation_signer" in address} == {
        'aws_route53_record.delegation_signer["partners"]'
    }


# Records.


def test_a_failover_pair_is_two_records_and_a_health_check(full: ModulePlan) -> None:
    first = full.resource('aws_route53_record.failover_primary["claims-api"]')
    second = full.resource('aws_route53_record.failover_secondary["claims-api"]')
    assert first["name"] == second["name"] == "api.claims.example.com"
    assert [first["failover_routing_policy"][0]["type"], second["failover_routing_policy"][0]["type"]] == [
        "PRIMARY",
        "SECONDARY",
    ]
    assert first["set_identifier"] != second["set_identifier"]
    assert first["alias"][0]["name"] == "claims-east.us-east-1.elb.amazonaws.com"
    assert second["alias"][0]["name"] == "claims-west.us-west-2.elb.amazonaws.com"
    assert first["health_check_id"] == check_id(full, "claims-api/primary")
    assert second["health_check_id"] is None
    check = full.resource('aws_route53_health_check.failover["claims-api"]')
    assert (check["type"], check["fqdn"], check["search_string"]) == (
        "HTTPS_STR_MATCH",
        "east.claims.example.com",
        "ok",
    )


def test_a_failover_pair_may_follow_a_health_check_that_others_follow_too(full: ModulePlan) -> None:
    first = full.resource('aws_route53_record.failover_primary["policies-api"]')
    assert first["health_check_id"] == check_id(full, "all")
    second = full.resource('aws_route53_record.failover_secondary["policies-api"]')
    assert second["health_check_id"] == check_id(full, "queue")
    assert 'aws_route53_health_check.failover["policies-api"]' not in full.addresses


def test_an_alias_has_neither_ttl_nor_values(full: ModulePlan) -> None:
    apex = full.resource('aws_route53_record.simple["apex"]')
    assert (apex["name"], apex["ttl"], apex["records"]) == ("example.com", None, None)
    assert apex["alias"][0]["evaluate_target_health"] is True


def test_values_have_a_ttl_of_five_minutes_unless_told_otherwise(full: ModulePlan) -> None:
    assert full.resource('aws_route53_record.simple["caa"]')["ttl"] == 300
    assert full.resource('aws_route53_record.simple["mail"]')["ttl"] == 3600


def test_a_long_text_is_cut_into_pieces_that_dns_can_carry(full: ModulePlan) -> None:
    (value,) = full.resource('aws_route53_record.simple["dkim"]')["records"]
    pieces = value.split('""')
    assert "".join(pieces) == LONG_TEXT
    assert max(map(len, pieces)) <= 255


def test_quotation_marks_in_a_text_are_escaped_and_no_escape_is_cut_in_two(plan_module: Planner) -> None:
    texts = ['the "quoted" word', "a" * 254 + '"' + "b" * 10, "a" * 254 + "\\303\\251"]
    inputs = SMALL.but(records={"x": Record(zone="main", name="x", type="TXT", simple=Answer(values=texts))})
    assert set(plan_module(Route53, inputs).resource('aws_route53_record.simple["x"]')["records"]) == {
        'the \\"quoted\\" word',
        "a" * 254 + '\\"""' + "b" * 10,
        "a" * 254 + '\\303""\\251',
    }


def test_weights_regions_and_coordinates_arrive(full: ModulePlan) -> None:
    green = full.resource('aws_route53_record.weighted["portal-canary/green"]')
    assert (green["set_identifier"], green["weighted_routing_policy"][0]["weight"]) == ("green", 10)
    near = full.resource('aws_route53_record.latency["quotes/us-east-1"]')
    assert (near["set_identifier"], near["latency_routing_policy"][0]["region"]) == ("us-east-1", "us-east-1")
    assert near["health_check_id"] == check_id(full, "portal")
    office = full.resource('aws_route53_record.geoproximity["branches/office"]')
    assert office["geoproximity_routing_policy"][0]["coordinates"] == [{"latitude": "49.22", "longitude": "-74.01"}]
    first = full.resource('aws_route53_record.multivalue["ledger/first"]')
    assert first["multivalue_answer_routing_policy"] is True
    assert first["zone_id"] == zone_id(full, "internal")


# Health checks.


def test_health_checks_ask_over_tls_with_the_host_in_sni(full: ModulePlan) -> None:
    check = full.resource('aws_route53_health_check.https["portal"]')
    assert (check["type"], check["enable_sni"], check["port"]) == ("HTTPS", True, 443)


def test_a_check_that_gets_an_address_later_is_another_check(full: ModulePlan, other: ModulePlan) -> None:
    # Route 53 refuses the update; the reference name is what Terraform replaces a check for
    address = 'aws_route53_health_check.https["portal"]'
    assert other.resource(address)["ip_address"] == "203.0.113.10"
    assert other.resource(address)["reference_name"] != full.resource(address)["reference_name"]
    assert (
        max(len(check["reference_name"] or "") for check in full.resources("aws_route53_health_check").values()) <= 27
    )


def test_a_calculated_check_counts_the_others(full: ModulePlan) -> None:
    check = full.resource('aws_route53_health_check.calculated["all"]')
    assert set(check["child_healthchecks"]) == {check_id(full, name) for name in ("portal", "gateway", "queue")}
    assert check["child_health_threshold"] == 2


def test_every_health_check_alarms_the_topic(full: ModulePlan) -> None:
    alarms = full.resources("aws_cloudwatch_metric_alarm").values()
    watched = {alarm["dimensions"].get("HealthCheckId") for alarm in alarms} - {None}
    assert watched == set(full.outputs["health_check_ids"].values())
    assert {tuple(alarm["alarm_actions"]) for alarm in alarms} == {(FULL.alarm_topic_arn,)}


def test_trouble_with_signing_alarms_for_every_signed_zone(full: ModulePlan) -> None:
    alarms = full.resources("aws_cloudwatch_metric_alarm").values()
    watched = {
        (alarm["metric_name"], alarm["dimensions"]["HostedZoneId"]) for alarm in alarms if "DNSSEC" in str(alarm)
    }
    assert watched == {
        (metric, zone_id(full, zone))
        for metric in ("DNSSECInternalFailure", "DNSSECKeySigningKeysNeedingAction")
        for zone in ("main", "claims")
    }


def test_given_keys_are_used_and_none_is_made(other: ModulePlan) -> None:
    assert other.resources("aws_kms_key") == {}
    assert other.resource('aws_cloudwatch_log_group.queries["main"]')["kms_key_id"] == LOGS
    assert other.resource('aws_route53_key_signing_key.signing["main"]')["key_management_service_arn"] == SIGNS
