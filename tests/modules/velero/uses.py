"""Who needs what of Velero's policies and roles."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Can, Refusal, Use, administers, pod, publishes, takes_role, tls_only

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
BACKUPS, COPIES, OTHER = f"prod-velero-backups-{ACCOUNT}", f"prod-velero-copies-{ACCOUNT}", "other-velero-copies"
OBJECT = "backups/daily/velero-backup.json"
VOLUME_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000003"
OTHER_KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/00000000-0000-0000-0000-000000000004"
THROUGH_EBS = {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}
SNAPSHOT, VOLUME = "arn:aws:ec2:us-east-1::snapshot/snap-1", f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-1"
ROLE = Principal.aws("<aws_iam_role.server.arn>")
KMS, KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"

POLICIES = {
    "aws_iam_role.server": pod("kube-system", "velero", OIDC),
    "aws_iam_role.status": pod("kube-system", "velero-status", OIDC),
    "aws_iam_role.restore_drill[0]": pod("kube-system", "velero-restore-drill", OIDC),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html: no account is named
    "aws_iam_role.replication[0]": takes_role("s3.amazonaws.com", for_account=False),
    "aws_iam_role_policy.status": publishes("Groundplan/Velero"),
    "aws_iam_role_policy.restore_drill[0]": publishes("Groundplan/Velero"),
    # https://github.com/vmware-tanzu/velero-plugin-for-aws#set-permissions-for-velero
    "aws_iam_role_policy.server": [
        Use("s3:ListBucket", f"arn:aws:s3:::{BACKUPS}"),
        Use(
            [
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ],
            f"arn:aws:s3:::{BACKUPS}/{OBJECT}",
            elsewhere=[f"arn:aws:s3:::{COPIES}/{OBJECT}"],
        ),
        Use(["kms:Decrypt", "kms:GenerateDataKey"], "<aws_kms_key.backups[0].arn>"),
    ],
    "aws_iam_role_policy.native_snapshots[0]": [
        Use(["ec2:DescribeSnapshots", "ec2:DescribeVolumes"]),
        Use("ec2:CreateSnapshot", [VOLUME, SNAPSHOT.replace("us-east-1", "us-west-2")]),
        Use("ec2:CreateVolume", [VOLUME, SNAPSHOT]),
        Use("ec2:DeleteSnapshot", SNAPSHOT, elsewhere=[VOLUME]),
        Use("ec2:CreateTags", SNAPSHOT, given={"ec2:CreateAction": "CreateSnapshot"}),
        Use("ec2:CreateTags", VOLUME, given={"ec2:CreateAction": "CreateVolume"}),
    ],
    "aws_iam_role_policy.volume_key[0]": [
        Use(
            [
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
            ],
            VOLUME_KEY,
            given=THROUGH_EBS,
        ),
        Use("kms:CreateGrant", VOLUME_KEY, given={**THROUGH_EBS, "kms:GrantIsForAWSResource": "true"}),
    ],
    'aws_iam_role_policy.read_only["other"]': [
        Use("s3:ListBucket", f"arn:aws:s3:::{OTHER}"),
        Use("s3:GetObject", f"arn:aws:s3:::{OTHER}/{OBJECT}"),
        Use(
            ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            f"arn:aws:s3:::{OTHER}/restores/a/log.gz",
            elsewhere=[f"arn:aws:s3:::{OTHER}/{OBJECT}"],
        ),
        Use(["kms:Decrypt", "kms:GenerateDataKey"], OTHER_KEY),
    ],
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    "aws_iam_role_policy.replication[0]": [
        Use(["s3:GetReplicationConfiguration", "s3:ListBucket"], f"arn:aws:s3:::{BACKUPS}"),
        Use(
            [
                "s3:GetObjectLegalHold",
                "s3:GetObjectRetention",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionTagging",
            ],
            f"arn:aws:s3:::{BACKUPS}/{OBJECT}",
        ),
        Use("kms:Decrypt", "<aws_kms_key.backups[0].arn>", given={"kms:ViaService": "s3.us-east-1.amazonaws.com"}),
        Use(
            ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
            f"arn:aws:s3:::{COPIES}/{OBJECT}",
            elsewhere=[f"arn:aws:s3:::{BACKUPS}/{OBJECT}"],
        ),
        Use(
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            "<aws_kms_key.copies[0].arn>",
            given={"kms:ViaService": "s3.us-west-2.amazonaws.com"},
        ),
    ],
    "aws_kms_key.backups[0]": [administers()],
    "aws_kms_key.copies[0]": [administers()],
    "aws_s3_bucket_policy.backups": [
        *tls_only(BACKUPS),
        Refusal(
            "s3:PutObject",
            f"arn:aws:s3:::{BACKUPS}/{OBJECT}",
            {KMS: "AES256", KEY: "<aws_kms_key.backups[0].arn>"},
            [{KMS: "aws:kms"}],
            by=ROLE,
        ),
        Refusal(
            "s3:PutObject",
            f"arn:aws:s3:::{BACKUPS}/{OBJECT}",
            {KMS: "aws:kms", KEY: OTHER_KEY},
            [{KEY: "<aws_kms_key.backups[0].arn>"}],
            by=ROLE,
        ),
    ],
    "aws_s3_bucket_policy.copies[0]": tls_only(COPIES),
}

RBAC = {
    "kubernetes_role_v1.status": [
        Can("get list", "backups.velero.io"),
        Can("get list", "schedules.velero.io"),
        Can("get", "cronjobs.batch", "velero-restore-drill"),
    ],
    # what files/drill/drill.sh asks for; kubectl watches what it waits for
    "kubernetes_role_v1.restore_drill[0]": [
        Can("get list", "backups.velero.io"),
        Can("create delete get list watch", "restores.velero.io"),
    ],
    "kubernetes_cluster_role_v1.restore_drill[0]": [
        Can("create", "namespaces"),
        Can("delete get list watch", "namespaces", "restore-drill"),
        Can("create", "resourcequotas"),
        Can("create", "networkpolicies.networking.k8s.io"),
        Can("get list", "deployments.apps"),
        Can("get list", "persistentvolumeclaims"),
    ],
}
