"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.framework import Term, computed
from groundplan.framework.checking import problems_of
from groundplan.framework.references import TextReference
from modules.certificates.acm import Acm, AcmInputs, Certificate
from modules.certificates.acm.names import in_a_zone
from tests.modules.acm.examples import FULL, TOPIC
from tests.support.planning import refusals

WEB = FULL.certificates["web"]


def only(**certificates: Certificate) -> AcmInputs:
    return FULL.but(certificates=certificates)


WRONG: dict[str, tuple[AcmInputs, str]] = {
    "a domain that no zone holds": (
        only(web=Certificate(domain="example.org")),
        'certificates["web"].domain: must be within a domain of zones, where the record goes that proves it: add its '
        'hosted zone to zones, got domain = "example.org"',
    ),
    "an ending that is no domain of its own": (
        only(web=Certificate(domain="www.notexample.com")),
        'certificates["web"].domain: must be within a domain of zones, where the record goes that proves it: add its '
        'hosted zone to zones, got domain = "www.notexample.com"',
    ),
    "a name that no authority signs": (
        only(web=Certificate(domain="claims_api.example.com")),
        'certificates["web"].domain: must be a DNS name in lower case without underscores or a dot at its end, '
        'such as api.example.com, got "claims_api.example.com"',
    ),
    "a further name that no zone holds": (
        only(web=Certificate(domain="example.com", alternative_names=["www.example.org"])),
        'certificates["web"].alternative_names: must each be within a domain of zones, where the record goes that '
        'proves it: add its hosted zone to zones, got alternative_names = ["www.example.org"]',
    ),
    "a domain said twice": (
        only(web=Certificate(domain="example.com", alternative_names=["example.com"])),
        'certificates["web"].alternative_names: must not repeat domain: remove it from alternative_names, '
        'got domain = "example.com"',
    ),
    "two certificates that would fight over one record": (
        only(web=Certificate(domain="example.com"), wild=Certificate(domain="*.example.com")),
        'certificates["wild"].domain: must not be proved by another certificate too (a wildcard and its domain have '
        "one record): join the two, or set validated_by to the other one's name, "
        'got domain = "*.example.com", alternative_names = []',
    ),
    "records of a certificate that is not there": (
        only(web=WEB.but(validated_by="gone")),
        'certificates["web"].validated_by: must name a certificate that makes its own records and has every name of '
        'this one, got validated_by = "gone"',
    ),
    "records of a certificate that lacks a name": (
        only(web=WEB, second=Certificate(domain="shop.example.com", validated_by="web")),
        'certificates["second"].validated_by: must name a certificate that makes its own records and has every name '
        'of this one, got validated_by = "web"',
    ),
    "records of a certificate that has none": (
        only(web=WEB, second=WEB.but(validated_by="web"), third=WEB.but(validated_by="second")),
        'certificates["third"].validated_by: must name a certificate that makes its own records and has every name of '
        'this one, got validated_by = "second"',
    ),
    "a first name that is too long for a common name": (
        only(web=Certificate(domain=f"{'a' * 53}.example.com")),
        'certificates["web"].domain: must have at most 64 characters, as it is the common name too: make a shorter '
        f'name the domain, and this one of alternative_names, got domain = "{"a" * 53}.example.com"',
    ),
    "a key that CloudFront does not take": (
        only(web=Certificate(domain="example.com", cloudfront=True, key_algorithm="EC_secp384r1")),
        'certificates["web"].key_algorithm: must be RSA_2048 or EC_prime256v1 with cloudfront, which takes no other, '
        'got key_algorithm = "EC_secp384r1"',
    ),
    "a weak key": (
        only(web=Certificate(domain="example.com", key_algorithm="RSA_1024")),  # type: ignore[arg-type]  # the point
        'certificates["web"].key_algorithm: must be one of "RSA_2048", "EC_prime256v1", "EC_secp384r1", got "RSA_1024"',
    ),
    "a copy whose alarms nobody gets": (
        only(web=Certificate(domain="example.com", copy_regions=["eu-west-1"])),
        'certificates["web"].copy_regions: must each have a topic for alarms: add it to copy_alarm_topic_arns, '
        'got copy_regions = ["eu-west-1"]',
    ),
    "a copy for CloudFront whose alarms nobody gets": (
        only(web=WEB).but(
            region="eu-west-1", alarm_topic_arn=TOPIC.replace("us-east-1", "eu-west-1"), copy_alarm_topic_arns={}
        ),
        'certificates["web"].cloudfront: needs a topic for alarms in us-east-1: add it to copy_alarm_topic_arns',
    ),
    "a topic of another region": (
        FULL.but(alarm_topic_arn=TOPIC.replace("us-east-1", "eu-west-1")),
        "alarm_topic_arn: must be a topic in region: an alarm does not leave its region, got "
        'alarm_topic_arn = "arn:aws:sns:eu-west-1:111122223333:prod-alarms", region = "us-east-1"',
    ),
    "a topic given for another region than its own": (
        FULL.but(copy_alarm_topic_arns={"us-west-2": TOPIC}),
        'copy_alarm_topic_arns["us-west-2"]: must be a topic in the region that it is given for',
    ),
    "an alarm after ACM would have renewed": (
        FULL.but(expiry_alarm_days=60),
        "expiry_alarm_days: must be 1 to 44, got 60",
    ),
    "a load balancer that takes old TLS": (
        FULL.but(load_balancer_policy="ELBSecurityPolicy-2016-08"),
        "load_balancer_policy: must be a security policy of TLS 1.2 or later, such as "
        'ELBSecurityPolicy-TLS13-1-2-Res-2021-06, got "ELBSecurityPolicy-2016-08"',
    ),
}

