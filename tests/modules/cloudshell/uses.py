"""Who needs what in CloudShell, and what nobody gets whatever else they have."""

from __future__ import annotations

from tests.modules.uses import ACCOUNT, Refusal, Use, administers, tls_only

BUCKET = "prod-cloudshell-111122223333"
PUT = ("s3:PutObject", f"arn:aws:s3:::{BUCKET}/bootstrap.sh")
KMS, KMS_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
KEY = "<aws_kms_key.bootstrap[0].arn>"
SHELL = f"arn:aws:cloudshell:us-east-1:{ACCOUNT}:environment/0a1b2c3d"
EC2 = f"arn:aws:ec2:us-east-1:{ACCOUNT}"
INTERFACE = f"{EC2}:network-interface/eni-0a1b2c3d"
VIA = {"aws:CalledVia": ["cloudshell.amazonaws.com"]}
MARKED = {"aws:TagKeys": ["ManagedByCloudShell"]}
OWN = {"aws:ResourceTag/ManagedByCloudShell": ""}
VPC = {
    "cloudshell:SecurityGroupIds": ["sg-0a1b2c3d4e5f60001"],
    "cloudshell:SubnetIds": ["subnet-0a1b2c3d4e5f60002", "subnet-0a1b2c3d4e5f60001"],
    "cloudshell:VpcIds": ["vpc-0a1b2c3d4e5f60001"],
}
OFFICE = {"aws:SourceIp": "198.51.100.7"}
BEGINNINGS = ("cloudshell:CreateEnvironment", "cloudshell:CreateSession", "cloudshell:StartEnvironment")
# what of theirs the first denial of shells leaves to others
ANYWHERE = {**VPC, **OFFICE}

USES = [
    Use("cloudshell:DescribeEnvironments"),
    Use(["cloudshell:CreateSession", "cloudshell:StartEnvironment"], SHELL, also=OFFICE),
    Use(
        [
            "cloudshell:DeleteEnvironment",
            "cloudshell:GetEnvironmentStatus",
            "cloudshell:PutCredentials",
            "cloudshell:StopEnvironment",
        ],
        SHELL,
    ),
    Use("cloudshell:CreateEnvironment", given=VPC, also=OFFICE),
    # https://docs.aws.amazon.com/cloudshell/latest/userguide/aws-cloudshell-vpc-permissions-1.html
    Use(["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]),
    Use(["ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces"], given=VIA),
    Use(
        "ec2:CreateNetworkInterface",
        [
            f"{EC2}:subnet/subnet-0a1b2c3d4e5f60001",
            f"{EC2}:subnet/subnet-0a1b2c3d4e5f60002",
            f"{EC2}:security-group/sg-0a1b2c3d4e5f60001",
        ],
        given=VIA,
        elsewhere=[f"{EC2}:subnet/subnet-0f0f0f0f0f0f0f0f0", f"{EC2}:security-group/sg-0f0f0f0f0f0f0f0f0"],
    ),
    Use("ec2:CreateNetworkInterface", INTERFACE, given={**VIA, **MARKED}),
    Use("ec2:CreateTags", INTERFACE, given={**VIA, **MARKED, "ec2:CreateAction": "CreateNetworkInterface"}),
    Use(["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface"], INTERFACE, given={**VIA, **OWN}),
    Use("eks:DescribeCluster", f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/prod"),
    Use(
        "s3:GetObject",
        [f"arn:aws:s3:::{BUCKET}/bootstrap.sh", f"arn:aws:s3:::{BUCKET}/tools/kubectl-v1.34.11-linux-amd64"],
        elsewhere=[f"arn:aws:s3:::{BUCKET}/anything"],
    ),
    Use(
        "kms:Decrypt",
        KEY,
        given={
            "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{BUCKET}",
            "kms:ViaService": "s3.us-east-1.amazonaws.com",
        },
    ),
]

DENIED = [
    Refusal(["cloudshell:GetFileDownloadUrls", "cloudshell:GetFileUploadUrls"], SHELL),
    # a shell in AWS's own network would have the internet
    Refusal("cloudshell:CreateEnvironment", given=OFFICE, unless=[VPC]),
    Refusal(
        BEGINNINGS,
        given={**ANYWHERE, "aws:MultiFactorAuthPresent": "false"},
        unless=[{"aws:MultiFactorAuthPresent": "true"}],
    ),
    Refusal(BEGINNINGS, given={**VPC, "aws:SourceIp": "203.0.113.9"}, unless=[OFFICE]),
]

POLICIES = {
    "aws_iam_policy.use": [*USES, *DENIED],
    "aws_iam_policy.boundary": [*USES, *DENIED, Use(["cloudwatch:GetMetricData", "logs:GetLogEvents"])],
    "aws_kms_key.bootstrap[0]": [administers()],
    "aws_s3_bucket_policy.bootstrap": [
        *tls_only(BUCKET),
        Refusal(*PUT, {KMS: "AES256", KMS_KEY: KEY}, [{KMS: "aws:kms"}]),
        Refusal(*PUT, {KMS: "aws:kms", KMS_KEY: f"arn:aws:kms:us-east-1:{ACCOUNT}:key/other"}, [{KMS_KEY: KEY}]),
    ],
}
