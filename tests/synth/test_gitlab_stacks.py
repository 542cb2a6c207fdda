"""Stacks with GitLab resources talk to the environment's GitLab, and their configuration holds no token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from environments.dev import DEV
from environments.platform import Platform
from groundplan.framework.checking import problems_of
from groundplan.plan import plan_all
from groundplan.synth.environment import GitLab
from groundplan.synth.project import synth
from groundplan.synth.stack import Stacks
from modules.backup.velero import Schedule, Velero, VeleroInputs
from modules.registry.gitlab_registry import GitlabRegistry, GitlabRegistryInputs
from tests.support.planning import SEATS
from tests.synth.programs import PROJECT


def compose(stacks: Stacks[Platform], env: Platform) -> None:
    registry = stacks.family("registry")
    for name in ("claims", "policies"):
        inputs = GitlabRegistryInputs(name=f"{env.name}-{name}", project_path=f"insurance/{name}")
        GitlabRegistry(registry, name, inputs)
    Velero(
        stacks.family("backup"),
        "velero",
        VeleroInputs(
            name=f"{env.name}-velero",
            cluster=env.cluster,
            alarm_topic_arn=env.alarm_topic_arn,
            schedules={"daily": Schedule(cron="0 2 * * *", ttl_hours=48, alarm_after_hours=28)},
        ),
    )


def roots(environment: Platform, folder: Path) -> dict[str, dict[str, Any]]:
    """The root module of each stack."""
    manifest = synth(compose, [environment], project=PROJECT, out=folder)
    return {stack.family: json.loads((folder / stack.folder / "cdk.tf.json").read_bytes()) for stack in manifest.stacks}


def test_only_stacks_that_need_gitlab_have_its_provider_and_no_token_is_in_it(tmp_path: Path) -> None:
    environment = DEV.but(gitlab=GitLab(base_url="https://gitlab.example.com/api/v4/"))

    found = roots(environment, tmp_path / "synth")

    assert found["registry"]["provider"]["gitlab"] == [{"base_url": "https://gitlab.example.com/api/v4/"}]
    assert found["registry"]["terraform"]["required_providers"]["gitlab"]["source"] == "gitlabhq/gitlab"
    assert "gitlab" not in found["backup"]["provider"]
    assert "kubernetes" not in found["registry"]["provider"]
    report = plan_all(tmp_path / "synth", tmp_path / "out", stacks=["dev-registry"], jobs=1, seats=SEATS)
    changes = json.loads(report.plans["dev-registry"].read_bytes())["resource_changes"]
    assert {change["provider_name"] for change in changes} == {"registry.terraform.io/gitlabhq/gitlab"}


def test_an_environment_that_says_nothing_talks_to_gitlab_com(tmp_path: Path) -> None:
    found = roots(DEV.but(gitlab=None), tmp_path / "synth")

    assert found["registry"]["provider"]["gitlab"] == [{"base_url": "https://gitlab.com/api/v4/"}]


@pytest.mark.parametrize("address", ["http://gitlab.example.com/api/v4/", "gitlab.example.com"])
def test_gitlab_is_not_talked_to_in_clear(address: str) -> None:
    (problem,) = problems_of(DEV.but(gitlab=GitLab(base_url=address)), "dev")

    assert problem.path == "dev.gitlab.base_url"
