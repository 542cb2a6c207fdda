"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundplan.framework.checking import problems_of
from groundplan.framework.references import TextReference
from modules.dns.route53 import (
    Alias,
    Answer,
    CalculatedCheck,
    Delegation,
    Endpoint,
    ExistingZone,
    Failover,
    FailoverRule,
    Geolocation,
    GeolocationAnswer,
    Geoproximity,
    GeoproximityAnswer,
    HealthCheck,
    HttpsCheck,
    Latency,
    Multivalue,
    Parent,
    PublicZone,
    Record,
    Route53,
    Route53Inputs,
    RoutedAnswer,
    Target,
    TcpCheck,
    TrafficPolicyInstance,
    Vpc,
    Weighted,
    WeightedAnswer,
)
from tests.modules.route53.examples import EAST, FULL, RECORDLESS, SMALL, TRAFFIC, WEST
from tests.support.planning import refusals

ANSWER = Answer(values=["192.0.2.1"])
ROUTED = RoutedAnswer(values=["192.0.2.1"])


def record(**settings: Any) -> Route53Inputs:
    return SMALL.but(records={"x": Record(**{"zone": "main", "name": "x", "type": "A", **settings})})


def records(**made: Record) -> Route53Inputs:
    return SMALL.but(records=made)


def places(**answers: GeolocationAnswer) -> Route53Inputs:
    return record(geolocation=Geolocation(answers=answers))


def spots(**answers: GeoproximityAnswer) -> Route53Inputs:
    return record(geoproximity=Geoproximity(answers=answers))


def place(**settings: Any) -> GeolocationAnswer:
    return GeolocationAnswer(values=["192.0.2.1"], **settings)


def traffic(**changes: Any) -> Route53Inputs:
    return RECORDLESS.but(traffic_policies={"portal": TRAFFIC.but(**changes)})


def typed(kind: str, *values: str) -> Route53Inputs:
    return record(type=kind, simple=Answer(values=list(values)))


