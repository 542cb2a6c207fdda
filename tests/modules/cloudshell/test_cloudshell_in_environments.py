"""What people get in each environment, and what no environment may give them."""

from __future__ import annotations

from typing import cast

import pytest

from environments import PLATFORM
from environments.dev import DEV
from environments.families.devtools import DevtoolsFamily
from environments.platform import Platform
from environments.prod import PROD
from environments.staging import STAGING
from groundplan.building import Tool
from modules.devtools.cloudshell import CloudshellInputs, Developers

OLD = Tool(version="1.32.9", sha256="0" * 64)
EDITS = {"developers": Developers(role_arn=PROD.role_arn("developers"), access="edit")}


def settings(environment: Platform) -> DevtoolsFamily:
    return cast(DevtoolsFamily, PLATFORM.settings(environment, DevtoolsFamily, environment.name))


def told(environment: Platform, **changed: object) -> list[str]:
    family = settings(environment)
    wrong = family.but(cloudshell=family.cloudshell.but(**changed))
    return [f"{problem.path}: {problem.message}" for problem in wrong.unfit(environment)]


def shells(environment: Platform) -> CloudshellInputs:
    return settings(environment).cloudshell


def test_people_look_at_production_and_change_what_they_try_things_out_in() -> None:
    access = {each.name: shells(each).developers["developers"].access for each in (DEV, STAGING, PROD)}
    assert access == {"dev": "edit", "staging": "view", "prod": "view"}


@pytest.mark.parametrize("environment", [STAGING, PROD], ids=lambda environment: str(environment.name))
def test_no_file_leaves_and_every_shell_is_in_the_vpc_and_told(environment: Platform) -> None:
    it = shells(environment)
    assert (it.file_transfer, it.report_use) == ("denied", True)
    assert it.vpc_environment is not None
    assert it.vpc_environment.subnet_ids == environment.network.private_subnet_ids
    assert it.use_topic_arn == environment.topics_by_severity["warning"]


def test_every_environment_has_a_kubectl_for_its_cluster() -> None:
    assert [told(environment) for environment in (DEV, STAGING, PROD)] == [[], [], []]


def test_a_kubectl_that_does_not_speak_to_the_cluster_is_refused() -> None:
    assert told(DEV, kubectl=OLD) == [
        "cloudshell.kubectl.version: must be at most one minor version from 1.34, which the cluster is of, got 1.32.9"
    ]


def test_hands_on_production_are_refused_and_elsewhere_they_are_not() -> None:
    assert told(PROD, developers=EDITS) == [
        'cloudshell.developers["developers"].access: must be view or none in production, where changes come by a '
        "reviewed plan, got edit"
    ]
    assert told(STAGING, developers=EDITS) == []
