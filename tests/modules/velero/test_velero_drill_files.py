"""The restore drill: it proves the newest whole backup, harms nothing, and always says how it went."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.charts import custom_resource_problems
from tests.support.shell import Shell

FILES = Path(__file__).parents[3] / "modules/backup/velero/files"

# A cluster in files: the backups that kubectl lists, who has the scratch namespace, the phases of the restore one after
# the other, what the scratch namespace holds. Created objects are kept in `created`, one document after another.
KUBECTL = r"""
keep() { if [ -f "$HERE/$1" ]; then exit 1; fi; cat >>"$HERE/created"; echo --- >>"$HERE/created"; }
case "$*" in
*"get backups.velero.io"*) cat "$HERE/backups" ;;
"get namespace "*) cat "$HERE/owner" ;;
"create --filename -") keep taken ;;
*"create --filename -") keep no-restores ;;
*"get restores.velero.io"*"={.status.phase}")
    head -n 1 "$HERE/phases" | tr -d '\n'
    if [ "$(wc -l <"$HERE/phases")" -gt 1 ]; then sed -i 1d "$HERE/phases"; fi ;;
*"get restores.velero.io"*) echo "2 errors" ;;
"delete namespace"*) [ ! -f "$HERE/stuck" ] ;;
*"delete restores.velero.io"*) : ;;
*" get "*"--ignore-not-found --output name") grep -x "$4" "$HERE/holds" ;;
*) echo "unexpected: $*" >&2; exit 9 ;;
esac
"""

POLICIES = [
    "networkpolicies.networking.k8s.io",
    "policyendpoints.networking.k8s.aws",
    "ciliumnetworkpolicies.cilium.io",
    "networkpolicies.crd.projectcalico.org",
]

# Time does not pass, but a script that waits for ever is stopped.
SLEEP = 'echo >>"$HERE/naps"; [ "$(wc -l <"$HERE/naps")" -lt 20 ]'


def ago(**age: int) -> str:
    return (datetime.datetime.now(datetime.UTC) - datetime.timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Cluster:
    """A cluster whose restores go well, until a test says otherwise."""

    def __init__(self, shell: Shell) -> None:
        self.shell, self.folder = shell, shell.folder
        shell.fake("kubectl", KUBECTL)
        shell.fake("sleep", SLEEP)
        self.file("backups", f"{ago(hours=26)} velero-daily-1\n{ago(hours=2)} velero-daily-2\n")
        self.file("owner", " ")
        self.file("phases", "\nNew\nInProgress\nCompleted\n")
        self.file("holds", "deployments.apps/api\npersistentvolumeclaims\n")

    def file(self, name: str, text: str = "") -> None:
        (self.folder / name).write_text(text)

    def drill(self, **changes: str) -> dict[str, int]:
        environment = {
            "VELERO_NAMESPACE": "kube-system",
            "SCHEDULE": "velero-daily",
            "SOURCE_NAMESPACE": "claims",
            "SCRATCH_NAMESPACE": "restore-drill",
            "EXPECTED": "deployments.apps/api persistentvolumeclaims",
            "EXCLUDED_RESOURCES": "ingresses.networking.k8s.io,services",
            "RESULT_FILE": str(self.folder / "result"),
            **changes,
        }
        done = self.shell.run(FILES / "drill/drill.sh", **environment)
        self.said = done.stderr
        assert done.returncode == 0, done.stderr
        lines = (self.folder / "result").read_text().splitlines()
        return {name: int(value) for name, value in (line.split("=") for line in lines)}

    @property
    def created(self) -> list[dict[str, Any]]:
        path = self.folder / "created"
        return [item for item in yaml.safe_load_all(path.read_text()) if item] if path.exists() else []

    def object(self, kind: str) -> dict[str, Any]:
        (found,) = (item for item in self.created if item["kind"] == kind)
        return found

    def deleted(self) -> list[str]:
        """Kinds and names of what was deleted."""
        words = [call.split() for call in self.shell.calls if " delete " in call]
        return [" ".join(call[call.index("delete") + 1 :][:2]) for call in words]


@pytest.fixture
def cluster(shell: Shell) -> Cluster:
    return Cluster(shell)


def test_the_newest_completed_backup_is_restored_under_another_name(cluster: Cluster) -> None:
    assert cluster.drill()["succeeded"] == 1
    assert cluster.object("Restore")["spec"] == {
        "backupName": "velero-daily-2",
        "includedNamespaces": ["claims"],
        "namespaceMapping": {"claims": "restore-drill"},
        "excludedResources": ["pods", "replicasets.apps", *POLICIES, "ingresses.networking.k8s.io", "services"],
        "restorePVs": True,
        "existingResourcePolicy": "none",
    }


def test_velero_would_take_the_restore(cluster: Cluster) -> None:
    cluster.drill()
    assert custom_resource_problems(cluster.object("Restore"), where="drill") == []


def test_only_completed_backups_of_the_schedule_are_asked_for(cluster: Cluster) -> None:
    cluster.drill()
    asked = cluster.shell.calls[0]
    assert "--namespace kube-system get backups.velero.io --selector velero.io/schedule-name=velero-daily" in asked
    assert '[?(@.status.phase=="Completed")]' in asked


def test_the_backups_age_is_told(cluster: Cluster) -> None:
    age = cluster.drill()["backup_age_seconds"]
    assert 2 * 3600 <= age < 2 * 3600 + 60


def test_nothing_gets_in_or_out_of_the_scratch_namespace(cluster: Cluster) -> None:
    cluster.drill()
    policy = cluster.object("NetworkPolicy")
    assert policy["metadata"]["namespace"] == "restore-drill"
    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_a_network_policy_of_the_backup_does_not_open_the_scratch_namespace_again(cluster: Cluster) -> None:
    cluster.drill(RUN_PODS="true")
    # policies add up, so one that lets pods reach the database would let restored ones too
    assert set(POLICIES) <= set(cluster.object("Restore")["spec"]["excludedResources"])


def test_the_scratch_namespace_is_closed_off_before_anything_is_restored(cluster: Cluster) -> None:
    cluster.drill()
    assert [item["kind"] for item in cluster.created] == ["Namespace", "NetworkPolicy", "ResourceQuota", "Restore"]


def test_no_restored_workload_runs_unless_asked_for(cluster: Cluster) -> None:
    cluster.drill()
    assert cluster.object("ResourceQuota")["spec"]["hard"] == {
        "pods": "0",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def test_restored_workloads_run_when_asked_for_but_open_nothing_to_the_world(cluster: Cluster) -> None:
    cluster.drill(RUN_PODS="true", EXCLUDED_RESOURCES="")
    assert cluster.object("ResourceQuota")["spec"]["hard"]["pods"] != "0"
    assert cluster.object("ResourceQuota")["spec"]["hard"]["services.loadbalancers"] == "0"
    assert cluster.object("Restore")["spec"]["excludedResources"] == POLICIES


def test_the_drill_tidies_up_after_itself(cluster: Cluster) -> None:
    cluster.drill()
    assert cluster.deleted() == [
        f"restores.velero.io {cluster.object('Restore')['metadata']['name']}",
        "namespace restore-drill",
    ]


@pytest.mark.parametrize("phase", ["PartiallyFailed", "Failed", "FailedValidation"])
def test_a_restore_that_does_not_complete_is_a_failed_drill_that_tidies_up(cluster: Cluster, phase: str) -> None:
    cluster.file("phases", f"InProgress\n{phase}\n")
    assert cluster.drill()["succeeded"] == 0
    assert f"the restore of velero-daily-2 ended as {phase}" in cluster.said
    assert "2 errors" in cluster.said
    assert len(cluster.deleted()) == 2


def test_a_restore_that_does_not_end_is_given_up(cluster: Cluster) -> None:
    cluster.file("phases", "InProgress\n")
    assert cluster.drill(TIMEOUT_SECONDS="0")["succeeded"] == 0
    assert "was still InProgress after 0 seconds" in cluster.said
    assert len(cluster.deleted()) == 2


def test_what_is_missing_after_the_restore_is_named(cluster: Cluster) -> None:
    cluster.file("holds", "deployments.apps/api\n")
    assert cluster.drill()["succeeded"] == 0
    assert "velero-daily-2 was restored without: persistentvolumeclaims." in cluster.said


def test_without_a_completed_backup_the_drill_fails_and_makes_nothing(cluster: Cluster) -> None:
    cluster.file("backups", "")
    found = cluster.drill()
    assert (found["succeeded"], found["backup_age_seconds"]) == (0, -1)
    assert "there is no completed backup of the schedule velero-daily" in cluster.said
    assert cluster.created == []


def test_a_namespace_that_is_not_a_drills_is_never_touched(cluster: Cluster) -> None:
    cluster.file("owner", "restore-drill ")
    assert cluster.drill()["succeeded"] == 0
    assert "exists and is not a drill's" in cluster.said
    assert (cluster.created, cluster.deleted()) == ([], [])


def test_a_namespace_of_another_schedules_drill_is_never_touched(cluster: Cluster) -> None:
    cluster.file("owner", "restore-drill velero-hourly")
    assert cluster.drill()["succeeded"] == 0
    assert cluster.deleted() == []


def test_what_an_earlier_drill_left_behind_is_cleared_first(cluster: Cluster) -> None:
    cluster.file("owner", "restore-drill velero-daily")
    assert cluster.drill()["succeeded"] == 1
    assert cluster.deleted()[0] == "namespace restore-drill"


def test_a_namespace_that_somebody_makes_at_the_same_moment_is_not_deleted(cluster: Cluster) -> None:
    cluster.file("taken")
    assert cluster.drill()["succeeded"] == 0
    assert cluster.deleted() == []


def test_a_restore_that_cannot_be_created_leaves_no_namespace_behind(cluster: Cluster) -> None:
    cluster.file("no-restores")
    assert cluster.drill()["succeeded"] == 0
    assert "namespace restore-drill" in cluster.deleted()


def test_a_namespace_that_does_not_go_away_does_not_undo_a_success(cluster: Cluster) -> None:
    cluster.file("stuck")
    assert cluster.drill()["succeeded"] == 1
    assert "the next drill tries again" in cluster.said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SCRATCH_NAMESPACE": "claims"}, "would overwrite what it protects"),
        ({"SCRATCH_NAMESPACE": "a b"}, "SCRATCH_NAMESPACE is 'a b', which is no Kubernetes name"),
        ({"SOURCE_NAMESPACE": "x]\ny: [z"}, "is no Kubernetes name"),
        ({"EXCLUDED_RESOURCES": "Pods]"}, "EXCLUDED_RESOURCES is 'Pods]'"),
    ],
)
def test_settings_that_would_do_harm_are_refused_before_anything_is_asked(
    cluster: Cluster, changes: dict[str, str], said: str
) -> None:
    assert cluster.drill(**changes)["succeeded"] == 0
    assert said in cluster.said
    assert cluster.shell.calls == []


def test_a_cluster_that_cannot_be_asked_is_a_failed_drill(cluster: Cluster) -> None:
    cluster.shell.fake("kubectl", "exit 1")
    assert cluster.drill()["succeeded"] == 0
    assert "could not be listed" in cluster.said


def test_an_unforeseen_end_is_a_failed_drill(cluster: Cluster) -> None:
    cluster.file("backups", "not-a-time velero-daily-9\n")
    assert cluster.drill()["succeeded"] == 0
    assert "it ended unforeseen" in cluster.said


def report(shell: Shell, result: str | None) -> tuple[int, str, list[str]]:
    if result is not None:
        (shell.folder / "result").write_text(result)
    environment = {"RESULT_FILE": str(shell.folder / "result"), "CLUSTER": "prod", "SCHEDULE": "velero-daily"}
    done = shell.run(FILES / "drill/report.sh", **environment)
    return done.returncode, done.stderr, shell.calls


def test_a_success_is_published_with_its_duration_and_the_backups_age(shell: Shell) -> None:
    shell.fake("aws", ":")
    status, _, (call,) = report(shell, "succeeded=1\nduration_seconds=95\nbackup_age_seconds=7200\n")
    where = "Dimensions=[{Name=Cluster,Value=prod},{Name=Schedule,Value=velero-daily}]"
    assert status == 0
    assert call == (
        "aws cloudwatch put-metric-data --namespace Groundplan/Velero --metric-data"
        f" MetricName=RestoreDrillSucceeded,Value=1,Unit=Count,{where}"
        f" MetricName=RestoreDrillDuration,Value=95,Unit=Seconds,{where}"
        f" MetricName=BackupAge,Value=7200,Unit=Seconds,{where}"
    )


def test_a_failure_is_published_and_fails_the_job(shell: Shell) -> None:
    shell.fake("aws", ":")
    status, said, (call,) = report(shell, "succeeded=0\nduration_seconds=5\nbackup_age_seconds=-1\n")
    assert status == 1
    assert "MetricName=RestoreDrillSucceeded,Value=0" in call
    assert "BackupAge" not in call
    assert "The drill failed" in said


@pytest.mark.parametrize(
    "result", [None, "", "succeeded=\n", "succeeded=1\nduration_seconds=soon\nbackup_age_seconds=1\n"]
)
def test_a_result_that_is_not_there_or_not_whole_publishes_nothing(shell: Shell, result: str | None) -> None:
    shell.fake("aws", ":")
    status, _, calls = report(shell, result)
    assert status != 0
    assert calls == []


def test_a_result_that_cloudwatch_did_not_take_fails_the_job(shell: Shell) -> None:
    shell.fake("aws", "exit 1")
    assert report(shell, "succeeded=1\nduration_seconds=1\nbackup_age_seconds=1\n")[0] != 0
