"""A namespace is there before what stands in it.

Terraform makes in any order what does not depend on each other, so that a first apply fails on one day and not on
another: `namespaces "grafana" not found`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.objects import KubernetesObject, holds_unknown
from groundplan.problems import Problem
from groundplan.synth.manifest import StackRecord

from . import errors
from .order import Order, order_of, upstream, without_keys

__all__ = ["late_namespaces"]


@dataclass(frozen=True, order=True)
class _Place:
    """A resource of a stack that stands in a namespace or makes one, and what it makes there in words."""

    stack: str
    address: str
    namespace: str
    title: str = ""

    @property
    def name(self) -> str:
        return without_keys(self.address)


def late_namespaces(
    objects: Mapping[str, Iterable[KubernetesObject]],
    stacks: Sequence[StackRecord],
    plans: Mapping[str, Mapping[str, Any]],
) -> list[Problem]:
    """What stands in a namespace that the same environment makes, and does not wait for it; sorted, each place once.

    `objects` are those of its stacks that were looked at, of releases and of resources; `stacks` are all of them. A
    namespace that none of them makes is there, and one that is not planned here counts as being in time.
    """
    made = {stack: list(found) for stack, found in objects.items()}
    makers: dict[str, list[_Place]] = defaultdict(list)
    for stack, found in made.items():
        for one in found:
            if (one.api_version, one.kind) == ("v1", "Namespace"):
                makers[one.name].append(_Place(stack, one.release, one.name))
    needs, orders = upstream(stacks), {stack: order_of(plans[stack]) for stack in made}
    late: dict[tuple[str, str, str], Problem] = {}
    for place in sorted({*_objects(made), *_releases(plans, made)}):
        reasons = [_late(place, maker, needs, orders[place.stack]) for maker in makers.get(place.namespace, ())]
        if reasons and all(reasons):
            path = f"{place.stack}: {place.address}"
            maker = makers[place.namespace][0]
            named = f"{maker.stack}: {maker.address}"
            problem = errors.namespace_comes_late(path, place.title, place.namespace, named, str(reasons[0]))
            late.setdefault((place.stack, place.name, place.namespace), problem)
    return sorted(late.values())


def _objects(made: Mapping[str, Iterable[KubernetesObject]]) -> Iterator[_Place]:
    for stack, found in made.items():
        for one in found:
            if one.namespace and not holds_unknown(one.namespace):
                yield _Place(stack, one.release, one.namespace, one.title)


def _releases(plans: Mapping[str, Mapping[str, Any]], made: Mapping[str, object]) -> Iterator[_Place]:
    """Releases, of which Helm keeps a record in their namespace, but for those that make it where it is not there."""
    for stack in made:
        for resource in plans[stack].get("resource_changes") or ():
            after = (resource.get("change") or {}).get("after")
            if resource.get("type") == "helm_release" and isinstance(after, Mapping):
                namespace = after.get("namespace")
                if isinstance(namespace, str) and namespace and not after.get("create_namespace"):
                    title = f"the release {namespace}/{after.get('name')}"
                    yield _Place(stack, str(resource.get("address")), namespace, title)


def _late(place: _Place, maker: _Place, needs: Mapping[str, frozenset[str]], order: Order) -> str:
    """Why the namespace comes too late; empty where it does not."""
    if maker.stack != place.stack:
        return "" if maker.stack in needs.get(place.stack, ()) else errors.stack_comes_later(place.stack, maker.stack)
    before = order.before(place.name)
    if before is None or maker.name == place.name or maker.name in before:
        return ""
    return errors.resource_comes_later(maker.address)
