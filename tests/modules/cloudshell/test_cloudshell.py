"""Who gets a shell, what it may reach, what is installed in it, and who hears of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.iam import evaluate
from modules.devtools.cloudshell import Cloudshell, Developers
from tests.modules.cloudshell.examples import FULL, SMALL, SSO, TOPIC, USE_TOPIC
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.support.planning import ModulePlan

SHELL = "arn:aws:cloudshell:us-east-1:111122223333:environment/0a1b2c3d"
EKS_POLICY = "arn:aws:eks::aws:cluster-access-policy"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("cloudshell", tmp_path_factory)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    # its name sorts before all others, where it could take something over from them
    more = {"aaa": Developers(role_arn="arn:aws:iam::111122223333:role/auditors"), **SMALL.developers}
    return plan_module(Cloudshell, SMALL.but(developers=more))


def statements(plan: ModulePlan, policy: str) -> dict[str, Any]:
    return {each["Sid"]: each for each in json.loads(plan.resource(f"aws_iam_policy.{policy}")["policy"])["Statement"]}


def may(plan: ModulePlan, action: str, resource: str = SHELL, **context: Any) -> bool:
    return evaluate(json.loads(plan.resource("aws_iam_policy.use")["policy"]), action, resource, context)


def script(plan: ModulePlan) -> str:
    return str(plan.resource("aws_s3_object.bootstrap")["content"])


def said(plan: ModulePlan) -> Mapping[str, str]:
    lines = [line.removeprefix("readonly ") for line in script(plan).splitlines()[1:10]]
    return {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines)}


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_policies_are_known_before_anything_is_there_so_that_rules_can_judge_them(small: ModulePlan) -> None:
    for policy in ("use", "boundary"):
        assert statements(small, policy)


def test_production_moves_no_files_and_a_sandbox_does(full: ModulePlan, small: ModulePlan) -> None:
    for action in ("cloudshell:GetFileDownloadUrls", "cloudshell:GetFileUploadUrls"):
        assert not may(full, action)
        assert may(small, action)
    assert statements(full, "boundary")["NoTransferOfFiles"] == statements(full, "use")["NoTransferOfFiles"]
    assert "NoTransferOfFiles" not in statements(small, "use")


def test_without_a_network_of_ones_own_a_shell_is_in_that_of_aws(small: ModulePlan) -> None:
    assert may(small, "cloudshell:CreateEnvironment", "*")
    assert not [sid for sid in statements(small, "use") if "Vpc" in sid or "Interface" in sid or "Network" in sid]


def test_whoever_comes_by_an_identity_provider_is_not_asked_for_a_factor_that_aws_cannot_see(full: ModulePlan) -> None:
    asked = {"aws:SourceIp": "198.51.100.7"}
    assert may(full, "cloudshell:CreateSession", **asked)
    assert not may(full, "cloudshell:CreateSession", **asked, **{"aws:MultiFactorAuthPresent": "false"})


def test_the_boundary_gives_what_use_gives_and_what_it_is_told_besides(full: ModulePlan, small: ModulePlan) -> None:
    more = set(statements(full, "boundary")) - set(statements(full, "use"))
    assert more == {"AtMostBesides"}
    assert statements(full, "boundary")["AtMostBesides"]["Action"] == ["cloudwatch:GetMetricData", "logs:Get*"]
    assert statements(small, "boundary") == statements(small, "use")


def test_each_role_gets_its_access_by_the_policy_of_eks_and_only_where_it_says(
    full: ModulePlan, small: ModulePlan
) -> None:
    given = {
        address.partition('"')[2].rstrip('"]'): (made["policy_arn"], made["access_scope"])
        for address, made in full.resources("aws_eks_access_policy_association").items()
    }
    assert given == {
        "developers": (f"{EKS_POLICY}/AmazonEKSViewPolicy", [{"type": "cluster", "namespaces": []}]),
        "support": (
            f"{EKS_POLICY}/AmazonEKSViewPolicy",
            [{"type": "namespace", "namespaces": ["claims", "payments"]}],
        ),
    }
    edits = small.resource('aws_eks_access_policy_association.developers["developers"]')
    assert edits["policy_arn"] == f"{EKS_POLICY}/AmazonEKSEditPolicy"
    assert set(full.outputs["access_entry_arns"]) == {"developers", "support"}
    entries = full.resources("aws_eks_access_entry")
    assert {made["principal_arn"] for made in entries.values()} == {FULL.developers["developers"].role_arn, SSO}
    assert {made["type"] for made in entries.values()} == {"STANDARD"}


def test_the_policy_is_attached_by_the_name_of_a_role_and_to_none_of_identity_center(full: ModulePlan) -> None:
    attached = full.resources("aws_iam_role_policy_attachment")
    assert {made["role"] for made in attached.values()} == {"developers", "on-call"}
    assert {made["policy_arn"] for made in attached.values()} == {full.outputs["use_policy_arn"]}


def test_one_more_role_is_an_entry_more_and_moves_no_other(small: ModulePlan) -> None:
    assert sorted(small.resources("aws_eks_access_entry")) == [
        'aws_eks_access_entry.developers["aaa"]',
        'aws_eks_access_entry.developers["developers"]',
    ]


def test_the_script_says_what_it_installs_and_for_which_cluster(full: ModulePlan) -> None:
    assert said(full) == {
        "KUBECTL_VERSION": FULL.kubectl.version,
        "KUBECTL_SHA256": FULL.kubectl.sha256,
        "HELM_VERSION": FULL.helm.version,
        "HELM_SHA256": FULL.helm.sha256,
        "DOWNLOADS": "bucket",
        "BUCKET": FULL.bucket_name,
        "CLUSTER": "prod",
        "CLUSTER_REGION": "us-east-1",
        "POLICY": "prod-cloudshell-use",
    }
    assert script(full).startswith("#!/usr/bin/env bash\n")


def test_what_is_pasted_runs_no_other_script(full: ModulePlan, small: ModulePlan) -> None:
    for plan in (full, small):
        sum_of_it = hashlib.sha256(script(plan).encode()).hexdigest()
        assert plan.outputs["bootstrap_sha256"] == sum_of_it
        assert (
            f"echo '{sum_of_it}  bootstrap.sh' | sha256sum --check && bash bootstrap.sh"
            in (plan.outputs["bootstrap_command"])
        )


def test_a_file_that_was_moved_rings_and_use_and_refusals_are_told_to_their_topic(
    full: ModulePlan, small: ModulePlan
) -> None:
    told = {made["rule"]: made["arn"] for made in full.resources("aws_cloudwatch_event_target").values()}
    assert told == {
        "prod-cloudshell-used": USE_TOPIC,
        "prod-cloudshell-file-moved": TOPIC,
        "prod-cloudshell-file-refused": USE_TOPIC,
    }
    assert not small.resources("aws_cloudwatch_event_rule")


def test_files_are_told_whether_they_were_refused_and_though_cloudtrail_calls_it_reading(full: ModulePlan) -> None:
    for name, refused in (("file_moved", False), ("file_refused", True)):
        rule = full.resource(f"aws_cloudwatch_event_rule.{name}[0]")
        assert json.loads(rule["event_pattern"])["detail"]["errorCode"] == [{"exists": refused}]
        assert rule["state"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


def test_policies_fit_whatever_is_set(plan_module: Planner) -> None:
    vpc = FULL.vpc_environment
    assert vpc is not None
    most = FULL.but(
        name="a" * 40,
        cluster_name="c" * 100,
        bucket_name="b" * 63,
        vpc_environment=vpc.but(
            subnet_ids=[f"subnet-{number:017x}" for number in range(6)],
            security_group_ids=[f"sg-{number:017x}" for number in range(5)],
        ),
        sessions=FULL.sessions.but(source_cidrs=[f"198.51.100.{number}/32" for number in range(100, 110)]),
        boundary_actions=[f"secretsmanager:{'x' * 30}{letter}*" for letter in "abcdefghijklmnopqrst"],
    )
    # the plan refuses a policy that is longer than IAM takes
    plan = plan_module(Cloudshell, most)
    assert len(statements(plan, "boundary")["AtMostBesides"]["Action"]) == len(most.boundary_actions)
