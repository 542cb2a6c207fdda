"""The document of a traffic policy, and the grammar that Route 53 documents for it.

`document` renders what Terraform will render; `document_problems` judges any document, wherever it comes from;
`policy_problems` is asked of every policy before anything is synthesized.

https://docs.aws.amazon.com/Route53/latest/APIReference/api-policies-traffic-policy-document-format.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_pascal

from groundplan.framework.inputs import plain
from groundplan.framework.references import is_opaque
from groundplan.problems import Problem

__all__ = ["FORMAT_VERSION", "RULES", "document", "document_problems", "policy_problems"]

FORMAT_VERSION = "2015-10-01"
RULES = {
    "failover_rules": "failover",
    "geolocation_rules": "geo",
    "latency_rules": "latency",
    "weighted_rules": "weighted",
}
"""The settings of a policy that hold rules, and what the format calls their type."""

Text = Annotated[str, Field(min_length=1)]
Degrees = Annotated[str, Field(pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,2})?$")]
RegionCode = Annotated[str, Field(pattern="^aws:route53:[a-z0-9-]+$")]
Continent = Literal["", "AF", "AN", "AS", "EU", "NA", "OC", "SA"]


class _Part(BaseModel):
    """Common to all parts: the format's own words, and no others. What is left out is empty."""

    model_config = ConfigDict(alias_generator=to_pascal, extra="forbid", strict=True, frozen=True, defer_build=True)


class _Endpoint(_Part):
    type: Literal[
        "application-load-balancer",
        "cloudfront",
        "elastic-beanstalk",
        "elastic-load-balancer",
        "network-load-balancer",
        "s3-website",
        "value",
    ]
    region: Text = ""
    value: Text

    @model_validator(mode="after")
    def _bucket_has_a_region(self) -> _Endpoint:
        if bool(self.region) != (self.type == "s3-website"):
            raise ValueError("Region is for s3-website, which needs it, and for no other type")
        return self


class _End(_Part):
    endpoint_reference: Text = ""
    health_check: Text = ""


class _Item(_End):
    """Of a multivalue rule, which leads to endpoints only."""

    endpoint_reference: Text


class _Target(_End):
    rule_reference: Text = ""
    evaluate_target_health: bool | Literal["true", "false"] = False

    @model_validator(mode="after")
    def _leads_to_one(self) -> _Target:
        if bool(self.endpoint_reference) == bool(self.rule_reference):
            raise ValueError("exactly one of EndpointReference and RuleReference must be given")
        return self


class _Location(_Target):
    is_default: bool | Literal["true", "false"] = False
    continent: Continent = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$")] = ""
    subdivision: Annotated[str, Field(pattern="^[A-Z0-9]{1,3}$")] = ""

    @property
    def place(self) -> tuple[str, str, str]:
        return ("", "*", "") if self.is_default in (True, "true") else (self.continent, self.country, self.subdivision)

    @model_validator(mode="after")
    def _is_one_place(self) -> _Location:
        if bool(self.continent) + (self.place[1] != "") != 1:
            raise ValueError("exactly one of Continent and Country must be given, or IsDefault")
        if self.is_default in (True, "true") and self.country not in ("", "*"):
            raise ValueError("IsDefault is for the Country *, and for no other")
        if self.subdivision and self.country in ("", "*"):
            raise ValueError("Subdivision is for a Country")
        return self


class _Spot(_Part):
    """Where a resource is, as format 2023-05-09 says it."""

    type: Literal["Coordinate", "LocalZone", "Region"]
    location_name: RegionCode = ""
    latitude: Degrees = ""
    longitude: Degrees = ""

    @model_validator(mode="after")
    def _is_one_spot(self) -> _Spot:
        if self.type == "Coordinate":
            if self.location_name or not _on_earth(self.latitude, self.longitude):
                raise ValueError("a Coordinate has Latitude, -90 to 90, and Longitude, -180 to 180, and nothing else")
        elif not self.location_name or self.latitude or self.longitude:
            raise ValueError("a Region or LocalZone has LocationName, and nothing else")
        return self


class _Near(_Target):
    location: _Spot | None = None
    region: RegionCode = ""
    latitude: Degrees = ""
    longitude: Degrees = ""
    bias: Annotated[str, Field(pattern="^-?[1-9]?[0-9]$")] = "0"

    @model_validator(mode="after")
    def _is_one_spot(self) -> _Near:
        ways = [self.location is not None, bool(self.region), bool(self.latitude or self.longitude)]
        if sum(ways) != 1 or (ways[2] and not _on_earth(self.latitude, self.longitude)):
            raise ValueError(
                "exactly one of Location, Region, and Latitude (-90 to 90) with Longitude (-180 to 180), must be given"
            )
        return self


def _on_earth(latitude: str, longitude: str) -> bool:
    return bool(latitude and longitude) and abs(float(latitude)) <= 90 and abs(float(longitude)) <= 180


class _Region(_Target):
    region: Text


class _Share(_Target):
    weight: Annotated[str, Field(pattern="^(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$")]


class _Failover(_Part):
    rule_type: Literal["failover"]
    primary: _Target
    secondary: _Target


