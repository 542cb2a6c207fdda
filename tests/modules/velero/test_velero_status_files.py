"""The status report: how old the newest complete backup is and what failed since, from what kubectl says."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.shell import Shell

SCRIPT = Path(__file__).parents[3] / "modules/backup/velero/files/status/status.sh"

KUBECTL = r"""
if [ -f "$HERE/down" ]; then echo "connection refused" >&2; exit 1; fi
case "$*" in
*"get schedules.velero.io"*) cat "$HERE/schedules" ;;
*"get backups.velero.io"*) cat "$HERE/backups" ;;
*"get cronjobs.batch velero-restore-drill"*) cat "$HERE/drill" ;;
*) echo "unexpected: $*" >&2; exit 9 ;;
esac
"""


def at(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(**age: int) -> str:
    return at(datetime.datetime.now(datetime.UTC) - datetime.timedelta(**age))


class Report:
    """What the script publishes about backups that a test makes up."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        shell.fake("kubectl", KUBECTL)
        self.say(schedules=[f"schedule daily {ago(days=30)}"], backups=[])

    def say(self, **lines: list[str]) -> None:
        for name, text in lines.items():
            (self.shell.folder / name).write_text("".join(f"{line}\n" for line in text))

    def run(self, **changes: str) -> Any:
        file = self.shell.folder / "metrics.json"
        given = {"VELERO_NAMESPACE": "kube-system", "CLUSTER": "prod", "METRICS_FILE": str(file), **changes}
        self.done = self.shell.run(SCRIPT, **given)
        return json.loads(file.read_text()) if self.done.returncode == 0 else None

    def of(self, schedule: str, **changes: str) -> dict[str, float]:
        found = self.run(**changes)
        assert self.done.returncode == 0, self.done.stderr
        return {
            metric["MetricName"]: metric["Value"]
            for metric in found
            if {"Name": "Schedule", "Value": schedule} in metric["Dimensions"]
        }


@pytest.fixture
def report(shell: Shell) -> Report:
    return Report(shell)


def test_the_age_is_that_of_the_newest_complete_backup(report: Report) -> None:
    report.say(
        backups=[
            f"backup daily Completed {ago(hours=51)} {ago(hours=50)}",
            f"backup daily Completed {ago(hours=27)} {ago(hours=26)}",
            f"backup daily PartiallyFailed {ago(hours=3)} {ago(hours=2)}",
            f"backup daily InProgress {ago(minutes=5)}",
        ]
    )
    assert report.of("daily")["HoursSinceSuccessfulBackup"] == pytest.approx(26, abs=0.01)


def test_a_schedule_without_a_backup_yet_is_as_old_as_itself(report: Report) -> None:
    report.say(schedules=[f"schedule daily {ago(hours=2)}"])
    assert report.of("daily") == {
        "HoursSinceSuccessfulBackup": pytest.approx(2, abs=0.01),
        "FailedBackups": 0,
        "PartiallyFailedBackups": 0,
    }


def test_failures_count_until_a_backup_is_complete_again(report: Report) -> None:
    failures = [
        f"backup daily Completed {ago(hours=80)} {ago(hours=79)}",
        f"backup daily Failed {ago(hours=60)} {ago(hours=59)}",
        f"backup daily FailedValidation {ago(hours=40)}",
        f"backup daily PartiallyFailed {ago(hours=20)} {ago(hours=19)}",
    ]
    report.say(backups=failures)
    found = report.of("daily")
    assert (found["FailedBackups"], found["PartiallyFailedBackups"]) == (2, 1)
    report.say(backups=[*failures, f"backup daily Completed {ago(hours=2)} {ago(hours=1)}"])
    found = report.of("daily")
    assert (found["FailedBackups"], found["PartiallyFailedBackups"]) == (0, 0)


def test_schedules_do_not_answer_for_one_another(report: Report) -> None:
    report.say(
        schedules=[f"schedule daily {ago(days=9)}", f"schedule claims-hourly {ago(days=9)}"],
        backups=[
            f"backup claims-hourly Completed {ago(hours=1)} {ago(hours=1)}",
            f"backup daily Failed {ago(hours=2)} {ago(hours=2)}",
        ],
    )
    assert report.of("daily")["HoursSinceSuccessfulBackup"] == pytest.approx(9 * 24, abs=0.01)
    assert report.of("daily")["FailedBackups"] == 1
    assert report.of("claims-hourly")["FailedBackups"] == 0


def test_backups_of_a_schedule_that_is_gone_are_not_reported(report: Report) -> None:
    report.say(backups=[f"backup old Failed {ago(hours=2)} {ago(hours=2)}"])
    assert report.of("old") == {}


def test_every_metric_names_its_cluster(report: Report) -> None:
    assert {metric["Dimensions"][0]["Value"] for metric in report.run(CLUSTER="staging")} == {"staging"}


@pytest.mark.parametrize(
    ("good", "hours"),
    [
        ({"days": 6}, 6 * 24),
        (None, 40 * 24),
    ],
    ids=["after a good one", "when none was good"],
)
def test_the_age_of_the_last_good_drill_counts_from_the_first_day(
    report: Report, good: dict[str, int] | None, hours: float
) -> None:
    report.say(drill=[f"drill {ago(days=40)} {ago(**good) if good else ''}"])
    found = report.of("daily", DRILL="velero-restore-drill", DRILL_SCHEDULE="daily")
    assert found["HoursSinceSuccessfulDrill"] == pytest.approx(hours, abs=0.25)


def test_without_a_drill_nobody_asks_for_one(report: Report) -> None:
    assert "HoursSinceSuccessfulDrill" not in report.of("daily")
    assert not [call for call in report.shell.calls if "cronjobs" in call]


def test_a_cluster_that_does_not_answer_fails_the_report_instead_of_half_of_it(report: Report) -> None:
    report.say(down=[])
    assert report.run() is None
    assert "connection refused" in report.done.stderr


def test_a_cluster_without_schedules_fails_the_report(report: Report) -> None:
    report.say(schedules=[])
    assert report.run() is None
    assert "no schedule" in report.done.stderr


@example(moment=datetime.datetime(2024, 2, 29, 23, 59, 59))
@example(moment=datetime.datetime(2100, 3, 1))
@given(moment=st.datetimes(min_value=datetime.datetime(1971, 1, 1), max_value=datetime.datetime(2199, 1, 1)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_moment_is_read_by_the_calendar(report: Report, moment: datetime.datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=datetime.UTC)
    report.say(schedules=[f"schedule daily {at(moment)}"])
    expected = (datetime.datetime.now(datetime.UTC) - moment).total_seconds() / 3600
    assert report.of("daily")["HoursSinceSuccessfulBackup"] == pytest.approx(expected, abs=0.01)
