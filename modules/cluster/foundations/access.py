"""What the parts of the cluster may do in AWS.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Statement, allow

__all__ = ["METRIC_NAMESPACE", "ebs_csi_driver", "read_database_secrets", "read_secrets", "take_store_roles"]

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
