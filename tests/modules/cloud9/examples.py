"""Inputs of the tests: a workshop of two environments, and one environment beside a role that is there."""

from __future__ import annotations

from modules.devtools.cloud9 import Cloud9Inputs, DevelopmentEnvironment, Member, NamedService

ACCOUNT = "111122223333"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:platform-alarms"
ANN = f"arn:aws:sts::{ACCOUNT}:assumed-role/developers/ann"
BEN = f"arn:aws:sts::{ACCOUNT}:assumed-role/developers/ben"
IMAGES = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/claims/*"

FULL = Cloud9Inputs(
    name="dev-cloud9",
    alarm_topic_arn=TOPIC,
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/platform-boundary",
    existing_customer=True,
    environments={
        "claims": DevelopmentEnvironment(
            owner_arn=ANN,
            subnet_id="subnet-0c1d2e3f4a5b60001",
            description="the claims service",
            members={"ben": Member(user_arn=BEN, permissions="read-write"), "audit": Member(user_arn=f"{BEN}-audit")},
        ),
        "policies": DevelopmentEnvironment(
            owner_arn=BEN,
            subnet_id="subnet-0c1d2e3f4a5b60002",
            instance_type="m5.large",
            image="ubuntu-22.04-x86_64",
            automatic_stop_minutes=60,
        ),
    },
    services={"ecr": NamedService(actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], resources=[IMAGES])},
)

SMALL = Cloud9Inputs(
    name="dev-cloud9",
    alarm_topic_arn=TOPIC,
    existing_customer=True,
    environments={"claims": DevelopmentEnvironment(owner_arn=ANN, subnet_id="subnet-0c1d2e3f4a5b60001")},
    make_access_role=False,
)
