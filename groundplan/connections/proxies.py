"""What proxies ask that a mesh puts into pods, and who may be asked by whom in it.

A release whose chart `data/proxies.json` names puts a proxy into the pods of namespaces with a label, which its own
pods have too; these pods are mostly made by nobody whose plan is here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from groundplan.objects.fields import list_at, map_at, maps_at

from .asked import Asked, named_in
from .cluster import Cluster
from .pods import ANY_PORT, Pods, Port
from .policies import selects

__all__ = ["Mesh", "asked_by_proxies", "meshes_of"]

_GROUP = "security.istio.io"


@dataclass(frozen=True)
class Mesh:
    """A control plane: stack and address of its release, the facts of its chart, and the pods with its proxies."""

    place: tuple[str, str]
    facts: Mapping[str, Any]
    members: tuple[Pods, ...]

    @property
    def unseen(self) -> tuple[Pods, ...]:
        """Those of its members that no stack makes."""
        return tuple(pods for pods in self.members if not pods.document)


@cache
def _facts() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = json.loads(
        files(__package__).joinpath("data/proxies.json").read_text("utf-8")
    )
    return found


def asked_by_proxies(cluster: Cluster, meshes: Sequence[Mesh]) -> Iterator[Asked]:
    """What proxies ask of their control plane and of what that names, and who may ask whom."""
    for mesh in meshes:
        for source in mesh.members:
            yield from _of_control_plane(cluster, mesh, source)
    if meshes:
        places = {mesh.place for mesh in meshes}
        yield from _allowed(cluster, {pods.namespace for pods in cluster.pods if pods.place in places})


def meshes_of(cluster: Cluster) -> Iterator[Mesh]:
    """The control planes of a cluster."""
    for release in cluster.running:
        facts = None if release.is_local else _facts().get(release.chart)
        if facts is not None:
            place = release.stack, release.address
            label = str(facts["label"])
            values = {str(pods.labels[label]) for pods in cluster.pods if pods.place == place and label in pods.labels}
            for value in sorted(values):
                yield Mesh(place, facts, tuple(_members(cluster, place, facts, value)))


def _members(cluster: Cluster, place: tuple[str, str], facts: Mapping[str, Any], value: str) -> Iterator[Pods]:
    """Pods with a proxy: those that are known, and of each namespace with the label those that nobody knows."""
    label = str(facts["label"])
    inside = {name for name, labels in cluster.namespaces.items() if labels.get(label) == value}
    for pods in cluster.pods:
        if pods.namespace in inside or (pods.labels.get(label) == value and pods.place != place):
            yield pods
    for name in sorted(inside):
        ports = {called: Port(number) for called, number in facts["ports"].items()}
        yield replace(_unseen(cluster, name), annotations=facts["annotations"], ports=ports)


def _unseen(cluster: Cluster, namespace: str, labels: Mapping[str, Any] | None = None, account: str = "") -> Pods:
    """Pods of a namespace that no stack makes, with what is known of their labels."""
    stack, address = cluster.made_by.get(namespace, ("", ""))
    said = [f"{key}={value}" for key, value in sorted((labels or {}).items())]
    said += [f"service account {account}"] if account else []
    which = f" ({', '.join(said)})" if said else ""
    title = f"pods of namespace {namespace}{which}"
    return Pods(stack, address, title, namespace, labels or {}, is_whole=False, service_account=account)


def _of_control_plane(cluster: Cluster, mesh: Mesh, source: Pods) -> Iterator[Asked]:
    own = [each for each in cluster.services if (each.stack, each.object.release) == mesh.place]
    for number in mesh.facts["asks"]:
        for service in own:
            targets = tuple(cluster.behind(service, number))
            if targets:
                what, why = f"{service.title} at port {number}", "its proxy gets all that it knows there"
                yield Asked(*mesh.place, source, source.title, what, why, targets)
    for one in cluster.objects[mesh.place[0]]:
        if one.release != mesh.place[1] or (one.api_version, one.kind) != ("v1", "ConfigMap"):
            continue
        text = map_at(one.document, "data").get(mesh.facts["configured_by"])
        for host, service, number in named_in(text if isinstance(text, str) else "", cluster.by_name):
            if (service.stack, service.object.release) != mesh.place:
                targets = tuple(cluster.behind(service, number))
                why = f"{one.title} tells the proxies of {host}"
                yield Asked(*mesh.place, source, source.title, service.title, why, targets, one_is_enough=True)


def _allowed(cluster: Cluster, roots: Collection[str]) -> Iterator[Asked]:
    """Who is allowed in by name is meant to come; what stands in `roots` is of all namespaces, and names none.

    https://istio.io/latest/docs/reference/config/security/authorization-policy/
    """
    for stack, one in cluster.of_kind(_GROUP, "AuthorizationPolicy"):
        spec = map_at(one.document, "spec")
        if spec.get("action", "ALLOW") != "ALLOW" or one.namespace in roots:
            continue
        selector = map_at(spec, "selector")
        targets = [
            pods for pods in cluster.pods if pods.namespace == one.namespace and selects(selector, pods.labels) is True
        ]
        if not targets or not selector:
            targets = [_unseen(cluster, one.namespace, map_at(selector, "matchLabels"))]
        for _, rule in maps_at(spec, "rules"):
            ports = list(_ports(rule)) or [ANY_PORT]
            for source in _sources(cluster, rule):
                for target in targets:
                    why = f"{one.title} allows it"
                    asked = tuple((target, port) for port in ports)
                    yield Asked(stack, one.release, source, source.title, target.title, why, asked)


def _ports(rule: Mapping[str, Any]) -> Iterator[Port]:
    for _, to in maps_at(rule, "to"):
        for port in list_at(to, "operation", "ports"):
            if str(port).isdecimal():
                yield Port(int(port))


def _sources(cluster: Cluster, rule: Mapping[str, Any]) -> Iterator[Pods]:
    for _, source in maps_at(rule, "from"):
        for principal in list_at(source, "source", "principals"):
            # <trust domain>/ns/<namespace>/sa/<service account>
            parts = str(principal).split("/")
            if len(parts) == 5 and (parts[1], parts[3]) == ("ns", "sa") and "*" not in principal:
                namespace, account = parts[2], parts[4]
                known = [
                    pods for pods in cluster.pods if (pods.namespace, pods.service_account) == (namespace, account)
                ]
                yield from known or [_unseen(cluster, namespace, account=account)]
        for namespace in list_at(source, "source", "namespaces"):
            if "*" not in str(namespace):
                yield _unseen(cluster, str(namespace))
