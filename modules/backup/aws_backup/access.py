"""Who may do what with AWS Backup's vaults, keys, reports and notifications.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
The service role has no statement of its own: it carries AWS's managed policies and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal, Statement, allow, deny

__all__ = [
    "S3_MANAGED_POLICIES",
    "SERVICE_ROLE_MANAGED_POLICIES",
    "accepted_copies",
    "key_policy",
    "manual_deletion",
    "refused_copies",
    "report_delivery",
    "report_key_policy",
    "vault_topic_policy",
]

SERVICE_ROLE_MANAGED_POLICIES = {
    "backup": "service-role/AWSBackupServiceRolePolicyForBackup",
    "restores": "service-role/AWSBackupServiceRolePolicyForRestores",
}
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html"""

S3_MANAGED_POLICIES = {
    "s3_backup": "AWSBackupServiceRolePolicyForS3Backup",
    "s3_restore": "AWSBackupServiceRolePolicyForS3Restore",
}
"""What the service role needs besides when, and only when, S3 buckets are backed up.

https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html#one-time-permissions-setup
"""

BACKED_UP_THROUGH = ("backup", "dynamodb", "ec2", "elasticfilesystem", "rds", "s3")
"""The services that use a vault's or a source's key for AWS Backup, as `kms:ViaService` names them."""

DELETION = (
    "backup:DeleteBackupVault",
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:DisassociateRecoveryPointFromParent",
    "backup:UpdateRecoveryPointLifecycle",
)
POLICY_CHANGE = ("backup:DeleteBackupVaultAccessPolicy", "backup:PutBackupVaultAccessPolicy")


def manual_deletion(administrator_role_arns: Sequence[str] | None) -> list[Statement]:
    """Of a vault's policy: no recovery point is deleted, shortened or let go by hand, but by the administrators.

    Expiry by lifecycle is the service's own doing and goes on. With administrators, they alone change the policy too,
    as AWS's own audit control wants it; with None, whom IAM allows may still change it, or nobody could correct it:
    what even an administrator cannot undo is vault lock. Each ARN is a role's, not a session's.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    https://docs.aws.amazon.com/config/latest/developerguide/backup-recovery-point-manual-deletion-disabled.html
    """
    exempt = administrator_role_arns is not None
    return [
        deny(
            *DELETION,
            *(POLICY_CHANGE if exempt else ()),
            on="*",
            principals=Principal.everyone(),
            when={"ArnNotLike": {"aws:PrincipalArn": administrator_role_arns}}
            if administrator_role_arns is not None
            else None,
            sid="RefuseManualDeletion",
        )
    ]


def refused_copies(organization_id: str) -> list[Statement]:
    """Of a vault's policy: no copy comes from, and none goes to, an account outside of the organization.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
    """
    return [
        deny(
            "backup:CopyIntoBackupVault",
            on="*",
            principals=Principal.everyone(),
            when={
                "StringNotEquals": {"aws:PrincipalOrgID": organization_id},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
            sid="RefuseCopiesOfOutsiders",
        ),
        deny(
            "backup:CopyFromBackupVault",
            on="*",
            principals=Principal.everyone(),
            when={"ForAllValues:StringNotLike": {"backup:CopyTargetOrgPaths": f"{organization_id}/*"}},
            sid="RefuseCopiesToOutsiders",
        ),
    ]


def accepted_copies(organization_id: str) -> list[Statement]:
    """Of a vault's policy: accounts of the organization may copy recovery points into it.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
    """
    return [
        allow(
            "backup:CopyIntoBackupVault",
            on="*",
            principals=Principal.everyone(),
            when={"StringEquals": {"aws:PrincipalOrgID": organization_id}},
            sid="AcceptCopiesOfTheOrganization",
        )
    ]


def key_policy(account_id: str, services: Sequence[str]) -> list[Statement]:
    """What a vault's key allows besides its administration: AWS Backup and the services it backs up, for this account.

    `services` are BACKED_UP_THROUGH in the key's region, as `kms:ViaService` names them: for the DR vault's in the
    DR region. Grants are allowed for AWS resources only, so that EBS, RDS and
    the copy jobs can hold one.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    through_services = {"StringEquals": {"kms:CallerAccount": account_id, "kms:ViaService": services}}
    return [
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
            on="*",
            principals=Principal.everyone(),
            when=through_services,
            sid="UseThroughBackedUpServices",
        ),
        allow(
            "kms:CreateGrant",
            on="*",
            principals=Principal.everyone(),
            when={**through_services, "Bool": {"kms:GrantIsForAWSResource": "true"}},
            sid="LetServicesHoldGrants",
        ),
    ]


def _report_writer(account_id: str, partition: str) -> str:
    return (
        f"arn:{partition}:iam::{account_id}:role/aws-service-role/reports.backup.amazonaws.com/"
        "AWSServiceRoleForBackupReports"
    )


def report_delivery(bucket_arn: str, account_id: str, partition: str = "aws") -> list[Statement]:
    """Of the report bucket's policy: Backup Audit Manager may put its reports there.

    The writer is the principal itself: its own policy knows nothing of S3, so what the account as a whole may do would
    not reach it. Its service-linked role is made with the first report plan, and S3 refuses a principal that does not
    exist: this policy must come after the plan.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-console.html
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSServiceRolePolicyForBackupReports.html
    """
    return [
        allow(
            "s3:PutObject",
            on=f"{bucket_arn}/*",
            principals=Principal.aws(_report_writer(account_id, partition)),
            when={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
            sid="DeliverReports",
        )
    ]


def report_key_policy(account_id: str, s3: str, partition: str = "aws") -> list[Statement]:
    """What the report bucket's key allows besides its administration: the reports' writer encrypts, through S3.

    The writer is named by a condition: the key is there before the first report plan, and so before the writer, whom
    KMS would refuse as a principal. The account as the principal would not do: its own policy knows nothing of KMS.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-console.html
    """
    return [
        allow(
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            on="*",
            principals=Principal.everyone(),
            when={
                "ArnEquals": {"aws:PrincipalArn": _report_writer(account_id, partition)},
                "StringEquals": {"kms:CallerAccount": account_id, "kms:ViaService": s3},
            },
            sid="EncryptReports",
        )
    ]


def vault_topic_policy(topic_arn: str, account_id: str) -> list[Statement]:
    """What a topic must allow so that a vault's own notifications reach it.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html
    """
    return [
        allow(
            "sns:Publish",
            on=topic_arn,
            principals=Principal.service("backup.amazonaws.com"),
            when={"StringEquals": {"aws:SourceAccount": account_id}},
            sid="PublishVaultEvents",
        )
    ]
