"""Who needs what on the instances of Cloud9."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Use

SSM = f"arn:aws:ssm:us-east-1:{ACCOUNT}"

POLICIES = {
    # https://docs.aws.amazon.com/cloud9/latest/user-guide/ec2-ssm.html
    "aws_iam_role.instances[0]": [
        Use("sts:AssumeRole", by=Principal.service("cloud9.amazonaws.com")),
        Use("sts:AssumeRole", by=Principal.service("ec2.amazonaws.com")),
    ],
    "aws_iam_role_policy.instances": [
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
        Use(
            [
                "ec2messages:AcknowledgeMessage",
                "ec2messages:DeleteMessage",
                "ec2messages:FailMessage",
                "ec2messages:GetEndpoint",
                "ec2messages:GetMessages",
                "ec2messages:SendReply",
            ]
        ),
        Use(
            ["ssm:DescribeDocument", "ssm:GetDocument"],
            "<aws_ssm_document.tools.arn>",
            elsewhere=[f"{SSM}:document/others"],
        ),
        Use(["ssm:DescribeAssociation", "ssm:UpdateInstanceAssociationStatus"], f"{SSM}:association/0a1b2c3d"),
        Use(
            ["ssm:ListInstanceAssociations", "ssm:PutComplianceItems", "ssm:UpdateInstanceAssociationStatus"],
            f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0a1b2c3d",
        ),
        Use(
            ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/claims/api",
            elsewhere=[f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/policies/api"],
        ),
    ],
}
