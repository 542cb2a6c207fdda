"""Who needs what of Vault's policies."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import (
    ACCOUNT,
    Refusal,
    Use,
    administers,
    logs_encrypt,
    pod,
    publishes,
    takes_role,
    tls_only,
)

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
SNAPSHOTS, COPIES = f"prod-vault-snapshots-{ACCOUNT}", f"prod-vault-copies-{ACCOUNT}"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/vault/prod-vault/audit"
ROLES = f"arn:aws:iam::{ACCOUNT}:role/"
SERVER, ANYBODY = Principal.aws(f"{ROLES}prod-vault-server"), Principal.aws(f"{ROLES}somebody")
UNSEALS = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]
THROUGH_EBS = {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "ec2.us-east-1.amazonaws.com"}
KMS, KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html, without what decrypts or lets others
KEEPS_KEY = Use(
    [
        "kms:CancelKeyDeletion",
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:DescribeKey",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListAliases",
        "kms:ListGrants",
        "kms:ListKeyPolicies",
        "kms:ListKeyRotations",
        "kms:ListResourceTags",
        "kms:PutKeyPolicy",
        "kms:ReplicateKey",
        "kms:RevokeGrant",
        "kms:RotateKeyOnDemand",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
        "kms:UpdatePrimaryRegion",
    ],
    by=Principal.account(ACCOUNT),
)

POLICIES = {
    "aws_iam_role.server": pod("vault", "vault", OIDC),
    "aws_iam_role.snapshots": pod("vault", "vault-snapshots", OIDC),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html: no account is named
    "aws_iam_role.replication[0]": takes_role("s3.amazonaws.com", for_account=False),
    "aws_iam_role_policy.server": [
        Use(UNSEALS, "<aws_kms_key.unseal[0].arn>", elsewhere=["<aws_kms_key.data[0].arn>"]),
        Use("logs:CreateLogStream", f"{GROUP}:log-stream:vault-0"),
        Use("logs:PutLogEvents", f"{GROUP}:log-stream:vault-0"),
    ],
    "aws_iam_role_policy.snapshots": [
        Use(["s3:AbortMultipartUpload", "s3:PutObject"], f"arn:aws:s3:::{SNAPSHOTS}/prod.snap"),
        Use(
            ["kms:Decrypt", "kms:GenerateDataKey"],
            "<aws_kms_key.data[0].arn>",
            given={"kms:ViaService": "s3.us-east-1.amazonaws.com"},
        ),
        *publishes("Groundplan/Vault"),
    ],
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    "aws_iam_role_policy.replication[0]": [
        Use(["s3:GetReplicationConfiguration", "s3:ListBucket"], f"arn:aws:s3:::{SNAPSHOTS}"),
        Use(
            ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
            f"arn:aws:s3:::{SNAPSHOTS}/prod.snap",
        ),
        Use("kms:Decrypt", "<aws_kms_key.data[0].arn>", given={"kms:ViaService": "s3.us-east-1.amazonaws.com"}),
        Use(
            ["s3:ReplicateObject", "s3:ReplicateTags"],
            f"arn:aws:s3:::{COPIES}/prod.snap",
            elsewhere=[f"arn:aws:s3:::{SNAPSHOTS}/prod.snap"],
        ),
        Use(
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            "<aws_kms_key.copies[0].arn>",
            given={"kms:ViaService": "s3.us-west-2.amazonaws.com"},
        ),
    ],
    "aws_kms_key.copies[0]": [administers()],
    "aws_kms_key.data[0]": [
        administers(),
        logs_encrypt("/vault/prod-vault/audit"),
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
    "aws_kms_key.unseal[0]": [KEEPS_KEY, Use(UNSEALS, by=SERVER)],
    "aws_kms_replica_key.unseal[0]": [
        KEEPS_KEY,
        *(
            Use(UNSEALS, given={"aws:PrincipalArn": role}, caller=Principal.aws(role))
            for role in (f"{ROLES}prod-vault-server", f"{ROLES}prod-vault-west-server")
        ),
    ],
    "aws_s3_bucket_policy.copies[0]": tls_only(COPIES),
    "aws_s3_bucket_policy.snapshots": [
        *tls_only(SNAPSHOTS),
        Refusal(
            "s3:PutObject",
            f"arn:aws:s3:::{SNAPSHOTS}/x",
            {KMS: "AES256", KEY: "<aws_kms_key.data[0].arn>"},
            [{KMS: "aws:kms"}],
        ),
        Refusal(
            "s3:PutObject",
            f"arn:aws:s3:::{SNAPSHOTS}/x",
            {KMS: "aws:kms", KEY: "<aws_kms_key.copies[0].arn>"},
            [{KEY: "<aws_kms_key.data[0].arn>"}],
        ),
    ],
}
