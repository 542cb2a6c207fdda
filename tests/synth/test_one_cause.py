"""One wrong fact of an environment is one problem, however many names, domains and ARNs are made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from environments import PLATFORM
from environments.families.secrets import SecretsFamily
from environments.platform import Platform
from environments.prod import PROD
from groundplan.problems import BadInput
from groundplan.synth.families import Project
from groundplan.synth.project import synth
from modules.secrets.vault import VaultInputs
from tests.synth.programs import PROJECT


def without(environment: Platform, name: str) -> Platform:
    """The environment as it is when a line of its file was forgotten."""
    return Platform(**{key: value for key, value in environment.given().items() if key != name})


WRONG = {
    "Prod.name": PROD.but(name="Prod"),
    "dot.public_domain": PROD.but(name="dot", public_domain="platform.example.com."),
    "blank.owner": PROD.but(name="blank", owner=" "),
    "nobody.owner": PROD.but(name="nobody", owner=None),
    "account.account_id": PROD.but(name="account", account_id="1"),
    "twin.dr_region": PROD.but(name="twin", dr_region=PROD.region),
    "tier.tier": PROD.but(name="tier", tier="meduim"),
    "cluster.cluster.name": PROD.but(name="cluster", cluster=PROD.cluster.but(name="")),
    "bare.network": without(PROD.but(name="bare"), "network"),
}


def test_one_wrong_fact_is_told_once_and_what_is_wrong_besides_with_it(tmp_path: Path) -> None:
    several = PROD.but(name="Several", region="us-est-1", cluster=4)
    layer = SecretsFamily(vault=VaultInputs(replicas=4, zones=9))
    own = PLATFORM._differences["prod"]
    said = {environment.name: own for environment in WRONG.values()}
    project: Project[Platform] = Project((), PLATFORM.families, {**said, "Several": (*own, layer)})

    with pytest.raises(BadInput) as told:
        synth(project.compose, [*WRONG.values(), several], project=PROJECT, out=tmp_path / "cdktf.out")

    assert sorted(problem.path for problem in told.value.problems) == sorted(
        [
            *WRONG,
            "Several.name",
            "Several.region",
            "Several.cluster",
            "Several.secrets.vault.replicas",
            "Several.secrets.vault.zones",
        ]
    )
