"""The status report: what is not ready, what is late, how long certificates last, from what kubectl says."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.shell import Shell

SCRIPT = Path(__file__).parents[3] / "modules/certificates/cert_manager/files/status/status.sh"

KUBECTL = r"""
kind="$2"
if [ -f "$HERE/down-$kind" ]; then echo "connection refused" >&2; exit 1; fi
case "$1 $kind" in
"get certificates.cert-manager.io") cat "$HERE/certificates" ;;
"get clusterissuers.cert-manager.io") cat "$HERE/issuers" ;;
"get issuers.cert-manager.io") ;;
"get awspcaclusterissuers.awspca.cert-manager.io") cat "$HERE/private" ;;
"get awspcaissuers.awspca.cert-manager.io") ;;
*) echo "unexpected: $*" >&2; exit 9 ;;
esac
"""


def at(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(**age: float) -> str:
    return at(datetime.datetime.now(datetime.UTC) - datetime.timedelta(**age))


def ahead(**time: float) -> str:
    return ago(**{unit: -amount for unit, amount in time.items()})


def certificate(
    name: str = "claims/api",
    ready: str = "True",
    since: str = "",
    made: str = "",
    ends: str = "",
    renews: str = "",
) -> str:
    namespace, _, own = name.partition("/")
    return "|".join(["certificate", namespace, own, ready, since or ago(days=30), made or ago(days=60), ends, renews])


def issuer(name: str, ready: str = "True", since: str = "") -> str:
    return "|".join(["issuer", "", name, ready, since, ago(days=60)])


class Report:
    """What the script publishes about objects that a test makes up."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        shell.fake("kubectl", KUBECTL)
        self.say(certificates=[], issuers=[issuer("letsencrypt-production", since=ago(days=9))], private=[])

    def say(self, **lines: list[str]) -> None:
        for name, text in lines.items():
            (self.shell.folder / name).write_text("".join(f"{line}\n" for line in text))

    def down(self, kind: str) -> None:
        (self.shell.folder / f"down-{kind}").touch()

    def run(self, **changes: str) -> Any:
        file = self.shell.folder / "metrics.json"
        given = {"CLUSTER": "prod", "METRICS_FILE": str(file), "NOT_READY_MINUTES": "30", **changes}
        self.done = self.shell.run(SCRIPT, **given)
        return json.loads(file.read_text()) if self.done.returncode == 0 else None

    def values(self, **changes: str) -> dict[str, float]:
        found = self.run(**changes)
        assert self.done.returncode == 0, self.done.stderr
        return {
            "/".join([metric["MetricName"], *(part["Value"] for part in metric["Dimensions"][1:])]): metric["Value"]
            for metric in found
        }


@pytest.fixture
def report(shell: Shell) -> Report:
    return Report(shell)


def test_a_cluster_where_all_is_well_reports_noughts(report: Report) -> None:
    report.say(certificates=[certificate(ends=ahead(days=60), renews=ahead(days=30))])
    assert report.values() == {"NotReadyCertificates": 0, "LateCertificates": 0, "NotReadyIssuers": 0}


def test_a_cluster_without_certificates_reports_too(report: Report) -> None:
    report.say(issuers=[])
    assert report.values() == {"NotReadyCertificates": 0, "LateCertificates": 0, "NotReadyIssuers": 0}


def test_what_is_not_ready_counts_after_its_time_of_grace(report: Report) -> None:
    report.say(
        certificates=[
            certificate("claims/new", "False", since=ago(minutes=5)),
            certificate("claims/stuck", "False", since=ago(minutes=31)),
            certificate("claims/unknown", "Unknown", since=ago(hours=2)),
        ]
    )
    assert report.values()["NotReadyCertificates"] == 2
    assert report.values(NOT_READY_MINUTES="180")["NotReadyCertificates"] == 0


def test_a_certificate_that_nobody_looks_at_counts_from_its_making(report: Report) -> None:
    made = [f"certificate|claims|{name}|||{age}||" for name, age in (("old", ago(hours=1)), ("new", ago(minutes=1)))]
    report.say(certificates=made)
    assert report.values()["NotReadyCertificates"] == 1


