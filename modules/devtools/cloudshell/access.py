"""Who may do what: people in CloudShell, and how far at most a role of theirs may go.

CloudShell has no rights of its own: what is typed there is done with those of whoever opened it.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudshell.html
"""

from __future__ import annotations

from typing import Any, cast

from groundplan.building import Bucket, account_id, partition, region, service_names
from groundplan.framework import (
    Module,
    any_value,
    choose,
    concat,
    each_name,
    equals,
    is_set,
    jsonencode,
    negated,
    not_empty,
    present,
)
from groundplan.iam import Statement, allow, deny

from .inputs import CloudshellInputs

__all__ = ["boundary_policy", "use_policy"]

TRANSFERS = ("cloudshell:GetFileDownloadUrls", "cloudshell:GetFileUploadUrls")
BEGINNINGS = ("cloudshell:CreateEnvironment", "cloudshell:CreateSession", "cloudshell:StartEnvironment")
OWN_ENVIRONMENT = (
    "cloudshell:CreateSession",
    "cloudshell:DeleteEnvironment",
    "cloudshell:GetEnvironmentStatus",
    "cloudshell:PutCredentials",
    "cloudshell:StartEnvironment",
    "cloudshell:StopEnvironment",
)
"""What the console calls for an environment that is there, which only its maker reaches."""

INTERFACE_TAG = "ManagedByCloudShell"
VIA_CLOUDSHELL = {"aws:CalledVia": "cloudshell.amazonaws.com"}
VERSION = "2012-10-17"


def use_policy(scope: Module[Any, Any], given: CloudshellInputs, bucket: Bucket) -> str:
    """What people may do who use it, and what is denied them whatever else allows it."""
    return jsonencode({"Version": VERSION, "Statement": concat(_uses(scope, given, bucket), _denials(given))})


def boundary_policy(scope: Module[Any, Any], given: CloudshellInputs, bucket: Bucket) -> str:
    """The same at most, and `boundary_actions`: a role that has it as its boundary can do nothing beyond."""
    more = Statement("Allow", cast("tuple[str, ...]", given.boundary_actions), ("*",), sid="AtMostBesides")
    besides = _only_if(not_empty(given.boundary_actions), more)
    return jsonencode({"Version": VERSION, "Statement": concat(_uses(scope, given, bucket), besides, _denials(given))})


def _uses(scope: Module[Any, Any], given: CloudshellInputs, bucket: Bucket) -> list[Any]:
    """A shell of one's own, the script, the cluster's address."""
    within = _network(given)
    here = f"{region(scope)}:{account_id(scope)}"
    always = (
        allow("cloudshell:DescribeEnvironments", on="*", sid="FindEnvironments"),
        allow(*OWN_ENVIRONMENT, on=f"arn:{partition(scope)}:cloudshell:{here}:environment/*", sid="UseOwnEnvironment"),
        allow(
            "eks:DescribeCluster",
            on=f"arn:{partition(scope)}:eks:{here}:cluster/{given.cluster_name}",
            sid="FindCluster",
        ),
        allow("s3:GetObject", on=[f"{bucket.arn}/bootstrap.sh", f"{bucket.arn}/tools/*"], sid="ReadBootstrap"),
        allow(
            "kms:Decrypt",
            # whichever key the bucket has: S3 says for which bucket it asks, and asks for no other here
            on=f"arn:{partition(scope)}:kms:{here}:key/*",
            when={
                "StringEquals": {
                    "kms:EncryptionContext:aws:s3:arn": bucket.arn,
                    "kms:ViaService": service_names(scope, "s3"),
                }
            },
            sid="DecryptBootstrap",
        ),
    )
    return concat(
        [statement.as_json() for statement in always],
        _only_if(equals(given.file_transfer, "allowed"), _transfers(scope)),
        _only_if(
            negated(is_set(given.vpc_environment)),
            allow("cloudshell:CreateEnvironment", on="*", sid="MakeEnvironment"),
        ),
        _only_if(
            is_set(given.vpc_environment),
            allow("cloudshell:CreateEnvironment", on="*", when=within, sid="MakeEnvironmentInVpc"),
            *_interfaces(scope, given),
        ),
    )


