"""NetworkPolicies in namespaces that are closed: what proxies need, and whoever the mesh allows, comes through.

https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes import network_policy_v1 as policy
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import NetworkPolicyV1, NetworkPolicyV1Metadata

from groundplan.framework import (
    Module,
    all_of,
    any_of,
    choose,
    concat,
    contains,
    dependable,
    each,
    each_item,
    first_set,
    is_set,
    keys,
    negated,
    not_empty,
    part_id,
    present,
    text,
    texts,
)

from .inputs import IstioInputs, MeshNamespace
from .policy_inputs import Allowed

__all__ = ["namespace_network_policies"]

_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name"""
_DISCOVERY = 15012
"""Where istiod tells proxies all that they know, and signs their certificates."""
_METRICS = (15020, 15090)
"""Where a proxy shows what it and its workload measure, and what Envoy alone does."""


def namespace_network_policies(scope: Module[Any, Any], given: IstioInputs, *, after: Sequence[Any]) -> None:
    """Opens the namespaces that say they are closed; a policy in others would close them."""
    _of_proxies(scope, given, after)
    _of_callers(scope, given, after)


def _closed(one: MeshNamespace) -> Any:
    return all_of(one.injected, one.network_closed)


def _of_proxies(scope: Module[Any, Any], given: IstioInputs, after: Sequence[Any]) -> None:
    """To the control planes and what they name, to whoever is in the mesh, and from whoever collects metrics.

    Who answers in the mesh is said at the other end, and by AuthorizationPolicies.
    """
    in_the_mesh = policy.NetworkPolicyV1SpecEgressTo(
        namespace_selector=policy.NetworkPolicyV1SpecEgressToNamespaceSelector(
            match_expressions=[
                policy.NetworkPolicyV1SpecEgressToNamespaceSelectorMatchExpressions(
                    key="istio.io/rev", operator="Exists"
                )
            ]
        )
    )
    every = each(given.namespaces).where(_closed)
    _make(
        scope,
        "proxies",
        every,
        after,
        policy.NetworkPolicyV1Spec(
            pod_selector=policy.NetworkPolicyV1SpecPodSelector(),
            policy_types=["Egress", "Ingress"],
            egress=[
                policy.NetworkPolicyV1SpecEgress(
                    to=[_to([given.namespace], pods={"app": "istiod"})],
                    ports=[policy.NetworkPolicyV1SpecEgressPorts(port=str(_DISCOVERY), protocol="TCP")],
                ),
                policy.NetworkPolicyV1SpecEgress(to=[in_the_mesh, _to([given.gateway_namespace])]),
            ],
            ingress=[
                policy.NetworkPolicyV1SpecIngress(
                    from_=[_from([given.collector_namespace])],
                    ports=[policy.NetworkPolicyV1SpecIngressPorts(port=str(port), protocol="TCP") for port in _METRICS],
                )
            ],
        ),
    )
    port = policy.NetworkPolicyV1SpecEgressPorts(port=text("tostring", present(given.tracing).port), protocol="TCP")
    _leaving(
        scope, "traces", given, after, is_set(given.tracing), [_namespace_of(present(given.tracing).service)], port
    )
    authority = first_set(given.certificate_authority, "")
    _leaving(scope, "certificates", given, after, is_set(given.certificate_authority), [_namespace_of(authority)])
    asked = each(given.external_authorizers).documents(lambda _, one: _namespace_of(one.service))
    _leaving(scope, "authorizers", given, after, not_empty(given.external_authorizers), texts("distinct", asked))


def _leaving(
    scope: Module[Any, Any],
    name: str,
    given: IstioInputs,
    after: Sequence[Any],
    only_when: Any,
    namespaces: list[str],
    *ports: policy.NetworkPolicyV1SpecEgressPorts,
) -> None:
    _make(
        scope,
        name,
        each(given.namespaces).where(lambda one: all_of(_closed(one), only_when)),
        after,
        policy.NetworkPolicyV1Spec(
            pod_selector=policy.NetworkPolicyV1SpecPodSelector(),
            policy_types=["Egress"],
            egress=[policy.NetworkPolicyV1SpecEgress(to=[_to(namespaces)], ports=list(ports))],
        ),
    )