BAD: dict[str, tuple[Route53Inputs, str, str]] = {
    "an alias and values together": (
        record(simple=Answer(values=["192.0.2.1"], alias=EAST)),
        'records["x"].simple.alias',
        'must not be given together with values: remove one of them, got values = ["192.0.2.1"]',
    ),
    "nothing to answer": (
        record(simple=Answer()),
        'records["x"].simple.values',
        "must be given, or alias instead: without either there is nothing to answer",
    ),
    "a TTL of an alias": (
        record(simple=Answer(alias=EAST, ttl_seconds=60)),
        'records["x"].simple.ttl_seconds',
        "must be left out with alias: an alias has the TTL of the resource it leads to, got ttl_seconds = 60",
    ),
    "no routing policy": (record(), 'records["x"].simple', "exactly one of simple, weighted, latency, geolocation,"),
    "two routing policies": (
        record(simple=ANSWER, latency=Latency(answers={"us-east-1": ROUTED, "us-west-2": ROUTED})),
        'records["x"].simple',
        "exactly one of simple, weighted, latency, geolocation,",
    ),
    "a weight that is missing": (
        record(weighted=Weighted(answers={"blue": WeightedAnswer(values=["192.0.2.1"])})),
        'records["x"].weighted.answers["blue"].weight',
        "must be given, 0 to 255: without a weight Route 53 cannot tell how many queries get this answer",
    ),
    "a weight beyond its range": (
        record(weighted=Weighted(answers={"blue": WeightedAnswer(values=["192.0.2.1"], weight=256)})),
        'records["x"].weighted.answers["blue"].weight',
        "must be 0 to 255, got 256",
    ),
    "one region alone": (
        record(latency=Latency(answers={"us-east-1": ROUTED})),
        'records["x"].latency.answers',
        "must have 2 or more entries, got 1",
    ),
    "no default location": (
        places(us=place(country="US")),
        'records["x"].geolocation.answers',
        'must have one with country = "*", the default location: all other places would get no answer',
    ),
    "a continent and a country at once": (
        places(eu=place(continent="EU", country="FR"), all=place(country="*")),
        'records["x"].geolocation.answers["eu"].continent',
        "must be given, or country instead, and not both;",
    ),
    "a state of a country without states": (
        places(by=place(country="DE", subdivision="BY"), all=place(country="*")),
        'records["x"].geolocation.answers["by"].subdivision',
        'is for the countries UA and US only: remove it, or change country, got country = "DE"',
    ),
    "half of a coordinate": (
        spots(
            a=GeoproximityAnswer(values=["192.0.2.1"], latitude="49.22"),
            b=GeoproximityAnswer(values=["192.0.2.1"], aws_region="us-east-1"),
        ),
        'records["x"].geoproximity.answers["a"].aws_region',
        "exactly one of aws_region, local_zone_group, and latitude with longitude must be given",
    ),
    "a failover pair without a health check": (
        record(failover=Failover(primary=Answer(alias=EAST), secondary=Answer(alias=WEST))),
        'records["x"].failover.health_check',
        "must be given, or health_check_name instead: without a health check nothing ever fails over",
    ),
    "a failover pair with two health checks": (
        record(
            failover=Failover(
                primary=ANSWER,
                secondary=ANSWER,
                health_check=HttpsCheck(host_name="x.example.com"),
                health_check_name="portal",
            )
        ).but(health_checks=FULL.health_checks),
        'records["x"].failover.health_check',
        'must not be given together with health_check_name: remove one of them, got health_check_name = "portal"',
    ),
    "an alias among multivalue answers": (
        record(multivalue=Multivalue(answers={"a": RoutedAnswer(alias=EAST), "b": ROUTED})),
        'records["x"].multivalue.answers["a"].alias',
        "must be left out: Route 53 takes values alone for multivalue answers",
    ),
    "an IPv6 address in an A record": (
        typed("A", "2001:db8::1"),
        'records["x"].type',
        'of type A every value must be an IPv4 address, such as 192.0.2.10, got ["2001:db8::1"]',
    ),
    "a text among the addresses of several answers": (
        record(
            multivalue=Multivalue(answers={"a": ROUTED.but(values=["192.0.2.1", "x"]), "b": ROUTED.but(values=["y"])}),
        ),
        'records["x"].type',
        'of type A every value must be an IPv4 address, such as 192.0.2.10, got ["x","y"]',
    ),
    "an IPv4 address in an AAAA record": (
        typed("AAAA", "192.0.2.1"),
        'records["x"].type',
        "of type AAAA every value must be an IPv6 address",
    ),
    "a mail server without a priority": (
        typed("MX", "mail.example.com"),
        'records["x"].type',
        "of type MX every value must be a priority of 0 to 65535 and a mail server",
    ),
    "a priority that is too high": (
        typed("MX", "65536 mail.example.com"),
        'records["x"].type',
        "of type MX every value must be a priority of 0 to 65535 and a mail server in lower case",
    ),
    "a property of CAA that authorities do not know": (
        typed("CAA", '0 isue "amazon.com"'),
        'records["x"].type',
        "of type CAA every value must be a flag, issue, issuewild,",
    ),
    "a fingerprint that is cut": (typed("SSHFP", "4 2 abcd"), 'records["x"].type', "of type SSHFP every value must be"),
    "an expression without quotation marks": (
        typed("NAPTR", "10 100 s SIP+D2U . _sip._udp.example.com"),
        'records["x"].type',
        "of type NAPTR every value must be",
    ),
    "a service binding without a server": (
        typed("HTTPS", '1 alpn="h2"'),
        'records["x"].type',
        "of type HTTPS every value must be",
    ),
    "a digest of another length": (
        typed("TLSA", "3 1 1 abcd"),
        'records["x"].type',
        "of type TLSA every value must be",
    ),
    "a text that is cut already": (
        typed("TXT", 'v=DKIM1; p=AAAA" "BBBB'),
        'records["x"].type',
        "of type TXT every value must be the text itself in one piece, without quotation marks around it or its parts",
    ),
    "a text beyond ASCII": (
        typed("TXT", "caf\u00e9"),
        'records["x"].type',
        "a character beyond ASCII, and a backslash, as \\ and three octal digits",
    ),
    "a text that is too long": (
        typed("TXT", "x" * 4001),
        'records["x"].type',
        f'of type TXT every value must have 4,000 characters at most, got ["{"x" * 40}..."]',
    ),
    "an alias of a mail server": (
        record(type="MX", simple=Answer(alias=EAST)),
        'records["x"].type',
        'must be A, AAAA or HTTPS with alias: AWS resources have addresses only, got type = "MX"',
    ),
    "the health of a distribution": (
        record(simple=Answer(alias=Alias(dns_name="d111111abcdef8.cloudfront.net", hosted_zone_id="Z2FDTNDATAQYW2"))),
        'records["x"].simple.alias.evaluate_target_health',
        "must be false for CloudFront, whose health Route 53 cannot tell",
    ),
    "two names for one": (
        typed("CNAME", "a.example.com", "b.example.com"),
        'records["x"].type',
        'of type CNAME an answer must have one value, got ["a.example.com","b.example.com"]',
    ),
    "a CNAME of the domain itself": (
        record(name=None, type="CNAME", simple=Answer(values=["a.example.com"])),
        'records["x"].type',
        "must not be CNAME for the zone's domain itself: use type A or AAAA with alias, or give a name",
    ),
    "a full name in place of one below the domain": (
        record(name="x.example.com.", simple=ANSWER),
        'records["x"].name',
        "must be a name in lower case below the zone's domain and without it",
    ),
    "a health check of two kinds": (
        SMALL.but(
            health_checks={
                "x": HealthCheck(https=HttpsCheck(host_name="x.example.com"), tcp=TcpCheck(ip_address="2001:db8::1"))
            }
        ),
        'health_checks["x"].https',
        "exactly one of https, tcp, calculated and cloudwatch_alarm must be given",
    ),
    "a private address that is to be asked from everywhere": (
        SMALL.but(health_checks={"x": HealthCheck(tcp=TcpCheck(ip_address="10.20.0.10"))}),
        'health_checks["x"].tcp.ip_address',
        "must be an address that can be asked from the internet: for a private one use cloudwatch_alarm",
    ),
    "an address beyond its range": (
        SMALL.but(health_checks={"x": HealthCheck(tcp=TcpCheck(ip_address="203.0.113.300"))}),
        'health_checks["x"].tcp.ip_address',
        "must be an IPv4 or IPv6 address",
    ),
    "every host at once": (
        SMALL.but(health_checks={"x": HealthCheck(https=HttpsCheck(host_name="*.example.com"))}),
        'health_checks["x"].https.host_name',
        "must be a domain in lower case without a wildcard",
    ),
    "more healthy checks than there are": (
        RECORDLESS.but(
            health_checks={
                **FULL.health_checks,
                "all": HealthCheck(calculated=CalculatedCheck(children=["portal"], healthy_at_least=2)),
            }
        ),
        'health_checks["all"].calculated.healthy_at_least',
        "must not be more than there are children: it would never be healthy",
    ),
    "a topic in another region": (
        SMALL.but(alarm_topic_arn="arn:aws:sns:us-west-2:111122223333:alarms"),
        "alarm_topic_arn",
        "must be the ARN of a topic where Route 53's metrics are: us-east-1",
    ),
    "a delegation to one name server": (
        SMALL.but(delegations={"x": Delegation(zone="main", name="x", name_servers=["ns1.example.net"])}),
        'delegations["x"].name_servers',
        "must have 2 to 12 items, got 1",
    ),
    "a VPC twice": (
        RECORDLESS.but(
            private_zones={
                "internal": FULL.private_zones["internal"].but(
                    associated_vpcs={"again": Vpc(vpc_id="vpc-0123456789abcdef0")}
                )
            }
        ),
        'private_zones["internal"].associated_vpcs["again"].vpc_id',
        'must not be associated twice: remove one of the two, got vpc_id = "vpc-0123456789abcdef0"',
    ),
    "a failover rule without a health check": (
        traffic(
            failover_rules={
                "europe-or-sorry": FailoverRule(primary=Target(endpoint="europe"), secondary=Target(endpoint="sorry"))
            }
        ),
        'traffic_policies["portal"].failover_rules["europe-or-sorry"].primary',
        "must have a health_check, or evaluate_target_health = true: without it nothing ever fails over",
    ),
    "a target that leads to nothing": (
        traffic(
            failover_rules={
                "europe-or-sorry": FailoverRule(
                    primary=Target(rule="nowhere"), secondary=Target(endpoint="sorry", health_check="portal")
                )
            }
        ),
        'traffic_policies["portal"].failover_rules["europe-or-sorry"]',
        'to a name among endpoints or to the name of a rule of the policy, got ["nowhere"]',
    ),
    "a rule that follows the health of a distribution": (
        traffic(
            endpoints={
                **TRAFFIC.endpoints,
                "europe": Endpoint(type="cloudfront", value="d111111abcdef8.cloudfront.net"),
            }
        ),
        'traffic_policies["portal"].failover_rules["europe-or-sorry"]',
        'whose health Route 53 cannot tell: use health_check, got ["europe"]',
    ),
    "a start that is no rule": (
        traffic(start_rule="nowhere"),
        'traffic_policies["portal"].start_rule',
        'must be the name of a rule of the policy, got start_rule = "nowhere"',
    ),
    "an endpoint of another type of record": (
        traffic(endpoints={**TRAFFIC.endpoints, "east": Endpoint(value="2001:db8::1")}),
        'traffic_policies["portal"].endpoints["east"].value',
        'must be an IPv4 address for record_type A, got value = "2001:db8::1"',
    ),
    "a bucket without its region": (
        traffic(endpoints={**TRAFFIC.endpoints, "sorry": Endpoint(type="s3-website", value="portal.example.com")}),
        'traffic_policies["portal"].endpoints["sorry"].region',
        "must be given for type s3-website, and left out for every other one",
    ),
    # what follows is between variables
    "a zone that there is not": (
        record(zone="nowhere", simple=ANSWER),
        'records["x"].zone',
        'must be a name among public_zones, private_zones or existing_zones, got zone = "nowhere"',
    ),
    "a health check that there is not": (
        record(latency=Latency(answers={"us-east-1": ROUTED.but(health_check="nowhere"), "us-west-2": ROUTED})),
        'records["x"]',
        'must have health checks that are names among health_checks, got ["nowhere"]',
    ),
    "a second health check of a pair that there is not": (
        record(
            name="y",
            failover=Failover(
                primary=ANSWER, secondary=ANSWER, health_check_name="lost", secondary_health_check_name="gone"
            ),
        ),
        'records["x"]',
        'must have health checks that are names among health_checks, got ["lost","gone"]',
    ),
    "a traffic policy's health checks that there are not": (
        traffic(
            failover_rules={
                "europe-or-sorry": FailoverRule(
                    primary=Target(endpoint="europe", health_check="lost"),
                    secondary=Target(endpoint="sorry", health_check="gone"),
                )
            }
        ),
        'traffic_policies["portal"]',
        'must have targets whose health_check is a name among health_checks, got ["lost","gone"]',
    ),
    "a calculated check of a calculated one": (
        RECORDLESS.but(
            health_checks={
                **FULL.health_checks,
                "more": HealthCheck(calculated=CalculatedCheck(children=["all"], healthy_at_least=1)),
            }
        ),
        'health_checks["more"].calculated.children',
        'must be names among health_checks, of checks that are not calculated themselves, got ["all"]',
    ),
    "a traffic policy in a private zone": (
        traffic(instances={"x": TrafficPolicyInstance(zone="internal")}),
        'traffic_policies["portal"].instances',
        'traffic policies are for public zones, got ["internal"]',
    ),
    "a domain outside of its parent": (
        RECORDLESS.but(
            public_zones={
                **FULL.public_zones,
                "claims": PublicZone(domain="claims-example.com", parent=Parent(zone="main")),
            }
        ),
        'public_zones["claims"].domain',
        'must end with the domain of its parent, got domain = "claims-example.com"',
    ),
    "a zone that is its own parent": (
        SMALL.but(public_zones={"main": PublicZone(domain="example.com", parent=Parent(zone="main"))}),
        'public_zones["main"].parent.zone',
        "must be a name among public_zones or existing_zones, and another zone than itself",
    ),
    "a CNAME beside another type": (
        records(
            a=Record(zone="main", name="x", type="CNAME", simple=Answer(values=["y.example.com"])),
            b=Record(zone="main", name="x", type="TXT", simple=Answer(values=["hello"])),
        ),
        'records["a"].type',
        "must not be CNAME beside a record of another type with the same name: remove one of them, or change its name",
    ),
    "two zones of one name": (
        SMALL.but(existing_zones={"main": ExistingZone(zone_id="Z0123456789ABC", domain="example.net")}),
        'public_zones["main"]',
        "must have another name: existing_zones has this one",
    ),
}
TWICE: dict[str, tuple[Route53Inputs, tuple[str, ...], str]] = {
    "a location twice": (
        places(a=place(country="FR"), b=place(country="FR"), c=place(country="DE"), all=place(country="*")),
        ('records["x"].geolocation.answers["a"]', 'records["x"].geolocation.answers["b"]'),
        "must not have the location of another one: a query can get one answer only; change one of the two or "
        'remove it, got continent = null, country = "FR", subdivision = null',
    ),
    "a region twice": (
        spots(
            a=GeoproximityAnswer(values=["192.0.2.1"], aws_region="us-east-1"),
            b=GeoproximityAnswer(values=["192.0.2.2"], aws_region="us-east-1"),
        ),
        ('records["x"].geoproximity.answers["a"]', 'records["x"].geoproximity.answers["b"]'),
        "must not be where another one is: a query can get one answer only; change one of the two or remove it",
    ),
    "a name twice": (
        records(
            a=Record(zone="main", name="x", type="A", simple=ANSWER),
            b=Record(zone="main", name="x", type="A", simple=ANSWER),
            c=Record(zone="main", name="x", type="AAAA", simple=Answer(values=["2001:db8::1"])),
        ),
        ('records["a"]', 'records["b"]'),
        "must not have the zone, name and type of another record: put all values into one record, whose "
        "simple.values takes several, or all answers into one with a routing policy, or change the name, "
        'got zone = "main", name = "x", type = "A"',
    ),
}
ALL = {name: (inputs, (path,), words) for name, (inputs, path, words) in BAD.items()} | TWICE


