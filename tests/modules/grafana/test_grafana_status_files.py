"""The status report: how many replicas are ready, from what kubectl says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.shell import Shell

SCRIPT = Path(__file__).parents[3] / "modules/observability/grafana/files/status/status.sh"


def reported(shell: Shell, workloads: str) -> dict[str, float]:
    (shell.folder / "workloads").write_text(workloads)
    shell.fake("kubectl", 'cat "$HERE/workloads"')
    file = shell.folder / "metrics.json"
    done = shell.run(SCRIPT, CLUSTER="claims", METRICS_FILE=str(file), NAMESPACE="grafana", RELEASE="grafana")
    assert done.returncode == 0, done.stderr
    metrics = json.loads(file.read_text())
    where = [{"Name": "Cluster", "Value": "claims"}, {"Name": "Release", "Value": "grafana/grafana"}]
    assert all(metric["Dimensions"] == where and metric["Unit"] == "Count" for metric in metrics)
    return {metric["MetricName"]: metric["Value"] for metric in metrics}


@pytest.mark.parametrize(
    ("workloads", "ready", "missing"),
    [
        ("3|3\n", 3, 0),
        ("3|2\n", 2, 1),
        # kubectl says nothing of a number that is not there
        ("3|\n", 0, 3),
        ("", 0, 1),
    ],
    ids=["all", "one short", "none", "gone"],
)
def test_replicas_that_are_not_ready_are_missing(tmp_path: Path, workloads: str, ready: int, missing: int) -> None:
    shell = Shell(tmp_path)
    assert reported(shell, workloads) == {"ReadyReplicas": ready, "MissingReplicas": missing}
    (call,) = shell.calls
    assert "--selector app.kubernetes.io/name=grafana,app.kubernetes.io/instance=grafana" in call


def test_a_cluster_that_cannot_be_asked_is_no_report(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.fake("kubectl", "exit 1")
    file = tmp_path / "metrics.json"
    done = shell.run(SCRIPT, CLUSTER="claims", METRICS_FILE=str(file), NAMESPACE="grafana", RELEASE="grafana")
    assert done.returncode != 0
    assert not file.exists()
