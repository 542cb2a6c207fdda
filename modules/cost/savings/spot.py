"""Spot capacity for workloads that may be interrupted: Karpenter's objects as data, and the queue that warns it.

https://karpenter.sh/docs/concepts/nodepools/
https://karpenter.sh/docs/concepts/nodeclasses/
https://karpenter.sh/docs/concepts/disruption/#interruption
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy

from groundplan.building import Key, account_id, custom_resources, maker, partition, region, tags, with_runbook
from groundplan.framework import Module, choose, concat, is_set, jsonencode, part_id, present
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import ObjectOf
from groundplan.iam import document

from . import access
from .inputs import NodePool, SavingsInputs, SpotNodes

__all__ = ["TAINT", "node_class", "node_pool", "spot"]

WARNINGS = {
    "aws.ec2": [
        "EC2 Instance Rebalance Recommendation",
        "EC2 Instance State-change Notification",
        "EC2 Spot Instance Interruption Warning",
    ],
    "aws.health": ["AWS Health Event"],
}
"""What Karpenter reads of its queue: https://karpenter.sh/docs/reference/cloudformation/#interruption-handling"""

TAINT = {"key": "platform/interruptible", "value": "true", "effect": "NoSchedule"}
"""Who does not tolerate it is never put on a node that may go with two minutes' notice."""
NAMESPACE = "kube-system"
"""The release's own: nodes have none."""


def spot(scope: Module[Any, Any], given: SavingsInputs, key: Key) -> tuple[str, str]:
    """The class of nodes, the pools, the queue; gives the queue's name and the policy of who reads it, null without."""
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
    return _warnings(scope, given, key)


def _warnings(scope: Module[Any, Any], given: SavingsInputs, key: Key) -> tuple[str, str]:
    wanted = is_set(given.spot_nodes)
    nothing: Any = None
    part = maker(wanted)
    name = f"{given.name}-interruptions"
    arn = f"arn:{partition(scope)}:sqs:{region(scope)}:{account_id(scope)}:{name}"
    queue = part(
        SqsQueue,
        scope,
        part_id("queue", "interruptions"),
        name=name,
        kms_master_key_id=key.arn,
        # a warning of two minutes is of no use after five
        message_retention_seconds=300,
        tags=tags(scope, given),
    )
    rule = part(
        CloudwatchEventRule,
        scope,
        part_id("event", "interruptions"),
        name=name,
        description=with_runbook("Nodes that AWS takes back, or is about to", given, scope.name, "interruptions"),
        event_pattern=jsonencode(
            {"source": sorted(WARNINGS), "detail-type": [kind for kinds in WARNINGS.values() for kind in kinds]}
        ),
        tags=tags(scope, given),
    )
    part(
        SqsQueuePolicy,
        scope,
        part_id("policy", "interruptions"),
        queue_url=queue.id,
        policy=jsonencode(document(*access.warned(arn, account_id(scope)))),
    )
    part(
        CloudwatchEventTarget,
        scope,
        part_id("target", "interruptions"),
        rule=rule.name,
        arn=arn,
    )
    policy = jsonencode(document(*access.reads_warnings(arn, key.arn)))
    return queue.name, choose(wanted, policy, nothing)


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