BETWEEN = (
    "a zone that there is not",
    "a health check that there is not",
    "a second health check of a pair that there is not",
)
"""Records that are wrong beside other variables: Terraform looks at these once each variable is right by itself."""


def told_together(names: list[str], folder: Path) -> dict[str, str]:
    """What Terraform says of records that are alone in their inputs, all given in one call."""
    keys = {name: f"x{number}" for number, name in enumerate(names)}
    together = {key: ALL[name][0].records["x"] for name, key in keys.items()}
    text = refusals(Route53, {"it": FULL.but(records=together)}, folder)["it"]
    return {name: text.replace(f'records["{key}"]', 'records["x"]') for name, key in keys.items()}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Terraform's answers to all of them, by a few plans."""
    single = [name for name, (inputs, _, _) in ALL.items() if list(inputs.records) == ["x"] and name not in BETWEEN]
    found = told_together(single, tmp_path_factory.mktemp("records"))
    found |= told_together(list(BETWEEN), tmp_path_factory.mktemp("records_between"))
    calls = {name: inputs for name, (inputs, _, _) in ALL.items() if name not in found}
    return found | refusals(Route53, calls, tmp_path_factory.mktemp("refusals"))


@pytest.mark.parametrize("name", sorted(ALL))
def test_python_refuses_it_where_it_stands(name: str) -> None:
    inputs, paths, words = ALL[name]
    problems = problems_of(inputs, "prod.route53")
    assert [problem.path for problem in problems] == [f"prod.route53.{path}" for path in paths]
    assert all(words in problem.message for problem in problems)


