"""Spot capacity for workloads that may be interrupted: Karpenter's objects as data.

https://karpenter.sh/docs/concepts/nodepools/
https://karpenter.sh/docs/concepts/nodeclasses/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.building import custom_resources
from groundplan.framework import Module, choose, concat, is_set, present
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import ObjectOf

from .inputs import NodePool, SavingsInputs, SpotNodes

__all__ = ["TAINT", "node_class", "node_pool", "spot"]

TAINT = {"key": "karpenter.sh/capacity-type", "value": "spot", "effect": "NoSchedule"}
"""Who does not tolerate it is never put on a node that may go with two minutes' notice.

The key and value of the label that such nodes have, as jobs tolerate it that ask for spot capacity.
https://karpenter.sh/docs/concepts/nodepools/#taints
"""
NAMESPACE = "kube-system"
"""The release's own: nodes have none."""


def spot(scope: Module[Any, Any], given: SavingsInputs) -> None:
    """The class of nodes, then the pools, which go first when both go: the class stays until its last node is gone."""
    wanted, said = is_set(given.spot_nodes), present(given.spot_nodes)
    nodes = custom_resources(
        scope,
        "spot_class",
        name=f"{given.name}-spot-class",
        namespace=NAMESPACE,
        after=[],
        objects={"class": node_class(given.name, said)},
        only_when=wanted,
    )
    custom_resources(
        scope,
        "spot_pools",
        name=f"{given.name}-spot-pools",
        namespace=NAMESPACE,
        after=[nodes],
        entries=choose(wanted, said.pools, MapReference("{}", ObjectOf(declaration=NodePool))),
        make=lambda name, pool: node_pool(name, pool, node_class=given.name),
    )


def node_class(name: str, said: SpotNodes) -> Mapping[str, Any]:
    """What all of the nodes are like: encrypted, reached by nothing, asked for credentials by version 2 alone."""
    found_by = [{"tags": {"karpenter.sh/discovery": said.cluster_name}}]
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": name},
        "spec": {
            "role": said.node_role_name,
            "amiSelectorTerms": [{"alias": said.ami_alias}],
            "subnetSelectorTerms": found_by,
            "securityGroupSelectorTerms": found_by,
            "associatePublicIPAddress": False,
            "metadataOptions": {"httpEndpoint": "enabled", "httpPutResponseHopLimit": 1, "httpTokens": "required"},
            "blockDeviceMappings": [
                {
                    "deviceName": "/dev/xvda",
                    "ebs": {
                        "volumeSize": f"{said.volume_gibibytes}Gi",
                        "volumeType": "gp3",
                        "encrypted": True,
                        "deleteOnTermination": True,
                    },
                }
            ],
        },
    }


def node_pool(name: str, pool: NodePool, *, node_class: str) -> Mapping[str, Any]:
    """Nodes that go when others are cheaper or they are empty, never more than a share of them at once."""
    capacity: Any = concat(["spot"], choose(pool.on_demand_too, ["on-demand"], []))
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": name},
        "spec": {
            "weight": pool.weight,
            "limits": {"cpu": f"{pool.cpu_limit}", "memory": pool.memory_limit},
            "disruption": {
                "consolidationPolicy": "WhenEmptyOrUnderutilized",
                "consolidateAfter": f"{pool.consolidate_after_seconds}s",
                "budgets": [{"nodes": f"{pool.most_disrupted_percent}%"}],
            },
            "template": {
                "metadata": {"labels": {"platform/capacity": "spot"}},
                "spec": {
                    "expireAfter": f"{pool.expire_after_hours}h",
                    "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": node_class},
                    "taints": [TAINT],
                    "requirements": [
                        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": capacity},
                        {
                            "key": "karpenter.k8s.aws/instance-category",
                            "operator": "In",
                            "values": pool.instance_categories,
                        },
                        # older generations cost more for the same
                        {"key": "karpenter.k8s.aws/instance-generation", "operator": "Gt", "values": ["4"]},
                        {"key": "kubernetes.io/arch", "operator": "In", "values": pool.architectures},
                        {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
                    ],
                },
            },
        },
    }
