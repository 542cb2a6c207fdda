"""Records: one for each answer, named `<record>` or `<record>/<set identifier>`."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.route53_record import (
    Route53Record,
    Route53RecordAlias,
    Route53RecordFailoverRoutingPolicy,
    Route53RecordGeolocationRoutingPolicy,
    Route53RecordGeoproximityRoutingPolicy,
    Route53RecordGeoproximityRoutingPolicyCoordinates,
    Route53RecordLatencyRoutingPolicy,
    Route53RecordWeightedRoutingPolicy,
)

from groundplan.framework import Module, choose, each, each_pair, expression_of, first_set, is_set, present, quoted
from groundplan.framework.references import ListReference
from groundplan.framework.repetition import EachPair

from .health import HealthChecks
from .inputs import Route53Inputs
from .record_inputs import ROUTED, TXT_PIECE
from .zones import Zones, full_name

__all__ = ["records"]

DEFAULT_TTL_SECONDS = 300


def records(module: Module[Any, Any], given: Route53Inputs, zones: Zones, checks: HealthChecks) -> None:
    """Makes the records."""
    _simple(module, given, zones)
    _failover(module, given, zones, checks)
    _routed(module, given, zones, checks.ids)


def _simple(module: Module[Any, Any], given: Route53Inputs, zones: Zones) -> None:
    kept = each(given.records).where(lambda record: is_set(record.simple))
    answer = present(kept.value.simple)
    made = kept(Route53Record, module, "simple", **_name(zones, kept.value), **_answer(kept.value, answer))
    made.having("alias", answer.alias, _alias)


def _failover(module: Module[Any, Any], given: Route53Inputs, zones: Zones, checks: HealthChecks) -> None:
    ids = checks.ids
    pairs = each(given.records).where(lambda record: is_set(record.failover))
    pair = present(pairs.value.failover)
    for role, answer, health_check in (
        (
            "primary",
            pair.primary,
            choose(is_set(pair.health_check), checks.own.here.id, _id(ids, pair.health_check_name)),
        ),
        ("secondary", pair.secondary, _id(ids, pair.secondary_health_check_name)),
    ):
        pairs(
            Route53Record,
            module,
            f"failover_{role}",
            **_name(zones, pairs.value),
            **_answer(pairs.value, answer),
            set_identifier=role,
            health_check_id=health_check,
            failover_routing_policy=Route53RecordFailoverRoutingPolicy(type=role.upper()),
        ).having("alias", answer.alias, _alias)


def _routed(module: Module[Any, Any], given: Route53Inputs, zones: Zones, ids: Any) -> None:
    for policy in ROUTED:
        _one_policy(module, given, zones, ids, policy)


def _one_policy(module: Module[Any, Any], given: Route53Inputs, zones: Zones, ids: Any, policy: str) -> None:
    kept = each(given.records).where(lambda record: is_set(getattr(record, policy)))
    answers: EachPair[Any, Any] = each_pair(kept.entries(), lambda record: getattr(record, policy).answers)
    record, answer = answers.value.outer, answers.value.inner
    made = answers(
        Route53Record,
        module,
        policy,
        **_name(zones, record),
        **_answer(record, answer),
        set_identifier=answers.value.inner_key,
        health_check_id=_id(ids, answer.health_check),
        **_policy(policy, answers.value.inner_key, answer),
    )
    made.having("alias", answer.alias, _alias)
    if policy == "geoproximity":
        made.having(
            "geoproximity_routing_policy.coordinates",
            ListReference(f"{expression_of(answer.latitude)}[*]"),
            lambda _: Route53RecordGeoproximityRoutingPolicyCoordinates(
                latitude=answer.latitude, longitude=answer.longitude
            ),
        )


def _name(zones: Zones, record: Any) -> dict[str, Any]:
    return {"zone_id": zones.ids[record.zone], "name": full_name(zones, record), "type": record.type}


def _answer(record: Any, answer: Any) -> dict[str, Any]:
    """Values and their TTL; nothing for an alias. The provider puts a text between quotation marks, and no more.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat
    """
    escaped = r'replace(piece, "\"", "\\\"")'
    pieces = rf'join("\"\"", [for piece in regexall({quoted(TXT_PIECE)}, value) : {escaped}])'
    texts = f"[for value in {expression_of(answer.values)} : {pieces}]"
    values = f'{expression_of(record.type)} == "TXT" ? {texts} : {expression_of(answer.values)}'
    return {
        "ttl": choose(is_set(answer.alias), None, first_set(answer.ttl_seconds, DEFAULT_TTL_SECONDS)),
        "records": ListReference(f"({expression_of(answer.alias)} != null ? null : ({values}))"),
    }


def _id(ids: Any, name: Any) -> Any:
    return choose(is_set(name), ids[name], None)


def _alias(alias: Any) -> Any:
    return Route53RecordAlias(
        name=alias.dns_name, zone_id=alias.hosted_zone_id, evaluate_target_health=alias.evaluate_target_health
    )


def _policy(policy: str, identifier: str, answer: Any) -> dict[str, Any]:
    if policy == "weighted":
        return {"weighted_routing_policy": Route53RecordWeightedRoutingPolicy(weight=answer.weight)}
    if policy == "latency":
        return {"latency_routing_policy": Route53RecordLatencyRoutingPolicy(region=identifier)}
    if policy == "geolocation":
        return {
            "geolocation_routing_policy": Route53RecordGeolocationRoutingPolicy(
                continent=answer.continent, country=answer.country, subdivision=answer.subdivision
            )
        }
    if policy == "geoproximity":
        return {
            "geoproximity_routing_policy": Route53RecordGeoproximityRoutingPolicy(
                aws_region=answer.aws_region, local_zone_group=answer.local_zone_group, bias=answer.bias
            )
        }
    return {"multivalue_answer_routing_policy": True}
