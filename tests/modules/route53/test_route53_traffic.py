"""Routing and traffic policies, also those that nobody thought of: what is meant is made, what is wrong is refused."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck as Health
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from groundplan.framework.checking import problems_of
from modules.dns.route53 import (
    Answer,
    Endpoint,
    Failover,
    FailoverRule,
    Geolocation,
    GeolocationAnswer,
    GeolocationRule,
    GeolocationTarget,
    HttpsCheck,
    Latency,
    LatencyRule,
    Record,
    Route53,
    RoutedAnswer,
    Target,
    TrafficPolicy,
    Weighted,
    WeightedAnswer,
    WeightedRule,
    WeightedTarget,
    document_problems,
)
from modules.dns.route53.grammar import document
from tests.modules.route53.examples import RECORDLESS, SMALL, TRAFFIC
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]
REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "ap-south-1"]
PLACES = [("EU", None, None), ("NA", None, None), (None, "US", None), (None, "US", "WA"), (None, "FR", None)]
DEFAULT = (None, "*", None)
ADDRESSES = st.integers(0, 255).map(lambda last: f"192.0.2.{last}")
SPOKEN = 'aws_route53_record.simple["x"]'
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)


def place(found: tuple[str | None, str | None, str | None]) -> dict[str, Any]:
    return dict(zip(("continent", "country", "subdivision"), found, strict=True))


# Geolocation: overlapping and incomplete ones are refused, and only those.


@settings(max_examples=60, deadline=None)
@given(chosen=st.dictionaries(NAMES, st.sampled_from([*PLACES, DEFAULT]), min_size=1, max_size=7))
def test_places_are_taken_when_none_is_twice_and_one_is_the_default(chosen: dict[str, Any]) -> None:
    answers = {name: GeolocationAnswer(values=["192.0.2.1"], **place(found)) for name, found in chosen.items()}
    twice = {name for name, found in chosen.items() if list(chosen.values()).count(found) > 1}
    wanted = {f'answers["{name}"]' for name in twice} | ({"answers"} if DEFAULT not in chosen.values() else set())
    assert {problem.path for problem in problems_of(Geolocation(answers=answers))} == wanted


# Records of every routing policy: exactly the record sets that were meant.


def routed() -> st.SearchStrategy[dict[str, Any]]:
    values = ADDRESSES.map(lambda address: [address])
    weighted = st.dictionaries(NAMES, st.tuples(values, st.integers(0, 255)), min_size=1, max_size=3).map(
        lambda found: {
            "weighted": Weighted(
                answers={name: WeightedAnswer(values=some, weight=weight) for name, (some, weight) in found.items()}
            )
        }
    )
    latency = st.dictionaries(st.sampled_from(REGIONS), values, min_size=2, max_size=4).map(
        lambda found: {
            "latency": Latency(answers={region: RoutedAnswer(values=some) for region, some in found.items()})
        }
    )
    geolocation = st.lists(st.tuples(st.sampled_from(PLACES), values), unique_by=lambda one: one[0], max_size=4).map(
        lambda found: {
            "geolocation": Geolocation(
                answers={
                    "default": GeolocationAnswer(values=["192.0.2.9"], country="*"),
                    **{
                        f"p{n}": GeolocationAnswer(values=some, **place(where)) for n, (where, some) in enumerate(found)
                    },
                }
            )
        }
    )
    failover = st.tuples(values, values).map(
        lambda pair: {
            "failover": Failover(
                primary=Answer(values=pair[0]),
                secondary=Answer(values=pair[1]),
                health_check=HttpsCheck(host_name="x.example.com"),
            )
        }
    )
    return st.one_of(values.map(lambda some: {"simple": Answer(values=some)}), weighted, latency, geolocation, failover)


def _how(policy: str, identifier: str, answer: Any) -> dict[str, Any]:
    if policy == "weighted":
        return {"weight": answer.weight}
    if policy == "latency":
        return {"region": identifier}
    where = {word: getattr(answer, word) for word in ("continent", "country", "subdivision")}
    return {word: value for word, value in where.items() if value is not None}


def meant(records: dict[str, Record]) -> list[Any]:
    """The record sets as a person would list them: name, set identifier, routing, values."""
    found: list[Any] = []
    for record in records.values():
        name = f"{record.name}.dev.example.com"
        if record.simple:
            found.append((name, None, {}, record.simple.values))
        for policy in ("weighted", "latency", "geolocation"):
            routing = getattr(record, policy)
            for identifier, answer in routing.answers.items() if routing else ():
                how = _how(policy, identifier, answer)
                found.append((name, identifier, {policy: how}, answer.values))
        if record.failover:
            for role in ("primary", "secondary"):
                answer = getattr(record.failover, role)
                found.append((name, role, {"failover": {"type": role.upper()}}, answer.values))
    return sorted(found, key=repr)


def made(plan: ModulePlan, *, except_for: str) -> list[Any]:
    found = []
    for address, record in plan.resources("aws_route53_record").items():
        if address == except_for:
            continue
        how = {
            policy: {word: value for word, value in block[0].items() if value is not None}
            for policy in ("weighted", "latency", "geolocation", "failover")
            if (block := record[f"{policy}_routing_policy"])
        }
        found.append((record["name"], record["set_identifier"], how, record["records"]))
    return sorted(found, key=repr)


@settings(max_examples=40, deadline=None)
@given(own=st.booleans(), named=st.booleans(), second=st.booleans(), regions=st.sets(st.sampled_from(REGIONS)))
def test_a_pair_has_one_health_check_and_latency_two_regions_and_all_else_is_refused(
    own: bool, named: bool, second: bool, regions: set[str]
) -> None:
    pair = Failover(
        primary=Answer(values=["192.0.2.1"]),
        secondary=Answer(values=["192.0.2.2"]),
        health_check=HttpsCheck(host_name="east.example.com") if own else None,
        health_check_name="portal" if named else None,
        secondary_health_check_name="portal" if second else None,
    )
    assert [problem.path for problem in problems_of(pair)] == ([] if own != named else ["health_check"])
    answers = Latency(answers={region: RoutedAnswer(values=["192.0.2.1"]) for region in regions})
    assert [problem.path for problem in problems_of(answers)] == ([] if len(regions) > 1 else ["answers"])


def read(text: str) -> str:
    """A text as a resolver puts it together from what stands between the provider's quotation marks."""
    pieces = re.split(r'(?<!\\)""', text)
    assert all(len(re.findall(r'\\"|\\[0-7]{3}|.', piece)) <= 255 for piece in pieces)
    return "".join(pieces).replace('\\"', '"')