class _Geo(_Part):
    rule_type: Literal["geo"]
    locations: Annotated[list[_Location], Field(min_length=1)]

    @model_validator(mode="after")
    def _no_place_twice(self) -> _Geo:
        places = [location.place for location in self.locations]
        if len(set(places)) < len(places):
            raise ValueError("two of Locations are the same place")
        return self


class _Geoproximity(_Part):
    rule_type: Literal["geoproximity"]
    geoproximity_locations: Annotated[list[_Near], Field(min_length=1)]


class _Latency(_Part):
    rule_type: Literal["latency"]
    regions: Annotated[list[_Region], Field(min_length=1)]

    @model_validator(mode="after")
    def _no_region_twice(self) -> _Latency:
        if len({region.region for region in self.regions}) < len(self.regions):
            raise ValueError("two of Regions are the same region")
        return self


class _Multivalue(_Part):
    rule_type: Literal["multivalue"]
    items: Annotated[list[_Item], Field(min_length=1)]


class _Weighted(_Part):
    rule_type: Literal["weighted"]
    items: Annotated[list[_Share], Field(min_length=1)]


Rule = Annotated[
    _Failover | _Geo | _Geoproximity | _Latency | _Multivalue | _Weighted, Field(discriminator="rule_type")
]


class _Document(_Part):
    """A document of either format; what refers to what is judged by `_graph_problems`."""

    version: Literal["2015-10-01", "2023-05-09"] = Field(alias="AWSPolicyFormatVersion")
    record_type: Literal["A", "AAAA", "CAA", "CNAME", "MX", "NAPTR", "PTR", "SPF", "SRV", "TXT"]
    start_endpoint: Text = ""
    start_rule: Text = ""
    endpoints: Annotated[dict[str, _Endpoint], Field(min_length=1)]
    rules: dict[str, Rule] = {}

    @model_validator(mode="after")
    def _begins_once(self) -> _Document:
        if bool(self.start_endpoint) == bool(self.start_rule):
            raise ValueError("exactly one of StartEndpoint and StartRule must be given")
        return self

    @model_validator(mode="after")
    def _says_places_as_its_format_does(self) -> _Document:
        near = [
            near
            for rule in self.rules.values()
            if isinstance(rule, _Geoproximity)
            for near in rule.geoproximity_locations
        ]
        if any((spot.location is None) == (self.version == "2023-05-09") for spot in near):
            raise ValueError(
                "GeoproximityLocations have Location in format 2023-05-09, and Region or Latitude with Longitude in "
                "2015-10-01"
            )
        return self


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
    try:
        parsed = _Document.model_validate(found)
    except ValidationError as wrong:
        return [Problem(_path(error["loc"]), _message(error["msg"]), CURE) for error in wrong.errors()]
    return list(_graph_problems(parsed))


CURE = "Compare it with the format that Route 53 documents."


def _path(where: tuple[int | str, ...]) -> str:
    """The place in the document: pydantic names a rule's type in it too."""
    parts = [str(part) for part in where]
    return ".".join(parts[:2] + parts[3:] if parts[:1] == ["Rules"] else parts)


def _message(text: str) -> str:
    return text.removeprefix("Value error, ")


def _graph_problems(found: _Document) -> Iterator[Problem]:
    """What refers to nothing, leads back to itself, or is never reached."""
    import networkx  # a tenth of a second, which a platform without traffic policies need not wait

    graph = networkx.DiGraph()
    graph.add_nodes_from(("Endpoints", name) for name in found.endpoints)
    graph.add_nodes_from(("Rules", name) for name in found.rules)
    start = ("Rules", found.start_rule) if found.start_rule else ("Endpoints", found.start_endpoint)
    edges = [(("Rules", name), to) for name, rule in sorted(found.rules.items()) for to in _leads(rule)]
    missing = [("Start", start)] if start not in graph else []
    missing += [(f"Rules.{begin[1]}", to) for begin, to in edges if to not in graph]
    for path, (kind, name) in missing:
        yield Problem(path, f"leads to {name}, which is not among {kind}", "Add it, or name another one.")
    if missing:
        return
    graph.add_edges_from(edges)
    for circle in sorted(sorted(part) for part in networkx.strongly_connected_components(graph)):
        if len(circle) > 1 or graph.has_edge(circle[0], circle[0]):
            names = ", ".join(name for _, name in circle)
            yield Problem(
                f"Rules.{circle[0][1]}",
                f"leads back to itself, so that a query never comes to an end (rules: {names})",
                "Lead one of the rules to an endpoint.",
            )
    for kind, name in sorted(set(graph) - networkx.descendants(graph, start) - {start}):
        yield Problem(f"{kind}.{name}", "is never reached from the start", "Remove it, or lead a rule to it.")


def _leads(rule: Any) -> Iterator[tuple[str, str]]:
    targets = [getattr(rule, side) for side in ("primary", "secondary") if hasattr(rule, side)]
    for word in ("locations", "geoproximity_locations", "regions", "items"):
        targets += getattr(rule, word, [])
    for target in targets:
        named = getattr(target, "rule_reference", "")
        yield ("Rules", named) if named else ("Endpoints", target.endpoint_reference)


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
