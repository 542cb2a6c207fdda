"""Nodes as pods need them: Karpenter's controller, its kinds, what warns it, its role and that of the nodes it makes.

Which nodes it makes, NodePools and EC2NodeClasses say; there are none here.

https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/
https://karpenter.sh/docs/reference/cloudformation/
https://karpenter.sh/docs/concepts/disruption/#interruption
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy

from groundplan.building import (
    Key,
    Role,
    account_id,
    dns_suffix,
    encryption_key,
    ingress_policy,
    maker,
    metric_alarm,
    partition,
    region,
    release,
    service_role,
    tags,
    with_runbook,
    workload_role,
)
from groundplan.framework import Module, all_of, is_set, jsonencode, part_id, present
from groundplan.iam import document

from . import access, chart
from .addons import KUBE_SYSTEM
from .inputs import FoundationsInputs

__all__ = ["WARNINGS", "karpenter"]

WARNINGS = {
    "aws.ec2": [
        "EC2 Capacity Reservation Instance Interruption Warning",
        "EC2 Instance Rebalance Recommendation",
        "EC2 Instance State-change Notification",
        "EC2 Spot Instance Interruption Warning",
    ],
    "aws.health": ["AWS Health Event"],
}
"""What Karpenter reads of its queue, by who says it: of AWS Health, maintenance of instances that is scheduled.

https://karpenter.sh/docs/reference/cloudformation/#interruption-handling
"""

NODE_POLICIES = {
    "cni": "AmazonEKS_CNI_Policy",
    "images": "AmazonEC2ContainerRegistryPullOnly",
    "session_manager": "AmazonSSMManagedInstanceCore",
    "worker": "AmazonEKSWorkerNodePolicy",
}
"""What a node may do: https://karpenter.sh/docs/reference/cloudformation/#karpenternoderole"""

UNREAD_SECONDS = 120
"""Spot capacity goes two minutes after its warning: what is older comes too late.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
"""


def karpenter(scope: Module[Any, Any], given: FoundationsInputs, *, after: Sequence[Any]) -> tuple[Role, str]:
    """The kinds, the roles, the queue, then the controller; gives the nodes' role and the queue's name."""
    wanted, settings = is_set(given.karpenter), present(given.karpenter)
    kinds = release(
        scope,
        "karpenter_crds",
        chart.KARPENTER_CRDS_CHART,
        name=chart.KARPENTER_CRDS,
        namespace=KUBE_SYSTEM,
        values=chart.karpenter_crds_values(),
        extra=given.karpenter_crds_extra_values,
        only_when=wanted,
    )
    nodes = service_role(
        scope,
        "node",
        given,
        name=f"{given.name}-node",
        # as Karpenter has it: https://karpenter.sh/docs/reference/cloudformation/#karpenternoderole
        service=f"ec2.{dns_suffix(scope)}",
        managed_policies=NODE_POLICIES,
        # an instance says of itself in whose account it is, and not when it takes its role
        says_for_whom=False,
        only_when=wanted,
    )
    maker(all_of(wanted, settings.access_entry))(
        EksAccessEntry,
        scope,
        part_id("access_entry", "node"),
        cluster_name=given.cluster.name,
        principal_arn=nodes.arn,
        type="EC2_LINUX",
        tags=tags(scope, given),
    )
    queue, queue_arn, key = _warned(scope, given)
    role = workload_role(
        scope,
        "karpenter",
        given,
        name=f"{given.name}-karpenter",
        cluster=given.cluster,
        namespace=KUBE_SYSTEM,
        service_account=chart.KARPENTER,
        statements=access.karpenter(
            partition(scope),
            region(scope),
            account_id(scope),
            given.cluster.name,
            node_role_arn=nodes.arn,
            queue_arn=queue_arn,
        ),
        only_when=wanted,
    )
    # a policy of its own: with the key's ARN among them, nobody could read the others before the key is there
    decrypts = maker(wanted)(
        IamRolePolicy,
        scope,
        part_id("access", "karpenter_key"),
        name="key",
        role=role.name,
        policy=jsonencode(document(*access.decrypts_warnings(key.arn))),
    )
    ingress_policy(
        scope,
        "karpenter",
        name="karpenter-allow-ingress",
        namespace=KUBE_SYSTEM,
        pods=chart.KARPENTER_LABELS,
        ports=[chart.KARPENTER_PORT],
        only_when=all_of(wanted, given.network_policies),
    )
    release(
        scope,
        "karpenter",
        chart.KARPENTER_CHART,
        name=chart.KARPENTER,
        namespace=KUBE_SYSTEM,
        values=chart.karpenter_values(given, queue, role.annotations),
        extra=given.karpenter_extra_values,
        instead=chart.KARPENTER_INSTEAD,
        skip_crds=True,
        after=[*after, kinds, *role.ready, decrypts],
        only_when=wanted,
    )
    return nodes, queue


def _warned(scope: Module[Any, Any], given: FoundationsInputs) -> tuple[str, str, Key]:
    """The queue that tells of nodes that AWS takes back, or is about to, its ARN and its key."""
    wanted = is_set(given.karpenter)
    part = maker(wanted)
    name = f"{given.name}-interruptions"
    # made of the name, so that the policies that name it can be read before it is there
    arn = f"arn:{partition(scope)}:sqs:{region(scope)}:{account_id(scope)}:{name}"
    key = encryption_key(
        scope,
        "interruptions",
        given,
        existing=given.kms_key,
        name=name,
        purpose=f"Warnings of nodes of the cluster {given.cluster.name} that go",
        statements=access.warned_encrypt(account_id(scope)),
        only_when=wanted,
    )
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
    part(
        SqsQueuePolicy,
        scope,
        part_id("policy", "interruptions"),
        queue_url=queue.id,
        policy=jsonencode(document(*access.warned(arn, account_id(scope)))),
    )
    # AWS says each of these by one source alone, so one rule for all of them lets nothing else through
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
    part(CloudwatchEventTarget, scope, part_id("target", "interruptions"), rule=rule.name, arn=arn)
    metric_alarm(
        scope,
        "interruptions_unread",
        given,
        name=f"{name}-unread",
        description=(
            f"Warnings of nodes that go lie in the queue {name} for more than {UNREAD_SECONDS} seconds: Karpenter does "
            "not read them, and pods are cut off instead of moved. See: kubectl --namespace kube-system logs "
            "deployment/karpenter"
        ),
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": name},
        statistic="Maximum",
        period_seconds=60,
        periods=3,
        threshold=UNREAD_SECONDS,
        only_when=wanted,
    )
    return queue.name, arn, key