@pytest.mark.parametrize("name", sorted(ALL))
def test_terraform_refuses_it_in_the_same_words(name: str, told: dict[str, str]) -> None:
    inputs, _, _ = ALL[name]
    for problem in problems_of(inputs):
        assert f"{problem.path}: {problem.message}" in told[name]


@pytest.mark.parametrize("inputs", [FULL, SMALL])
def test_what_is_right_is_taken(inputs: Route53Inputs) -> None:
    assert problems_of(inputs) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("AAAA", "::1"),
        ("AAAA", "2001:db8::8a2e:370:7334"),
        ("CAA", '0 issuewild ";"'),
        ("CAA", '128 iodef "mailto:security@example.com"'),
        ("HTTPS", '1 . alpn="h3,h2" port=8443'),
        ("HTTPS", "0 svc.example.net."),
        ("MX", "0 ."),
        ("NAPTR", '10 100 "s" "SIP+D2U" "" _sip._udp.example.com'),
        ("SSHFP", "4 2 " + "ab" * 32),
        ("SVCB", '1 sip.example.com alpn="sip"'),
        ("TLSA", "3 1 1 " + "ab" * 32),
        ("TXT", 'the "quoted" word, and a last "'),
        ("TXT", "caf\\303\\251"),
        ("CNAME", "_x.acm-validations.aws."),
        ("MX", "10 inbound-smtp.us-east-1.amazonaws.com"),
        ("PTR", "host.example.com"),
        ("SRV", "1 10 5269 xmpp.example.com"),
        ("SRV", "0 0 0 ."),
        ("TXT", "v=spf1 include:amazonses.com ~all"),
        ("TXT", ""),
    ],
)
def test_values_of_every_type_are_taken(kind: str, value: str) -> None:
    assert problems_of(typed(kind, value)) == []