def _of_callers(scope: Module[Any, Any], given: IstioInputs, after: Sequence[Any]) -> None:
    """From the namespaces of whoever is allowed; whose pods these are, and what they ask, the proxies look at.

    A token alone may come from anywhere in the cluster.
    """
    closed = keys(each(given.namespaces).where(_closed).entries())

    def named(one: Allowed) -> Any:
        return any_of(not_empty(one.callers), not_empty(one.caller_namespaces), not_empty(one.gateways))

    _opened(scope, "callers", each(given.allowed).where(_both(closed, named)), lambda one: _callers(given, one), after)
    alone = each(given.allowed).where(_both(closed, lambda one: negated(named(one))))
    _opened(scope, "tokens", alone, None, after)


def _opened(
    scope: Module[Any, Any],
    id: str,
    entries: Any,
    namespaces: Callable[[Allowed], list[str]] | None,
    after: Sequence[Any],
) -> None:
    """Opens the pods of each entry to the pods of `namespaces`; of all where it is None."""
    source = _from(namespaces(entries.value)) if namespaces else _from_anywhere()
    entries(
        NetworkPolicyV1,
        scope,
        part_id("network_policy", id),
        metadata=NetworkPolicyV1Metadata(name=f"istio-allowed-{entries.key}", namespace=entries.value.namespace),
        spec=policy.NetworkPolicyV1Spec(
            pod_selector=policy.NetworkPolicyV1SpecPodSelector(match_labels=entries.value.workload_labels),
            policy_types=["Ingress"],
            ingress=[policy.NetworkPolicyV1SpecIngress(from_=[source])],
        ),
        depends_on=[dependable(element) for element in after],
    )


def _both(closed: list[str], condition: Callable[[Allowed], Any]) -> Callable[[Allowed], Any]:
    return lambda one: all_of(contains(closed, one.namespace), condition(one))


def _callers(given: IstioInputs, one: Allowed) -> list[str]:
    return texts(
        "distinct",
        concat(
            each_item(one.callers).documents(lambda caller: text("element", texts("split", "/", caller), 0)),
            one.caller_namespaces,
            choose(not_empty(one.gateways), [given.gateway_namespace], []),
        ),
    )


def _make(
    scope: Module[Any, Any],
    name: str,
    namespaces: Any,
    after: Sequence[Any],
    spec: policy.NetworkPolicyV1Spec,
) -> None:
    namespaces(
        NetworkPolicyV1,
        scope,
        part_id("network_policy", name),
        metadata=NetworkPolicyV1Metadata(name=f"istio-{name}", namespace=namespaces.key),
        spec=spec,
        depends_on=[dependable(element) for element in after],
    )


def _to(namespaces: list[str], pods: dict[str, str] | None = None) -> policy.NetworkPolicyV1SpecEgressTo:
    selected = policy.NetworkPolicyV1SpecEgressToNamespaceSelectorMatchExpressions(
        key=_NAME, operator="In", values=namespaces
    )
    return policy.NetworkPolicyV1SpecEgressTo(
        namespace_selector=policy.NetworkPolicyV1SpecEgressToNamespaceSelector(match_expressions=[selected]),
        pod_selector=policy.NetworkPolicyV1SpecEgressToPodSelector(match_labels=pods) if pods else None,
    )


def _from(namespaces: list[str]) -> policy.NetworkPolicyV1SpecIngressFrom:
    selected = policy.NetworkPolicyV1SpecIngressFromNamespaceSelectorMatchExpressions(
        key=_NAME, operator="In", values=namespaces
    )
    return policy.NetworkPolicyV1SpecIngressFrom(
        namespace_selector=policy.NetworkPolicyV1SpecIngressFromNamespaceSelector(match_expressions=[selected])
    )


def _from_anywhere() -> policy.NetworkPolicyV1SpecIngressFrom:
    return policy.NetworkPolicyV1SpecIngressFrom(
        namespace_selector=policy.NetworkPolicyV1SpecIngressFromNamespaceSelector()
    )


def _namespace_of(host: str) -> str:
    """Of a service's DNS name."""
    return text("element", texts("split", ".", host), 1)
