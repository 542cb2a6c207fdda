"""What a name answers: one answer, or several with a routing policy that chooses among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

from groundplan.framework import (
    EachRule,
    Inputs,
    Rule,
    Term,
    computed,
    contains,
    count_set,
    every,
    expression_of,
    field,
    gathered,
    length,
    matches,
    picked,
    some,
    together,
    unset,
)
from groundplan.framework.constraints import Pattern
from groundplan.framework.types import HostedZoneId, RegionName

from .addresses import IPV4, IPV6
from .health_inputs import HttpsCheck

__all__ = [
    "COUNTRIES_WITH_SUBDIVISIONS",
    "LOCATION_RULES",
    "ROUTED",
    "TXT_PIECE",
    "Alias",
    "Answer",
    "Continent",
    "Country",
    "EntryName",
    "Failover",
    "Geolocation",
    "GeolocationAnswer",
    "Geoproximity",
    "GeoproximityAnswer",
    "Latency",
    "Multivalue",
    "Record",
    "RelativeName",
    "RoutedAnswer",
    "SetIdentifier",
    "Subdivision",
    "Weighted",
    "WeightedAnswer",
    "location_rules",
    "routed_by",
]

EntryName = Annotated[
    str, Pattern("[a-z][a-z0-9-]{0,62}", "1 to 63 lower-case letters, digits and hyphens, beginning with a letter")
]
LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
RelativeName = Annotated[
    str,
    Pattern(
        rf"(?:\*|{LABEL})(?:\.{LABEL})*",
        "a name in lower case below the zone's domain and without it, such as api, *.apps or _dmarc, and not @",
    ),
]
SetIdentifier = Annotated[
    str,
    Pattern("[A-Za-z0-9][A-Za-z0-9._-]{0,127}", "a set identifier: 1 to 128 letters, digits, dots, hyphens and _"),
]
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_GeoLocation.html
Country = Annotated[
    str, Pattern(r"[A-Z]{2}|\*", "a country's code of two letters (ISO 3166-1), or * for every place without an answer")
]
Subdivision = Annotated[str, Pattern("[A-Z0-9]{1,3}", "a code of 1 to 3 characters, such as WA")]
Continent = Literal["AF", "AN", "AS", "EU", "NA", "OC", "SA"]
COUNTRIES_WITH_SUBDIVISIONS = ["UA", "US"]
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_Coordinates.html
Latitude = Annotated[
    str, Pattern(r"-?(?:90(?:\.0{1,2})?|[1-8]?[0-9](?:\.[0-9]{1,2})?)", "-90 to 90 degrees with two decimals at most")
]
Longitude = Annotated[
    str,
    Pattern(
        r"-?(?:180(?:\.0{1,2})?|(?:1[0-7][0-9]|[1-9]?[0-9])(?:\.[0-9]{1,2})?)",
        "-180 to 180 degrees with two decimals at most",
    ),
]

_HOST = rf"(?:{LABEL}\.)*{LABEL}\.?"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_SHORT = "(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9]?[0-9]{1,3})"
_HOST_OR_NONE = rf"(?:{_HOST}|\.)"
_PARAMETER = r'[a-z0-9-]+(?:=(?:"[^"]*"|[^ "]+))?'
_ESCAPE = r"\\[0-3][0-7]{2}"
TXT_PIECE = rf"(?:{_ESCAPE}|[^\\]){{1,255}}"
"""What a text is cut into: DNS carries 255 characters at a time, of which an escaped one is one."""
VALUES = {
    "A": (IPV4, "an IPv4 address, such as 192.0.2.10"),
    "AAAA": (IPV6, "an IPv6 address, such as 2001:db8::10"),
    "CAA": (
        rf'{_BYTE} (?:contactemail|contactphone|iodef|issue|issuemail|issuevmc|issuewild) "[^"]*"',
        "a flag, issue, issuewild, issuemail, issuevmc, iodef, contactemail or contactphone, and a value in quotation "
        'marks, such as 0 issue "amazon.com"',
    ),
    "CNAME": (_HOST, "a DNS name in lower case, such as api.example.com"),
    "HTTPS": (
        rf"{_SHORT} {_HOST_OR_NONE}(?: {_PARAMETER})*",
        'a priority, a server or . for the name itself, and parameters, such as 1 . alpn="h3,h2"',
    ),
    "MX": (
        rf"{_SHORT} {_HOST_OR_NONE}",
        "a priority of 0 to 65535 and a mail server in lower case, such as 10 mail.example.com",
    ),
    "NAPTR": (
        rf'{_SHORT} {_SHORT} "[A-Za-z0-9]*" "[^"]*" "[^"]*" {_HOST_OR_NONE}',
        "an order, a preference, flags, a service and an expression in quotation marks, and a name, such as "
        '10 100 "s" "SIP+D2U" "" _sip._udp.example.com',
    ),
    "PTR": (_HOST, "a DNS name in lower case, such as api.example.com"),
    "SRV": (
        rf"{_SHORT} {_SHORT} {_SHORT} {_HOST_OR_NONE}",
        "a priority, a weight, a port (each 0 to 65535) and a server in lower case, such as 10 5 5060 sip.example.com",
    ),
    "SSHFP": (
        "[1-46] (?:1 [0-9A-Fa-f]{40}|2 [0-9A-Fa-f]{64})",
        "the key's algorithm, 2 for SHA-256, and its fingerprint, as ssh-keygen -r prints them",
    ),
    "SVCB": (
        rf"{_SHORT} {_HOST_OR_NONE}(?: {_PARAMETER})*",
        'a priority, a server or . for the name itself, and parameters, such as 1 sip.example.com alpn="sip"',
    ),
    "TLSA": (
        "[0-3] [01] (?:0 (?:[0-9A-Fa-f]{2})+|1 [0-9A-Fa-f]{64}|2 [0-9A-Fa-f]{128})",
        "usage, selector, 1 for SHA-256, and the digest of a certificate or key: 3 1 1 and 64 hexadecimal digits",
    ),
    # no quotation marks around it or between its pieces: a " beside another one, with nothing but spaces between
    "TXT": (
        rf'(?:(?:[ !#-\[\]-~]|{_ESCAPE})(?:[ !#-\[\]-~]|{_ESCAPE}|" *(?:[!#-\[\]-~]|{_ESCAPE}))*(?:" *)?)?',
        "the text itself in one piece, without quotation marks around it or its parts: they are added, and long texts "
        "are cut; a character beyond ASCII, and a backslash, as \\ and three octal digits (\\303\\251, \\134)",
    ),
}
"""What each value must be, by type. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html"""


CLOUDFRONT = "Z2FDTNDATAQYW2"
"""The zone of every distribution, and of API Gateway's edge-optimized domains.
https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html"""
ALIAS_TYPES = ["A", "AAAA", "HTTPS"]


class Alias(Inputs):
    """An AWS resource that answers: a load balancer, a CloudFront distribution, an API Gateway."""

    dns_name: str = field("DNS name of the resource, as its attribute dns_name or domain_name tells", min_length=1)
    hosted_zone_id: HostedZoneId = field("hosted zone id of the resource, as its attribute zone_id tells")
    evaluate_target_health: bool = field(
        "whether an unhealthy resource is not answered; must be false for CloudFront", default=True
    )

    rules = (
        Rule(
            "evaluate_target_health",
            lambda v: (v.hosted_zone_id != CLOUDFRONT) | ~v.evaluate_target_health,
            "must be false for CloudFront, whose health Route 53 cannot tell: use a health check where it matters",
            shows=("dns_name",),
        ),
    )


class Answer(Inputs):
    """What a query gets: values, or what an AWS resource answers."""

    values: list[str] = field("values in the form of the record's type; left out, give alias", default=[])
    ttl_seconds: int | None = field(
        "how long resolvers keep the values, in seconds; left out, 300; not for an alias",
        default=None,
        ge=0,
        le=2147483647,
    )
    alias: Alias | None = field("AWS resource that answers; left out, give values", default=None)

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "values",
            lambda v: (length(v.values) > 0) | ~unset(v.alias),
            "must be given, or alias instead: without either there is nothing to answer",
        ),
        Rule(
            "alias",
            lambda v: unset(v.alias) | (length(v.values) == 0),
            "must not be given together with values: remove one of them",
            shows=("values",),
        ),
        Rule(
            "ttl_seconds",
            lambda v: unset(v.alias) | unset(v.ttl_seconds),
            "must be left out with alias: an alias has the TTL of the resource it leads to",
            shows=("ttl_seconds",),
        ),
    )


class RoutedAnswer(Answer):
    """One of several answers."""

    health_check: str | None = field(
        "name among health_checks: while it fails, this answer is not given; left out, it always is", default=None
    )


class WeightedAnswer(RoutedAnswer):
    """One of several answers that share the queries."""

    weight: int | None = field(
        "its share of the queries, relative to the other weights; 0: none, unless all are 0; must be given",
        default=None,
        ge=0,
        le=255,
    )

    rules = (
        *Answer.rules,
        Rule(
            "weight",
            lambda v: ~unset(v.weight),
            "must be given, 0 to 255: without a weight Route 53 cannot tell how many queries get this answer",
        ),
    )


class Weighted(Inputs):
    """Answers that share the queries by their weights."""

    answers: dict[SetIdentifier, WeightedAnswer] = field("answers by set identifier", min_length=1)


class Latency(Inputs):
    """Answers of which each query gets the one of the region that is fastest to reach."""

    answers: dict[RegionName, RoutedAnswer] = field("answers by region, which is their set identifier", min_length=2)


LOCATION_RULES = (
    Rule(
        "continent",
        lambda v: count_set(v.continent, v.country) == 1,
        'must be given, or country instead, and not both; country = "*" is every place without an answer of its own',
        shows=("continent", "country"),
    ),
    Rule(
        "subdivision",
        lambda v: unset(v.subdivision) | (~unset(v.country) & contains(COUNTRIES_WITH_SUBDIVISIONS, v.country)),
        "is for the countries UA and US only: remove it, or change country",
        shows=("country",),
    ),
)
"""Of every declaration with continent, country and subdivision."""


def location_rules(setting: str, answers: Callable[[Any], Any]) -> tuple[Rule, ...]:
    """The rules of a map of locations: no place twice, and every place somewhere."""
    return (
        EachRule(
            setting,
            lambda v, key, one: ~some(answers(v), lambda other, two: (other != key) & (_place(one) == _place(two))),
            "must not have the location of another one: a query can get one answer only; change one of the two or "
            "remove it",
            shows=("continent", "country", "subdivision"),
        ),
        Rule(
            setting,
            lambda v: some(answers(v), lambda _, one: ~unset(one.country) & (one.country == "*")),
            'must have one with country = "*", the default location: all other places would get no answer',
        ),
    )


def _place(location: Any) -> str:
    return together(location.continent, location.country, location.subdivision)


class GeolocationAnswer(RoutedAnswer):
    """An answer for the queries from one place."""

    continent: Continent | None = field("continent that it is for; left out, give country", default=None)
    country: Country | None = field(
        'country that it is for, or "*": every place without an answer; left out, give continent', default=None
    )
    subdivision: Subdivision | None = field(
        "state of the country (US, UA) that it is for; left out, the whole country", default=None
    )

    rules = (*Answer.rules, *LOCATION_RULES)


class Geolocation(Inputs):
    """Answers by the place that a query comes from: the smallest place that holds it decides."""

    answers: dict[SetIdentifier, GeolocationAnswer] = field(
        'answers by set identifier; one of them is for country = "*"', min_length=1
    )

    rules = location_rules("answers", lambda v: v.answers)


class GeoproximityAnswer(RoutedAnswer):
    """An answer for the queries that are nearest to where its resource is."""

    aws_region: RegionName | None = field("region of the resource; left out, give one of the others", default=None)
    local_zone_group: str | None = field(
        "local zone group of the resource, such as us-east-1-bos-1; left out, give one of the others", default=None
    )
    latitude: Latitude | None = field("for a resource elsewhere: its latitude, with longitude", default=None)
    longitude: Longitude | None = field("for a resource elsewhere: its longitude, with latitude", default=None)
    bias: int = field(
        "how much larger (1 to 99) or smaller (-99 to -1) the area is that it answers for", default=0, ge=-99, le=99
    )

    rules = (
        *Answer.rules,
        Rule(
            "aws_region",
            lambda v: (
                (count_set(v.aws_region, v.local_zone_group, v.latitude) == 1)
                & (unset(v.latitude) == unset(v.longitude))
            ),
            "exactly one of aws_region, local_zone_group, and latitude with longitude must be given",
            shows=("aws_region", "local_zone_group", "latitude", "longitude"),
        ),
    )


class Geoproximity(Inputs):
    """Answers by the distance between a query and the resources."""

    answers: dict[SetIdentifier, GeoproximityAnswer] = field("answers by set identifier", min_length=2)

    rules = (
        EachRule(
            "answers",
            lambda v, key, one: ~some(v.answers, lambda other, two: (other != key) & (_spot(one) == _spot(two))),
            "must not be where another one is: a query can get one answer only; change one of the two or remove it",
            shows=("aws_region", "local_zone_group", "latitude", "longitude"),
        ),
    )


def _spot(answer: Any) -> str:
    return together(answer.aws_region, answer.local_zone_group, answer.latitude, answer.longitude)


class Failover(Inputs):
    """A pair of answers, usually of two regions: the second is given while the health check of the first fails."""

    primary: Answer = field("answer while its health check passes")
    secondary: Answer = field("answer while the health check of the primary one fails")
    health_check: HttpsCheck | None = field(
        "HTTPS health check of the primary answer, made with the pair; left out, give health_check_name", default=None
    )
    health_check_name: str | None = field(
        "name among health_checks, for the primary answer; left out, give health_check", default=None
    )
    secondary_health_check_name: str | None = field(
        "name among health_checks, for the secondary answer; left out, it counts as healthy", default=None
    )

    rules = (
        Rule(
            "health_check",
            lambda v: ~(unset(v.health_check) & unset(v.health_check_name)),
            "must be given, or health_check_name instead: without a health check nothing ever fails over",
        ),
        Rule(
            "health_check",
            lambda v: unset(v.health_check) | unset(v.health_check_name),
            "must not be given together with health_check_name: remove one of them",
            shows=("health_check_name",),
        ),
    )


class Multivalue(Inputs):
    """Answers of which a query gets up to eight, healthy ones only, in random order."""

    answers: dict[SetIdentifier, RoutedAnswer] = field("answers by set identifier", min_length=2)

    rules = (
        EachRule(
            "answers",
            lambda _v, _key, one: unset(one.alias),
            "must be left out: Route 53 takes values alone for multivalue answers",
            inside="alias",
        ),
    )


ROUTED = ("weighted", "latency", "geolocation", "geoproximity", "multivalue")
"""The routing policies that have answers by set identifier."""


def routed_by(record: Any, check: Callable[[Any], Any]) -> Any:
    """Whether `check` holds for every answer of a record, whichever way it is routed."""
    simple = unset(record.simple) | check(record.simple)
    failover = unset(record.failover) | (check(record.failover.primary) & check(record.failover.secondary))
    found = simple & failover
    for policy in ROUTED:
        routing = getattr(record, policy)
        found = found & (unset(routing) | every(routing.answers, lambda _, answer: check(answer)))
    return found


def found_in_answers(record: Any, of: Callable[[Any], Any]) -> Any:
    """What `of` gives of all answers of a record, whichever way it is routed, as one list."""
    pair = record.failover
    found = [
        (~unset(record.simple), of(record.simple)),
        (~unset(pair), of(pair.primary)),
        (~unset(pair), of(pair.secondary)),
    ]
    for policy in ROUTED:
        routing = getattr(record, policy)
        found.append((~unset(routing), picked(routing.answers, lambda _, answer: of(answer), lambda *_: True)))
    return gathered(*found)


def _values_where(record: Any, check: Callable[[Any], Any], of: Callable[[Any], Any] = lambda value: value) -> Any:
    """The values of all answers for which `check` holds."""
    return found_in_answers(
        record, lambda answer: picked(answer.values, lambda _, value: of(value), lambda _, value: check(value))
    )


def _beginning(value: Any) -> Term:
    """The first characters of a text that is too long to be shown."""
    return Term(f'"${{substr({expression_of(value)}, 0, 40)}}..."', lambda: f"{computed(value)[:40]}...")


def _values_of(kind: str) -> Rule:
    pattern, meaning = VALUES[kind]
    return Rule(
        "type",
        lambda v: (
            (v.type != kind)
            | routed_by(v, lambda answer: every(answer.values, lambda _, value: matches(value, pattern)))
        ),
        f"of type {kind} every value must be {meaning}",
        finds=lambda v: _values_where(v, lambda value: ~matches(value, pattern)),
    )


class Record(Inputs):
    """A DNS record: a name, and what it answers."""

    zone: str = field("zone it is in: a name among public_zones, private_zones or existing_zones")
    name: RelativeName | None = field(
        "name below the zone's domain, such as api or *.apps; left out, the domain itself", default=None
    )
    type: Literal["A", "AAAA", "CAA", "CNAME", "HTTPS", "MX", "NAPTR", "PTR", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"] = (
        field("record type; for NS and DS use delegations")
    )
    simple: Answer | None = field("the answer; left out, give one of the routing policies", default=None)
    weighted: Weighted | None = field("answers that share the queries by weights", default=None)
    latency: Latency | None = field("answers by the fastest region", default=None)
    geolocation: Geolocation | None = field("answers by the place of the query", default=None)
    geoproximity: Geoproximity | None = field("answers by distance", default=None)
    failover: Failover | None = field("an answer, and another while the first fails its health check", default=None)
    multivalue: Multivalue | None = field("up to eight healthy answers at random", default=None)

    rules = (
        Rule(
            "simple",
            lambda v: (
                count_set(v.simple, v.weighted, v.latency, v.geolocation, v.geoproximity, v.failover, v.multivalue) == 1
            ),
            "exactly one of simple, weighted, latency, geolocation, geoproximity, failover and multivalue must be "
            "given: a record has one routing policy",
        ),
        Rule(
            "type",
            lambda v: (v.type != "CNAME") | ~unset(v.name),
            "must not be CNAME for the zone's domain itself: use type A or AAAA with alias, or give a name",
        ),
        Rule(
            "type",
            lambda v: (v.type != "CNAME") | routed_by(v, lambda answer: length(answer.values) <= 1),
            "of type CNAME an answer must have one value",
            finds=lambda v: found_in_answers(v, lambda answer: gathered((length(answer.values) > 1, answer.values))),
        ),
        Rule(
            "type",
            lambda v: contains(ALIAS_TYPES, v.type) | routed_by(v, lambda answer: unset(answer.alias)),
            "must be A, AAAA or HTTPS with alias: AWS resources have addresses only",
            shows=("type",),
        ),
        Rule(
            "type",
            lambda v: (
                (v.type != "TXT")
                | routed_by(v, lambda answer: every(answer.values, lambda _, one: length(one) <= 4000))
            ),
            "of type TXT every value must have 4,000 characters at most",
            finds=lambda v: _values_where(v, lambda one: length(one) > 4000, _beginning),
        ),
        Rule(
            "type",
            lambda v: (v.type != "CNAME") | unset(v.multivalue),
            "must not be CNAME with multivalue: a name has one other name",
        ),
        *(_values_of(kind) for kind in sorted(VALUES)),
    )
