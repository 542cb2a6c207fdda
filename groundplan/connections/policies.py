"""What NetworkPolicies let through, as far as anybody can know before an apply.

A pod that some policy selects is closed in that policy's directions, but for what any policy that selects it lets
through. https://kubernetes.io/docs/concepts/services-networking/network-policies/

Answers are True, False or None, where an apply alone will tell: what may be let through is not called refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any

from groundplan.objects import KubernetesObject
from groundplan.objects.fields import is_unsure, list_at, map_at, maps_at

from .pods import NAME_LABEL, Pods, Port

__all__ = ["Policies", "Refusal"]

Answer = bool | None
_LINK_LOCAL = IPv4Network("169.254.0.0/16")


@dataclass(frozen=True)
class Refusal:
    """What stands in the way: `policies` select the pods of that side, and none of them lets the request through."""

    direction: str
    policies: tuple[str, ...]


class Policies:
    """The NetworkPolicies of a cluster. `namespaces` are the labels of those that are known."""

    def __init__(self, policies: Iterable[KubernetesObject], namespaces: Mapping[str, Mapping[str, Any]]) -> None:
        self._by_namespace: dict[str, list[KubernetesObject]] = {}
        for each in policies:
            self._by_namespace.setdefault(each.namespace, []).append(each)
        self._namespaces = namespaces

    def refusal(self, source: Pods | None, target: Pods | None, port: Port) -> Refusal | None:
        """Why pods do not reach others at a port; None where they do, or may.

        `source` is None for what is no pod of the cluster, such as its API server and load balancers; `target` is
        None for what is outside of the cluster.
        """
        if source is not None and not source.on_host:
            refused = self._refused("egress", source, target, port)
            if refused is not None:
                return refused
        if target is not None and not target.on_host:
            other = None if source is not None and source.on_host else source
            return self._refused("ingress", target, other, port)
        return None

    def _refused(self, direction: str, mine: Pods, other: Pods | None, port: Port) -> Refusal | None:
        selecting = list(self._selecting(mine, direction))
        if not any(found is True for _, found in selecting):
            return None
        target = mine if direction == "ingress" else other
        for policy, _ in selecting:
            if self._lets(policy, direction, other, target, port) is not False:
                return None
        return Refusal(direction, tuple(sorted(policy.title for policy, found in selecting if found is True)))

    def _selecting(self, pods: Pods, direction: str) -> Iterator[tuple[KubernetesObject, Answer]]:
        """The policies that close pods in a direction, or may."""
        for policy in self._by_namespace.get(pods.namespace, ()):
            spec = map_at(policy.document, "spec")
            types = list_at(spec, "policyTypes")
            # without types it is of requests that come in, and of others where it has rules of them
            closes = direction.capitalize() in types if types else direction == "ingress" or "egress" in spec
            if closes and (found := selects(map_at(spec, "podSelector"), pods.labels, pods.is_whole)) is not False:
                yield policy, found

    def _lets(
        self, policy: KubernetesObject, direction: str, other: Pods | None, target: Pods | None, port: Port
    ) -> Answer:
        peers = "from" if direction == "ingress" else "to"
        rules = list_at(policy.document, "spec", direction)
        answers: list[Answer] = []
        for rule in rules:
            if not isinstance(rule, Mapping) or is_unsure(rule):
                answers.append(None)
                continue
            answers.append(
                _both(
                    _any(self._is_peer(policy, peer, other) for peer in list_at(rule, peers))
                    if list_at(rule, peers)
                    else True,
                    _any(_is_port(each, port, target) for _, each in maps_at(rule, "ports"))
                    if list_at(rule, "ports")
                    else True,
                )
            )
        return _any(answers)

    def _is_peer(self, policy: KubernetesObject, peer: Any, other: Pods | None) -> Answer:
        if not isinstance(peer, Mapping):
            return None
        if "ipBlock" in peer:
            return _is_in(str(map_at(peer, "ipBlock").get("cidr", "")))
        if other is None:
            return False
        answers: list[Answer] = []
        if "namespaceSelector" in peer:
            known = self._namespaces.get(other.namespace)
            labels = {NAME_LABEL: other.namespace} if known is None else known
            answers.append(selects(map_at(peer, "namespaceSelector"), labels, known is not None))
        else:
            answers.append(other.namespace == policy.namespace)
        if "podSelector" in peer:
            answers.append(selects(map_at(peer, "podSelector"), other.labels, other.is_whole))
        return _both(*answers)


def selects(selector: Mapping[str, Any], labels: Mapping[str, Any], is_whole: bool = True) -> Answer:
    """Whether a LabelSelector finds what has these labels, which are all of them only where `is_whole`.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
    """
    if is_unsure(selector):
        return None
    answers: list[Answer] = []
    for key, value in map_at(selector, "matchLabels").items():
        answers.append(_has(labels, is_whole, key, [value]))
    for _, expression in maps_at(selector, "matchExpressions"):
        key, operator = str(expression.get("key")), expression.get("operator")
        values = list_at(expression, "values") if operator in ("In", "NotIn") else None
        found = _has(labels, is_whole, key, values)
        answers.append(found if operator in ("In", "Exists") or found is None else not found)
    return _both(*answers)


def _has(labels: Mapping[str, Any], is_whole: bool, key: str, values: Iterable[Any] | None) -> Answer:
    """Whether a label is there with one of `values`, or at all."""
    if key not in labels:
        return False if is_whole else None
    if values is None:
        return True
    return None if is_unsure(labels[key]) else labels[key] in values


def _is_in(cidr: str) -> Answer:
    """Whether pods, load balancers or the API server are in a network: nobody knows their addresses before an apply."""
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return None
    # addresses of the node itself, such as its cache of DNS
    return False if isinstance(network, IPv4Network) and network.subnet_of(_LINK_LOCAL) else None


def _is_port(said: Mapping[str, Any], port: Port, target: Pods | None) -> Answer:
    if str(said.get("protocol") or "TCP") != port.protocol:
        return False
    first, last = said.get("port"), said.get("endPort")
    if port.number is None:
        # whoever may ask at any port may ask at one of them
        return None
    if first is None:
        return True
    if isinstance(first, int):
        return first <= port.number <= (last if isinstance(last, int) else first)
    named = target.ports.get(str(first)) if target is not None else None
    if named is None:
        return None if target is None or not target.is_whole else False
    return named.number == port.number


def _any(answers: Iterable[Answer]) -> Answer:
    found = list(answers)
    return True if True in found else None if None in found else False


def _both(*answers: Answer) -> Answer:
    return False if False in answers else None if None in answers else True
