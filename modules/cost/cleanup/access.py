"""What the two functions may do: look everywhere, write into their bucket, delete what carries a tag.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from groundplan.iam import Statement, allow

__all__ = ["deletes", "invokes", "mails", "reports", "searches"]

DELETIONS = {
    "Volumes": ("ec2:DeleteVolume", "ec2", "volume/*"),
    # a snapshot has no account in its ARN: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    "Snapshots": ("ec2:DeleteSnapshot", "ec2", "snapshot/*"),
    "Addresses": ("ec2:ReleaseAddress", "ec2", "elastic-ip/*"),
    "NatGateways": ("ec2:DeleteNatGateway", "ec2", "natgateway/*"),
    "LoadBalancers": ("elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing", "loadbalancer/*"),
    "Images": ("ecr:BatchDeleteImage", "ecr", "repository/*"),
    "LogGroups": ("logs:PutRetentionPolicy", "logs", "log-group:*"),
}
"""Each action by which a kind of waste goes, and on what. All of them know the tags of what they are done to."""


def searches(bucket_arn: str, topic_arn: str, partition: str, account_id: str) -> list[Statement]:
    """The search: looks at everything, reads no content, keeps what it found, tells of it.

    Without the right to list the bucket, S3 says of an object that is not there that access is denied.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return [
        # none of these knows a resource
        allow(
            "cloudwatch:GetMetricData",
            "ec2:DescribeAddresses",
            "ec2:DescribeImages",
            "ec2:DescribeNatGateways",
            "ec2:DescribeSnapshots",
            "ec2:DescribeVolumes",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTags",
            on="*",
            sid="Look",
        ),
        allow(
            "ecr:BatchGetImage",
            "ecr:DescribeImages",
            "ecr:DescribeRepositories",
            "ecr:ListTagsForResource",
            on=f"arn:{partition}:ecr:*:{account_id}:repository/*",
            sid="LookAtImages",
        ),
        allow(
            "logs:DescribeLogGroups",
            "logs:ListTagsForResource",
            on=f"arn:{partition}:logs:*:{account_id}:log-group:*",
            sid="LookAtLogGroups",
        ),
        allow("s3:ListBucket", on=bucket_arn, sid="KnowWhatIsMissing"),
        allow("s3:GetObject", "s3:PutObject", on=f"{bucket_arn}/state/seen.json", sid="Remember"),
        allow("s3:PutObject", on=f"{bucket_arn}/findings/*", sid="KeepFindings"),
        allow("sns:Publish", on=topic_arn, sid="Tell"),
    ]


def deletes(tag_key: str, tag_value: str, partition: str, account_id: str) -> list[Statement]:
    """The same function, where it may delete: only what carries the tag, whatever its program believes."""
    return [
        allow(
            action,
            on=f"arn:{partition}:{service}:*:{'' if what == 'Snapshots' else account_id}:{resource}",
            when={"StringEquals": {f"aws:ResourceTag/{tag_key}": tag_value}},
            sid=f"Delete{what}",
        )
        for what, (action, service, resource) in DELETIONS.items()
    ]


def reports(bucket_arn: str) -> list[Statement]:
    """The weekly report: asks for bills and recommendations, neither of which knows a resource, and keeps its page."""
    return [
        allow(
            "ce:GetCostAndUsage",
            "cost-optimization-hub:ListRecommendationSummaries",
            "cost-optimization-hub:ListRecommendations",
            on="*",
            sid="Ask",
        ),
        allow("s3:ListBucket", on=bucket_arn, sid="KnowWhatIsMissing"),
        allow("s3:GetObject", on=f"{bucket_arn}/findings/latest.json", sid="ReadFindings"),
        allow("s3:PutObject", on=f"{bucket_arn}/weekly/*", sid="KeepPages"),
    ]


def mails(identity_arn: str, from_address: str) -> list[Statement]:
    """The weekly report, where it is sent: from one address.

    https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
    """
    return [
        allow(
            "ses:SendEmail",
            on=identity_arn,
            when={"StringEquals": {"ses:FromAddress": from_address}},
            sid="SendMail",
        )
    ]


def invokes(function_arn: str, key_arn: str) -> list[Statement]:
    """A schedule: runs its function, and reads itself, since it is encrypted.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
    """
    return [
        allow("lambda:InvokeFunction", on=function_arn, sid="Run"),
        allow("kms:Decrypt", on=key_arn, sid="ReadTheSchedule"),
    ]
