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

__all__ = ["name_problems"]


@dataclass(frozen=True)
class _Name:
    """A name in a zone, and the setting that gives it."""

    path: str
    zone: str
    name: str
    type: str

    def at_or_below(self, other: _Name) -> bool:
        return self.zone == other.zone and (self.name == other.name or self.name.endswith(f".{other.name}"))


def name_problems(given: Any) -> Iterator[Problem]:
    """Names with their zone's domain in them, names that others answer for, and names that are there twice."""
    domains = {
        name: zone.domain
        for zones in (given.public_zones, given.private_zones, given.existing_zones)
        for name, zone in zones.items()
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


def _records(given: Any) -> Iterator[_Name]:
    for key, record in given.records.items():
        yield from _known(f'records["{key}"]', record.zone, record.name, record.type)


def _delegations(given: Any) -> Iterator[_Name]:
    for key, delegation in given.delegations.items():
        yield from _known(f'delegations["{key}"]', delegation.zone, delegation.name, "NS")


def _instances(given: Any) -> Iterator[_Name]:
    for name, policy in given.traffic_policies.items():
        for key, instance in policy.instances.items():
            path = f'traffic_policies["{name}"].instances["{key}"]'
            yield from _known(path, instance.zone, instance.name, policy.record_type)


def _children(given: Any, domains: dict[str, str]) -> Iterator[_Name]:
    for key, zone in given.public_zones.items():
        if zone.parent is None or is_opaque(zone.parent) or is_opaque(zone.parent.zone) or key not in domains:
            continue
        above = domains.get(zone.parent.zone)
        if above is not None:
            below = domains[key].removesuffix(f".{above}")
            yield from _known(f'public_zones["{key}"]', zone.parent.zone, below, "NS")


def _known(path: str, zone: Any, name: Any, kind: Any) -> Iterator[_Name]:
    if not any(map(is_opaque, (zone, name, kind))):
        yield _Name(path, zone, name or "", kind)