@pytest.mark.parametrize(
    ("ends", "renews", "late"),
    [
        (datetime.timedelta(days=29), datetime.timedelta(days=1), 0),
        (datetime.timedelta(days=14), datetime.timedelta(days=16), 1),
        (datetime.timedelta(days=-1), datetime.timedelta(days=31), 1),
        (datetime.timedelta(minutes=20), datetime.timedelta(minutes=10), 0),
        (datetime.timedelta(minutes=10), datetime.timedelta(minutes=20), 1),
        (None, None, 0),
    ],
    ids=["a month ahead", "half of the time ahead", "run out", "an hour's, in time", "an hour's, late", "never issued"],
)
def test_a_certificate_is_late_when_half_of_the_time_for_its_renewal_has_passed(
    report: Report, ends: datetime.timedelta | None, renews: datetime.timedelta | None, late: int
) -> None:
    # told now: a suite may run longer than an hour's certificate has left
    days = {"ends": "" if ends is None else ahead(days=ends.total_seconds() / 86400)}
    days["renews"] = "" if renews is None else ago(days=renews.total_seconds() / 86400)
    report.say(certificates=[certificate(**days)])
    assert report.values()["LateCertificates"] == late


def test_days_are_told_of_the_certificates_that_were_asked_for_and_of_no_other(report: Report) -> None:
    report.say(
        certificates=[
            certificate("claims/api", ends=ahead(hours=36), renews=ahead(hours=12)),
            certificate("claims/other", ends=ahead(days=5), renews=ahead(days=2)),
            certificate("payments/api", ends=ago(days=2), renews=ago(days=20)),
        ]
    )
    found = report.values(CERTIFICATES="claims/api payments/api payments/missing")
    assert found["DaysToExpiry/claims/api"] == pytest.approx(1.5, abs=0.01)
    assert found["DaysToExpiry/payments/api"] == pytest.approx(-2, abs=0.01)
    assert [name for name in found if name.startswith("DaysToExpiry")] == [
        "DaysToExpiry/claims/api",
        "DaysToExpiry/payments/api",
    ]


def test_a_certificate_that_was_never_issued_has_no_days_so_that_its_alarm_hears_silence(report: Report) -> None:
    report.say(certificates=[certificate("claims/api", "False")])
    assert "DaysToExpiry/claims/api" not in report.values(CERTIFICATES="claims/api")


def test_issuers_of_every_kind_count(report: Report) -> None:
    report.say(
        issuers=[issuer("staging"), issuer("production", "False", ago(days=1))],
        private=[issuer("internal", "False", ago(hours=2))],
    )
    assert report.values()["NotReadyIssuers"] == 1
    assert report.values(PRIVATE_CA="true")["NotReadyIssuers"] == 2


def test_kinds_that_are_not_installed_are_not_asked_for(report: Report) -> None:
    report.values()
    assert not [call for call in report.shell.calls if "awspca" in call]


def test_kubectl_is_asked_for_objects_of_every_namespace_in_one_line_each(report: Report) -> None:
    report.values()
    asked = report.shell.calls[0]
    assert asked.startswith(
        "kubectl get certificates.cert-manager.io -A --output jsonpath={range .items[*]}certificate|"
    )
    assert asked.rstrip().endswith('|{.status.notAfter}|{.status.renewalTime}{"\\n"}{end}')
    assert {call.split()[1] for call in report.shell.calls} == {"get"}


def test_every_metric_names_its_cluster(report: Report) -> None:
    assert {metric["Dimensions"][0]["Value"] for metric in report.run(CLUSTER="staging")} == {"staging"}


@pytest.mark.parametrize(
    "kind",
    [
        "certificates.cert-manager.io",
        "clusterissuers.cert-manager.io",
        "issuers.cert-manager.io",
        "awspcaclusterissuers.awspca.cert-manager.io",
        "awspcaissuers.awspca.cert-manager.io",
    ],
)
def test_a_cluster_that_does_not_answer_fails_the_report_instead_of_half_of_it(report: Report, kind: str) -> None:
    report.down(kind)
    assert report.run(PRIVATE_CA="true") is None
    assert "connection refused" in report.done.stderr


@example(moment=datetime.datetime(2024, 2, 29, 23, 59, 59))
@example(moment=datetime.datetime(2100, 3, 1))
@given(moment=st.datetimes(min_value=datetime.datetime(1971, 1, 1), max_value=datetime.datetime(2199, 1, 1)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_moment_is_read_by_the_calendar(report: Report, moment: datetime.datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=datetime.UTC)
    report.say(certificates=[certificate("claims/api", ends=at(moment), renews=at(moment))])
    expected = (moment - datetime.datetime.now(datetime.UTC)).total_seconds() / 86400
    assert report.values(CERTIFICATES="claims/api")["DaysToExpiry/claims/api"] == pytest.approx(expected, abs=0.01)
