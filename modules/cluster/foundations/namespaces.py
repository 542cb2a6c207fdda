"""Namespaces for workloads: what their pods may do to a node, how much they may take, and who reaches them."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_kubernetes import network_policy_v1 as policy
from cdktf_cdktf_provider_kubernetes.limit_range_v1 import (
    LimitRangeV1,
    LimitRangeV1Metadata,
    LimitRangeV1Spec,
    LimitRangeV1SpecLimit,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import NetworkPolicyV1, NetworkPolicyV1Metadata
from cdktf_cdktf_provider_kubernetes.priority_class_v1 import PriorityClassV1, PriorityClassV1Metadata
from cdktf_cdktf_provider_kubernetes.resource_quota_v1 import (
    ResourceQuotaV1,
    ResourceQuotaV1Metadata,
    ResourceQuotaV1Spec,
)

from groundplan.building import namespace
from groundplan.framework import Module, dependable, each, is_set, merged, not_empty, part_id, present

from .inputs import FoundationsInputs

__all__ = ["namespaces", "priority_classes"]

NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name"""
_LEVEL = "pod-security.kubernetes.io"
_NODE_CACHE = "169.254.20.10/32"
"""https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/"""


def priority_classes(scope: Module[Any, Any], given: FoundationsInputs) -> None:
    """https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/"""
    classes = each(given.priority_classes)
    classes(
        PriorityClassV1,
        scope,
        part_id("priority_class", "pods"),
        metadata=PriorityClassV1Metadata(name=classes.key),
        value=classes.value.value,
        global_default=classes.value.default,
        preemption_policy=classes.value.preemption,
        description=classes.value.description,
    )


def namespaces(scope: Module[Any, Any], given: FoundationsInputs) -> None:
    """The namespaces, each with what bounds it.

    https://kubernetes.io/docs/concepts/security/pod-security-admission/
    """
    wanted = each(given.namespaces)
    made = namespace(
        scope,
        "workloads",
        name=wanted.key,
        labels=merged(
            wanted.value.labels,
            {
                f"{_LEVEL}/enforce": wanted.value.pod_security,
                f"{_LEVEL}/audit": "restricted",
                f"{_LEVEL}/warn": "restricted",
            },
        ),
        only_when=wanted,
    )
    _quota(scope, given, made)
    _closed(scope, given, made)


def _quota(scope: Module[Any, Any], given: FoundationsInputs, made: Any) -> None:
    """What all pods of a namespace may ask for together, and what one asks for that says nothing.

    Without the second a quota would refuse every pod that says nothing.
    https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """
    bounded = each(given.namespaces).where(lambda entry: is_set(entry.quota))
    quota = present(bounded.value.quota)
    bounded(
        ResourceQuotaV1,
        scope,
        part_id("quota", "workloads"),
        metadata=ResourceQuotaV1Metadata(name="quota", namespace=bounded.key),
        spec=ResourceQuotaV1Spec(
            hard={
                "requests.cpu": quota.cpu_requests,
                "requests.memory": quota.memory_requests,
                "limits.memory": quota.memory_limits,
                "requests.storage": f"{quota.storage_gib}Gi",
                "pods": f"{quota.pods}",
                # each is a load balancer that is paid for, or a port of every node
                "services.loadbalancers": f"{quota.load_balancers}",
                "services.nodeports": "0",
            }
        ),
        depends_on=[dependable(made)],
    )
    bounded(
        LimitRangeV1,
        scope,
        part_id("limits", "workloads"),
        metadata=LimitRangeV1Metadata(name="defaults", namespace=bounded.key),
        spec=LimitRangeV1Spec(
            limit=[
                LimitRangeV1SpecLimit(
                    type="Container",
                    default_request={"cpu": quota.usual_cpu_request, "memory": quota.usual_memory_request},
                    default={"memory": quota.usual_memory_limit},
                )
            ]
        ),
        depends_on=[dependable(made)],
    )


def _closed(scope: Module[Any, Any], given: FoundationsInputs, made: Any) -> None:
    """Nothing reaches a pod, and a pod reaches nothing, but the namespace's own pods and the cluster's DNS.

    Policies only ever add: what a workload needs beyond that it opens with one of its own.
    https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
    """
    closed = each(given.namespaces).where(lambda entry: entry.network_closed)
    closed(
        NetworkPolicyV1,
        scope,
        part_id("policy", "default_deny"),
        metadata=NetworkPolicyV1Metadata(name="default-deny", namespace=closed.key),
        spec=policy.NetworkPolicyV1Spec(
            pod_selector=policy.NetworkPolicyV1SpecPodSelector(), policy_types=["Ingress", "Egress"]
        ),
        depends_on=[dependable(made)],
    )
    closed(
        NetworkPolicyV1,
        scope,
        part_id("policy", "allow_own"),
        metadata=NetworkPolicyV1Metadata(name="allow-own-namespace-and-dns", namespace=closed.key),
        spec=policy.NetworkPolicyV1Spec(
            pod_selector=policy.NetworkPolicyV1SpecPodSelector(),
            policy_types=["Ingress", "Egress"],
            ingress=[
                policy.NetworkPolicyV1SpecIngress(
                    from_=[
                        policy.NetworkPolicyV1SpecIngressFrom(
                            pod_selector=policy.NetworkPolicyV1SpecIngressFromPodSelector()
                        )
                    ]
                )
            ],
            egress=[
                policy.NetworkPolicyV1SpecEgress(
                    to=[
                        policy.NetworkPolicyV1SpecEgressTo(pod_selector=policy.NetworkPolicyV1SpecEgressToPodSelector())
                    ]
                ),
                policy.NetworkPolicyV1SpecEgress(
                    ports=[
                        policy.NetworkPolicyV1SpecEgressPorts(port="53", protocol=protocol)
                        for protocol in ("UDP", "TCP")
                    ],
                    to=[
                        policy.NetworkPolicyV1SpecEgressTo(
                            namespace_selector=policy.NetworkPolicyV1SpecEgressToNamespaceSelector(
                                match_labels={NAME: "kube-system"}
                            ),
                            pod_selector=policy.NetworkPolicyV1SpecEgressToPodSelector(
                                match_labels={"k8s-app": "kube-dns"}
                            ),
                        ),
                        policy.NetworkPolicyV1SpecEgressTo(
                            ip_block=policy.NetworkPolicyV1SpecEgressToIpBlock(cidr=_NODE_CACHE)
                        ),
                    ],
                ),
            ],
        ),
        depends_on=[dependable(made)],
    )
    visited = each(given.namespaces).where(lambda entry: not_empty(entry.ingress_from))
    visited(
        NetworkPolicyV1,
        scope,
        part_id("policy", "allow_from"),
        metadata=NetworkPolicyV1Metadata(name="allow-from-namespaces", namespace=visited.key),
        spec=policy.NetworkPolicyV1Spec(
            pod_selector=policy.NetworkPolicyV1SpecPodSelector(),
            policy_types=["Ingress"],
            ingress=[
                policy.NetworkPolicyV1SpecIngress(
                    from_=[
                        policy.NetworkPolicyV1SpecIngressFrom(
                            namespace_selector=policy.NetworkPolicyV1SpecIngressFromNamespaceSelector(
                                match_expressions=[
                                    policy.NetworkPolicyV1SpecIngressFromNamespaceSelectorMatchExpressions(
                                        key=NAME, operator="In", values=visited.value.ingress_from
                                    )
                                ]
                            )
                        )
                    ]
                )
            ],
        ),
        depends_on=[dependable(made)],
    )
