"""Traffic policies: rules that lead to rules or endpoints, as the document format of Route 53 has them.

https://docs.aws.amazon.com/Route53/latest/APIReference/api-policies-traffic-policy-document-format.html
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Annotated, Any, ClassVar, Literal

from groundplan.framework import (
    EachRule,
    Inputs,
    Rule,
    contains,
    count_set,
    every,
    field,
    gathered,
    keys,
    length,
    matches,
    picked,
    unset,
)
from groundplan.framework.constraints import Pattern
from groundplan.framework.types import RegionName

from .addresses import IPV4, IPV6
from .grammar import RULES, policy_problems
from .record_inputs import (
    LOCATION_RULES,
    Continent,
    Country,
    EntryName,
    RelativeName,
    SetIdentifier,
    Subdivision,
    location_rules,
)

__all__ = [
    "Endpoint",
    "FailoverRule",
    "GeolocationRule",
    "GeolocationTarget",
    "LatencyRule",
    "Target",
    "TrafficPolicy",
    "TrafficPolicyInstance",
    "WeightedRule",
    "WeightedTarget",
]

PartName = Annotated[
    str, Pattern("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", "a name of 1 to 64 letters, digits, hyphens and underscores")
]
ADDRESS_TYPES = ["A", "AAAA"]


class Endpoint(Inputs):
    """Where a policy ends: a value, or an AWS resource."""

    type: Literal[
        "application-load-balancer",
        "cloudfront",
        "elastic-beanstalk",
        "elastic-load-balancer",
        "network-load-balancer",
        "s3-website",
        "value",
    ] = field("what it is", default="value")
    value: str = field(
        "for type value, a value of the policy's record type; else the resource's DNS name", min_length=1
    )
    region: RegionName | None = field("for type s3-website only: region of the bucket", default=None)

    rules = (
        Rule(
            "region",
            lambda v: (v.type == "s3-website") != unset(v.region),
            "must be given for type s3-website, and left out for every other one",
            shows=("type", "region"),
        ),
    )


class Target(Inputs):
    """Where a rule leads to: an endpoint, or another rule."""

    endpoint: str | None = field("name among endpoints; left out, give rule", default=None)
    rule: str | None = field("name of another rule of the policy; left out, give endpoint", default=None)
    evaluate_target_health: bool | None = field(
        "whether the health of an AWS resource counts; left out, Route 53's default", default=None
    )
    health_check: str | None = field("name among health_checks of the module; left out, there is none", default=None)

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "endpoint",
            lambda v: count_set(v.endpoint, v.rule) == 1,
            "must be given, or rule instead, and not both",
            shows=("endpoint", "rule"),
        ),
    )


class FailoverRule(Inputs):
    """Leads to the second while the first is not healthy."""

    primary: Target = field("where it leads while that is healthy")
    secondary: Target = field("where it leads otherwise")

    rules = (
        Rule(
            "primary",
            lambda v: ~unset(v.primary.health_check) | ~unset(v.primary.rule) | _follows(v.primary),
            "must have a health_check, or evaluate_target_health = true: without it nothing ever fails over",
        ),
    )


def _follows(target: Any) -> Any:
    return ~unset(target.evaluate_target_health) & target.evaluate_target_health


class GeolocationTarget(Target):
    """Where queries from one place are led to."""

    continent: Continent | None = field("continent that it is for; left out, give country", default=None)
    country: Country | None = field(
        'country that it is for, or "*": every place without a target; left out, give continent', default=None
    )
    subdivision: Subdivision | None = field(
        "state of the country (US, UA) that it is for; left out, the whole country", default=None
    )

    rules = (*Target.rules, *LOCATION_RULES)


class GeolocationRule(Inputs):
    """Leads by the place that a query comes from."""

    locations: dict[SetIdentifier, GeolocationTarget] = field(
        'targets by name; one of them is for country = "*"', min_length=1
    )

    rules = location_rules("locations", lambda v: v.locations)


class LatencyRule(Inputs):
    """Leads to the region that is fastest to reach."""

    regions: dict[RegionName, Target] = field("targets by region", min_length=2)


class WeightedTarget(Target):
    """Where a share of the queries is led to."""

    weight: int | None = field(
        "its share of the queries, relative to the other weights; must be given", default=None, ge=0, le=255
    )

    rules = (
        *Target.rules,
        Rule(
            "weight",
            lambda v: ~unset(v.weight),
            "must be given, 0 to 255: without a weight Route 53 cannot tell how many queries go there",
        ),
    )


class WeightedRule(Inputs):
    """Leads by weights."""

    items: dict[SetIdentifier, WeightedTarget] = field("targets by name", min_length=1)


class TrafficPolicyInstance(Inputs):
    """A name that a policy answers for; each costs a fixed amount a month."""

    zone: str = field("zone it is in: a name among public_zones or existing_zones")
    name: RelativeName | None = field(
        "name below the zone's domain, such as www; left out, the domain itself", default=None
    )
    ttl_seconds: int = field("how long resolvers keep the answer, in seconds", default=60, ge=0, le=2147483647)


def _lost(policy: Any, target: Any) -> Any:
    """The names in a target that lead nowhere."""
    rules = [policy.failover_rules, policy.geolocation_rules, policy.latency_rules, policy.weighted_rules]
    known = unset(target.rule)
    for named in rules:
        known = known | contains(keys(named), target.rule)
    end = unset(target.endpoint) | contains(keys(policy.endpoints), target.endpoint)
    return gathered((~known, target.rule), (~end, target.endpoint))


def _untold(policy: Any, target: Any) -> Any:
    """The endpoint of a target that asks for a health that nobody tells."""
    tells = (
        unset(target.endpoint)
        | ~_follows(target)
        | every(policy.endpoints, lambda name, end: (name != target.endpoint) | (end.type != "cloudfront"))
    )
    return gathered((~tells, target.endpoint))


def _targets(setting: str, of_all: Callable[[Any, Callable[[Any], Any]], Any]) -> tuple[EachRule, EachRule]:
    """`of_all` gives, of a rule, what a function finds in each of its targets."""

    def none_found(find: Callable[[Any, Any], Any], message: str) -> EachRule:
        def found(v: Any, _: Any, rule: Any) -> Any:
            return gathered((True, of_all(rule, lambda target: find(v, target))))

        return EachRule(setting, lambda *of: length(found(*of)) == 0, message, finds=found)

    return (
        none_found(
            _lost, "must lead, with each target, to a name among endpoints or to the name of a rule of the policy"
        ),
        none_found(
            _untold,
            "must not evaluate_target_health of an endpoint of type cloudfront, whose health Route 53 cannot tell: use "
            "health_check",
        ),
    )


def _of_pair(rule: Any, find: Callable[[Any], Any]) -> Any:
    return gathered((True, find(rule.primary)), (True, find(rule.secondary)))


def _of_entries(entries: Any, find: Callable[[Any], Any]) -> Any:
    return picked(entries, lambda _, target: find(target), lambda *_: True)


def _other_names(first: str, second: str) -> EachRule:
    return EachRule(
        second,
        lambda v, name, _: ~contains(keys(getattr(v, first)), name),
        f"must have another name: {first} has this one, and a rule's name tells one rule",
    )


class TrafficPolicy(Inputs):
    """A tree of rules whose leaves are endpoints."""

    comment: str = field("what it is for", default="", max_length=1024)
    record_type: Literal["A", "AAAA", "CAA", "CNAME", "MX", "NAPTR", "PTR", "SRV", "TXT"] = field(
        "type of the records that it makes", default="A"
    )
    start_rule: str | None = field("name of the rule that it begins with; left out, give start_endpoint", default=None)
    start_endpoint: str | None = field("name of its one endpoint; left out, give start_rule", default=None)
    endpoints: dict[PartName, Endpoint] = field("where it ends, by name", min_length=1)
    failover_rules: dict[PartName, FailoverRule] = field("rules by health, by name", default={})
    geolocation_rules: dict[PartName, GeolocationRule] = field("rules by place, by name", default={})
    latency_rules: dict[PartName, LatencyRule] = field("rules by region, by name", default={})
    weighted_rules: dict[PartName, WeightedRule] = field("rules by weight, by name", default={})
    instances: dict[EntryName, TrafficPolicyInstance] = field("names that it answers for, by a short name", default={})

    rules = (
        Rule(
            "start_rule",
            lambda v: count_set(v.start_rule, v.start_endpoint) == 1,
            "must be given, or start_endpoint instead, and not both",
            shows=("start_rule", "start_endpoint"),
        ),
        Rule(
            "start_rule",
            lambda v: (
                unset(v.start_rule)
                | contains(keys(v.failover_rules), v.start_rule)
                | contains(keys(v.geolocation_rules), v.start_rule)
                | contains(keys(v.latency_rules), v.start_rule)
                | contains(keys(v.weighted_rules), v.start_rule)
            ),
            "must be the name of a rule of the policy",
            shows=("start_rule",),
        ),
        Rule(
            "start_endpoint",
            lambda v: unset(v.start_endpoint) | contains(keys(v.endpoints), v.start_endpoint),
            "must be a name among endpoints",
            shows=("start_endpoint",),
        ),
        *(_other_names(first, second) for first, second in combinations(RULES, 2)),
        *_targets("failover_rules", _of_pair),
        *_targets("geolocation_rules", lambda rule, find: _of_entries(rule.locations, find)),
        *_targets("latency_rules", lambda rule, find: _of_entries(rule.regions, find)),
        *_targets("weighted_rules", lambda rule, find: _of_entries(rule.items, find)),
        EachRule(
            "endpoints",
            lambda v, _, end: (end.type != "value") | (v.record_type != "A") | matches(end.value, IPV4),
            "must be an IPv4 address for record_type A",
            inside="value",
            shows=("value",),
        ),
        EachRule(
            "endpoints",
            lambda v, _, end: (end.type != "value") | (v.record_type != "AAAA") | matches(end.value, IPV6),
            "must be an IPv6 address for record_type AAAA",
            inside="value",
            shows=("value",),
        ),
        EachRule(
            "endpoints",
            lambda v, _, end: (end.type == "value") | contains(ADDRESS_TYPES, v.record_type),
            "must be value unless record_type is A or AAAA: AWS resources have addresses only",
            inside="type",
            shows=("type",),
        ),
        EachRule(
            "endpoints",
            lambda v, _, end: (end.type != "s3-website") | (v.record_type == "A"),
            "must not be s3-website for record_type AAAA: website endpoints of S3 have IPv4 addresses only",
            inside="type",
        ),
    )
    checks = (policy_problems,)
