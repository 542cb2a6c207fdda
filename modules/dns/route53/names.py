"""Names that would be made, and never answered or never accepted: what Route 53 tells at apply, or nobody ever.

Asked in Python only: it takes every zone, delegation, record and traffic policy together, which in Terraform's
validations would look at each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from groundplan.framework.references import is_opaque
from groundplan.problems import Problem

from . import errors
from .record_inputs import ROUTED, Record

__all__ = ["name_problems"]


@dataclass(frozen=True)
class _Name:
    """A name in a zone, and the setting that gives it."""

    path: str
    zone: str
    name: str
    type: str
    of: Any = None

    def at_or_below(self, other: _Name) -> bool:
        return self.zone == other.zone and (self.name == other.name or self.name.endswith(f".{other.name}"))


def name_problems(given: Any) -> Iterator[Problem]:
    """Names with their zone's domain in them, names that others answer for, and names that are there twice."""
    domains = {
        name: zone.domain
        for zones in (given.public_zones, given.private_zones, given.existing_zones)
        for name, zone in _entries(zones)
        if not is_opaque(zone.domain)
    }
    records, delegations, instances = list(_records(given)), list(_delegations(given)), list(_instances(given))
    for one in (*records, *delegations, *instances):
        domain = domains.get(one.zone, "")
        if "." in domain and f".{one.name}".endswith(f".{domain}"):
            yield errors.domain_in_name(f"{one.path}.name", one.name, domain)
    cuts = [*delegations, *_children(given, domains)]
    for one in (*records, *instances, *delegations):
        for cut in cuts:
            if cut.path != one.path and one.at_or_below(cut):
                yield errors.never_answered(f"{one.path}.name", one.name, cut.name, cut.path)
    for number, one in enumerate(instances):
        for other in (*records, *instances[:number]):
            if (one.zone, one.name, one.type) == (other.zone, other.name, other.type):
                yield errors.answered_already(one.path, one.name, one.type, other.path)
    hosts = dict(_hosts(given))
    for one in (*records, *instances):
        if one.zone in domains:
            full = f"{one.name}.{domains[one.zone]}".removeprefix(".")
            yield from (errors.asks_itself(path, full) for path in _asking(one, hosts, full))
            yield from (errors.another_bucket(one.path, full, bucket) for bucket in _other_buckets(one, full))


def _hosts(given: Any) -> Iterator[tuple[str, set[str]]]:
    """The names that each health check looks up, and for a calculated one those of the checks that it counts."""
    for name, check in _entries(given.health_checks):
        counted = check.calculated.children if _there(check.calculated) else [name]
        checks = [one for child, one in _entries(given.health_checks) if not is_opaque(counted) and child in counted]
        yield name, {host for one in checks for host in (_host(one.https), _host(one.tcp)) if host is not None}


def _host(asked: Any) -> Any:
    """The name whose address decides what is asked; None when the address is given."""
    return None if not _there(asked) or asked.ip_address is not None or is_opaque(asked.host_name) else asked.host_name


def _asking(one: _Name, hosts: dict[str, set[str]], full: str) -> Iterator[str]:
    """The settings by which a name's answer hangs on a health check that asks the name itself."""
    if isinstance(one.of, Record):
        record: Any = one.of
        pair = record.failover
        if _there(pair) and _host(pair.health_check) == full:
            yield f"{one.path}.failover.health_check.host_name"
        named = {pair.health_check_name, pair.secondary_health_check_name} if _there(pair) else set()
        for policy in ROUTED:
            routing = getattr(record, policy)
            named |= {answer.health_check for _, answer in _entries(routing.answers)} if _there(routing) else set()
    else:
        named = set(_checks_of(one.of))
    for name in sorted(name for name in named if name is not None and not is_opaque(name)):
        if full in hosts.get(name, set()):
            yield f'health_checks["{name}"]'


def _other_buckets(one: _Name, full: str) -> Iterator[str]:
    """The websites in S3 that a traffic policy leads a name to although they know their bucket's name only."""
    for _, end in [] if isinstance(one.of, Record) else _entries(one.of.endpoints):
        if end.type == "s3-website" and not is_opaque(end.value) and end.value.partition(".s3-website")[0] != full:
            yield end.value


def _checks_of(policy: Any) -> Iterator[Any]:
    for _, rule in _entries(policy.failover_rules):
        yield from (rule.primary.health_check, rule.secondary.health_check)
    for rules, targets in (
        ("geolocation_rules", "locations"),
        ("latency_rules", "regions"),
        ("weighted_rules", "items"),
    ):
        for _, rule in _entries(getattr(policy, rules)):
            yield from (target.health_check for _, target in _entries(getattr(rule, targets)))


def _records(given: Any) -> Iterator[_Name]:
    for key, record in _entries(given.records):
        yield from _known(f'records["{key}"]', record.zone, record.name, record.type, of=record)


def _delegations(given: Any) -> Iterator[_Name]:
    for key, delegation in _entries(given.delegations):
        yield from _known(f'delegations["{key}"]', delegation.zone, delegation.name, "NS")


def _instances(given: Any) -> Iterator[_Name]:
    for name, policy in _entries(given.traffic_policies):
        for key, instance in _entries(policy.instances):
            path = f'traffic_policies["{name}"].instances["{key}"]'
            yield from _known(path, instance.zone, instance.name, policy.record_type, of=policy)


def _children(given: Any, domains: dict[str, str]) -> Iterator[_Name]:
    for key, zone in _entries(given.public_zones):
        if not _there(zone.parent) or is_opaque(zone.parent.zone) or key not in domains:
            continue
        above = domains.get(zone.parent.zone)
        if above is not None:
            below = domains[key].removesuffix(f".{above}")
            yield from _known(f'public_zones["{key}"]', zone.parent.zone, below, "NS")


def _known(path: str, zone: Any, name: Any, kind: Any, of: Any = None) -> Iterator[_Name]:
    if not any(map(is_opaque, (zone, name, kind))):
        yield _Name(path, zone, name or "", kind, of)


def _entries(settings: Any) -> list[tuple[str, Any]]:
    """The entries of a map that are known now, before Terraform runs."""
    return [] if is_opaque(settings) else [(name, entry) for name, entry in settings.items() if not is_opaque(entry)]


def _there(setting: Any) -> bool:
    return setting is not None and not is_opaque(setting)
