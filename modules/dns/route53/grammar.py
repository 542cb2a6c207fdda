"""The document of a traffic policy, and the grammar that Route 53 documents for it.

`document` renders what Terraform will render; `document_problems` judges any document, wherever it comes from;
`policy_problems` is asked of every policy before anything is synthesized.

https://docs.aws.amazon.com/Route53/latest/APIReference/api-policies-traffic-policy-document-format.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import networkx
from jsonschema import Draft202012Validator

from groundplan.framework.inputs import plain
from groundplan.framework.references import is_opaque
from groundplan.problems import Problem

__all__ = ["FORMAT_VERSION", "RULES", "SCHEMA", "document", "document_problems", "policy_problems"]

FORMAT_VERSION = "2015-10-01"
RULES = {
    "failover_rules": "failover",
    "geolocation_rules": "geo",
    "latency_rules": "latency",
    "weighted_rules": "weighted",
}
"""The settings of a policy that hold rules, and what the format calls their type."""

_REFERENCE = {
    "EndpointReference": {"type": "string", "minLength": 1},
    "RuleReference": {"type": "string", "minLength": 1},
    "HealthCheck": {"type": "string", "minLength": 1},
}
_HEALTH = {"EvaluateTargetHealth": {"type": "boolean"}}
_BIAS = {"type": "string", "pattern": "^-?[1-9]?[0-9]$"}


def _target(*required: str, rules: bool = True, **more: Any) -> dict[str, Any]:
    """What leads to an endpoint or, with `rules`, to a rule."""
    properties = {**_REFERENCE, **_HEALTH, **more}
    if not rules:
        properties = {name: properties[name] for name in ("EndpointReference", "HealthCheck", *more)}
    ways: list[dict[str, Any]] = [{"required": ["EndpointReference"]}]
    if rules:
        ways.append({"required": ["RuleReference"]})
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "oneOf": ways,
        "additionalProperties": False,
    }


def _rule(kind: str, **settings: Any) -> dict[str, Any]:
    return {
        "properties": {"RuleType": {"const": kind}, **settings},
        "required": ["RuleType", *settings],
        "additionalProperties": False,
    }


def _several(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": item}


_TEXT = {"type": "string", "minLength": 1}
_LOCATION = _target(
    IsDefault={"type": "boolean"},
    Continent={"enum": ["AF", "AN", "AS", "EU", "NA", "OC", "SA"]},
    Country={"type": "string", "pattern": r"^([A-Z]{2}|\*)$"},
    Subdivision={"type": "string", "pattern": "^[A-Z0-9]{1,3}$"},
) | {"dependentRequired": {"Subdivision": ["Country"]}}
_NEAR = _target(
    Region={"type": "string", "pattern": "^aws:route53:[a-z0-9-]+$"}, Latitude=_TEXT, Longitude=_TEXT, Bias=_BIAS
) | {"dependentRequired": {"Latitude": ["Longitude"], "Longitude": ["Latitude"]}}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "AWSPolicyFormatVersion": {"const": FORMAT_VERSION},
        "RecordType": {"enum": ["A", "AAAA", "CAA", "CNAME", "MX", "NAPTR", "PTR", "SPF", "SRV", "TXT"]},
        "StartEndpoint": _TEXT,
        "StartRule": _TEXT,
        "Endpoints": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "Type": {
                        "enum": [
                            "application-load-balancer",
                            "cloudfront",
                            "elastic-beanstalk",
                            "elastic-load-balancer",
                            "network-load-balancer",
                            "s3-website",
                            "value",
                        ]
                    },
                    "Region": _TEXT,
                    "Value": _TEXT,
                },
                "required": ["Type", "Value"],
                "if": {"properties": {"Type": {"const": "s3-website"}}},
                "then": {"required": ["Region"]},
                "else": {"properties": {"Region": False}},
                "additionalProperties": False,
            },
        },
        "Rules": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "oneOf": [
                    _rule("failover", Primary=_target(), Secondary=_target()),
                    _rule("geo", Locations=_several(_LOCATION)),
                    _rule("geoproximity", GeoproximityLocations=_several(_NEAR)),
                    _rule("latency", Regions=_several(_target("Region", Region=_TEXT))),
                    _rule("multivalue", Items=_several(_target(rules=False))),
                    _rule(
                        "weighted",
                        Items=_several(
                            _target(
                                "Weight",
                                Weight={"type": "string", "pattern": "^(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$"},
                            )
                        ),
                    ),
                ],
            },
        },
    },
    "required": ["AWSPolicyFormatVersion", "RecordType", "Endpoints"],
    "oneOf": [{"required": ["StartEndpoint"]}, {"required": ["StartRule"]}],
    "additionalProperties": False,
}
"""The grammar of format 2015-10-01 as JSON Schema; what refers to what is judged by `document_problems`."""


def document(policy: Any) -> dict[str, Any]:
    """The document of a TrafficPolicy; health checks stand in it by their names, their ids are Terraform's to know."""
    rules: dict[str, Any] = {}
    for name, rule in policy.failover_rules.items():
        rules[name] = {"RuleType": "failover", "Primary": _led(rule.primary), "Secondary": _led(rule.secondary)}
    for name, rule in policy.geolocation_rules.items():
        rules[name] = {"RuleType": "geo", "Locations": [_led(target) for _, target in sorted(rule.locations.items())]}
    for name, rule in policy.latency_rules.items():
        regions = [{**_led(target), "Region": region} for region, target in sorted(rule.regions.items())]
        rules[name] = {"RuleType": "latency", "Regions": regions}
    for name, rule in policy.weighted_rules.items():
        rules[name] = {"RuleType": "weighted", "Items": [_led(target) for _, target in sorted(rule.items.items())]}
    made = {
        "AWSPolicyFormatVersion": FORMAT_VERSION,
        "RecordType": policy.record_type,
        "StartRule": policy.start_rule,
        "StartEndpoint": policy.start_endpoint,
        "Endpoints": {
            name: _set({"Type": end.type, "Region": end.region, "Value": end.value})
            for name, end in policy.endpoints.items()
        },
        "Rules": rules or None,
    }
    return _set(made)


