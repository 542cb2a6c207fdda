"""What the module refuses, in Python and by Terraform, with the same words."""

from __future__ import annotations

import pytest

from groundplan.framework.checking import problems_of
from modules.secrets.vault import Copies, Recovery, Snapshots, Vault, VaultInputs
from tests.modules.vault.examples import FULL, REPLICA, SMALL
from tests.support.planning import refusals

BAD: dict[str, tuple[VaultInputs, str, str]] = {
    "an even number of servers": (SMALL.but(replicas=4), "replicas", "must be odd, got 4"),
    "more servers than raft should have": (SMALL.but(replicas=9), "replicas", "must be 1 to 7, got 9"),
    "fewer servers than zones": (
        FULL.but(replicas=1),
        "replicas",
        "must be zones at least, or a zone has no server; a single server needs zones = 1, got replicas = 1, zones = 3",
    ),
    "a cron that is none": (SMALL.but(snapshots=Snapshots(cron="hourly")), "snapshots.cron", "must be"),
    "an alarm beyond CloudWatch's week": (
        SMALL.but(snapshots=Snapshots(alarm_after_hours=200)),
        "snapshots.alarm_after_hours",
        "must be 1 to 168, got 200",
    ),
    "an image that can move": (
        SMALL.but(images=SMALL.images.but(server="docker.io/hashicorp/vault:latest")),
        "images.server",
        "must be a container image with its registry and an exact version or digest",
    ),
    "a replica of a key of another Vault": (
        SMALL.but(copies=Copies(region="us-west-2"), recovery=Recovery(unseal_key_arn=REPLICA)),
        "recovery",
        "cannot be together with copies",
    ),
    "copies where Vault itself is": (
        SMALL.but(copies=Copies(region="us-east-1")),
        "copies.region",
        "must be another region than the module's own, got",
    ),
    "a namespace that is there already": (
        SMALL.but(namespace="default"),
        "namespace",
        "must be Vault's own: the module makes it, default is there already, and names that begin with kube- are "
        'Kubernetes\' own, got namespace = "default"',
    ),
    "a value that the module keeps": (
        SMALL.but(extra_values={"server": {"ha": {"replicas": 1}}}),
        "extra_values",
        "server.ha.replicas",
    ),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Terraform's answers to all of them at once."""
    return refusals(Vault, {name: BAD[name][0] for name in sorted(BAD)}, tmp_path_factory.mktemp("refusals"))


@pytest.mark.parametrize("name", sorted(BAD))
def test_terraform_refuses_it(name: str, told: dict[str, str]) -> None:
    _, setting, words = BAD[name]
    assert setting in told[name]
    assert words in told[name]


@pytest.mark.parametrize("name", sorted(set(BAD) - {"a value that the module keeps"}))
def test_python_refuses_it_before_with_the_same_words(name: str) -> None:
    inputs, setting, words = BAD[name]
    (problem,) = problems_of(inputs, "prod.vault")
    assert problem.path == f"prod.vault.{setting}"
    assert words in problem.message


@pytest.mark.parametrize("inputs", [FULL, SMALL])
def test_what_is_right_is_taken(inputs: VaultInputs) -> None:
    assert problems_of(inputs, "prod.vault") == []
