"""Who needs what of the EBS CSI driver's policy, of the key of volumes and of the status report's role."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Can, Use, administers, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
VOLUME = f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-1"
INSTANCE = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1"
SNAPSHOT = "arn:aws:ec2:us-east-1::snapshot/snap-1"
OWN = {"ec2:ResourceTag/ebs.csi.aws.com/cluster": "true"}
MADE = {"aws:RequestTag/ebs.csi.aws.com/cluster": "true"}
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
        Use("ec2:CreateVolume", VOLUME, given=MADE),
        Use("ec2:CreateVolume", SNAPSHOT, given=OWN),
        Use("ec2:CreateSnapshot", SNAPSHOT, given=MADE),
        Use("ec2:CreateSnapshot", VOLUME, given=OWN),
        Use(["ec2:AttachVolume", "ec2:DeleteVolume", "ec2:DetachVolume", "ec2:ModifyVolume"], VOLUME, given=OWN),
        Use(["ec2:AttachVolume", "ec2:DetachVolume"], INSTANCE),
        Use("ec2:DeleteSnapshot", SNAPSHOT, given=OWN),
        Use("ec2:CreateTags", VOLUME, given={"ec2:CreateAction": "CreateVolume"}),
        Use("ec2:CreateTags", SNAPSHOT, given={"ec2:CreateAction": "CreateSnapshot"}),
    ],
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