def test_a_rule_that_leads_back_to_itself_is_refused_before_anything_is_made() -> None:
    looped = TRAFFIC.failover_rules["europe-or-sorry"].but(secondary=Target(rule="places"))
    (circle, orphan) = problems_of(traffic(failover_rules={"europe-or-sorry": looped}), "prod.route53")
    assert circle.path == 'prod.route53.traffic_policies["portal"].failover_rules["europe-or-sorry"]'
    assert circle.message == (
        "leads back to itself, so that a query never comes to an end (rules: europe-or-sorry, places)"
    )
    assert orphan.path == 'prod.route53.traffic_policies["portal"].endpoints["sorry"]'
    assert orphan.message == "is never reached from the start"


NAMES: dict[str, tuple[Route53Inputs, str, str, str]] = {
    "the zone's domain in a name": (
        record(name="x.dev.example.com", simple=ANSWER),
        'records["x"].name',
        'got "x.dev.example.com": it would be x.dev.example.com.dev.example.com',
        'Write "x".',
    ),
    "the zone's domain as a name": (
        record(name="dev.example.com", simple=ANSWER),
        'records["x"].name',
        "must be below the zone's domain and without it",
        "Leave it out: without a name it is the domain itself.",
    ),
    "a record in a zone of its own": (
        FULL.but(records={"x": Record(zone="main", name="api.claims", type="A", simple=ANSWER)}),
        'records["x"].name',
        'must not be at or below "claims", which public_zones["claims"] hands over to other name servers',
        'Put it into the zone of public_zones["claims"], or remove one of the two.',
    ),
    "a record that a partner answers for": (
        FULL.but(records={"x": Record(zone="main", name="partners", type="A", simple=ANSWER)}),
        'records["x"].name',
        'must not be at or below "partners", which delegations["partners"] hands over to other name servers',
        'Put it into the zone of delegations["partners"], or remove one of the two.',
    ),
    "a pair whose health check asks the pair": (
        record(
            failover=Failover(primary=ANSWER, secondary=ANSWER, health_check=HttpsCheck(host_name="x.dev.example.com"))
        ),
        'records["x"].failover.health_check.host_name',
        'must not ask "x.dev.example.com", whose answer it decides: after a failover it asks the stand-in',
        "Set ip_address as well, or give what is asked a name of its own, such as east.x.dev.example.com.",
    ),
    "a health check among others that asks the name it decides": (
        record(
            latency=Latency(answers={"us-east-1": ROUTED.but(health_check="all"), "us-west-2": ROUTED}),
        ).but(
            health_checks={
                "all": HealthCheck(calculated=CalculatedCheck(children=["x"], healthy_at_least=1)),
                "x": HealthCheck(https=HttpsCheck(host_name="x.dev.example.com")),
            }
        ),
        'health_checks["all"]',
        'must not ask "x.dev.example.com", whose answer it decides',
        "Set ip_address as well, or give what is asked a name of its own, such as east.x.dev.example.com.",
    ),
    "a traffic policy whose health check asks the policy": (
        FULL.but(
            health_checks={
                **FULL.health_checks,
                "portal": HealthCheck(https=HttpsCheck(host_name="portal.example.com")),
            }
        ),
        'health_checks["portal"]',
        'must not ask "portal.example.com", whose answer it decides',
        "Set ip_address as well, or give what is asked a name of its own, such as east.portal.example.com.",
    ),
    "a website in a bucket of another name": (
        traffic(
            endpoints={
                **TRAFFIC.endpoints,
                "sorry": Endpoint(type="s3-website", value="sorry.example.com", region="us-east-1"),
            }
        ),
        'traffic_policies["portal"].instances["portal"]',
        'must not answer for "portal.example.com" with the bucket "sorry.example.com"',
        "Use a bucket that is called portal.example.com, or an endpoint of another type, such as cloudfront.",
    ),
    "a traffic policy and a record of one name": (
        FULL.but(records={"x": Record(zone="main", name="portal", type="A", simple=ANSWER)}),
        'traffic_policies["portal"].instances["portal"]',
        'must not have the zone, name and type of records["x"], got name = "portal", type = "A"',
        "Remove one of the two, or change its name.",
    ),
}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_that_would_never_be_answered_is_refused_before_anything_is_made(name: str) -> None:
    inputs, path, words, cure = NAMES[name]
    (problem,) = problems_of(inputs, "prod.route53")
    assert problem.path == f"prod.route53.{path}"
    assert words in problem.message
    assert problem.cure == cure


