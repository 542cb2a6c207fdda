"""Permissions as the documentation of AWS and of well-known controllers gives them: none may count as wrong."""

import pytest

from groundplan.iam import Principal, allow, check_document, deny, deny_all_but, document, problems

ACCOUNT = "111122223333"
BUCKET = "arn:aws:s3:::example-bucket"

DOCUMENTED = {
    # https://github.com/vmware-tanzu/velero-plugin-for-aws
    "velero": (
        "identity",
        [
            allow(
                "ec2:DescribeVolumes",
                "ec2:DescribeSnapshots",
                "ec2:CreateTags",
                "ec2:CreateVolume",
                "ec2:CreateSnapshot",
                "ec2:DeleteSnapshot",
                on="*",
            ),
            allow(
                "s3:GetObject",
                "s3:DeleteObject",
                "s3:PutObject",
                "s3:PutObjectTagging",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
                on=f"{BUCKET}/*",
            ),
            allow("s3:ListBucket", on=BUCKET),
        ],
    ),
    # https://cert-manager.io/docs/configuration/acme/dns01/route53/
    "cert-manager": (
        "identity",
        [
            allow("route53:GetChange", on="arn:aws:route53:::change/*"),
            allow(
                "route53:ChangeResourceRecordSets",
                "route53:ListResourceRecordSets",
                on="arn:aws:route53:::hostedzone/*",
                when={"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ["TXT"]}},
            ),
            allow("route53:ListHostedZonesByName", on="*"),
        ],
    ),
    # https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/aws/
    "external-dns": (
        "identity",
        [
            allow("route53:ChangeResourceRecordSets", on="arn:aws:route53:::hostedzone/*"),
            allow(
                "route53:ListHostedZones",
                "route53:ListResourceRecordSets",
                "route53:ListTagsForResources",
                on="*",
            ),
        ],
    ),
    # https://external-secrets.io/latest/provider/aws-secrets-manager/
    "external-secrets": (
        "identity",
        [
            allow("secretsmanager:ListSecrets", "secretsmanager:BatchGetSecretValue", on="*"),
            allow(
                "secretsmanager:GetResourcePolicy",
                "secretsmanager:GetSecretValue",
                "secretsmanager:DescribeSecret",
                "secretsmanager:ListSecretVersionIds",
                on=f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:dev-*",
            ),
        ],
    ),
    # https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    "a service account's role": (
        "trust",
        [
            allow(
                "sts:AssumeRoleWithWebIdentity",
                principals=Principal.federated(
                    f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"
                ),
                when={
                    "StringEquals": {
                        "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub": "system:serviceaccount:default:a",
                        "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:aud": "sts.amazonaws.com",
                    }
                },
            )
        ],
    ),
    # https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    "a backup vault that nobody deletes from": (
        "resource",
        [
            deny(
                "backup:DeleteRecoveryPoint",
                "backup:DeleteBackupVaultAccessPolicy",
                "backup:PutBackupVaultAccessPolicy",
                on="*",
                principals=Principal.everyone(),
                when={"StringNotLike": {"aws:userId": ["AIDAEXAMPLEID:*", ACCOUNT]}},
            ),
            allow(
                "backup:CopyIntoBackupVault",
                on="*",
                principals=Principal.account("444455556666"),
                when={"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
            ),
        ],
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    "a key for log groups": (
        "resource",
        [
            allow("kms:*", on="*", sid="Enable IAM User Permissions", principals=Principal.account(ACCOUNT)),
            allow(
                "kms:Encrypt*",
                "kms:Decrypt*",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:Describe*",
                on="*",
                principals=Principal.service("logs.us-east-1.amazonaws.com"),
                when={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:*"}},
            ),
            allow(
                "kms:CreateGrant",
                on="*",
                principals=Principal.aws(f"arn:aws:iam::{ACCOUNT}:role/backup"),
                when={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        ],
    ),
    # https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html
    "a bucket that takes TLS only": (
        "resource",
        [
            deny(
                "s3:*",
                on=[BUCKET, f"{BUCKET}/*"],
                principals=Principal.everyone(),
                when={"Bool": {"aws:SecureTransport": "false"}},
            ),
            deny(
                "s3:PutObject",
                on=f"{BUCKET}/*",
                principals=Principal.everyone(),
                when={"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
            ),
            deny(
                "s3:*",
                on=[BUCKET, f"{BUCKET}/*"],
                principals=Principal.everyone(),
                when={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
            ),
        ],
    ),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    "a bucket for access logs": (
        "resource",
        [
            allow(
                "s3:PutObject",
                on=f"{BUCKET}/AWSLogs/{ACCOUNT}/*",
                principals=Principal.service("logdelivery.elasticloadbalancing.amazonaws.com"),
            )
        ],
    ),
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    "a topic and a queue for events": (
        "resource",
        [
            allow(
                "sns:Publish",
                on=f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms",
                principals=[Principal.service("events.amazonaws.com"), Principal.service("cloudwatch.amazonaws.com")],
                when={"ArnLike": {"aws:SourceArn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/*"}},
            ),
            allow(
                "sqs:SendMessage",
                on=f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead-letters",
                principals=Principal.service("events.amazonaws.com"),
            ),
        ],
    ),
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
    "regions of an organization": (
        "scp",
        [
            deny_all_but(
                "a4b:*",
                "acm:*",
                "aws-marketplace-management:*",
                "aws-marketplace:*",
                "aws-portal:*",
                "budgets:*",
                "ce:*",
                "chime:*",
                "cloudfront:*",
                "config:*",
                "cur:*",
                "directconnect:*",
                "ec2:DescribeRegions",
                "ec2:DescribeTransitGateways",
                "ec2:DescribeVpnGateways",
                "fms:*",
                "globalaccelerator:*",
                "health:*",
                "iam:*",
                "importexport:*",
                "kms:*",
                "mobileanalytics:*",
                "networkmanager:*",
                "organizations:*",
                "pricing:*",
                "route53:*",
                "route53domains:*",
                "s3:GetAccountPublic*",
                "s3:ListAllMyBuckets",
                "shield:*",
                "sts:*",
                "support:*",
                "trustedadvisor:*",
                "waf-regional:*",
                "waf:*",
                "wafv2:*",
                on="*",
                when={
                    "StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]},
                    "ArnNotLike": {"aws:PrincipalARN": ["arn:aws:iam::*:role/Role1AllowedToBypassThisSCP"]},
                },
            ),
            deny("iam:*", on="arn:aws:iam::*:role/name-of-role-to-deny"),
            deny(
                "ec2:RunInstances",
                on="arn:aws:ec2:*:*:instance/*",
                when={"StringNotEquals": {"ec2:InstanceType": "t2.micro"}},
            ),
            deny("organizations:LeaveOrganization", on="*"),
        ],
    ),
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_permissions_have_no_problems(name):
    kind, statements = DOCUMENTED[name]
    assert problems(statements, kind) == []


def test_sns_own_default_policy_has_no_problems():
    policy = {
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": ["SNS:GetTopicAttributes", "SNS:Subscribe", "SNS:Publish", "SNS:Receive"],
                "Resource": f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms",
                "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
            }
        ],
    }
    assert check_document(policy, kind="resource") == []


def test_an_image_repository_policy_needs_no_resource():
    policy = document(allow("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", principals=Principal.account(ACCOUNT)))
    assert check_document(policy, kind="resource") == []
