"""The types of settings that platforms share: each is a Python type with its rule.

Use them as annotations: `cron: Cron = field("when a backup starts, in UTC")`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from groundplan.grammars.bucket_names import UNDOTTED
from groundplan.grammars.tags import EVERYWHERE, LONGEST_VALUE
from groundplan.grammars.zones import REGION

from .constraints import Arn, CidrBlock, Length, Odd, Pattern, Unique, Unlike
from .cron import AwsScheduleExpression, CronExpression

__all__ = [
    "AccountId",
    "AddonVersion",
    "AwsSchedule",
    "BucketArn",
    "BucketName",
    "CertifiedName",
    "Cidr",
    "CpuQuantity",
    "Cron",
    "DnsName",
    "Domain",
    "EcrRepositoryName",
    "EmailAddress",
    "EventBusArn",
    "FunctionArn",
    "GitlabProjectPath",
    "HostedZoneId",
    "HttpsUrl",
    "ImageReference",
    "KmsKeyArn",
    "KubernetesName",
    "Labels",
    "LogGroupArn",
    "LogRetentionDays",
    "MemoryQuantity",
    "Names",
    "NamespaceName",
    "OddNumber",
    "OidcProviderArn",
    "OrganizationId",
    "PassedThrough",
    "PolicyArn",
    "RegionName",
    "ResourceName",
    "RoleArn",
    "SecretArn",
    "SecurityGroupId",
    "SubnetId",
    "TagValue",
    "Tags",
    "TopicArn",
    "VpcId",
]

Cron = Annotated[str, CronExpression()]
AwsSchedule = Annotated[str, AwsScheduleExpression()]
Cidr = Annotated[str, CidrBlock()]
OddNumber = Annotated[int, Odd()]

KmsKeyArn = Annotated[
    str, Arn("kms", "key/[A-Za-z0-9-]+", "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000")
]
TopicArn = Annotated[str, Arn("sns", "[A-Za-z0-9_.-]+", "arn:aws:sns:us-east-1:111122223333:platform-alarms")]
RoleArn = Annotated[str, Arn("iam", "role/[!-~]+", "arn:aws:iam::111122223333:role/claims-api")]
PolicyArn = Annotated[str, Arn("iam", "policy/[!-~]+", "arn:aws:iam::111122223333:policy/workload-boundary")]
OidcProviderArn = Annotated[
    str,
    Arn(
        "iam",
        "oidc-provider/[!-~]+",
        "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123",
    ),
]
BucketArn = Annotated[str, Arn("s3", "[a-z0-9.-]+", "arn:aws:s3:::prod-reports")]
SecretArn = Annotated[
    str,
    Arn("secretsmanager", "secret:[!-~]+", "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/claims-AbCdEf"),
]
FunctionArn = Annotated[str, Arn("lambda", "function:[!-~]+", "arn:aws:lambda:us-east-1:111122223333:function:rotate")]
LogGroupArn = Annotated[
    str, Arn("logs", "log-group:[!-~]+", "arn:aws:logs:us-east-1:111122223333:log-group:/platform/x")
]
EventBusArn = Annotated[
    str, Arn("events", "event-bus/[!-~]+", "arn:aws:events:us-east-1:111122223333:event-bus/default")
]

AccountId = Annotated[str, Pattern("[0-9]{12}", "an AWS account id of twelve digits, such as 111122223333")]
OrganizationId = Annotated[str, Pattern("o-[a-z0-9]{10,32}", "an AWS Organizations id, such as o-exampleorg0")]
RegionName = Annotated[str, Pattern(REGION, "the name of an AWS region, such as us-east-1")]
VpcId = Annotated[str, Pattern("vpc-[0-9a-f]{8,17}", "the id of a VPC, such as vpc-0123456789abcdef0")]
SubnetId = Annotated[str, Pattern("subnet-[0-9a-f]{8,17}", "the id of a subnet, such as subnet-0123456789abcdef0")]
SecurityGroupId = Annotated[
    str, Pattern("sg-[0-9a-f]{8,17}", "the id of a security group, such as sg-0123456789abcdef0")
]
BucketName = Annotated[
    str,
    Pattern(
        UNDOTTED,
        "an S3 bucket name: 3 to 63 lower-case letters, digits and hyphens, with no hyphen at its beginning or end",
    ),
]
AddonVersion = Annotated[
    str,
    Pattern(r"v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+", "an exact version of the add-on, such as v1.12.4-eksbuild.1"),
]
ResourceName = Annotated[
    str,
    Pattern(
        "[a-z][a-z0-9-]{0,61}[a-z0-9]",
        "2 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending in a hyphen",
    ),
]
HostedZoneId = Annotated[
    str, Pattern("Z[A-Z0-9]{1,31}", "the id of a Route 53 hosted zone, such as Z0123456789ABCDEFGHIJ")
]
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
NamespaceName = Annotated[
    str,
    Pattern(
        "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        "a Kubernetes namespace: at most 63 of a-z, 0-9 and -, with no - at its beginning or end",
    ),
]
KubernetesName = Annotated[
    str,
    Pattern(
        "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
        "a Kubernetes name: at most 253 of a-z, 0-9, - and ., with a letter or digit at its beginning and end",
    ),
]
# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
CpuQuantity = Annotated[str, Pattern("[1-9][0-9]*m?", "an amount of CPU, such as 100m or 2")]
MemoryQuantity = Annotated[str, Pattern("[1-9][0-9]*(Mi|Gi)", "an amount of memory, such as 170Mi or 1Gi")]
_DOMAIN = r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
Domain = Annotated[
    str, Pattern(_DOMAIN, "a domain in lower case without a wildcard or a dot at its end, such as example.com")
]
DnsName = Annotated[
    str,
    Pattern(
        rf"(\*\.)?{_DOMAIN}",
        "a DNS name in lower case without a dot at its end, such as api.example.com",
    ),
]
CertifiedName = Annotated[
    str,
    # no authority signs a name with an underscore
    Pattern(
        r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        "a DNS name in lower case without underscores or a dot at its end, such as api.example.com",
    ),
]
HttpsUrl = Annotated[str, Pattern("https://[!-~]+", "a URL that begins with https:// and has no spaces")]
EmailAddress = Annotated[str, Pattern(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")]
ImageReference = Annotated[
    str,
    Pattern(
        r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+(:v?[0-9][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})",
        "a container image with its registry and an exact version or digest, such as public.ecr.aws/x/y:2.31.3",
    ),
]
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
EcrRepositoryName = Annotated[
    str,
    Pattern(
        "(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*",
        "the name of an ECR repository: lower-case letters, digits and . _ - within, parts separated by /",
    ),
    Length(2, 256),
]
# https://docs.gitlab.com/user/reserved_names/#rules-for-usernames-project-and-group-names-and-slugs
GitlabProjectPath = Annotated[
    str,
    Pattern(
        "[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+",
        "the whole path of a GitLab project, such as insurance/claims/api",
    ),
]

LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""What CloudWatch Logs takes. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""
Names = Annotated[list[str], Unique()]
Labels = dict[str, str]
Tags = dict[str, str]
TagValue = Annotated[
    str,
    Pattern(f"[{EVERYWHERE}]{{1,{LONGEST_VALUE}}}", "the value of a tag: letters, digits, spaces and _ . : / = + - @"),
    # AWS takes it, and the rules that ask who owns a resource do not
    Unlike(" +", "say something: blanks alone tell nobody anything"),
]
PassedThrough = Any
"""Any value: for a chart's own values only, which the chart's lock checks instead."""