def test_a_health_check_of_the_name_s_first_address_is_fine() -> None:
    asked = HttpsCheck(host_name="x.dev.example.com", ip_address="203.0.113.10")
    pair = Failover(primary=Answer(values=["203.0.113.10"]), secondary=ANSWER, health_check=asked)
    assert problems_of(record(failover=pair)) == []


def test_other_types_of_a_traffic_policy_s_name_and_names_beside_a_delegation_are_fine() -> None:
    made = {
        "text": Record(zone="main", name="portal", type="TXT", simple=Answer(values=["hello"])),
        "beside": Record(zone="main", name="my-partners", type="A", simple=ANSWER),
        "other": Record(zone="internal", name="partners", type="A", simple=ANSWER),
    }
    assert problems_of(FULL.but(records=made)) == []


def test_what_only_terraform_will_know_is_left_to_it() -> None:
    value = TextReference("module.portal.address")
    unknown = traffic(endpoints={**TRAFFIC.endpoints, "east": Endpoint(value=value)})
    assert problems_of(unknown) == []
    assert problems_of(typed("A", value)) == []


def test_two_hundred_records_are_looked_through_in_no_time() -> None:
    many = {f"r{n}": Record(zone="main", name=f"r{n}", type="A", simple=ANSWER) for n in range(200)}
    twice = many | {"again": Record(zone="main", name="r7", type="A", simple=ANSWER)}
    assert [problem.path for problem in problems_of(SMALL.but(records=twice))] == ['records["again"]', 'records["r7"]']
