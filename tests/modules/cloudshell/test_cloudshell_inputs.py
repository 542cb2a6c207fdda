"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.devtools.cloudshell import Cloudshell, CloudshellInputs, Developers
from tests.modules.cloudshell.examples import FULL, SMALL, SSO, VPC
from tests.support.planning import refusals

DEVELOPERS = Developers(role_arn="arn:aws:iam::111122223333:role/developers")
CHINA = "arn:aws-cn:sns:cn-north-1:111122223333:platform-alarms"


WRONG: dict[str, tuple[CloudshellInputs, str]] = {
    "a partition without CloudShell": (
        SMALL.but(alarm_topic_arn=CHINA),
        "alarm_topic_arn: must be in a partition that has CloudShell: AWS does not offer it in China, got "
        f'alarm_topic_arn = "{CHINA}"',
    ),
    "a role that only IAM Identity Center changes": (
        SMALL.but(developers={"support": DEVELOPERS.but(role_arn=SSO)}),
        'developers["support"].attach_policy: must be false for a role of IAM Identity Center, which nobody but it may '
        f'change: name the policy in the permission set, got role_arn = "{SSO}"',
    ),
    "one role twice": (
        SMALL.but(developers={"a1": DEVELOPERS, "b1": DEVELOPERS.but(access="edit")}),
        "developers: must each have a role_arn of their own: a cluster has one access entry for a role, got "
        '["a1","b1"]',
    ),
    "a group in capitals": (
        SMALL.but(developers={"Dev": DEVELOPERS}),
        'developers["Dev"]: its name must be 2 to 40 lower-case letters, digits and hyphens, beginning with a letter, '
        'got "Dev"',
    ),
    "a version that is not exact": (
        SMALL.but(kubectl=SMALL.kubectl.but(version="v1.34")),
        'kubectl.version: must be an exact version without a v, such as 1.34.11, got "v1.34"',
    ),
    "a sum that is cut short": (
        SMALL.but(helm=SMALL.helm.but(sha256="a7f81ce0")),
        'helm.sha256: must be a SHA-256 sum: 64 of 0-9 and a-f, as sha256sum prints it, got "a7f81ce0"',
    ),
    "a cluster whose name a shell would read": (
        SMALL.but(cluster_name="prod'; true"),
        "cluster_name: must be the name of an EKS cluster: at most 100 letters, digits, - and _, beginning "
        'with a letter or digit, got "prod\'; true"',
    ),
    "a network without a security group": (
        FULL.but(vpc_environment=VPC.but(security_group_ids=[])),
        "vpc_environment.security_group_ids: must have 1 to 5 items, got 0",
    ),
    "a boundary that is none": (
        SMALL.but(boundary_actions=["logs:*"]),
        "boundary_actions[0]: must be an action of IAM with its service, such as logs:GetLogEvents, or the beginning "
        'of some, such as logs:Get*, got "logs:*"',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Cloudshell, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []
