"""Who needs what of the vaults, their keys and the bucket of the reports."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, STRANGER, Refusal, Use, administers, takes_role, tls_only

SOMEBODY = Principal.aws(f"arn:aws:iam::{ACCOUNT}:role/somebody")
REPORTS = f"prod-aws-backup-reports-{ACCOUNT}"
REPORTER = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports"
ORGANIZATION = "o-exampleorg0"
# https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
BACKED_UP = ("backup", "dynamodb", "ec2", "elasticfilesystem", "rds", "s3")


def through_services(region: str) -> list[Use]:
    """The key of a vault, for whatever service a backup goes through."""
    return [
        use
        for service in BACKED_UP
        for given in [{"kms:CallerAccount": ACCOUNT, "kms:ViaService": f"{service}.{region}.amazonaws.com"}]
        for use in (
            Use(
                ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"],
                given=given,
                caller=SOMEBODY,
            ),
            Use("kms:CreateGrant", given={**given, "kms:GrantIsForAWSResource": "true"}, caller=SOMEBODY),
        )
    ]


def vault() -> list[Use | Refusal]:
    """Copies within the organization, and no deletion by hand."""
    by_hand = {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/somebody"}
    trusted = [{"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{name}"} for name in ("terraform", "break-glass")]
    return [
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
        Refusal(
            [
                "backup:DeleteBackupVault",
                "backup:DeleteBackupVaultAccessPolicy",
                "backup:DeleteRecoveryPoint",
                "backup:DisassociateRecoveryPoint",
                "backup:DisassociateRecoveryPointFromParent",
                "backup:PutBackupVaultAccessPolicy",
                "backup:UpdateRecoveryPointLifecycle",
            ],
            given=by_hand,
            unless=trusted,
        ),
        Refusal(
            "backup:CopyIntoBackupVault",
            given={"aws:PrincipalOrgID": "o-strangers00", "aws:PrincipalIsAWSService": "false"},
            unless=[{"aws:PrincipalOrgID": ORGANIZATION}, {"aws:PrincipalIsAWSService": "true"}],
            by=Principal.account(STRANGER),
        ),
        Refusal(
            "backup:CopyFromBackupVault",
            given={"backup:CopyTargetOrgPaths": ["o-strangers00/r-abcd/"]},
            unless=[{"backup:CopyTargetOrgPaths": [f"{ORGANIZATION}/r-abcd/"]}],
        ),
        Use(
            "backup:CopyIntoBackupVault",
            given={"aws:PrincipalOrgID": ORGANIZATION},
            also={"aws:PrincipalIsAWSService": "true"},
            caller=Principal.account(STRANGER),
        ),
    ]


POLICIES = {
    "aws_backup_vault_policy.dr[0]": vault(),
    "aws_backup_vault_policy.primary": vault(),
    "aws_iam_role.service": takes_role("backup.amazonaws.com"),
    "aws_kms_key.air_gapped[0]": [administers(), *through_services("us-east-1")],
    "aws_kms_key.dr[0]": [administers(), *through_services("us-west-2")],
    "aws_kms_key.vault[0]": [
        administers(),
        *through_services("us-east-1"),
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-console.html; everybody of the
        # account may decrypt through S3 as it is
        Use(
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            given={"kms:CallerAccount": ACCOUNT, "kms:ViaService": "s3.us-east-1.amazonaws.com"},
            also={"aws:PrincipalArn": REPORTER},
            caller=Principal.aws(REPORTER),
        ),
    ],
    "aws_s3_bucket_policy.reports[0]": [
        *tls_only(REPORTS),
        Use(
            "s3:PutObject",
            f"arn:aws:s3:::{REPORTS}/reports/x.json",
            given={"s3:x-amz-acl": "bucket-owner-full-control"},
            by=Principal.aws(REPORTER),
        ),
    ],
}

SPARE = {"EncryptReports": "the writer of reports goes through S3, as backups of buckets do, with the same key"}
