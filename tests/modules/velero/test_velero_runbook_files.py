"""The runbook's manifests are ones that Velero takes, and what it says of itself is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.charts import custom_resource_problems

RUNBOOK = (Path(__file__).parents[3] / "modules/backup/velero/files/RESTORE.md").read_text()
MANIFESTS: list[dict[str, Any]] = [
    yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", RUNBOOK, re.DOTALL)
]


def test_every_way_to_restore_is_there() -> None:
    assert [manifest["metadata"]["generateName"] for manifest in MANIFESTS] == [
        "one-resource-",
        "claims-beside-",
        "namespaces-",
        "full-cluster-",
    ]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest["metadata"]["generateName"])
def test_velero_would_take_the_manifest(manifest: dict[str, Any]) -> None:
    generated = {**manifest["metadata"], "name": manifest["metadata"]["generateName"] + "x7k2p"}
    assert custom_resource_problems({**manifest, "metadata": generated}, where="RESTORE.md") == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest["metadata"]["generateName"])
def test_a_restore_names_a_backup_or_a_schedule_but_not_both(manifest: dict[str, Any]) -> None:
    assert len({"backupName", "scheduleName"} & manifest["spec"].keys()) == 1


def test_a_full_restore_leaves_the_new_clusters_own_machinery_alone() -> None:
    assert {"kube-system", "kube-node-lease"} <= set(MANIFESTS[-1]["spec"]["excludedNamespaces"])
    assert {"nodes", "backuprepositories.velero.io"} <= set(MANIFESTS[-1]["spec"]["excludedResources"])