TEXTS = st.lists(st.sampled_from(["ab", "=;", " ", '"x', '" y']), max_size=400).map(lambda parts: "x" + "".join(parts))


# Traffic policies: what is documented, and nothing else.


@st.composite
def policies(draw: st.DrawFn) -> TrafficPolicy:
    """Trees of rules over endpoints, in which everything is reached."""
    endpoints: dict[str, Endpoint] = {}
    rules: dict[str, dict[str, Any]] = {kind: {} for kind in ("failover", "geolocation", "latency", "weighted")}
    health = st.sampled_from([{}, {"evaluate_target_health": False}, {"evaluate_target_health": True}])

    def to(depth: int) -> dict[str, Any]:
        more: dict[str, Any] = dict(draw(health))
        if depth > 2 or draw(st.booleans()):
            name = f"end{len(endpoints)}"
            endpoints[name] = draw(
                st.one_of(
                    ADDRESSES.map(lambda value: Endpoint(value=value)),
                    st.just(Endpoint(type="s3-website", value="www.example.com", region="us-east-1")),
                    st.just(Endpoint(type="application-load-balancer", value="x.us-east-1.elb.amazonaws.com")),
                )
            )
            return {**more, "endpoint": name}
        return {**more, "rule": rule(depth + 1)}

    def rule(depth: int) -> str:
        kind = draw(st.sampled_from(sorted(rules)))
        name = f"{kind}-{sum(map(len, rules.values()))}"
        rules[kind][name] = None
        if kind == "failover":
            first = {**to(depth), "evaluate_target_health": True}
            rules[kind][name] = FailoverRule(primary=Target(**first), secondary=Target(**to(depth)))
        elif kind == "latency":
            rules[kind][name] = LatencyRule(regions={region: Target(**to(depth)) for region in REGIONS[:2]})
        elif kind == "weighted":
            share = draw(st.integers(0, 255))
            rules[kind][name] = WeightedRule(
                items={"a": WeightedTarget(**to(depth), weight=share), "b": WeightedTarget(**to(depth), weight=1)}
            )
        else:
            where = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=2))
            rules[kind][name] = GeolocationRule(
                locations={
                    f"p{n}": GeolocationTarget(**to(depth), **place(one)) for n, one in enumerate([*where, DEFAULT])
                }
            )
        return name

    start = rule(0)
    given_rules: dict[str, Any] = {f"{kind}_rules": some for kind, some in rules.items()}
    return TrafficPolicy(start_rule=start, endpoints=endpoints, **given_rules)


