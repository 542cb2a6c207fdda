"""What the controller may do in AWS: make load balancers, and change only those that it made for its own cluster.

The actions are those of the policy that the controller's own project publishes for v3.5.0, without those of features
that the module leaves off (WAF Classic). Upstream asks that the tag `elbv2.k8s.aws/cluster` be there; here its value
must be the cluster's name, so that two clusters of an account cannot touch each other's. What upstream allows on every
resource is held to the account, the region and the types that each action acts upon.

https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/install/iam_policy.json
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Statement, allow

__all__ = ["CLUSTER_TAG", "METRIC_NAMESPACE", "controller", "shield", "web_acls"]

METRIC_NAMESPACE = "Groundplan/LoadBalancerController"
"""The CloudWatch namespace of the status report, and the only one that it may publish to."""

CLUSTER_TAG = "elbv2.k8s.aws/cluster"
"""The tag by which the controller knows what it made, whose value is the cluster's name."""

_ASKED = f"aws:RequestTag/{CLUSTER_TAG}"
_HELD = f"aws:ResourceTag/{CLUSTER_TAG}"


def controller(*, partition: str, region: str, account_id: str, cluster_name: str, vpc_id: str) -> list[Statement]:
    """Load balancers, their target groups, listeners and rules, and the security groups in front of and behind them.

    Rules of security groups may be changed in the cluster's VPC alone, as upstream recommends: the groups of nodes and
    pods, which the controller opens for its load balancers, carry no tag of its.
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/deploy/installation.md
    """
    here = f"{region}:{account_id}"
    groups = f"arn:{partition}:ec2:{here}:security-group/*"
    # a VPC that is shared with the account is another one's
    vpc = f"arn:{partition}:ec2:{region}:*:vpc/{vpc_id}"
    balancers = _elb(partition, here, "loadbalancer/app/*/*", "loadbalancer/net/*/*")
    target_groups = _elb(partition, here, "targetgroup/*/*")
    listeners = _elb(partition, here, "listener/app/*/*/*", "listener/net/*/*/*")
    rules = _elb(partition, here, "listener-rule/app/*/*/*", "listener-rule/net/*/*/*")
    made = {"StringEquals": {_ASKED: cluster_name}}
    own = {"StringEquals": {_HELD: cluster_name}}
    # whoever changes tags of its own must leave this one alone
    own_but_its_mark = {**own, "Null": {_ASKED: "true"}}
    return [
        allow(
            "iam:CreateServiceLinkedRole",
            on=f"arn:{partition}:iam::{account_id}:role/aws-service-role/elasticloadbalancing.amazonaws.com/*",
            when={"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}},
            sid="MakeRoleOfElasticLoadBalancing",
        ),
        allow(*_LOOKS, on="*", sid="Look"),
        allow("ec2:GetSecurityGroupsForVpc", on=vpc, sid="LookIntoVpc"),
        allow("ec2:GetCoipPoolUsage", on=f"arn:{partition}:ec2:{here}:coip-pool/*", sid="LookIntoPoolsOfOutposts"),
        allow("acm:DescribeCertificate", on=f"arn:{partition}:acm:{here}:certificate/*", sid="ReadCertificates"),
        allow(
            "iam:GetServerCertificate",
            on=f"arn:{partition}:iam::{account_id}:server-certificate/*",
            sid="ReadServerCertificates",
        ),
        allow(
            "cognito-idp:DescribeUserPoolClient",
            on=f"arn:{partition}:cognito-idp:{here}:userpool/*",
            sid="ReadClientsOfUserPools",
        ),
        allow(
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:RevokeSecurityGroupIngress",
            on=groups,
            when={"ArnLike": {"ec2:Vpc": vpc}},
            sid="OpenSecurityGroupsOfVpc",
        ),
        allow("ec2:CreateSecurityGroup", on=vpc, sid="MakeSecurityGroupsInVpc"),
        allow("ec2:CreateSecurityGroup", on=groups, when=made, sid="MakeMarkedSecurityGroups"),
        allow(
            "ec2:CreateTags",
            on=groups,
            when={"StringEquals": {_ASKED: cluster_name, "ec2:CreateAction": "CreateSecurityGroup"}},
            sid="MarkSecurityGroups",
        ),
        allow("ec2:CreateTags", "ec2:DeleteTags", on=groups, when=own_but_its_mark, sid="TagOwnSecurityGroups"),
        allow("ec2:DeleteSecurityGroup", on=groups, when=own, sid="DeleteOwnSecurityGroups"),
        allow("elasticloadbalancing:CreateLoadBalancer", on=balancers, when=made, sid="MakeMarkedLoadBalancers"),
        allow("elasticloadbalancing:CreateTargetGroup", on=target_groups, when=made, sid="MakeMarkedTargetGroups"),
        allow(
            "elasticloadbalancing:AddTags",
            on=[*balancers, *target_groups],
            when={
                "StringEquals": {
                    _ASKED: cluster_name,
                    "elasticloadbalancing:CreateAction": ["CreateLoadBalancer", "CreateTargetGroup"],
                }
            },
            sid="MarkWhatIsMade",
        ),
        allow(
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:RemoveTags",
            on=[*balancers, *target_groups],
            when=own_but_its_mark,
            sid="TagOwn",
        ),
        allow(
            "elasticloadbalancing:DeleteLoadBalancer",
            "elasticloadbalancing:ModifyCapacityReservation",
            "elasticloadbalancing:ModifyIpPools",
            "elasticloadbalancing:ModifyLoadBalancerAttributes",
            "elasticloadbalancing:SetIpAddressType",
            "elasticloadbalancing:SetSecurityGroups",
            "elasticloadbalancing:SetSubnets",
            on=balancers,
            when=own,
            sid="ChangeOwnLoadBalancers",
        ),
        allow(
            "elasticloadbalancing:DeleteTargetGroup",
            "elasticloadbalancing:ModifyTargetGroup",
            "elasticloadbalancing:ModifyTargetGroupAttributes",
            on=target_groups,
            when=own,
            sid="ChangeOwnTargetGroups",
        ),
        allow("elasticloadbalancing:ModifyListenerAttributes", on=listeners, when=own, sid="ChangeOwnListeners"),
        # upstream asks for no tag of what follows: a TargetGroupBinding may name a target group that others made, and
        # listeners and rules have tags only since the controller marks them
        allow(
            "elasticloadbalancing:DeregisterTargets",
            "elasticloadbalancing:RegisterTargets",
            on=target_groups,
            sid="RegisterPods",
        ),
        allow("elasticloadbalancing:CreateListener", on=balancers, sid="Listen"),
        allow(
            "elasticloadbalancing:AddListenerCertificates",
            "elasticloadbalancing:CreateRule",
            "elasticloadbalancing:DeleteListener",
            "elasticloadbalancing:ModifyListener",
            "elasticloadbalancing:RemoveListenerCertificates",
            on=listeners,
            sid="ChangeListeners",
        ),
        allow(
            "elasticloadbalancing:DeleteRule",
            "elasticloadbalancing:ModifyRule",
            "elasticloadbalancing:SetRulePriorities",
            on=rules,
            sid="ChangeRules",
        ),
        allow(
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:RemoveTags",
            on=[*listeners, *rules],
            sid="TagListenersAndRules",
        ),
    ]


def web_acls(*, partition: str, region: str, account_id: str) -> list[Statement]:
    """Web ACLs of the region, before load balancers of the kind that takes them.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
    """
    here = f"{region}:{account_id}"
    return [
        allow(
            "wafv2:AssociateWebACL",
            "wafv2:DisassociateWebACL",
            "wafv2:GetWebACL",
            "wafv2:GetWebACLForResource",
            on=[
                f"arn:{partition}:wafv2:{here}:regional/webacl/*/*",
                *_elb(partition, here, "loadbalancer/app/*/*"),
            ],
            sid="PutWebAclsBeforeLoadBalancers",
        ),
        # Elastic Load Balancing's side of it, which takes no resource
        allow("elasticloadbalancing:SetWebAcl", on="*", sid="TakeWebAcls"),
    ]


def shield(*, partition: str, account_id: str) -> list[Statement]:
    """Shield Advanced, which is not of a region.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsshield.html
    """
    return [
        # neither takes a resource
        allow("shield:CreateProtection", "shield:GetSubscriptionState", on="*", sid="BeginToProtect"),
        allow(
            "shield:DeleteProtection",
            "shield:DescribeProtection",
            on=f"arn:{partition}:shield::{account_id}:protection/*",
            sid="Protect",
        ),
    ]


def _elb(partition: str, here: str, *kinds: str) -> Sequence[str]:
    return [f"arn:{partition}:elasticloadbalancing:{here}:{kind}" for kind in kinds]


# None of them takes a resource.
_LOOKS = (
    "acm:ListCertificates",
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeCoipPools",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeIpamPools",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeSSLPolicies",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeTrustStores",
    "iam:ListServerCertificates",
)