OF_SEVERAL = {
    "a copy for CloudFront whose alarms nobody gets",
    "a copy whose alarms nobody gets",
    "a domain that no zone holds",
    "a further name that no zone holds",
    "a topic of another region",
    "an ending that is no domain of its own",
}
"""Those whose rule looks at more than one of the module's settings."""


def said(inputs: AcmInputs) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]


def test_the_example_is_sound() -> None:
    assert said(FULL) == []


def test_only_the_first_name_has_to_fit_a_common_name() -> None:
    short, long = f"{'a' * 52}.example.com", f"{'a' * 53}.example.com"
    assert said(only(web=Certificate(domain=short, alternative_names=[long]))) == []


def test_a_domain_without_a_zone_is_refused_before_the_zones_are_made() -> None:
    later = FULL.but(zones={zone: TextReference(f"module.dns.ids[{zone!r}]") for zone in FULL.zones})
    assert said(later) == []
    _, message = WRONG["a domain that no zone holds"]
    assert said(later.but(certificates={"web": Certificate(domain="example.org")})) == [message]


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert message in said(inputs)
    # of two that collide each is told
    assert len(said(inputs)) == (2 if "two" in wrong else 1)


@pytest.mark.parametrize("several", [False, True], ids=["of one setting", "of several settings"])
def test_terraform_refuses_the_same_in_the_same_words(several: bool, tmp_path: Path) -> None:
    # what is wrong with one setting stops Terraform before it looks at several
    wrong = {name: case for name, case in WRONG.items() if (name in OF_SEVERAL) is several}
    told = refusals(Acm, {name: inputs for name, (inputs, _) in wrong.items()}, tmp_path)
    assert {name: message for name, (_, message) in wrong.items() if message not in told[name]} == {}


def term(value: object) -> Term:
    return Term("x", lambda: value)


LABELS = st.text("abcz-0", min_size=1, max_size=4)
NAMES = st.lists(LABELS, min_size=2, max_size=5).map(".".join)


@given(NAMES, st.dictionaries(NAMES, st.just("Z1"), max_size=4))
def test_a_wildcard_is_in_the_zones_that_its_domain_is_in(name: str, zones: dict[str, str]) -> None:
    of_domain = computed(in_a_zone(term(name), term(zones)))
    assert computed(in_a_zone(term(f"*.{name}"), term(zones))) == of_domain
    labels = name.split(".")
    above = {".".join(labels[start:]) for start in range(len(labels))}
    assert of_domain == bool(above & set(zones))