@settings(max_examples=30, deadline=None)
@given(policy=policies())
def test_every_tree_of_rules_has_a_document_of_the_documented_format(policy: TrafficPolicy) -> None:
    assert problems_of(policy) == []
    assert document_problems(document(policy)) == []


@dataclass(frozen=True)
class Generated:
    """What was generated for one call of the module, and its plan."""

    routed: dict[str, Record]
    texts: list[str]
    traffic_policies: dict[str, TrafficPolicy]
    plan: ModulePlan


def drawn(strategy: st.SearchStrategy[list[Any]]) -> list[list[Any]]:
    """Three lists of a strategy, the same on every run."""
    found: list[list[Any]] = []

    @settings(
        max_examples=3,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[Health.too_slow, Health.data_too_large],
    )
    @given(strategy)
    def collect(values: list[Any]) -> None:
        found.append(values)

    collect()
    assert len(found) == 3
    return found


@pytest.fixture(scope="module")
def generated(plan_module: Planner) -> list[Generated]:
    """Records, texts and traffic policies that have nothing to do with each other: together in a plan, of a second."""
    found = []
    for hows, texts, trees in zip(
        drawn(st.lists(routed(), min_size=5, max_size=10)),
        drawn(st.lists(TEXTS, min_size=10, max_size=20, unique=True)),
        drawn(st.lists(policies(), min_size=2, max_size=4)),
        strict=True,
    ):
        records = {f"r{n}": Record(zone="main", name=f"r{n}", type="A", **how) for n, how in enumerate(hows)}
        spoken = Record(zone="main", name="x", type="TXT", simple=Answer(values=texts))
        traffic_policies = {f"p{n}": tree for n, tree in enumerate(trees)}
        inputs = SMALL.but(records={**records, "x": spoken}, traffic_policies=traffic_policies)
        assert problems_of(inputs) == []
        found.append(Generated(records, texts, traffic_policies, plan_module(Route53, inputs)))
    return found


def test_routing_makes_exactly_the_record_sets_that_were_meant(generated: list[Generated]) -> None:
    for it in generated:
        assert made(it.plan, except_for=SPOKEN) == meant(it.routed)


def test_every_text_is_read_as_it_was_given(generated: list[Generated]) -> None:
    for it in generated:
        assert sorted(map(read, it.plan.resource(SPOKEN)["records"])) == sorted(it.texts)


def test_terraform_renders_the_document_that_was_validated(generated: list[Generated]) -> None:
    for it in generated:
        for name, policy in it.traffic_policies.items():
            address = f'aws_route53_traffic_policy.policy["{name}"]'
            assert it.plan.document(address, "document") == document(policy)


@settings(max_examples=60, deadline=None)
@given(policy=policies(), data=st.data())
def test_a_way_back_is_refused_wherever_it_is(policy: TrafficPolicy, data: st.DataObject) -> None:
    rules = sorted(policy.weighted_rules)
    assume(rules)
    name = data.draw(st.sampled_from(rules))
    back = policy.weighted_rules[name].items["b"].but(endpoint=None, rule=policy.start_rule)
    items = {**policy.weighted_rules[name].items, "b": back}
    looped = policy.but(weighted_rules={**policy.weighted_rules, name: WeightedRule(items=items)})
    assert any("leads back to itself" in problem.message for problem in problems_of(looped))


