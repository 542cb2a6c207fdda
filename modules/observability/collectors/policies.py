"""What may reach the collectors' pods: applications with traces, and collectors each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1,
    NetworkPolicyV1Metadata,
    NetworkPolicyV1Spec,
    NetworkPolicyV1SpecIngress,
    NetworkPolicyV1SpecIngressFrom,
    NetworkPolicyV1SpecIngressFromPodSelector,
    NetworkPolicyV1SpecIngressPorts,
    NetworkPolicyV1SpecPodSelector,
)

from groundplan.building import maker
from groundplan.framework import Module, all_of, dependable, is_set, part_id

from .chart import ADOT_METRICS_PORT, LOGS, METRICS, OWN_PORT, TRACES, XRAY, labels, receives_traces
from .cloudwatch import CLOUDWATCH
from .configuration import GRPC_PORT, HTTP_PORT, JAEGER_GRPC_PORT, JAEGER_HTTP_PORT, ZIPKIN_PORT
from .inputs import CollectorsInputs

__all__ = ["network_policies"]


def network_policies(scope: Module[Any, Any], given: CollectorsInputs, *, after: Sequence[Any]) -> None:
    """Alloy's own port shows what it collects and with which settings: what reads metrics alone may ask it."""
    _policy(scope, given, "logs", LOGS, {OWN_PORT: METRICS}, is_set(given.loki), after)
    _policy(scope, given, "metrics", METRICS, {OWN_PORT: METRICS}, is_set(given.mimir), after)
    anybody = {GRPC_PORT: "", HTTP_PORT: "", JAEGER_GRPC_PORT: "", JAEGER_HTTP_PORT: "", ZIPKIN_PORT: ""}
    _policy(scope, given, "traces", TRACES, {OWN_PORT: METRICS, **anybody}, receives_traces(given), after)
    _policy(scope, given, "xray", XRAY, {ADOT_METRICS_PORT: METRICS, GRPC_PORT: TRACES}, is_set(given.xray), after)
    _policy(scope, given, "cloudwatch", CLOUDWATCH, {ADOT_METRICS_PORT: METRICS}, is_set(given.cloudwatch), after)


def _policy(
    scope: Module[Any, Any],
    given: CollectorsInputs,
    what: str,
    release: str,
    open_to: dict[int, str],
    wanted: Any,
    after: Sequence[Any],
) -> None:
    """`open_to` has the release whose pods alone reach a port, none for everybody's."""
    maker(all_of(given.network_policies, wanted))(
        NetworkPolicyV1,
        scope,
        part_id("network_policy", what),
        metadata=NetworkPolicyV1Metadata(name=f"{release}-allow-ingress", namespace=given.namespace),
        spec=NetworkPolicyV1Spec(
            pod_selector=NetworkPolicyV1SpecPodSelector(match_labels=labels(release)),
            policy_types=["Ingress"],
            ingress=[
                NetworkPolicyV1SpecIngress(
                    from_=[
                        NetworkPolicyV1SpecIngressFrom(
                            pod_selector=NetworkPolicyV1SpecIngressFromPodSelector(match_labels=labels(who))
                        )
                    ]
                    if who
                    else None,
                    ports=[NetworkPolicyV1SpecIngressPorts(port=str(port), protocol="TCP")],
                )
                for port, who in open_to.items()
            ],
        ),
        depends_on=[dependable(element) for element in after],
    )
