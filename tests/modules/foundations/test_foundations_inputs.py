"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.cluster.foundations import (
    EbsCsiDriver,
    EfsCsiDriver,
    Foundations,
    FoundationsInputs,
    Karpenter,
    KubeStateMetrics,
    Namespace,
    PriorityClass,
    SecretStore,
    StorageClass,
)
from tests.modules.foundations.examples import ADDONS, FULL
from tests.support.planning import refusals

WRONG: dict[str, tuple[FoundationsInputs, str]] = {
    "a version that is not exact": (
        ADDONS.but(ebs_csi_driver=EbsCsiDriver(addon_version="v1.63")),
        'ebs_csi_driver.addon_version: must be an exact version of the add-on, such as v1.12.4-eksbuild.1, got "v1.63"',
    ),
    "more throughput than its operations carry": (
        FULL.but(storage_classes={"gp3": StorageClass(throughput_mibps=800)}),
        'storage_classes["gp3"].throughput_mibps: must be at most a quarter of iops, which is all that EBS gives, '
        "got throughput_mibps = 800, iops = 3000",
    ),
    "fewer operations than every volume has": (
        FULL.but(storage_classes={"gp3": StorageClass(iops=100)}),
        'storage_classes["gp3"].iops: must be 3000 to 80000, got 100',
    ),
    "labels of no kind": (
        FULL.but(kube_state_metrics=KubeStateMetrics(labels_of_objects=["team"])),
        "kube_state_metrics.labels_of_objects[0]: must be a kind in the plural and its labels, such as "
        'pods=[app.kubernetes.io/name,team], got "team"',
    ),
    "shared volumes of no file system": (
        ADDONS.but(efs_csi_driver=EfsCsiDriver(addon_version="v3.4.1-eksbuild.1")),
        "efs_csi_driver.file_system_id: must be given, or file_system must: one of the two",
    ),
    "a class of shared volumes that is another's": (
        FULL.but(storage_classes={"efs": StorageClass()}),
        "efs_csi_driver: must have another class_name than any of storage_classes",
    ),
    "more of Karpenter than take over": (
        FULL.but(karpenter=Karpenter(replicas=9)),
        "karpenter.replicas: must be 1 to 5, got 9",
    ),
    "two defaults of importance": (
        FULL.but(
            priority_classes={name: PriorityClass(value=1, description="x", default=True) for name in ("one", "two")}
        ),
        "priority_classes: must have one default at most: the API server refuses a second one",
    ),
    "a class with a name of Kubernetes' own": (
        FULL.but(priority_classes={"system-mine": PriorityClass(value=1, description="x")}),
        'priority_classes["system-mine"]: its name must have another name: those that begin with system- are',
    ),
    "a namespace of Kubernetes' own": (
        FULL.but(namespaces={"kube-system": Namespace()}),
        'namespaces["kube-system"]: must have another name: default is there in every cluster',
    ),
    "a label that says the level": (
        FULL.but(namespaces={"claims": Namespace(labels={"pod-security.kubernetes.io/enforce": "privileged"})}),
        'namespaces["claims"].labels["pod-security.kubernetes.io/enforce"]: must have another name: pod_security says',
    ),
    "visitors of what is open": (
        FULL.but(namespaces={"claims": Namespace(network_closed=False, ingress_from=["gateway"])}),
        'namespaces["claims"].ingress_from: must be empty unless network_closed: everybody may connect',
    ),
    "a store that nobody reads by": (
        FULL.but(external_secrets=None),
        "secret_stores: must be empty without external_secrets, which reads by them",
    ),
    "a store that reads nothing": (
        FULL.but(secret_stores={"claims": SecretStore(namespaces=["claims"], consumer="claims-api")}),
        'secret_stores["claims"].paths: must have one, or names must: a store without either reads nothing',
    ),
    "a path that is the beginning of other names too": (
        FULL.but(
            secret_stores={"claims": SecretStore(namespaces=["claims"], consumer="claims-api", paths=["prod/claims"])}
        ),
        'secret_stores["claims"].paths[0]: must be the beginning of secrets\' names, with a / at its end, such as',
    ),
    "two defaults": (
        FULL.but(storage_classes={"gp3": StorageClass(default=True), "other": StorageClass(default=True)}),
        "storage_classes: must have one default at most: of two the newer one would count",
    ),
    "a class with a name that Kubernetes does not take": (
        FULL.but(storage_classes={"GP3": StorageClass()}),
        'storage_classes["GP3"]: its name must be a Kubernetes name',
    ),
}
IN_TERRAFORM_ONLY: dict[str, tuple[FoundationsInputs, str]] = {
    "a value that the module keeps": (FULL.but(metrics_server_extra_values={"replicas": 5}), "replicas"),
    "a value that the module keeps of the other chart": (
        FULL.but(snapshot_controller_extra_values={"installCRDs": False}),
        "installCRDs",
    ),
}


@pytest.mark.parametrize("inputs", [FULL, ADDONS])
def test_the_examples_are_sound(inputs: FoundationsInputs) -> None:
    assert problems_of(inputs) == []


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    (found,) = problems_of(inputs)
    assert f"{found.path}: {found.message}".startswith(message)


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    every = WRONG | IN_TERRAFORM_ONLY
    told = refusals(Foundations, {name: inputs for name, (inputs, _) in every.items()}, tmp_path)
    assert {name: message for name, (_, message) in every.items() if message not in told[name]} == {}
