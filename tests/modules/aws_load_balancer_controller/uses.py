"""Who needs what of the controller's policies and of the status report's role.

The controller's needs are its project's own: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/install/iam_policy.json
"""

from __future__ import annotations

from tests.modules.uses import ACCOUNT, Can, Use, applies_crds, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
HERE = f"us-east-1:{ACCOUNT}"
ELB = f"arn:aws:elasticloadbalancing:{HERE}"
BALANCERS = [f"{ELB}:loadbalancer/app/k8s-a/1", f"{ELB}:loadbalancer/net/k8s-b/2"]
TARGETS = f"{ELB}:targetgroup/k8s-c/3"
LISTENERS = [f"{ELB}:listener/app/k8s-a/1/4", f"{ELB}:listener/net/k8s-b/2/5"]
RULES = [f"{ELB}:listener-rule/app/k8s-a/1/4/6", f"{ELB}:listener-rule/net/k8s-b/2/5/7"]
GROUP = f"arn:aws:ec2:{HERE}:security-group/sg-0a1b2c3d4e5f60009"
VPC = "arn:aws:ec2:us-east-1:444455556666:vpc/vpc-0a1b2c3d4e5f60001"
OTHER_VPC = "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-0a1b2c3d4e5f60002"
ASKED, HELD = "aws:RequestTag/elbv2.k8s.aws/cluster", "aws:ResourceTag/elbv2.k8s.aws/cluster"
MADE, OWN = {ASKED: "prod"}, {HELD: "prod"}


def elb(*names: str) -> list[str]:
    return [f"elasticloadbalancing:{name}" for name in names]


LOOKS = [
    *elb(
        "DescribeCapacityReservation",
        "DescribeListenerAttributes",
        "DescribeListenerCertificates",
        "DescribeListeners",
        "DescribeLoadBalancerAttributes",
        "DescribeLoadBalancers",
        "DescribeRules",
        "DescribeSSLPolicies",
        "DescribeTags",
        "DescribeTargetGroupAttributes",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "DescribeTrustStores",
    ),
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
    "iam:ListServerCertificates",
]

POLICIES = {
    "aws_iam_role.controller": pod("aws-load-balancer-controller", "aws-load-balancer-controller", OIDC),
    "aws_iam_role.status": pod("aws-load-balancer-controller", "prod-lbc-status", OIDC),
    "aws_iam_role_policy.controller": [
        Use(
            "iam:CreateServiceLinkedRole",
            f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/elasticloadbalancing.amazonaws.com/"
            "AWSServiceRoleForElasticLoadBalancing",
            given={"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"},
        ),
        Use(LOOKS),
        Use("ec2:GetSecurityGroupsForVpc", VPC, elsewhere=[OTHER_VPC]),
        Use("ec2:GetCoipPoolUsage", f"arn:aws:ec2:{HERE}:coip-pool/ipv4pool-coip-1"),
        Use("acm:DescribeCertificate", f"arn:aws:acm:{HERE}:certificate/0a1b"),
        Use("iam:GetServerCertificate", f"arn:aws:iam::{ACCOUNT}:server-certificate/old"),
        Use("cognito-idp:DescribeUserPoolClient", f"arn:aws:cognito-idp:{HERE}:userpool/us-east-1_abc"),
        # the groups of nodes, which have no tag of the controller's
        Use(
            ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
            GROUP,
            also={"ec2:Vpc": VPC},
            refused_with=[{"ec2:Vpc": OTHER_VPC}],
        ),
        Use("ec2:CreateSecurityGroup", VPC, elsewhere=[OTHER_VPC]),
        Use("ec2:CreateSecurityGroup", GROUP, given=MADE),
        Use("ec2:CreateTags", GROUP, given={**MADE, "ec2:CreateAction": "CreateSecurityGroup"}),
        Use(["ec2:CreateTags", "ec2:DeleteTags"], GROUP, given=OWN, refused_with=[MADE, {ASKED: "dev"}]),
        Use("ec2:DeleteSecurityGroup", GROUP, given=OWN),
        Use(elb("CreateLoadBalancer"), BALANCERS, given=MADE),
        Use(elb("CreateTargetGroup"), TARGETS, given=MADE),
        Use(
            elb("AddTags"),
            [*BALANCERS, TARGETS],
            given={**MADE, "elasticloadbalancing:CreateAction": "CreateLoadBalancer"},
        ),
        Use(elb("AddTags"), TARGETS, given={**MADE, "elasticloadbalancing:CreateAction": "CreateTargetGroup"}),
        Use(
            elb("AddTags", "RemoveTags"),
            [*BALANCERS, TARGETS],
            given=OWN,
            refused_with=[MADE, {ASKED: "dev"}],
        ),
        Use(
            elb(
                "DeleteLoadBalancer",
                "ModifyCapacityReservation",
                "ModifyIpPools",
                "ModifyLoadBalancerAttributes",
                "SetIpAddressType",
                "SetSecurityGroups",
                "SetSubnets",
            ),
            BALANCERS,
            given=OWN,
        ),
        Use(elb("DeleteTargetGroup", "ModifyTargetGroup", "ModifyTargetGroupAttributes"), TARGETS, given=OWN),
        Use(elb("ModifyListenerAttributes"), LISTENERS, given=OWN),
        Use(elb("DeregisterTargets", "RegisterTargets"), TARGETS),
        Use(elb("CreateListener"), BALANCERS),
        Use(
            elb(
                "AddListenerCertificates",
                "CreateRule",
                "DeleteListener",
                "ModifyListener",
                "RemoveListenerCertificates",
            ),
            LISTENERS,
        ),
        Use(elb("DeleteRule", "ModifyRule", "SetRulePriorities"), RULES),
        Use(elb("AddTags", "RemoveTags"), [*LISTENERS, *RULES]),
    ],
    "aws_iam_role_policy.status": publishes("Groundplan/LoadBalancerController"),
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
    "aws_iam_role_policy.web_acls[0]": [
        Use(
            [
                f"wafv2:{name}"
                for name in ("AssociateWebACL", "DisassociateWebACL", "GetWebACL", "GetWebACLForResource")
            ],
            [f"arn:aws:wafv2:{HERE}:regional/webacl/prod/0a1b2c3d", BALANCERS[0]],
            elsewhere=[f"arn:aws:wafv2:{HERE}:global/webacl/cdn/0a1b2c3d", BALANCERS[1]],
        ),
        Use("elasticloadbalancing:SetWebAcl"),
    ],
    "aws_iam_role_policy.shield[0]": [
        Use(["shield:CreateProtection", "shield:GetSubscriptionState"]),
        Use(
            ["shield:DeleteProtection", "shield:DescribeProtection"],
            f"arn:aws:shield::{ACCOUNT}:protection/0a1b",
        ),
    ],
}

RBAC = {
    "kubernetes_cluster_role_v1.crds[0]": applies_crds("aws-load-balancer-controller"),
    "kubernetes_cluster_role_v1.status": [
        Can("get list", "services"),
        Can("get list", "deployments.apps"),
        Can("get list", "ingresses.networking.k8s.io"),
    ],
}
