"""Inputs of the tests: production with a VPC and everything denied, and a sandbox in which little is."""

from __future__ import annotations

from modules.devtools.cloudshell import CloudshellInputs, Developers, Sessions, VpcEnvironment

ACCOUNT = "111122223333"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:platform-alarms"
USE_TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:platform-warnings"
SSO = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_support_0a1b2c3d4e5f6071"
VPC = VpcEnvironment(
    vpc_id="vpc-0a1b2c3d4e5f60001",
    subnet_ids=["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"],
    security_group_ids=["sg-0a1b2c3d4e5f60001"],
)

FULL = CloudshellInputs(
    name="prod-cloudshell",
    alarm_topic_arn=TOPIC,
    cluster_name="prod",
    bucket_name="prod-cloudshell-111122223333",
    developers={
        "developers": Developers(role_arn=f"arn:aws:iam::{ACCOUNT}:role/people/developers"),
        "support": Developers(role_arn=SSO, namespaces=["claims", "payments"], attach_policy=False),
        "on-call": Developers(role_arn=f"arn:aws:iam::{ACCOUNT}:role/on-call", access="none"),
    },
    vpc_environment=VPC,
    sessions=Sessions(source_cidrs=["198.51.100.0/24"]),
    boundary_actions=["cloudwatch:GetMetricData", "logs:Get*"],
    downloads="bucket",
    use_topic_arn=USE_TOPIC,
)

SMALL = CloudshellInputs(
    name="dev-cloudshell",
    alarm_topic_arn=TOPIC,
    cluster_name="dev",
    bucket_name="dev-cloudshell-111122223333",
    developers={"developers": Developers(role_arn=f"arn:aws:iam::{ACCOUNT}:role/developers", access="edit")},
    file_transfer="allowed",
    sessions=Sessions(mfa_required=False),
    report_use=False,
)
