"""No environment has Cloud9, and one that does hears at each synth that AWS has closed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from environments import PLATFORM
from environments.dev import DEV
from environments.families.devtools import DevtoolsFamily
from environments.platform import Platform
from groundplan.synth.project import synth
from modules.devtools.cloud9 import Cloud9Inputs
from tests.modules.cloud9.examples import SMALL
from tests.synth.programs import PROJECT

# what an environment says itself, beside what every module is given
OWN = Cloud9Inputs(existing_customer=True, environments=SMALL.environments)


def settings(environment: Platform) -> DevtoolsFamily:
    return cast(DevtoolsFamily, PLATFORM.settings(environment, DevtoolsFamily, environment.name))


def test_no_environment_has_it() -> None:
    assert [settings(environment).cloud9.given() for environment in PLATFORM.environments] == [{}] * 3


def test_whoever_has_it_hears_at_each_synth_that_aws_has_closed_it_and_what_to_use_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = PLATFORM.with_layers(DEV, DevtoolsFamily(cloud9=OWN))
    synth(project.compose, [DEV], project=PROJECT, out=tmp_path / "out", selection=["dev-devtools"])
    told = capsys.readouterr().err
    assert "dev.devtools.cloud9: AWS has taken no new customers of Cloud9 since 2024-07-25" in told
    assert "use CloudShell" in told
    calls = json.loads((tmp_path / "out/stacks/dev-devtools/cdk.tf.json").read_bytes())["module"]
    assert calls["cloud9"]["existing_customer"] is True
    assert calls["cloud9"]["permissions_boundary_arn"] == DEV.permissions_boundary_arn


def test_two_environments_of_an_account_share_one_role_of_instances() -> None:
    (once,) = settings(DEV).but(cloud9=OWN).made_once(DEV)
    assert (once.setting, once.region) == ("cloud9.make_access_role", "")
    assert list(settings(DEV).but(cloud9=OWN.but(make_access_role=False)).made_once(DEV)) == []
