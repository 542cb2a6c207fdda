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
    "copies_from_organization",
    "event_topic_policy",
    "key_policy",
    "manual_deletion",
    "report_bucket_policy",
    "report_key_policy",
    "service_role_trust",
    "vault_topic_policy",
]

SERVICE_ROLE_MANAGED_POLICIES = (
    "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
)
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html"""

S3_MANAGED_POLICIES = (
    "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup",
    "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore",
)
"""What the service role needs besides when, and only when, S3 buckets are backed up.

https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html#one-time-permissions-setup
"""

BACKED_UP_THROUGH = ("backup", "dynamodb", "ec2", "elasticfilesystem", "rds", "s3")
"""The services that use a vault's or a source's key for AWS Backup, as `kms:ViaService` names them."""


def service_role_trust() -> list[Statement]:
    """Who may take the service role on: AWS Backup.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
    """
    return [allow("sts:AssumeRole", principals=Principal.service("backup.amazonaws.com"), sid="BackUpAndRestore")]


def manual_deletion(exempt_role_arns: Sequence[str]) -> list[Statement]:
    """Of a vault's policy: no recovery point is deleted, shortened or let go by hand, but by the exempt roles.

    Expiry by lifecycle is the service's own doing and goes on. Changing the vault's policy stays allowed, or nobody
    could correct it: what even an administrator cannot undo is vault lock. Each ARN is a role's, not a session's;
    an empty sequence exempts nobody.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    """
    exempt = {"ArnNotLike": {"aws:PrincipalArn": exempt_role_arns}} if exempt_role_arns else None
    return [
        deny(
            "backup:DeleteBackupVault",
            "backup:DeleteRecoveryPoint",
            "backup:DisassociateRecoveryPoint",
            "backup:DisassociateRecoveryPointFromParent",
            "backup:UpdateRecoveryPointLifecycle",
            on="*",
            principals=Principal.everyone(),
            when=exempt,
            sid="RefuseManualDeletion",
        )
    ]


def copies_from_organization(organization_id: str) -> list[Statement]:
    """Of a vault's policy: accounts of the organization may copy recovery points into it, and no others.

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


def key_policy(account_id: str, region: str) -> list[Statement]:
    """What a vault's key allows besides its administration: AWS Backup and the services it backs up, for this account.

    The same for the DR vault's key, with the DR region. Grants are allowed for AWS resources only, so that EBS, RDS and
    the copy jobs can hold one.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    services = [f"{service}.{region}.amazonaws.com" for service in BACKED_UP_THROUGH]
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


def _report_writer(account_id: str) -> str:
    return (
        f"arn:aws:iam::{account_id}:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports"
    )


def report_bucket_policy(bucket_arn: str, account_id: str) -> list[Statement]:
    """The report bucket's own policy: TLS only, and Backup Audit Manager may put its reports there.

    The writer is named by a condition, not as the principal: its service-linked role is made with the first report
    plan, and S3 refuses a principal that does not exist yet.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-console.html
    """
    return [
        deny(
            "s3:*",
            on=[bucket_arn, f"{bucket_arn}/*"],
            principals=Principal.everyone(),
            when={"Bool": {"aws:SecureTransport": "false"}},
            sid="RefusePlainHttp",
        ),
        allow(
            "s3:PutObject",
            on=f"{bucket_arn}/*",
            principals=Principal.account(account_id),
            when={
                "ArnEquals": {"aws:PrincipalArn": _report_writer(account_id)},
                "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"},
            },
            sid="DeliverReports",
        ),
    ]


def report_key_policy(account_id: str, region: str) -> list[Statement]:
    """What the report bucket's key allows besides its administration: the reports' writer encrypts, through S3.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-console.html
    """
    return [
        allow(
            "kms:GenerateDataKey",
            on="*",
            principals=Principal.account(account_id),
            when={
                "ArnEquals": {"aws:PrincipalArn": _report_writer(account_id)},
                "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
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


def event_topic_policy(topic_arn: str, rule_arns: str | Sequence[str]) -> list[Statement]:
    """What a topic must allow so that the rules on failed, expired and uncopied jobs can speak through it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    """
    return [
        allow(
            "sns:Publish",
            on=topic_arn,
            principals=Principal.service("events.amazonaws.com"),
            when={"ArnEquals": {"aws:SourceArn": rule_arns}},
            sid="PublishJobEvents",
        )
    ]
