"""What the parts of the cluster may do in AWS.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal, Statement, allow, deny

__all__ = [
    "METRIC_NAMESPACE",
    "decrypts_warnings",
    "ebs_csi_driver",
    "efs_csi_driver",
    "karpenter",
    "mounts",
    "read_database_secrets",
    "read_secrets",
    "take_store_roles",
    "warned",
    "warned_encrypt",
]

METRIC_NAMESPACE = "Groundplan/Foundations"
"""The CloudWatch namespace that the status report publishes to, and the only one that it may publish to."""

DRIVERS_OWN = "ebs.csi.aws.com/cluster"
"""The tag that the driver puts on everything it makes, and that its rights end at.

https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/docs/tagging.md
"""


def ebs_csi_driver(account_id: str, partition: str) -> list[Statement]:
    """The EBS CSI driver's controller: volumes and snapshots that it made itself, and instances to attach them to.

    The documented actions of AmazonEBSCSIDriverPolicyV2 in this account, without those that this module's classes never
    use: copies of volumes, fast restores and locks of snapshots, changes of tags, and volumes of the plugin that
    Kubernetes once had. A volume or a snapshot that somebody else made needs the driver's tag before it may be used.
    Instances have no tag in common: those of node groups, of Karpenter and of people differ. Keys let EBS use them by
    their own policies.

    https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/docs/install.md#set-up-driver-permissions
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverPolicyV2.html
    """
    volumes = f"arn:{partition}:ec2:*:{account_id}:volume/*"
    # snapshots are of no account
    snapshots = f"arn:{partition}:ec2:*::snapshot/*"
    instances = f"arn:{partition}:ec2:*:{account_id}:instance/*"
    made = {"StringEquals": {f"ec2:ResourceTag/{DRIVERS_OWN}": "true"}}
    being_made = {"StringEquals": {f"aws:RequestTag/{DRIVERS_OWN}": "true"}}
    return [
        allow(
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeInstances",
            "ec2:DescribeSnapshots",
            "ec2:DescribeVolumeStatus",
            "ec2:DescribeVolumes",
            "ec2:DescribeVolumesModifications",
            on="*",
            sid="FindVolumesAndSnapshots",
        ),
        allow("ec2:CreateVolume", on=volumes, when=being_made, sid="MakeVolumes"),
        allow("ec2:CreateVolume", on=snapshots, when=made, sid="RestoreOwnSnapshots"),
        allow("ec2:CreateSnapshot", on=snapshots, when=being_made, sid="MakeSnapshots"),
        allow("ec2:CreateSnapshot", on=volumes, when=made, sid="SnapshotOwnVolumes"),
        allow(
            "ec2:AttachVolume",
            "ec2:DeleteVolume",
            "ec2:DetachVolume",
            "ec2:ModifyVolume",
            on=volumes,
            when=made,
            sid="UseOwnVolumes",
        ),
        allow("ec2:AttachVolume", "ec2:DetachVolume", on=instances, sid="AttachToInstances"),
        allow("ec2:DeleteSnapshot", on=snapshots, when=made, sid="DeleteOwnSnapshots"),
        allow(
            "ec2:CreateTags",
            on=[volumes, snapshots],
            when={"StringEquals": {"ec2:CreateAction": ["CreateVolume", "CreateSnapshot"]}},
            sid="TagWhatIsCreated",
        ),
    ]


def efs_csi_driver(account_id: str, partition: str, region: str) -> list[Statement]:
    """The EFS CSI driver's controller: access points that it made itself, which carry its tag.

    What the driver documents, in this account, without what is of S3 Files.

    https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/v3.4.1/docs/iam-policy-example.json
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html
    """
    efs = f"arn:{partition}:elasticfilesystem:{region}:{account_id}"
    points, systems = f"{efs}:access-point/*", f"{efs}:file-system/*"
    own = {"StringEquals": {"aws:ResourceTag/efs.csi.aws.com/cluster": "true"}}
    being_made = {"StringEquals": {"aws:RequestTag/efs.csi.aws.com/cluster": "true"}}
    return [
        # EC2 knows no resources of zones
        allow("ec2:DescribeAvailabilityZones", on="*", sid="FindZones"),
        allow(
            "elasticfilesystem:DescribeAccessPoints",
            "elasticfilesystem:DescribeFileSystems",
            "elasticfilesystem:DescribeMountTargets",
            on=[points, systems],
            sid="FindFileSystems",
        ),
        allow("elasticfilesystem:CreateAccessPoint", on=systems, when=being_made, sid="MakeVolumes"),
        allow("elasticfilesystem:TagResource", on=points, when=own, sid="TagOwnVolumes"),
        allow("elasticfilesystem:DeleteAccessPoint", on=points, when=own, sid="DeleteOwnVolumes"),
    ]


def mounts() -> list[Statement]:
    """Of a file system: whoever reaches a mount target, which its security group decides, by TLS, and not as root.

    Its resource is the file system in either case, and so the policy can be read before that is there.

    https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    """
    return [
        allow(
            "elasticfilesystem:ClientMount",
            "elasticfilesystem:ClientWrite",
            on="*",
            principals=Principal.everyone(),
            when={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
            sid="MountByTargets",
        ),
        deny(
            "*",
            on="*",
            principals=Principal.everyone(),
            when={"Bool": {"aws:SecureTransport": "false"}},
            sid="RefusePlainText",
        ),
    ]


def take_store_roles(role_arns: str) -> list[Statement]:
    """The External Secrets operator: the roles of its stores, and nothing by itself."""
    return [allow("sts:AssumeRole", "sts:TagSession", on=role_arns, sid="TakeRolesOfStores")]


def read_secrets(consumer: str, secret_arns: Sequence[str], key_arns: str, secrets_manager: str) -> list[Statement]:
    """A store: secrets whose names begin as it says, as long as they carry the tag of the consumer.

    Of keys it can use those whose own policies let it, for these secrets, through Secrets Manager only.

    https://external-secrets.io/v2.9.0/provider/aws-secrets-manager/
    """
    return [
        allow(
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            on=secret_arns,
            when={"StringEquals": {f"aws:ResourceTag/consumer/{consumer}": "read"}},
            sid="ReadNamedSecrets",
        ),
        allow(
            "kms:Decrypt",
            on=key_arns,
            when={
                "StringEquals": {"kms:ViaService": secrets_manager},
                "ArnLike": {"kms:EncryptionContext:SecretARN": secret_arns},
            },
            sid="DecryptNamedSecrets",
        ),
    ]


def read_database_secrets(
    database_arns: Sequence[str], secret_arns: str, key_arns: str, secrets_manager: str
) -> list[Statement]:
    """A store: the master passwords that RDS keeps for these instances. Their names are random, their tags are RDS's.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSServiceRolePolicy.html
    """
    return [
        allow(
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            on=secret_arns,
            when={"ArnEquals": {"aws:ResourceTag/aws:rds:primaryDBInstanceArn": database_arns}},
            sid="ReadMasterPasswords",
        ),
        allow(
            "kms:Decrypt",
            on=key_arns,
            when={
                "StringEquals": {"kms:ViaService": secrets_manager},
                "ArnLike": {"kms:EncryptionContext:SecretARN": secret_arns},
            },
            sid="DecryptMasterPasswords",
        ),
    ]


def karpenter(
    partition: str,
    region: str,
    account_id: str,
    cluster_name: str,
    *,
    node_role_arn: str,
    queue_arn: str,
) -> list[Statement]:
    """Karpenter's controller: instances, launch templates and instance profiles that carry the cluster's tags.

    The statements of Karpenter's own template for 1.14, without what asks for zonal shifts, which are off. What it
    makes is of this account alone; subnets, groups and reservations may be shared by another.

    https://karpenter.sh/v1.14/reference/cloudformation/#controller-authorization
    https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/website/content/en/docs/getting-started/getting-started-with-karpenter/cloudformation.yaml
    """
    ec2 = f"arn:{partition}:ec2:{region}"
    profiles = f"arn:{partition}:iam::{account_id}:instance-profile/*"
    owned = f"kubernetes.io/cluster/{cluster_name}"
    named = {f"aws:RequestTag/{owned}": "owned", "aws:RequestTag/eks:eks-cluster-name": cluster_name}
    own = {
        "StringEquals": {f"aws:ResourceTag/{owned}": "owned"},
        "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": "*"},
    }
    for_a_pool = {"aws:RequestTag/karpenter.sh/nodepool": "*"}
    here = {f"aws:ResourceTag/{owned}": "owned", "aws:ResourceTag/topology.kubernetes.io/region": region}
    made = [
        f"{ec2}:{account_id}:{kind}/*"
        for kind in (
            "fleet",
            "instance",
            "launch-template",
            "network-interface",
            "spot-instances-request",
            "volume",
        )
    ]
    return [
        allow(
            "ec2:CreateFleet",
            "ec2:RunInstances",
            on=[
                f"{ec2}::image/*",
                f"{ec2}::snapshot/*",
                f"{ec2}:*:capacity-reservation/*",
                f"{ec2}:*:placement-group/*",
                f"{ec2}:*:security-group/*",
                f"{ec2}:*:subnet/*",
            ],
            sid="StartOfWhatIsThere",
        ),
        allow(
            "ec2:CreateFleet",
            "ec2:RunInstances",
            on=f"{ec2}:{account_id}:launch-template/*",
            when=own,
            sid="StartOfOwnTemplates",
        ),
        allow(
            "ec2:CreateFleet",
            "ec2:CreateLaunchTemplate",
            "ec2:RunInstances",
            on=made,
            when={"StringEquals": named, "StringLike": for_a_pool},
            sid="StartWithTags",
        ),
        allow(
            "ec2:CreateTags",
            on=made,
            when={
                "StringEquals": {
                    **named,
                    "ec2:CreateAction": ["CreateFleet", "CreateLaunchTemplate", "RunInstances"],
                },
                "StringLike": for_a_pool,
            },
            sid="TagWhatIsCreated",
        ),
        allow(
            "ec2:CreateTags",
            on=f"{ec2}:{account_id}:instance/*",
            when={
                **own,
                "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": cluster_name},
                "ForAllValues:StringEquals": {
                    "aws:TagKeys": ["Name", "eks:eks-cluster-name", "karpenter.sh/nodeclaim"]
                },
            },
            sid="NameOwnInstances",
        ),
        allow(
            "ec2:DeleteLaunchTemplate",
            "ec2:TerminateInstances",
            on=[f"{ec2}:{account_id}:instance/*", f"{ec2}:{account_id}:launch-template/*"],
            when=own,
            sid="EndOwnInstances",
        ),
        allow(
            "iam:PassRole",
            on=node_role_arn,
            when={"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]}},
            sid="GiveNodesTheirRole",
        ),
        allow(
            "iam:CreateInstanceProfile",
            on=profiles,
            when={
                "StringEquals": {**named, "aws:RequestTag/topology.kubernetes.io/region": region},
                "StringLike": {"aws:RequestTag/karpenter.k8s.aws/ec2nodeclass": "*"},
            },
            sid="MakeProfiles",
        ),
        allow(
            "iam:TagInstanceProfile",
            on=profiles,
            when={
                "StringEquals": {**here, **named, "aws:RequestTag/topology.kubernetes.io/region": region},
                "StringLike": {
                    "aws:RequestTag/karpenter.k8s.aws/ec2nodeclass": "*",
                    "aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass": "*",
                },
            },
            sid="TagOwnProfiles",
        ),
        allow(
            "iam:AddRoleToInstanceProfile",
            "iam:DeleteInstanceProfile",
            "iam:RemoveRoleFromInstanceProfile",
            on=profiles,
            when={
                "StringEquals": here,
                "StringLike": {"aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass": "*"},
            },
            sid="UseOwnProfiles",
        ),
        allow("iam:GetInstanceProfile", on=profiles, sid="ReadProfiles"),
        # IAM knows no resources of lists
        allow("iam:ListInstanceProfiles", on="*", sid="ListProfiles"),
        allow(
            "eks:DescribeCluster",
            on=f"arn:{partition}:eks:{region}:{account_id}:cluster/{cluster_name}",
            sid="FindTheCluster",
        ),
        allow(
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
            on="*",
            when={"StringEquals": {"aws:RequestedRegion": region}},
            sid="LookAround",
        ),
        allow("ssm:GetParameter", on=f"arn:{partition}:ssm:{region}::parameter/aws/service/*", sid="FindImages"),
        # prices have no resources, and are told in one region for all
        allow("pricing:GetProducts", on="*", sid="AskForPrices"),
        allow("sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage", on=queue_arn, sid="ReadWarnings"),
    ]


def decrypts_warnings(key_arn: str) -> list[Statement]:
    """Karpenter, with the key of its queue.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    return [allow("kms:Decrypt", on=key_arn, sid="DecryptWarnings")]


def warned(queue_arn: str, account_id: str) -> list[Statement]:
    """Of the queue of interruptions: EventBridge of this account puts warnings there, and nobody without TLS.

    https://karpenter.sh/v1.14/reference/cloudformation/#karpenterinterruptionqueuepolicy
    """
    return [
        allow(
            "sqs:SendMessage",
            on=queue_arn,
            principals=Principal.service("events.amazonaws.com"),
            when={"StringEquals": {"aws:SourceAccount": account_id}},
            sid="Warn",
        ),
        deny(
            "sqs:*",
            on=queue_arn,
            principals=Principal.everyone(),
            when={"Bool": {"aws:SecureTransport": "false"}},
            sid="RefusePlainText",
        ),
    ]


def warned_encrypt(account_id: str) -> list[Statement]:
    """Of the queue's key: the same.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html (encrypted SQS queue)
    """
    return [
        allow(
            "kms:Decrypt",
            "kms:GenerateDataKey",
            on="*",
            principals=Principal.service("events.amazonaws.com"),
            when={"StringEquals": {"aws:SourceAccount": account_id}},
            sid="EncryptWarnings",
        )
    ]