@settings(max_examples=30, deadline=None)
@given(policy=policies())
def test_an_endpoint_that_nothing_leads_to_is_refused(policy: TrafficPolicy) -> None:
    more = policy.but(endpoints={**policy.endpoints, "orphan": Endpoint(value="192.0.2.1")})
    (problem,) = problems_of(more)
    assert (problem.path, problem.message) == ('endpoints["orphan"]', "is never reached from the start")


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, item in inner for path in paths(item, (*at, key)))]


@settings(max_examples=100, deadline=None)
@given(data=st.data(), wrong=st.sampled_from([None, 7, "", [], {}, {"Surprise": "x"}]))
def test_a_document_with_anything_of_the_wrong_type_is_refused(data: st.DataObject, wrong: Any) -> None:
    found = copy.deepcopy(document(TRAFFIC))
    *way, last = data.draw(st.sampled_from(paths(found)[1:]))
    part: Any = found
    for key in way:
        part = part[key]
    assume(part[last] != wrong)
    part[last] = wrong
    assert document_problems(found) != []


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_document_with_a_word_that_the_format_does_not_have_is_refused(data: st.DataObject) -> None:
    found = copy.deepcopy(document(TRAFFIC))
    objects = [
        path
        for path in paths(found)
        if not path or (path[-1] not in ("Endpoints", "Rules") and isinstance(path[-1], (str, int)))
    ]
    part: Any = found
    for key in data.draw(st.sampled_from(objects)):
        part = part[key]
    assume(isinstance(part, dict))
    part["Surprise"] = "x"
    assert document_problems(found) != []


# Every kind of rule of the format, and what is none.

ENDS = {"a": {"Type": "value", "Value": "192.0.2.1"}, "b": {"Type": "value", "Value": "192.0.2.2"}}


def with_rule(**rule: Any) -> dict[str, Any]:
    return {
        "AWSPolicyFormatVersion": "2015-10-01",
        "RecordType": "A",
        "StartRule": "start",
        "Endpoints": ENDS,
        "Rules": {"start": rule},
    }


A, B = {"EndpointReference": "a"}, {"EndpointReference": "b", "HealthCheck": "0d6c1c2e-0000-4000-8000-000000000000"}
SOUND: dict[str, dict[str, Any]] = {
    "failover": {"Primary": B, "Secondary": A},
    "geo": {"Locations": [{**A, "Country": "*"}, {**B, "Country": "FR", "IsDefault": False}]},
    "geoproximity": {
        "GeoproximityLocations": [
            {**A, "Region": "aws:route53:us-west-1", "Bias": "10"},
            {**B, "Latitude": "48.85", "Longitude": "2.35"},
        ]
    },
    "latency": {"Regions": [{**A, "Region": "us-east-1"}, {**B, "Region": "us-west-2"}]},
    "multivalue": {"Items": [A, B]},
    "weighted": {"Items": [{**A, "Weight": "3"}, {**B, "Weight": "1"}]},
}
UNSOUND: dict[str, tuple[dict[str, Any], str, str]] = {
    "a weight that is a number": (
        with_rule(RuleType="weighted", Items=[{**A, "Weight": 3}, {**B, "Weight": "1"}]),
        "Rules.start.Items.0.Weight",
        "valid string",
    ),
    "a weight beyond its range": (
        with_rule(RuleType="weighted", Items=[{**A, "Weight": "256"}, {**B, "Weight": "1"}]),
        "Rules.start.Items.0.Weight",
        "match pattern",
    ),
    "a place twice": (
        with_rule(RuleType="geo", Locations=[{**A, "Country": "*"}, {**B, "IsDefault": True}]),
        "Rules.start",
        "two of Locations are the same place",
    ),
    "a country that is everywhere": (
        with_rule(RuleType="geo", Locations=[A | {"Country": "*"}, B | {"Country": "FR", "IsDefault": True}]),
        "Rules.start.Locations.1",
        "IsDefault is for the Country *, and for no other",
    ),
    "a place beyond the pole": (
        with_rule(RuleType="geoproximity", GeoproximityLocations=[{**A, "Latitude": "91", "Longitude": "0"}, B]),
        "Rules.start.GeoproximityLocations.0",
        "Latitude (-90 to 90)",
    ),
    "a place too exact": (
        with_rule(RuleType="geoproximity", GeoproximityLocations=[{**A, "Latitude": "48.8566", "Longitude": "2.35"}]),
        "Rules.start.GeoproximityLocations.0.Latitude",
        "match pattern",
    ),
    "a region twice": (
        with_rule(RuleType="latency", Regions=[{**A, "Region": "us-east-1"}, {**B, "Region": "us-east-1"}]),
        "Rules.start",
        "two of Regions are the same region",
    ),
    "a rule of no known type": (with_rule(RuleType="random", Items=[A]), "Rules.start", "does not match any"),
    "a reference to nothing": (
        with_rule(RuleType="failover", Primary={"RuleReference": "nowhere"}, Secondary=B),
        "Rules.start",
        "leads to nowhere, which is not among Rules",
    ),
    "two references at once": (
        with_rule(RuleType="failover", Primary={**A, "RuleReference": "start"}, Secondary=B),
        "Rules.start.Primary",
        "exactly one of EndpointReference and RuleReference must be given",
    ),
    "a start that is nothing": (
        {**with_rule(RuleType="multivalue", Items=[A, B]), "StartRule": "nowhere"},
        "Start",
        "leads to nowhere, which is not among Rules",
    ),
    "another version of the format": (
        {**with_rule(RuleType="multivalue", Items=[A, B]), "AWSPolicyFormatVersion": "1.0"},
        "AWSPolicyFormatVersion",
        "2015-10-01",
    ),
}


