"""Who needs what of the EBS CSI driver's policy, of the key of volumes and of the status report's role."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Can, Refusal, Use, administers, pod, publishes, takes_role

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
VOLUME = f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-1"
INSTANCE = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1"
SNAPSHOT = "arn:aws:ec2:us-east-1::snapshot/snap-1"
OWN = {"ec2:ResourceTag/ebs.csi.aws.com/cluster": "true"}
TAGGED = {"aws:RequestTag/ebs.csi.aws.com/cluster": "true"}
THROUGH_EBS = {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "ec2.us-east-1.amazonaws.com"}
SECRETS = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:"
DATABASE = f"{SECRETS}prod-secrets/claims/database-a1b2c3"
DOCUMENTS, TOKEN = f"{SECRETS}prod-secrets/document-key-a1b2c3", f"{SECRETS}tools/token-a1b2c3"
MASTER = f"{SECRETS}rds!db-00000000-0000-4000-8000-000000000002-a1b2c3"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/00000000-0000-4000-8000-000000000001"
THROUGH_SECRETS = {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}
READS = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
OPERATOR = Principal.aws("<aws_iam_role.external_secrets[0].arn>")
ANYBODY = Principal.aws(f"arn:aws:iam::{ACCOUNT}:role/somebody")
SHARED_TAG = "efs.csi.aws.com/cluster"
ACCESS_POINT = f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:access-point/fsap-1"
FILE_SYSTEM = f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:file-system/fs-1"
EVENTS = Principal.service("events.amazonaws.com")
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:prod-foundations-interruptions"
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/prod_1"

# what Karpenter tags: https://karpenter.sh/v1.14/reference/cloudformation/#controller-authorization
ASKED = {"aws:RequestTag/kubernetes.io/cluster/prod": "owned", "aws:RequestTag/eks:eks-cluster-name": "prod"}
OWNED = {"aws:ResourceTag/kubernetes.io/cluster/prod": "owned"}
HERE = {"aws:RequestTag/topology.kubernetes.io/region": "us-east-1"}
OWN_HERE = {**OWNED, "aws:ResourceTag/topology.kubernetes.io/region": "us-east-1"}


def _mine(kind: str) -> str:
    return f"arn:aws:ec2:us-east-1:{ACCOUNT}:{kind}/x"


MADE = [
    _mine(kind)
    for kind in ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume")
]
# subnets, groups and reservations may be another account's, who shares them
SHARED = [
    f"arn:aws:ec2:us-east-1:999988887777:{kind}/x"
    for kind in ("capacity-reservation", "placement-group", "security-group", "subnet")
]

POLICIES = {
    "aws_iam_role.ebs_csi_driver[0]": pod("kube-system", "ebs-csi-controller-sa", OIDC),
    "aws_iam_role.external_secrets[0]": pod("external-secrets", "external-secrets", OIDC),
    # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
    'aws_iam_role.secret_store["claims"]': [Use(["sts:AssumeRole", "sts:TagSession"], by=OPERATOR)],
    'aws_iam_role.secret_store["tools"]': [Use(["sts:AssumeRole", "sts:TagSession"], by=OPERATOR)],
    "aws_iam_role_policy.external_secrets[0]": [
        Use(
            ["sts:AssumeRole", "sts:TagSession"],
            f"arn:aws:iam::{ACCOUNT}:role/prod-foundations-store-claims",
            elsewhere=[f"arn:aws:iam::{ACCOUNT}:role/prod-other-store-claims"],
        )
    ],
    "aws_iam_role.node[0]": takes_role("ec2.amazonaws.com", for_account=False),
    "aws_iam_role.karpenter[0]": pod("kube-system", "karpenter", OIDC),
    # https://karpenter.sh/v1.14/reference/cloudformation/#controller-authorization
    "aws_iam_role_policy.karpenter[0]": [
        Use(
            ["ec2:CreateFleet", "ec2:RunInstances"],
            ["arn:aws:ec2:us-east-1::image/ami-1", "arn:aws:ec2:us-east-1::snapshot/snap-1", *SHARED],
        ),
        Use(
            ["ec2:CreateFleet", "ec2:RunInstances"],
            _mine("launch-template"),
            OWNED,
            whatever=["aws:ResourceTag/karpenter.sh/nodepool"],
        ),
        Use(
            ["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"],
            MADE,
            ASKED,
            whatever=["aws:RequestTag/karpenter.sh/nodepool"],
        ),
        *(
            Use(
                ["ec2:CreateTags"],
                MADE,
                {**ASKED, "ec2:CreateAction": action},
                whatever=["aws:RequestTag/karpenter.sh/nodepool"],
            )
            for action in ("CreateFleet", "CreateLaunchTemplate", "RunInstances")
        ),
        Use(
            "ec2:CreateTags",
            _mine("instance"),
            OWNED,
            also={
                "aws:RequestTag/eks:eks-cluster-name": "prod",
                "aws:TagKeys": ["Name", "eks:eks-cluster-name", "karpenter.sh/nodeclaim"],
            },
            refused_with=[
                {"aws:RequestTag/eks:eks-cluster-name": "another"},
                {"aws:TagKeys": ["Name", "kubernetes.io/cluster/prod"]},
            ],
            whatever=["aws:ResourceTag/karpenter.sh/nodepool"],
        ),
        Use(
            ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"],
            [_mine("instance"), _mine("launch-template")],
            OWNED,
            whatever=["aws:ResourceTag/karpenter.sh/nodepool"],
        ),
        Use("iam:PassRole", "<aws_iam_role.node[0].arn>", {"iam:PassedToService": "ec2.amazonaws.com"}),
        Use("iam:PassRole", "<aws_iam_role.node[0].arn>", {"iam:PassedToService": "ec2.amazonaws.com.cn"}),
        Use(
            ["iam:CreateInstanceProfile"],
            PROFILE,
            {**ASKED, **HERE},
            whatever=["aws:RequestTag/karpenter.k8s.aws/ec2nodeclass"],
        ),
        Use(
            ["iam:TagInstanceProfile"],
            PROFILE,
            {**ASKED, **HERE, **OWN_HERE},
            whatever=[
                "aws:RequestTag/karpenter.k8s.aws/ec2nodeclass",
                "aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass",
            ],
        ),
        Use(
            ["iam:AddRoleToInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"],
            PROFILE,
            OWN_HERE,
            whatever=["aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass"],
        ),
        Use("iam:GetInstanceProfile", PROFILE),
        Use(["iam:ListInstanceProfiles", "pricing:GetProducts"]),
        Use("eks:DescribeCluster", f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/prod"),
        Use(
            [
                "ec2:DescribeCapacityReservations",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceStatus",
                "ec2:DescribeInstanceTypeOfferings",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeInstances",
                "ec2:DescribeLaunchTemplates",
                "ec2:DescribePlacementGroups",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSpotPriceHistory",
                "ec2:DescribeSubnets",
            ],
            given={"aws:RequestedRegion": "us-east-1"},
        ),
        Use("ssm:GetParameter", "arn:aws:ssm:us-east-1::parameter/aws/service/eks/optimized-ami/x"),
        Use(["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], QUEUE),
    ],
    "aws_iam_role_policy.karpenter_key[0]": [Use("kms:Decrypt", "<aws_kms_key.interruptions[0].arn>")],
    "aws_sqs_queue_policy.interruptions[0]": [
        Use("sqs:SendMessage", QUEUE, given={"aws:SourceAccount": ACCOUNT}, by=EVENTS),
        Refusal("sqs:ReceiveMessage", QUEUE, {"aws:SecureTransport": "false"}, [{"aws:SecureTransport": "true"}]),
    ],
    "aws_kms_key.interruptions[0]": [
        administers(),
        Use(["kms:Decrypt", "kms:GenerateDataKey"], given={"aws:SourceAccount": ACCOUNT}, by=EVENTS),
    ],
    # https://external-secrets.io/v2.9.0/provider/aws-secrets-manager/
    'aws_iam_role_policy.secret_store["claims"]': [
        Use(READS, [DATABASE, DOCUMENTS], given={"aws:ResourceTag/consumer/claims-api": "read"}),
        Use("kms:Decrypt", KEY, given={**THROUGH_SECRETS, "kms:EncryptionContext:SecretARN": DATABASE}),
        Use("kms:Decrypt", KEY, given={**THROUGH_SECRETS, "kms:EncryptionContext:SecretARN": DOCUMENTS}),
    ],
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    'aws_iam_role_policy.secret_store_databases["claims"]': [
        Use(
            READS,
            MASTER,
            given={"aws:ResourceTag/aws:rds:primaryDBInstanceArn": f"arn:aws:rds:us-east-1:{ACCOUNT}:db:prod-claims"},
        ),
        Use("kms:Decrypt", KEY, given={**THROUGH_SECRETS, "kms:EncryptionContext:SecretARN": MASTER}),
    ],
    'aws_iam_role_policy.secret_store["tools"]': [
        Use(READS, TOKEN, given={"aws:ResourceTag/consumer/tools": "read"}),
        Use("kms:Decrypt", KEY, given={**THROUGH_SECRETS, "kms:EncryptionContext:SecretARN": TOKEN}),
    ],
    "aws_iam_role.status[0]": pod("kube-system", "prod-foundations-status", OIDC),
    "aws_iam_role_policy.status[0]": publishes("Groundplan/Foundations"),
    # https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/docs/install.md#set-up-driver-permissions
    "aws_iam_role_policy.ebs_csi_driver[0]": [
        Use(
            [
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeInstances",
                "ec2:DescribeSnapshots",
                "ec2:DescribeVolumeStatus",
                "ec2:DescribeVolumes",
                "ec2:DescribeVolumesModifications",
            ]
        ),
        Use("ec2:CreateVolume", VOLUME, given=TAGGED),
        Use("ec2:CreateVolume", SNAPSHOT, given=OWN),
        Use("ec2:CreateSnapshot", SNAPSHOT, given=TAGGED),
        Use("ec2:CreateSnapshot", VOLUME, given=OWN),
        Use(["ec2:AttachVolume", "ec2:DeleteVolume", "ec2:DetachVolume", "ec2:ModifyVolume"], VOLUME, given=OWN),
        Use(["ec2:AttachVolume", "ec2:DetachVolume"], INSTANCE),
        Use("ec2:DeleteSnapshot", SNAPSHOT, given=OWN),
        Use("ec2:CreateTags", VOLUME, given={"ec2:CreateAction": "CreateVolume"}),
        Use("ec2:CreateTags", SNAPSHOT, given={"ec2:CreateAction": "CreateSnapshot"}),
    ],
    "aws_iam_role.efs_csi_driver[0]": pod("kube-system", "efs-csi-controller-sa", OIDC),
    # https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/v3.4.1/docs/iam-policy-example.json
    "aws_iam_role_policy.efs_csi_driver[0]": [
        Use("ec2:DescribeAvailabilityZones"),
        Use(
            [
                "elasticfilesystem:DescribeAccessPoints",
                "elasticfilesystem:DescribeFileSystems",
                "elasticfilesystem:DescribeMountTargets",
            ],
            [ACCESS_POINT, FILE_SYSTEM],
        ),
        Use("elasticfilesystem:CreateAccessPoint", FILE_SYSTEM, given={f"aws:RequestTag/{SHARED_TAG}": "true"}),
        Use(
            ["elasticfilesystem:DeleteAccessPoint", "elasticfilesystem:TagResource"],
            ACCESS_POINT,
            given={f"aws:ResourceTag/{SHARED_TAG}": "true"},
        ),
    ],
    "aws_efs_file_system_policy.shared[0]": [
        Use(
            ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            given={"elasticfilesystem:AccessedViaMountTarget": "true"},
            caller=ANYBODY,
        ),
        Refusal(
            "elasticfilesystem:ClientMount",
            "*",
            {"aws:SecureTransport": "false"},
            [{"aws:SecureTransport": "true"}],
        ),
    ],
    "aws_kms_key.shared[0]": [administers()],
    "aws_kms_key.volumes[0]": [
        administers(),
        # https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
        Use(
            [
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
            ],
            given=THROUGH_EBS,
            caller=ANYBODY,
        ),
        Use("kms:CreateGrant", given={**THROUGH_EBS, "kms:GrantIsForAWSResource": "true"}, caller=ANYBODY),
    ],
}

RBAC = {
    "kubernetes_cluster_role_v1.status[0]": [Can("get list", "daemonsets.apps"), Can("get list", "deployments.apps")]
}
