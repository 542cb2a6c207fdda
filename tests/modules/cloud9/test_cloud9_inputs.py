"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.devtools.cloud9 import Cloud9, Cloud9Inputs, DevelopmentEnvironment, Member, NamedService
from tests.modules.cloud9.examples import ANN, FULL, IMAGES, SMALL
from tests.support.planning import refusals

CLAIMS = DevelopmentEnvironment(owner_arn=ANN, subnet_id="subnet-0c1d2e3f4a5b60001")
ZURICH = "arn:aws:sns:eu-central-2:111122223333:platform-alarms"
CHINA = "arn:aws-cn:sns:cn-north-1:111122223333:platform-alarms"
PERSON = (
    "must be the ARN of a user or of a role's session, such as arn:aws:sts::111122223333:assumed-role/developers/ann"
)
ROLE = "arn:aws:iam::111122223333:role/developers"


def only(environment: DevelopmentEnvironment) -> Cloud9Inputs:
    return SMALL.but(environments={"claims": environment})


WRONG: dict[str, tuple[Cloud9Inputs, str]] = {
    "a new customer": (
        SMALL.but(existing_customer=False),
        "existing_customer: must be true: AWS has taken no new customers of Cloud9 since 2024-07-25, so an account "
        "without one gets an error when it is applied. Use CloudShell for commands, and AWS Toolkit in people's own "
        "editors, got existing_customer = false",
    ),
    "a region that it never came to": (
        SMALL.but(alarm_topic_arn=ZURICH),
        "alarm_topic_arn: must be in a region that has Cloud9, as the module then is: AWS brings it to no other, got "
        f'alarm_topic_arn = "{ZURICH}"',
    ),
    "a partition without it": (
        SMALL.but(alarm_topic_arn=CHINA),
        "alarm_topic_arn: must be in a region that has Cloud9, as the module then is: AWS brings it to no other, got "
        f'alarm_topic_arn = "{CHINA}"',
    ),
    "an instance of Arm": (
        only(CLAIMS.but(instance_type="t4g.small")),
        'environments["claims"].instance_type: must be of x86-64, as the images of Cloud9 are: one with a g behind its '
        'number is of Arm, got instance_type = "t4g.small"',
    ),
    "an instance that never stops": (
        only(CLAIMS.but(automatic_stop_minutes=0)),
        'environments["claims"].automatic_stop_minutes: must be 15 to 20160, got 0',
    ),
    "a role in place of its session": (
        only(CLAIMS.but(owner_arn=ROLE)),
        f'environments["claims"].owner_arn: {PERSON}, got "{ROLE}"',
    ),
    "a member that is nobody": (
        only(CLAIMS.but(members={"ben": Member(user_arn=ROLE)})),
        f'environments["claims"].members["ben"].user_arn: {PERSON}, got "{ROLE}"',
    ),
    "every action of a service": (
        SMALL.but(services={"ecr": NamedService(actions=["ecr:*"], resources=[IMAGES])}),
        'services["ecr"].actions[0]: must be an action of IAM with its service, such as ecr:BatchGetImage, got "ecr:*"',
    ),
    "any resource of a service": (
        SMALL.but(services={"ecr": NamedService(actions=["ecr:BatchGetImage"], resources=["*"])}),
        'services["ecr"].resources[0]: must be an ARN that names something, got "*"',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Cloud9, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}


@pytest.mark.parametrize("kind", ["t3.small", "m5.large", "c7i-flex.large", "i4i.large", "g4dn.xlarge", "m7a.medium"])
def test_instances_of_x86_64_are_taken(kind: str) -> None:
    assert problems_of(only(CLAIMS.but(instance_type=kind))) == []


@pytest.mark.parametrize("kind", ["t4g.small", "m6gd.large", "c7gn.large", "x2gd.medium", "im4gn.large"])
def test_instances_of_arm_are_not(kind: str) -> None:
    assert problems_of(only(CLAIMS.but(instance_type=kind))) != []


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []
