"""What the instances may do: speak to Systems Manager, and use what they are given."""

from __future__ import annotations

from typing import Any

from groundplan.building import account_id, partition, region
from groundplan.framework import Module, concat, each, jsonencode
from groundplan.iam import Principal, allow, document

from .inputs import Cloud9Inputs

__all__ = ["instances", "trust"]


def trust() -> str:
    """EC2 for the instances, and Cloud9, which looks whether it may.

    https://docs.aws.amazon.com/cloud9/latest/user-guide/ec2-ssm.html
    """
    services = [Principal.service("cloud9.amazonaws.com"), Principal.service("ec2.amazonaws.com")]
    return jsonencode(document(allow("sts:AssumeRole", principals=services)))


def instances(scope: Module[Any, Any], given: Cloud9Inputs) -> str:
    """What State Manager needs beside AWS's policy for Cloud9, which has Session Manager alone, and the named services.

    AWS's own policy for it reads every parameter and document of the account too:
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
    """
    here = f"{region(scope)}:{account_id(scope)}"
    ssm = f"arn:{partition(scope)}:ssm:{here}"
    tools = (
        allow(
            "ec2messages:AcknowledgeMessage",
            "ec2messages:DeleteMessage",
            "ec2messages:FailMessage",
            "ec2messages:GetEndpoint",
            "ec2messages:GetMessages",
            "ec2messages:SendReply",
            on="*",
            sid="HearOfWork",
        ),
        allow("ssm:DescribeDocument", "ssm:GetDocument", on=f"{ssm}:document/{given.name}-tools", sid="ReadDocument"),
        allow(
            "ssm:DescribeAssociation",
            "ssm:UpdateInstanceAssociationStatus",
            on=f"{ssm}:association/*",
            sid="FollowAssociations",
        ),
        allow(
            "ssm:ListInstanceAssociations",
            "ssm:PutComplianceItems",
            "ssm:UpdateInstanceAssociationStatus",
            on=f"arn:{partition(scope)}:ec2:{here}:instance/*",
            sid="TellOfInstances",
        ),
    )
    named: list[Any] = each(given.services).documents(
        lambda name, service: {
            "Sid": f"Use{name}",
            "Effect": "Allow",
            "Action": service.actions,
            "Resource": service.resources,
        }
    )
    own = [statement.as_json() for statement in tools]
    return jsonencode({"Version": "2012-10-17", "Statement": concat(own, named)})
