"""Every kind that a release makes has a bringer, which is there before it.

A kind that nobody brought is refused by the API server when everything else has long been approved: "no matches for
kind ServiceMonitor in version monitoring.coreos.com/v1". Kubernetes brings its own kinds; others come with a
CustomResourceDefinition of a chart, with an add-on of EKS, or are in the cluster already, which the environment says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from groundplan.charts import chart, list_charts
from groundplan.objects import is_own_group
from groundplan.problems import Problem
from groundplan.synth.manifest import ClusterFacts, StackRecord

from . import errors
from .order import installed_before, upstream, without_keys
from .rendering import Outcome

__all__ = ["Assumption", "Kinds", "kinds_of"]

Kind = tuple[str, str]
"""apiVersion and kind."""


@dataclass(frozen=True)
class Assumption:
    """A chart whose kinds the environment says are in the cluster, and who makes objects of them."""

    environment: str
    chart: str
    used_by: tuple[str, ...]


@dataclass(frozen=True)
class Kinds:
    """What is wrong with the kinds of an environment, what it takes for granted, and what nobody could look at."""

    problems: Mapping[str, tuple[Problem, ...]]
    assumptions: tuple[Assumption, ...]
    not_looked_at: tuple[str, ...]


@dataclass
class _Part:
    """A release or an add-on: what it makes and brings, and what is there before it in its stack.

    `before` is None where nothing tells.
    """

    stack: str
    address: str
    made: dict[Kind, str] = field(default_factory=dict)
    brought: dict[Kind, str] = field(default_factory=dict)
    before: frozenset[str] | None = None

    @property
    def name(self) -> str:
        return without_keys(self.address)


def kinds_of(
    environment: str,
    facts: ClusterFacts,
    stacks: Sequence[StackRecord],
    outcomes: Mapping[str, Sequence[Outcome]],
    plans: Mapping[str, Mapping[str, Any]],
) -> Kinds:
    """Looks for the bringer of each kind that the environment's releases make.

    `stacks` are all of the environment, `outcomes` and `plans` those that were looked at. Where a stack or a release
    was not, a kind may come from there, and is taken to.
    """
    parts = [part for stack in stacks for part in _parts(stack.name, outcomes.get(stack.name, ()), plans)]
    needs = upstream(stacks)
    blind = {stack.name for stack in stacks if stack.name not in plans}
    unseen = [
        f"{stack}: {each.release.address}" for stack in outcomes for each in outcomes[stack] if each.objects is None
    ]
    provided = {kind: name for name in sorted(facts.provides) for kind in _of_chart(name)}
    used: dict[str, set[str]] = {name: set() for name in facts.provides}
    problems: dict[str, list[Problem]] = {}
    for part in parts:
        for kind, title in sorted(part.made.items()):
            if is_own_group(kind[0].rpartition("/")[0]):
                continue
            if kind in provided:
                used[provided[kind]].add(f"{part.stack}: {part.address}")
                continue
            fault = _fault(part, kind, title, parts, needs)
            if fault is not None and not (blind or unseen):
                problems.setdefault(part.stack, []).append(fault)
    return Kinds(
        {stack: tuple(found) for stack, found in sorted(problems.items())},
        tuple(Assumption(environment, name, tuple(sorted(users))) for name, users in sorted(used.items())),
        tuple(sorted([*blind, *unseen])),
    )


def _fault(
    part: _Part, kind: Kind, title: str, parts: Iterable[_Part], needs: Mapping[str, frozenset[str]]
) -> Problem | None:
    path = f"{part.stack}: {part.address}"
    late = []
    for other in parts:
        if kind not in other.brought:
            continue
        if other.stack != part.stack:
            if other.stack in needs[part.stack]:
                return None
            late.append((other, errors.stack_comes_later(part.stack, other.stack)))
        elif other.name == part.name and other.address == part.address:
            # https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
            if other.brought[kind] == "crds":
                return None
            late.append((other, errors.same_release_brings_it()))
        elif part.before is None or other.name in part.before:
            # a plan without its configuration does not tell the order
            return None
        else:
            late.append((other, errors.release_comes_later(other.address)))
    if late:
        other, order = late[0]
        return errors.kind_comes_late(path, title, *kind, f"{other.stack}: {other.address}", order)
    return errors.kind_without_bringer(path, title, *kind, _charts_with(kind))


def _parts(stack: str, outcomes: Sequence[Outcome], plans: Mapping[str, Mapping[str, Any]]) -> Iterator[_Part]:
    yield from _addons(stack, plans.get(stack, {}))
    if not outcomes:
        return
    before = installed_before(plans[stack])
    for outcome in outcomes:
        part = _Part(stack, outcome.release.address, before=before.get(without_keys(outcome.release.address)))
        for one in outcome.objects or ():
            part.made.setdefault((one.api_version, one.kind), one.title)
            if one.kind == "CustomResourceDefinition":
                folder = "templates" if "/templates/" in one.template else "crds"
                part.brought |= dict.fromkeys(_served(one.document), folder)
        yield part


def _addons(stack: str, plan: Mapping[str, Any]) -> Iterator[_Part]:
    """The add-ons of EKS that a plan leaves in the cluster, with the kinds that they bring."""
    for resource in plan.get("resource_changes") or ():
        after = (resource.get("change") or {}).get("after")
        if resource.get("type") == "aws_eks_addon" and after:
            brought = _kinds_of_addons().get(str(after.get("addon_name")), ())
            yield _Part(stack, str(resource.get("address")), brought=dict.fromkeys(brought, "addon"))


@cache
def _kinds_of_addons() -> Mapping[str, tuple[Kind, ...]]:
    """What add-ons bring, by their name: an add-on tells nobody but the cluster that it is installed in."""
    data = json.loads(files(__package__).joinpath("data/addons.json").read_text("utf-8"))
    return {name: tuple(_kind(text) for text in said["kinds"]) for name, said in data.items()}


def _served(definition: Mapping[str, Any]) -> Iterator[Kind]:
    spec = definition.get("spec") or {}
    for version in spec.get("versions") or ():
        if version.get("served", True):
            yield f"{spec.get('group')}/{version.get('name')}", str((spec.get("names") or {}).get("kind"))


def _of_chart(name: str) -> Iterator[Kind]:
    for kinds in chart(name).custom_resources.values():
        yield from map(_kind, kinds)


def _kind(text: str) -> Kind:
    api_version, _, kind = text.partition(" ")
    return api_version, kind


def _charts_with(kind: Kind) -> list[str]:
    return [name for name in list_charts() if kind in _of_chart(name)]
