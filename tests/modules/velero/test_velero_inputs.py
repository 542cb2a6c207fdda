"""What is refused before anything runs: in Python with its path, and by Terraform with the same words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from modules.backup.velero import (
    ExpectedResource,
    Images,
    NodeAgent,
    ObjectLock,
    Replica,
    Restore,
    RestoreDrill,
    Schedule,
    Velero,
    VeleroInputs,
)
from tests.modules.velero.examples import FULL, SMALL
from tests.support.planning import ModulePlan

DAILY = Schedule(cron="0 2 * * *", ttl_hours=72, alarm_after_hours=26)
DRILL = RestoreDrill(
    schedule="daily",
    source_namespace="claims",
    expected={"api": ExpectedResource(resource="deployments", api_group="apps")},
)

WRONG: dict[str, tuple[VeleroInputs, str, str]] = {
    "a cron of four fields": (
        SMALL.but(schedules={"daily": DAILY.but(cron="0 2 * *")}),
        'schedules["daily"].cron',
        "must be a cron schedule of five fields (minute, hour, day of month, month, day of week), such as 0 2 * * *, "
        'got "0 2 * *"',
    ),
    "an alarm that waits longer than backups live": (
        SMALL.but(schedules={"daily": DAILY.but(alarm_after_hours=100)}),
        'schedules["daily"].alarm_after_hours',
        "must be ttl_hours or less, or there is no backup left to tell the age of, "
        "got alarm_after_hours = 100, ttl_hours = 72",
    ),
    "a namespace both in and out": (
        SMALL.but(
            schedules={"daily": DAILY.but(namespaces=["claims", "web"], excluded_namespaces=["claims"])},
        ),
        'schedules["daily"].excluded_namespaces',
        "must not have what namespaces has: Velero runs nothing that has one name on both lists, "
        'got namespaces = ["claims","web"], excluded_namespaces = ["claims"]',
    ),
    "a kind that is restored and is not": (
        SMALL.but(restores={"all": Restore(backup="b1", resources=["secrets"], excluded_resources=["secrets"])}),
        'restores["all"].excluded_resources',
        "must not have what resources has",
    ),
    "copies where the backups themselves are": (
        SMALL.but(replica=Replica(region="us-east-1")),
        "replica.region",
        "must be another region than the module's own, got",
    ),
    "no schedule": (SMALL.but(schedules={}), "schedules", "must have one schedule at least"),
    "data moved without an agent": (
        SMALL.but(schedules={"daily": DAILY.but(move_snapshot_data=True)}, csi_snapshots=True),
        'schedules["daily"]',
        "must not use move_snapshot_data or file_system_backup without node_agent",
    ),
    "data moved without snapshots": (
        SMALL.but(schedules={"daily": DAILY.but(move_snapshot_data=True)}, node_agent=NodeAgent()),
        'schedules["daily"].move_snapshot_data',
        "must be false without csi_snapshots of the module",
    ),
    "one volume saved twice": (
        SMALL.but(
            schedules={"daily": DAILY.but(move_snapshot_data=True, file_system_backup=True)},
            node_agent=NodeAgent(),
            csi_snapshots=True,
        ),
        'schedules["daily"].file_system_backup',
        "cannot be on together with move_snapshot_data: a volume is saved by one of the two",
    ),
    "a restore of nothing": (
        SMALL.but(restores={"all": Restore()}),
        'restores["all"].schedule',
        "must be set when backup is not, and only then, got schedule = null, backup = null",
    ),
    "a restore of an unknown schedule": (
        SMALL.but(restores={"all": Restore(schedule="nightly")}),
        'restores["all"].schedule',
        'must be one of schedules, got schedule = "nightly"',
    ),
    "a drill of an unknown schedule": (
        SMALL.but(restore_drill=DRILL.but(schedule="nightly")),
        "restore_drill",
        'must name a schedule that is one of schedules, got restore_drill.schedule = "nightly"',
    ),
    "a drill of what is not backed up": (
        SMALL.but(schedules={"daily": DAILY.but(namespaces=["policies"])}, restore_drill=DRILL),
        "restore_drill",
        "must have a source_namespace that its schedule backs up",
    ),
    "a drill of moved data without a pod to use it": (
        SMALL.but(
            schedules={"daily": DAILY.but(move_snapshot_data=True)},
            node_agent=NodeAgent(),
            csi_snapshots=True,
            restore_drill=DRILL,
        ),
        "restore_drill",
        "must have run_pods = true, or another schedule: data that move_snapshot_data or file_system_backup put into "
        "the bucket comes back only into volumes that a pod uses",
    ),
    "a drill over the living": (
        SMALL.but(restore_drill=DRILL.but(scratch_namespace="claims")),
        "restore_drill.scratch_namespace",
        'must not be source_namespace, or the drill would overwrite what it protects, got scratch_namespace = "claims"',
    ),
    "deleted versions gone before their lock ends": (
        SMALL.but(object_lock=ObjectLock(retention_days=40)),
        "keep_deleted_days",
        "must be object_lock.retention_days or more: S3 deletes nothing that is locked, "
        "got keep_deleted_days = 30, object_lock.retention_days = 40",
    ),
    "a copy's deleted versions gone before their lock ends": (
        SMALL.but(object_lock=ObjectLock(retention_days=20), replica=Replica(region="us-west-2", keep_deleted_days=10)),
        "replica",
        "must have a keep_deleted_days of object_lock.retention_days or more: the copy is locked as long",
    ),
    "kube-system made anew": (
        SMALL.but(namespace="kube-system"),
        "create_namespace",
        "must be false for default, which every cluster has, and for names that begin with kube-, which are "
        'Kubernetes\' own, got namespace = "kube-system"',
    ),
    "an image that moves": (
        SMALL.but(images=Images(aws_plugin="docker.io/velero/velero-plugin-for-aws:latest")),
        "images.aws_plugin",
        "must be a container image with its registry and an exact version or digest",
    ),
}


MOVED = SMALL.but(
    schedules={"daily": DAILY.but(move_snapshot_data=True)},
    node_agent=NodeAgent(),
    csi_snapshots=True,
    restore_drill=DRILL.but(run_pods=True),
)


@pytest.mark.parametrize("inputs", [FULL, SMALL, MOVED], ids=["full", "small", "moved data in a drill with pods"])
def test_good_inputs_are_accepted(inputs: VeleroInputs) -> None:
    assert problems_of(inputs, "prod.backup.velero") == []


@pytest.mark.parametrize(("inputs", "path", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_input_is_told_with_its_path(inputs: VeleroInputs, path: str, message: str) -> None:
    (problem,) = problems_of(inputs, "prod.backup.velero")
    assert problem.path == f"prod.backup.velero.{path}"
    assert message in problem.message


# Terraform leaves out every rule that looks at a variable which is wrong already: so there are rounds.
ROUNDS = {
    "schedules by themselves": SMALL.but(
        schedules={"daily": DAILY.but(cron="0 2 * *", alarm_after_hours=100)},
        images=Images(aws_plugin="docker.io/velero/velero-plugin-for-aws:latest"),
    ),
    "restores by themselves": SMALL.but(
        restores={"none": Restore(resources=["secrets"], excluded_resources=["secrets"])},
        restore_drill=DRILL.but(scratch_namespace="claims"),
    ),
    "schedules and what they need": SMALL.but(
        schedules={"daily": DAILY.but(move_snapshot_data=True)},
        object_lock=ObjectLock(retention_days=40),
        replica=Replica(region="us-west-2", keep_deleted_days=10),
        namespace="kube-system",
    ),
    "restores and their schedules": SMALL.but(
        schedules={"daily": DAILY.but(namespaces=["policies"])},
        restores={"unknown": Restore(schedule="nightly")},
        restore_drill=DRILL,
    ),
    "a drill of moved data": MOVED.but(restore_drill=DRILL),
}


@pytest.mark.parametrize(("inputs", "count"), list(zip(ROUNDS.values(), (3, 3, 5, 2, 1), strict=True)), ids=ROUNDS)
def test_terraform_refuses_the_same_with_the_same_words(
    plan_module: Callable[..., ModulePlan], inputs: VeleroInputs, count: int
) -> None:
    with pytest.raises(BadInput) as refused:
        plan_module(Velero, inputs)
    told = " ".join(str(refused.value).split())
    expected = problems_of(inputs)
    assert len(expected) == count
    for problem in expected:
        assert problem.message in told, problem


def test_values_that_the_module_owns_cannot_be_overridden(plan_module: Callable[..., ModulePlan]) -> None:
    with pytest.raises(BadInput) as refused:
        plan_module(Velero, SMALL.but(extra_values={"credentials": {"useSecret": True}, "deployNodeAgent": True}))
    told = str(refused.value)
    assert "credentials.useSecret" in told
    assert "deployNodeAgent (set the input node_agent instead)" in told