def _network(given: CloudshellInputs) -> dict[str, dict[str, Any]]:
    """That an environment is in the VPC, and nowhere else in it. Keys of several values hold as well where they are not
    there, but for that of VPCs, without which nobody may make one: `_denials`.

    https://docs.aws.amazon.com/cloudshell/latest/userguide/aws-cloudshell-vpc-permissions-1.html
    """
    vpc = present(given.vpc_environment)
    named = {
        "cloudshell:SecurityGroupIds": vpc.security_group_ids,
        "cloudshell:SubnetIds": vpc.subnet_ids,
        "cloudshell:VpcIds": [vpc.vpc_id],
    }
    there = {"cloudshell:SecurityGroupIds": "false", "cloudshell:SubnetIds": "false"}
    return {"ForAllValues:StringEquals": named, "Null": there}


def _interfaces(scope: Module[Any, Any], given: CloudshellInputs) -> list[Statement]:
    """The network interface that CloudShell makes with the rights of whoever opens a shell, and takes away again.

    https://docs.aws.amazon.com/cloudshell/latest/userguide/aws-cloudshell-vpc-permissions-1.html
    """
    vpc = present(given.vpc_environment)
    ec2 = f"arn:{partition(scope)}:ec2:{region(scope)}:{account_id(scope)}"
    interfaces = f"{ec2}:network-interface/*"
    its_own = {**VIA_CLOUDSHELL, "aws:TagKeys": INTERFACE_TAG}
    marked = {"StringEquals": {f"aws:ResourceTag/{INTERFACE_TAG}": ""}}
    return [
        allow("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", on="*", sid="ChooseNetwork"),
        allow(
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            on="*",
            when={"ForAnyValue:StringEquals": VIA_CLOUDSHELL},
            sid="LookAtNetwork",
        ),
        allow(
            "ec2:CreateNetworkInterface",
            on=concat(_each(vpc.subnet_ids, f"{ec2}:subnet/"), _each(vpc.security_group_ids, f"{ec2}:security-group/")),
            when={"ForAnyValue:StringEquals": VIA_CLOUDSHELL},
            sid="InterfaceIn",
        ),
        allow(
            "ec2:CreateNetworkInterface",
            on=interfaces,
            when={"ForAnyValue:StringEquals": its_own},
            sid="MakeInterface",
        ),
        allow(
            "ec2:CreateTags",
            on=interfaces,
            when={
                "ForAnyValue:StringEquals": its_own,
                "StringEquals": {"ec2:CreateAction": "CreateNetworkInterface"},
            },
            sid="MarkInterface",
        ),
        allow(
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            on=interfaces,
            when={"ForAnyValue:StringEquals": VIA_CLOUDSHELL, **marked},
            sid="UseInterface",
        ),
    ]


def _transfers(scope: Module[Any, Any]) -> Statement:
    here = f"{region(scope)}:{account_id(scope)}"
    return allow(*TRANSFERS, on=f"arn:{partition(scope)}:cloudshell:{here}:environment/*", sid="TransferFiles")


def _denials(given: CloudshellInputs) -> list[Any]:
    """What no other policy of the same people can give them."""
    sessions = given.sessions
    return concat(
        _only_if(equals(given.file_transfer, "denied"), deny(*TRANSFERS, on="*", sid="NoTransferOfFiles")),
        _only_if(
            is_set(given.vpc_environment),
            deny(
                "cloudshell:CreateEnvironment",
                on="*",
                when={"Null": {"cloudshell:VpcIds": "true"}},
                sid="NoEnvironmentOutsideOfVpc",
            ),
        ),
        _only_if(
            sessions.mfa_required,
            deny(
                *BEGINNINGS,
                on="*",
                # the key is not there for who comes by an identity provider, and then nothing is denied
                when={"Bool": {"aws:MultiFactorAuthPresent": "false"}},
                sid="NoShellWithoutSecondFactor",
            ),
        ),
        _only_if(
            not_empty(sessions.source_cidrs),
            deny(
                *BEGINNINGS,
                on="*",
                when={"NotIpAddress": {"aws:SourceIp": sessions.source_cidrs}},
                sid="NoShellFromElsewhere",
            ),
        ),
    )


def _each(ids: list[str], before: str) -> list[str]:
    found: list[str] = each_name(ids).documents(lambda id, _: f"{before}{id}")
    return found


def _only_if(condition: Any, *statements: Statement) -> list[Any]:
    """Statements that are there only when a flag is true, for `concat`.

    As text in between: Terraform looks at one side of a condition alone, and wants one type on both.
    """
    found: list[Any] = any_value(
        "jsondecode", choose(condition, jsonencode([each.as_json() for each in statements]), "[]")
    )
    return found
