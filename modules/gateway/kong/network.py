"""Who reaches Kong's pods, and at which port: NetworkPolicies, which the chart has none of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1,
    NetworkPolicyV1Metadata,
    NetworkPolicyV1Spec,
    NetworkPolicyV1SpecIngress,
    NetworkPolicyV1SpecIngressFrom,
    NetworkPolicyV1SpecIngressFromIpBlock,
    NetworkPolicyV1SpecIngressFromNamespaceSelector,
    NetworkPolicyV1SpecIngressFromNamespaceSelectorMatchExpressions,
    NetworkPolicyV1SpecIngressPorts,
    NetworkPolicyV1SpecPodSelector,
)

from groundplan.framework import Module, choose, dependable, each_name, is_set, not_empty, part_id, text, texts, when

from .balancer import STATUS_PORT
from .chart import ADMIN_PORT, CONTROLLER_METRICS_PORT, PROXY_PORT, WEBHOOK_PORT, pod_labels
from .inputs import KongInputs

__all__ = ["admin_allow_list", "network_policies"]


def network_policies(scope: Module[Any, Any], given: KongInputs, *, after: Sequence[Any]) -> None:
    """The load balancer reaches the proxy, the API server the webhook, pods the metrics, named namespaces the admin.

    Where Kong itself connects to stays open: its routes lead anywhere. The node of a pod always reaches it.

    https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """
    networks = each_name(given.vpc_cidrs)
    networks(
        NetworkPolicyV1,
        scope,
        part_id("policy", "from_vpc"),
        metadata=NetworkPolicyV1Metadata(
            name=f"{given.release_name}-from-{text('replace', networks.key, '/[.:/]+/', '-')}",
            namespace=given.namespace,
        ),
        spec=_spec(
            given,
            NetworkPolicyV1SpecIngressFrom(ip_block=NetworkPolicyV1SpecIngressFromIpBlock(cidr=networks.key)),
            PROXY_PORT,
            WEBHOOK_PORT,
        ),
        depends_on=[dependable(element) for element in after],
    )
    # an Application Load Balancer asks there whether a replica is ready
    askers = each_name(choose(is_set(given.load_balancer.application), given.vpc_cidrs, texts("tolist", [])))
    askers(
        NetworkPolicyV1,
        scope,
        part_id("policy", "health"),
        metadata=NetworkPolicyV1Metadata(
            name=f"{given.release_name}-health-{text('replace', askers.key, '/[.:/]+/', '-')}",
            namespace=given.namespace,
        ),
        spec=_spec(
            given,
            NetworkPolicyV1SpecIngressFrom(ip_block=NetworkPolicyV1SpecIngressFromIpBlock(cidr=askers.key)),
            STATUS_PORT,
        ),
        depends_on=[dependable(element) for element in after],
    )
    NetworkPolicyV1(
        scope,
        part_id("policy", "metrics"),
        metadata=NetworkPolicyV1Metadata(name=f"{given.release_name}-metrics", namespace=given.namespace),
        spec=_spec(
            given,
            NetworkPolicyV1SpecIngressFrom(namespace_selector=NetworkPolicyV1SpecIngressFromNamespaceSelector()),
            STATUS_PORT,
            CONTROLLER_METRICS_PORT,
        ),
        depends_on=[dependable(element) for element in after],
    )
    when(not_empty(given.admin.client_namespaces))(
        NetworkPolicyV1,
        scope,
        part_id("policy", "admin"),
        metadata=NetworkPolicyV1Metadata(name=f"{given.release_name}-admin", namespace=given.namespace),
        spec=_spec(
            given,
            NetworkPolicyV1SpecIngressFrom(
                namespace_selector=NetworkPolicyV1SpecIngressFromNamespaceSelector(
                    match_expressions=[
                        NetworkPolicyV1SpecIngressFromNamespaceSelectorMatchExpressions(
                            key="kubernetes.io/metadata.name", operator="In", values=given.admin.client_namespaces
                        )
                    ]
                )
            ),
            ADMIN_PORT,
        ),
        depends_on=[dependable(element) for element in after],
    )


def admin_allow_list(given: KongInputs) -> str:
    """Whom the admin API answers, as directives of Nginx: the controller in the same pod, then the named networks.

    https://nginx.org/en/docs/http/ngx_http_access_module.html
    """
    named = text("join", "", text("formatlist", "allow %s;\n", given.admin.allowed_cidrs))
    return f"allow 127.0.0.1;\nallow ::1;\n{named}deny all;\n"


def _spec(given: KongInputs, source: NetworkPolicyV1SpecIngressFrom, *ports: int) -> NetworkPolicyV1Spec:
    return NetworkPolicyV1Spec(
        pod_selector=NetworkPolicyV1SpecPodSelector(match_labels=pod_labels(given)),
        policy_types=["Ingress"],
        ingress=[
            NetworkPolicyV1SpecIngress(
                from_=[source],
                ports=[NetworkPolicyV1SpecIngressPorts(port=str(port), protocol="TCP") for port in ports],
            )
        ],
    )
