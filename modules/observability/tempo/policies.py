"""What may reach Tempo's pods: everybody the gateway, its own pods each other, collectors the metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1,
    NetworkPolicyV1Metadata,
    NetworkPolicyV1Spec,
    NetworkPolicyV1SpecIngress,
    NetworkPolicyV1SpecIngressFrom,
    NetworkPolicyV1SpecIngressFromNamespaceSelector,
    NetworkPolicyV1SpecIngressFromPodSelector,
    NetworkPolicyV1SpecIngressPorts,
    NetworkPolicyV1SpecPodSelector,
)

from groundplan.building import ingress_policy
from groundplan.framework import Module, all_of, dependable, part_id, when

from .chart import (
    EXPORTER_PORT,
    GATEWAY_LABELS,
    GATEWAY_PORT,
    LABELS,
    METRICS_PORT,
    OTLP_PORT,
    ROLLOUT_LABELS,
    ROLLOUT_METRICS,
    ROLLOUT_OPERATOR,
    TEMPO,
    zoned,
)
from .inputs import TempoInputs

__all__ = ["network_policies"]


def network_policies(scope: Module[Any, Any], given: TempoInputs, *, after: Sequence[Any]) -> None:
    """The chart has none."""
    ingress_policy(
        scope,
        "gateway",
        name=f"{TEMPO}-gateway-allow-ingress",
        namespace=given.namespace,
        pods=GATEWAY_LABELS,
        ports=[GATEWAY_PORT, OTLP_PORT],
        after=after,
        only_when=given.network_policies,
    )
    ingress_policy(
        scope,
        "rollout_operator",
        name=f"{ROLLOUT_OPERATOR}-allow-ingress",
        namespace=given.namespace,
        pods=ROLLOUT_LABELS,
        ports=[ROLLOUT_METRICS],
        after=after,
        only_when=all_of(given.network_policies, zoned(given)),
    )
    collectors = {"kubernetes.io/metadata.name": given.collector_namespace}
    when(given.network_policies)(
        NetworkPolicyV1,
        scope,
        part_id("network_policy", "components"),
        metadata=NetworkPolicyV1Metadata(name=f"{TEMPO}-components", namespace=given.namespace),
        spec=NetworkPolicyV1Spec(
            pod_selector=NetworkPolicyV1SpecPodSelector(match_labels=LABELS),
            policy_types=["Ingress"],
            ingress=[
                NetworkPolicyV1SpecIngress(
                    from_=[
                        NetworkPolicyV1SpecIngressFrom(
                            pod_selector=NetworkPolicyV1SpecIngressFromPodSelector(match_labels=LABELS)
                        )
                    ]
                ),
                NetworkPolicyV1SpecIngress(
                    from_=[
                        NetworkPolicyV1SpecIngressFrom(
                            namespace_selector=NetworkPolicyV1SpecIngressFromNamespaceSelector(match_labels=collectors)
                        )
                    ],
                    # of Tempo itself, and of the exporter beside memcached
                    ports=[
                        NetworkPolicyV1SpecIngressPorts(port=str(port), protocol="TCP")
                        for port in (METRICS_PORT, EXPORTER_PORT)
                    ],
                ),
            ],
        ),
        depends_on=[dependable(element) for element in after],
    )
