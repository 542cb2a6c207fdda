"""What the parts of the cluster may do in AWS.

Every function returns the statements of one policy.
"""

from __future__ import annotations

from groundplan.iam import Statement, allow

__all__ = ["METRIC_NAMESPACE", "ebs_csi_driver"]

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
