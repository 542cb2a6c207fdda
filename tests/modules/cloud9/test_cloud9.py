"""Whose environments there are, who is let in, what their instances may reach and what is on them, who hears of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from modules.devtools.cloud9 import Cloud9, DevelopmentEnvironment, Member
from tests.modules.cloud9.examples import ANN, BEN, FULL, SMALL, TOPIC
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.support.planning import ModulePlan

ROLE = "AWSCloud9SSMAccessRole"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("cloud9", tmp_path_factory)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    # its name sorts before all others, where it could take something over from them
    first = DevelopmentEnvironment(
        owner_arn=BEN, subnet_id="subnet-0c1d2e3f4a5b60002", members={"a1": Member(user_arn=ANN)}
    )
    return plan_module(Cloud9, SMALL.but(environments={"aaa": first, **SMALL.environments}))


def script(plan: ModulePlan) -> str:
    (step,) = json.loads(plan.resource("aws_ssm_document.tools")["content"])["mainSteps"]
    (text,) = step["inputs"]["runCommand"]
    return str(text)


def by_name(plan: ModulePlan, kind: str) -> dict[str, dict[str, Any]]:
    return {address.partition('"')[2].rstrip('"]'): made for address, made in plan.resources(kind).items()}


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_every_instance_stops_by_itself_and_is_reached_by_systems_manager_alone(full: ModulePlan) -> None:
    environments = by_name(full, "aws_cloud9_environment_ec2")
    assert {made["connection_type"] for made in environments.values()} == {"CONNECT_SSM"}
    assert {name: made["automatic_stop_time_minutes"] for name, made in environments.items()} == {
        "claims": 30,
        "policies": 60,
    }


def test_an_environment_is_its_owners_in_its_subnet_on_its_kind_of_instance(full: ModulePlan) -> None:
    made = by_name(full, "aws_cloud9_environment_ec2")
    asked = ("name", "owner_arn", "subnet_id", "instance_type", "image_id")
    assert [made["claims"][each] for each in asked] == [
        "dev-cloud9-claims",
        ANN,
        "subnet-0c1d2e3f4a5b60001",
        "t3.small",
        "amazonlinux-2023-x86_64",
    ]
    assert [made["policies"][each] for each in asked] == [
        "dev-cloud9-policies",
        BEN,
        "subnet-0c1d2e3f4a5b60002",
        "m5.large",
        "ubuntu-22.04-x86_64",
    ]
    assert full.outputs["urls"]["claims"] == (
        f"https://us-east-1.console.aws.amazon.com/cloud9/ide/{full.outputs['environment_ids']['claims']}"
    )


def test_members_are_let_into_their_environment_and_read_unless_they_may_write(full: ModulePlan) -> None:
    ids = full.outputs["environment_ids"]
    members = by_name(full, "aws_cloud9_environment_membership")
    assert {
        name: (made["environment_id"], made["user_arn"], made["permissions"]) for name, made in members.items()
    } == {
        "claims/audit": (ids["claims"], f"{BEN}-audit", "read-only"),
        "claims/ben": (ids["claims"], BEN, "read-write"),
    }


def test_the_role_has_the_names_that_cloud9_looks_for(full: ModulePlan) -> None:
    role = full.resource("aws_iam_role.instances[0]")
    assert (role["name"], role["path"]) == (ROLE, "/service-role/")
    assert role["permissions_boundary"] == FULL.permissions_boundary_arn
    profile = full.resource("aws_iam_instance_profile.instances[0]")
    assert (profile["name"], profile["path"], profile["role"]) == ("AWSCloud9SSMInstanceProfile", "/cloud9/", ROLE)
    attached = full.resource("aws_iam_role_policy_attachment.instances[0]")
    assert attached["policy_arn"] == "arn:aws:iam::aws:policy/AWSCloud9SSMInstanceProfile"


def test_where_the_role_is_there_the_module_adds_its_policy_under_a_name_of_its_own(small: ModulePlan) -> None:
    assert not small.resources("aws_iam_role")
    assert not small.resources("aws_iam_instance_profile")
    policy = small.resource("aws_iam_role_policy.instances")
    assert (policy["role"], policy["name"]) == (ROLE, "dev-cloud9-access")
    assert not [each for each in json.loads(policy["policy"])["Statement"] if each["Sid"].startswith("Use")]


def test_the_document_installs_each_tool_by_its_version_and_its_sum(full: ModulePlan) -> None:
    told = script(full)
    for name, tool in (("KUBECTL", FULL.kubectl), ("HELM", FULL.helm), ("TERRAFORM", FULL.terraform)):
        assert f"{name}_VERSION='{tool.version}'\n{name}_SHA256='{tool.sha256}'\n" in told
    # Systems Manager would read them as its own parameters
    assert "{{" not in told


def test_state_manager_runs_it_on_the_instance_of_each_environment_and_again_when_it_changes(full: ModulePlan) -> None:
    newest = full.resource("aws_ssm_document.tools")["latest_version"]
    for name, made in by_name(full, "aws_ssm_association").items():
        assert made["name"] == full.outputs["document_name"] == "dev-cloud9-tools"
        assert made["document_version"] == newest
        assert made["targets"] == [
            {"key": "tag:aws:cloud9:environment", "values": [full.outputs["environment_ids"][name]]}
        ]


def test_only_a_failure_of_this_document_rings(full: ModulePlan) -> None:
    rule = full.resource("aws_cloudwatch_event_rule.tools_failed")
    assert json.loads(rule["event_pattern"])["detail"] == {"document-name": ["dev-cloud9-tools"], "status": ["Failed"]}
    assert {made["arn"] for made in full.resources("aws_cloudwatch_event_target").values()} == {TOPIC}


def test_one_more_environment_moves_no_other(small: ModulePlan) -> None:
    assert sorted(small.resources("aws_cloud9_environment_ec2")) == [
        'aws_cloud9_environment_ec2.environment["aaa"]',
        'aws_cloud9_environment_ec2.environment["claims"]',
    ]
    assert list(small.resources("aws_cloud9_environment_membership")) == [
        'aws_cloud9_environment_membership.member["aaa/a1"]'
    ]
