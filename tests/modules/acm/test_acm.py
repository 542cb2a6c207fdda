"""Certificates: proved in the right zone, once a name; made in the right regions; watched; ready to be pasted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from modules.certificates.acm import Acm, Certificate
from tests.modules.acm.examples import DR_TOPIC, EUROPE, FULL, TOPIC
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]


@pytest.fixture(scope="module")
def full(apply_module: Planner) -> ModulePlan:
    return apply_module(Acm, FULL)


@pytest.fixture(scope="module")
def europe(apply_module: Planner) -> ModulePlan:
    return apply_module(Acm, EUROPE, region="eu-west-1")


@pytest.fixture(scope="module")
def planned(plan_module: Planner) -> ModulePlan:
    return plan_module(Acm, FULL)


def certificate(plan: ModulePlan, key: str) -> dict[str, Any]:
    return plan.resource(f'aws_acm_certificate.certificate["{key}"]')


def record(plan: ModulePlan, name: str) -> dict[str, Any]:
    return plan.resource(f'aws_route53_record.validation["{name}"]')


def test_the_addresses_stay_as_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_every_address_is_known_before_anything_is_made(planned: ModulePlan, full: ModulePlan) -> None:
    assert planned.addresses == full.addresses
    assert all(planned.unknown(address) for address in planned.addresses if address.startswith("aws_route53_record."))


def test_one_more_certificate_moves_nothing_else(plan_module: Planner, planned: ModulePlan) -> None:
    # its name sorts before all others, where it could take something over from them
    added = {"archive": Certificate(domain="archive.example.com"), **FULL.certificates}
    more = plan_module(Acm, FULL.but(certificates=added))
    assert {address: more.changes[address] for address in planned.addresses} == planned.changes
    assert sorted(set(more.addresses) - set(planned.addresses)) == [
        'aws_acm_certificate.certificate["archive/us-east-1"]',
        'aws_acm_certificate_validation.issued["archive/us-east-1"]',
        'aws_cloudwatch_event_rule.expiry["archive/us-east-1"]',
        'aws_cloudwatch_event_target.expiry["archive/us-east-1"]',
        'aws_cloudwatch_metric_alarm.expiry["archive/us-east-1"]',
        'aws_route53_record.validation["archive.example.com"]',
    ]


def test_certificates_are_proved_by_dns_with_a_key_that_browsers_take_and_in_the_public_logs(full: ModulePlan) -> None:
    for made in full.resources("aws_acm_certificate").values():
        assert made["validation_method"] == "DNS"
        assert made["key_algorithm"] in ("RSA_2048", "EC_prime256v1")
        assert made["options"] == [{"certificate_transparency_logging_preference": "ENABLED", "export": None}]


def test_transparency_logging_can_be_left_out(europe: ModulePlan) -> None:
    (options,) = certificate(europe, "web/eu-west-1")["options"]
    assert options["certificate_transparency_logging_preference"] == "DISABLED"


def test_a_record_goes_into_the_zone_with_the_longest_domain(full: ModulePlan) -> None:
    zones = {name.split('"')[1]: made["zone_id"] for name, made in full.resources("aws_route53_record").items()}
    assert zones == {
        "claims.example.com": "Z0123456789CLAIMS",
        "example.com": "Z0123456789EXAMPLE",
        "portal.example.com": "Z0123456789EXAMPLE",
        "www.example.com": "Z0123456789EXAMPLE",
    }


def test_a_record_holds_what_acm_asks_for_its_name(full: ModulePlan) -> None:
    options = certificate(full, "claims/us-east-1")["domain_validation_options"]
    asked = {option["domain_name"]: option for option in options}
    for name in ("claims.example.com", "*.claims.example.com"):
        assert record(full, "claims.example.com")["name"] == asked[name]["resource_record_name"]
        assert record(full, "claims.example.com")["records"] == [asked[name]["resource_record_value"]]
    assert record(full, "portal.example.com")["name"] == asked["portal.example.com"]["resource_record_name"]
    assert {made["type"] for made in full.resources("aws_route53_record").values()} == {"CNAME"}


def test_nobody_gets_a_certificate_before_each_of_its_names_is_proved(full: ModulePlan) -> None:
    issued = full.resources("aws_acm_certificate_validation")
    fqdn = {name: record(full, name)["fqdn"] for name in ("claims.example.com", "portal.example.com")}
    for region in ("us-east-1", "us-west-2"):
        waits = issued[f'aws_acm_certificate_validation.issued["claims/{region}"]']
        assert waits["region"] == region
        assert waits["certificate_arn"] == certificate(full, f"claims/{region}")["arn"]
        assert sorted(waits["validation_record_fqdns"]) == sorted(fqdn.values())
    # the second certificate of the name has no record of its own, and waits for the first one's
    shared = issued['aws_acm_certificate_validation.issued["claims-ec/us-east-1"]']
    assert shared["validation_record_fqdns"] == [fqdn["claims.example.com"]]


def test_certificates_are_found_by_name_in_the_console(full: ModulePlan) -> None:
    names = {made["tags"]["Name"] for made in full.resources("aws_acm_certificate").values()}
    assert names == {"prod-certificates-claims", "prod-certificates-claims-ec", "prod-certificates-web"}


def test_every_certificate_has_an_alarm_and_an_event_rule_in_its_region(full: ModulePlan) -> None:
    topics = {"us-east-1": TOPIC, "us-west-2": DR_TOPIC}
    for address, made in full.resources("aws_acm_certificate").items():
        key = address.split('"')[1]
        topic = topics[made["region"]]
        alarm = full.resource(f'aws_cloudwatch_metric_alarm.expiry["{key}"]')
        assert alarm["dimensions"] == {"CertificateArn": made["arn"]}
        assert (alarm["region"], alarm["alarm_actions"], alarm["ok_actions"]) == (made["region"], [topic], [topic])
        assert (alarm["metric_name"], alarm["comparison_operator"]) == ("DaysToExpiry", "LessThanThreshold")
        assert alarm["threshold"] == 30
        pattern = full.document(f'aws_cloudwatch_event_rule.expiry["{key}"]', "event_pattern")
        assert pattern["source"] == ["aws.acm"]
        assert pattern["resources"] == [made["arn"]]
        assert {"ACM Certificate Approaching Expiration", "ACM Certificate Expired"} <= set(pattern["detail-type"])
        target = full.resource(f'aws_cloudwatch_event_target.expiry["{key}"]')
        assert (target["region"], target["arn"]) == (made["region"], topic)
        assert target["rule"] == full.resource(f'aws_cloudwatch_event_rule.expiry["{key}"]')["name"]


def test_cloudfront_gets_its_own_in_us_east_1_when_the_platform_is_elsewhere(europe: ModulePlan) -> None:
    there = certificate(europe, "web/us-east-1")
    assert (there["region"], certificate(europe, "web/eu-west-1")["region"]) == ("us-east-1", "eu-west-1")
    assert europe.outputs["viewer_certificates"] == {
        "web": {
            "acm_certificate_arn": there["arn"],
            "minimum_protocol_version": "TLSv1.2_2021",
            "ssl_support_method": "sni-only",
        }
    }
    # one record proves both
    assert list(europe.resources("aws_route53_record")) == ['aws_route53_record.validation["example.com"]']


def test_cloudfront_shares_the_certificate_of_load_balancers_in_us_east_1(full: ModulePlan) -> None:
    viewer = full.outputs["viewer_certificates"]["web"]
    assert viewer["acm_certificate_arn"] == full.outputs["certificate_arns"]["web"]
    assert sorted(full.outputs["viewer_certificates"]) == ["web"]


def test_annotations_offer_https_with_the_certificate_and_no_old_tls(full: ModulePlan) -> None:
    arn = certificate(full, "claims/us-east-1")["arn"]
    assert full.outputs["certificate_arns"]["claims"] == arn
    alb = full.outputs["alb_annotations"]["claims"]
    assert alb["alb.ingress.kubernetes.io/certificate-arn"] == arn
    assert json.loads(alb["alb.ingress.kubernetes.io/listen-ports"]) == [{"HTTP": 80}, {"HTTPS": 443}]
    assert alb["alb.ingress.kubernetes.io/ssl-redirect"] == "443"
    assert alb["alb.ingress.kubernetes.io/ssl-policy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    nlb = full.outputs["nlb_annotations"]["claims"]
    assert nlb["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"] == arn
    assert nlb["service.beta.kubernetes.io/aws-load-balancer-ssl-ports"] == "443"
    assert all(isinstance(value, str) for value in (*alb.values(), *nlb.values()))


def test_outputs_tell_each_region_apart(full: ModulePlan) -> None:
    assert full.outputs["certificate_arns_by_region"]["claims"] == {
        region: certificate(full, f"claims/{region}")["arn"] for region in ("us-east-1", "us-west-2")
    }
    rules = full.outputs["event_rule_arns"]
    assert {region: len(arns) for region, arns in rules.items()} == {"us-east-1": 3, "us-west-2": 1}
