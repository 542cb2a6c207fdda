"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from modules.secrets.cloudhsm import Cloudhsm, CloudhsmInputs
from tests.modules.cloudhsm.examples import BEFORE, FULL, HELD, SUBNETS
from tests.support.planning import apply_module, refusals

ONE = {"us-east-1a": SUBNETS["us-east-1a"]}

WRONG: dict[str, tuple[CloudhsmInputs, str]] = {
    "HSMs in one zone": (
        BEFORE.but(subnets=ONE),
        "subnets: must be in 2 zones or more: keys that are only in one zone",
    ),
    "one subnet for two zones": (
        BEFORE.but(subnets=dict.fromkeys(SUBNETS, SUBNETS["us-east-1a"])),
        "subnets: must have another subnet in each zone",
    ),
    "a first HSM in a zone without a subnet": (
        BEFORE.but(first_zone="us-east-1f"),
        'first_zone: must be one of the zones of subnets, got first_zone = "us-east-1f"',
    ),
    "a second phase that nobody confirms": (
        BEFORE.but(initialized=True),
        "initialized: must be false until ceremony is given: hold the ceremony that the module's README describes, and "
        "give ceremony with cluster_id, held_on and witnesses from its record",
    ),
    "a ceremony before the second phase": (
        BEFORE.but(initialized=False, ceremony=HELD),
        "initialized: must be true when ceremony is given: set it once the cluster is active, or remove ceremony",
    ),
    "a ceremony with one witness": (
        FULL.but(ceremony=HELD.but(witnesses=["Ann Archer"])),
        "ceremony.witnesses: must have 2 or more items",
    ),
    "the same witness twice": (
        FULL.but(ceremony=HELD.but(witnesses=["Ann Archer", "Ann Archer"])),
        "ceremony.witnesses: must not name anything twice",
    ),
    "a cluster that has no such id": (
        FULL.but(ceremony=HELD.but(cluster_id="yes")),
        'ceremony.cluster_id: must be the id of a cluster of CloudHSM, such as cluster-abcdefghij2, got "yes"',
    ),
    "one more HSM in a zone without a subnet": (
        FULL.but(additional_hsms={"busy": "us-east-1f"}),
        'additional_hsms["busy"]: must be in one of the zones of subnets',
    ),
    "one more HSM by the name of a zone": (
        FULL.but(additional_hsms={"us-east-1b": "us-east-1b"}),
        'additional_hsms["us-east-1b"]: must have another name than a zone',
    ),
    "more HSMs than a cluster takes": (
        FULL.but(additional_hsms={f"more-{number}": "us-east-1a" for number in range(26)}),
        "additional_hsms: must be few enough that the cluster has 28 HSMs at most",
    ),
    "backups that are kept for too short": (
        FULL.but(backup_retention_days=6),
        "backup_retention_days: must be 7 to 379, got 6",
    ),
}


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(BEFORE) == []


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    (told,) = [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]
    assert told.startswith(message)


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Cloudhsm, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}


def test_the_ceremony_of_another_cluster_adds_no_hsm(tmp_path: Path) -> None:
    other = FULL.but(ceremony=HELD.but(cluster_id="cluster-abcdefghij2"))
    with pytest.raises(
        BadInput, match=r"ceremony\.cluster_id: must be the id of this cluster, cluster-\w+, got cluster"
    ):
        apply_module(Cloudhsm, other, tmp_path)
