"""The status report: how many jobs failed, and since when each CronJob has not succeeded, from what kubectl says."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from tests.support.shell import Shell

SCRIPT = Path(__file__).parents[3] / "modules/workflow/kubernetes_jobs/files/status/status.sh"
KUBECTL = r"""
case "$1 $2 $3 $4" in
"--namespace jobs get cronjobs.batch") cat "$HERE/cronjobs" ;;
"--namespace jobs get jobs.batch")
    if [ -f "$HERE/down" ]; then echo "connection refused" >&2; exit 1; fi
    cat "$HERE/jobs" ;;
*) echo "unexpected: $*" >&2; exit 9 ;;
esac
"""
OF = {"CLUSTER": "prod", "NAMESPACE": "jobs"}


def ago(minutes: int) -> str:
    return (datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    made.fake("kubectl", KUBECTL)
    return made


def told(shell: Shell, cron_jobs: str, cronjobs: list[str], jobs: list[str]) -> dict[str, int]:
    """What the script publishes, by the metric and its CronJob."""
    (shell.folder / "cronjobs").write_text("".join(f"cronjob|{line}\n" for line in cronjobs))
    (shell.folder / "jobs").write_text("".join(f"job|{line}\n" for line in jobs))
    file = shell.folder / "metrics.json"
    ran = shell.run(SCRIPT, **OF, CRON_JOBS=cron_jobs, METRICS_FILE=str(file))
    assert ran.returncode == 0, ran.stderr
    found = {}
    for metric in json.loads(file.read_text()):
        dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
        assert (dimensions["Cluster"], dimensions["Namespace"]) == ("prod", "jobs")
        found[f"{metric['MetricName']} {dimensions.get('CronJob', '')}".strip()] = metric["Value"]
    return found


def test_each_cron_job_has_its_minutes_and_all_failures_are_counted(shell: Shell) -> None:
    cronjobs = [
        f"report|false|{ago(90)}|{ago(9000)}",
        f"new|||{ago(30)}",
        f"off|true|{ago(5000)}|{ago(9000)}",
        f"somebody-elses|false|{ago(10)}|{ago(20)}",
    ]
    found = told(shell, "new off report gone", cronjobs, ["a|True", "b|", "c|True", "d|False"])
    # one that never succeeded counts from its making, one that is suspended does not, one that is gone is not told of
    assert found == {
        "FailedJobs": 2,
        "MinutesSinceSuccess new": 30,
        "MinutesSinceSuccess off": 0,
        "MinutesSinceSuccess report": 90,
    }


def test_without_any_job_nothing_failed(shell: Shell) -> None:
    assert told(shell, "", [], []) == {"FailedJobs": 0}


def test_half_a_report_is_none(shell: Shell) -> None:
    (shell.folder / "cronjobs").write_text("")
    (shell.folder / "down").touch()
    file = shell.folder / "metrics.json"
    assert shell.run(SCRIPT, **OF, METRICS_FILE=str(file)).returncode != 0
    assert not file.exists()