@pytest.mark.parametrize("kind", sorted(SOUND))
def test_every_kind_of_rule_of_the_format_is_taken(kind: str) -> None:
    assert document_problems(with_rule(RuleType=kind, **SOUND[kind])) == []


def test_both_documented_formats_are_taken_each_with_its_own_way_to_say_places() -> None:
    places = [
        {**A, "Location": {"Type": "Region", "LocationName": "aws:route53:us-west-1"}, "Bias": "-10"},
        {**B, "Location": {"Type": "LocalZone", "LocationName": "aws:route53:us-east-1-atl-1a"}},
        {**B, "Location": {"Type": "Coordinate", "Latitude": "51.50", "Longitude": "-0.16"}},
    ]
    newer = {"AWSPolicyFormatVersion": "2023-05-09"}
    assert document_problems({**with_rule(RuleType="geoproximity", GeoproximityLocations=places), **newer}) == []
    for mixed in (
        with_rule(RuleType="geoproximity", GeoproximityLocations=places),
        {**with_rule(RuleType="geoproximity", **SOUND["geoproximity"]), **newer},
    ):
        (problem,) = document_problems(mixed)
        assert "GeoproximityLocations have Location in format 2023-05-09" in problem.message


@pytest.mark.parametrize("name", sorted(UNSOUND))
def test_what_the_format_does_not_have_is_refused_at_its_place(name: str) -> None:
    found, path, words = UNSOUND[name]
    problem = document_problems(found)[0]
    assert problem.path == path
    assert words in problem.message


def test_a_changed_document_is_a_policy_of_another_name(full: ModulePlan, apply_module: Planner) -> None:
    changed = TRAFFIC.but(endpoints={**TRAFFIC.endpoints, "west": Endpoint(value="192.0.2.21")})
    other = apply_module(Route53, RECORDLESS.but(traffic_policies={"portal": changed}), region="us-west-2")
    address = 'aws_route53_traffic_policy.policy["portal"]'
    assert other.resource(address)["name"] != full.resource(address)["name"]


def test_health_checks_stand_in_the_document_by_their_ids(full: ModulePlan) -> None:
    found = full.document('aws_route53_traffic_policy.policy["portal"]', "document")
    assert document_problems(found) == []
    assert full.outputs["health_check_ids"]["portal"] in json.dumps(found)