_WORDS = {
    "endpoint": "EndpointReference",
    "rule": "RuleReference",
    "evaluate_target_health": "EvaluateTargetHealth",
    "health_check": "HealthCheck",
    "continent": "Continent",
    "country": "Country",
    "subdivision": "Subdivision",
}


def _led(target: Any) -> dict[str, Any]:
    known = {field.name for field in type(target).fields()}
    made = {word: getattr(target, name) for name, word in _WORDS.items() if name in known}
    if "weight" in known:
        made["Weight"] = str(target.weight)
    return _set(made)


def _set(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def document_problems(found: Mapping[str, Any]) -> list[Problem]:
    """Everything in a document that Route 53's format does not take, with paths in it; empty when all is well."""
    problems = [
        Problem(error.json_path.removeprefix("$.").removeprefix("$"), error.message, "See the format's documentation.")
        for error in sorted(Draft202012Validator(SCHEMA).iter_errors(found), key=lambda error: error.json_path)
    ]
    return problems or list(_graph_problems(found))


def _graph_problems(found: Mapping[str, Any]) -> Iterator[Problem]:
    """What refers to nothing, leads back to itself, or is never reached."""
    endpoints, rules = found["Endpoints"], found.get("Rules", {})
    graph = networkx.DiGraph()
    graph.add_nodes_from(("endpoint", name) for name in endpoints)
    graph.add_nodes_from(("rule", name) for name in rules)
    start = ("rule", found["StartRule"]) if "StartRule" in found else ("endpoint", found["StartEndpoint"])
    edges = [(("rule", name), to, f"Rules.{name}") for name, rule in sorted(rules.items()) for to in _leads(rule)]
    for node, path in [(start, "Start"), *((to, path) for _, to, path in edges)]:
        if node not in graph:
            yield Problem(path, f"leads to the {node[0]} {node[1]}, which there is not", "Add it, or name another one.")
            return
    graph.add_edges_from((begin, to) for begin, to, _ in edges)
    for circle in sorted(sorted(part) for part in networkx.strongly_connected_components(graph)):
        if len(circle) > 1 or graph.has_edge(circle[0], circle[0]):
            names = ", ".join(name for _, name in circle)
            yield Problem(
                f"Rules.{circle[0][1]}",
                f"leads back to itself: a query would never come to an end (rules: {names})",
                "Lead one of the rules to an endpoint.",
            )
    reached = networkx.descendants(graph, start) | {start}
    for kind, name in sorted(set(graph) - reached):
        yield Problem(
            f"{kind.capitalize()}s.{name}", "is never reached from the start", "Remove it, or lead a rule to it."
        )


def _leads(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    targets = [rule[side] for side in ("Primary", "Secondary") if side in rule]
    for word in ("Locations", "GeoproximityLocations", "Regions", "Items"):
        targets += rule.get(word, [])
    for target in targets:
        if "RuleReference" in target:
            yield "rule", target["RuleReference"]
        else:
            yield "endpoint", target["EndpointReference"]


def policy_problems(policy: Any) -> Iterator[Problem]:
    """What a policy's document breaks of the grammar, said of the policy's own settings where that is possible."""
    if _unknown(plain(policy)):
        return
    settings = {name: setting for setting in RULES for name in getattr(policy, setting)}
    for problem in document_problems(document(policy)):
        kind, _, rest = problem.path.partition(".")
        name = rest.partition(".")[0]
        path = {"Rules": f'{settings.get(name, "rules")}["{name}"]', "Endpoints": f'endpoints["{name}"]'}.get(kind)
        yield Problem(path or problem.path, problem.message, problem.cure)


def _unknown(value: Any) -> bool:
    if is_opaque(value):
        return True
    if isinstance(value, Mapping):
        return any(_unknown(item) for item in value.values())
    return isinstance(value, list) and any(_unknown(item) for item in value)
