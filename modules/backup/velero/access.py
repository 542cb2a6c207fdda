"""What Velero may touch in AWS.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from groundplan.iam import Statement, allow

__all__ = [
    "METRIC_NAMESPACE",
    "native_volume_snapshots",
    "read_only_location",
    "restored_volume_key",
    "server",
]

METRIC_NAMESPACE = "Groundplan/Velero"
"""The CloudWatch namespace of the status report and the restore drill: the only one that they may publish to."""

EC2_TAGGED_AT_CREATION = ("CreateSnapshot", "CreateVolume")
"""The two calls in which the plugin sets tags, as `TagSpecifications` of the call itself."""


def server(bucket_arn: str, key_arn: str) -> list[Statement]:
    """Velero's server and node agent: the backups in the bucket, encrypted with the key.

    The S3 actions are the documented ones without `s3:PutObjectTagging`, which only a storage location with
    `config.tagging` needs. Volumes of the EBS CSI driver are snapshotted by the driver under its own role, so EC2 is
    not here: see `native_volume_snapshots`.

    https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/v1.14.2/README.md#set-permissions-for-velero
    """
    return [
        allow("s3:ListBucket", on=bucket_arn, sid="ListBackups"),
        allow(
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
            on=f"{bucket_arn}/*",
            sid="ReadAndWriteBackups",
        ),
        # Decrypt is for reading and for the parts of a multipart upload.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfBackups"),
    ]


def read_only_location(bucket_arn: str, key_arn: str, folder: str = "") -> list[Statement]:
    """Restoring from another bucket, such as the copy of another region's backups, without touching a backup in it.

    Velero writes the log and the results of a restore beside the backup that it came from, in read-only locations too:
    without `restores/` every restore would end as failed in part, and nobody could read why. `folder` is the location's
    prefix with a slash at its end.

    https://velero.io/docs/v1.18/disaster-case/
    https://github.com/velero-io/velero/issues/6753
    """
    return [
        allow("s3:ListBucket", on=bucket_arn, sid="ListBackups"),
        allow("s3:GetObject", on=f"{bucket_arn}/*", sid="ReadBackups"),
        allow(
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
            on=f"{bucket_arn}/{folder}restores/*",
            sid="KeepRecordsOfRestores",
        ),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="UseKeyOfBackups"),
    ]


def native_volume_snapshots(account_id: str, partition: str) -> list[Statement]:
    """EBS snapshots by Velero's own AWS plugin, for volumes that no CSI driver manages.

    The documented actions, which upstream grants on every resource, held to the resource types that they act upon, and
    tagging to the moment of creation.

    https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/v1.14.2/README.md#set-permissions-for-velero
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    volumes = f"arn:{partition}:ec2:*:{account_id}:volume/*"
    snapshots = f"arn:{partition}:ec2:*::snapshot/*"
    return [
        allow("ec2:DescribeSnapshots", "ec2:DescribeVolumes", on="*", sid="FindVolumesAndSnapshots"),
        allow("ec2:CreateSnapshot", "ec2:CreateVolume", on=[volumes, snapshots], sid="SnapshotAndRestoreVolumes"),
        allow("ec2:DeleteSnapshot", on=snapshots, sid="ExpireSnapshots"),
        allow(
            "ec2:CreateTags",
            on=[volumes, snapshots],
            when={"StringEquals": {"ec2:CreateAction": EC2_TAGGED_AT_CREATION}},
            sid="TagWhatIsCreated",
        ),
    ]


def restored_volume_key(key_arn: str, ec2: str) -> list[Statement]:
    """Restoring natively snapshotted volumes that are encrypted with a key of one's own, through EC2 only.

    The documented actions but those that list and take back grants: EBS retires its own.

    https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/v1.14.2/README.md#kms-encryption-for-volume-restoration
    """
    through_ec2 = {"StringEquals": {"kms:ViaService": ec2}}
    return [
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
            on=key_arn,
            when=through_ec2,
            sid="UseKeyOfVolumes",
        ),
        allow(
            "kms:CreateGrant",
            on=key_arn,
            when={**through_ec2, "Bool": {"kms:GrantIsForAWSResource": "true"}},
            sid="LetEbsUseKeyOfVolumes",
        ),
    ]
