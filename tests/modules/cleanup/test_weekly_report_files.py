"""The weekly report: what a week cost, against the one before, and what could be saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from weekly_report import handler, page, settings  # type: ignore[import-not-found]
from weekly_report.costs import Change  # type: ignore[import-not-found]

from tests.modules.cleanup import bills

BUCKET = "prod-cleanup-reports"
SETTINGS = {
    "bucket": BUCKET,
    "region": "us-east-1",
    "families": bills.FAMILIES,
    "mail": {"from_address": "costs@example.com", "recipients": ["platform@example.com", "finance@example.com"]},
}
GIVEN = settings.read({"SETTINGS": json.dumps(SETTINGS)})


class Cells(HTMLParser):
    """The texts of a page's rows, a list a row; and that each element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _: Any) -> None:
        if tag != "meta":
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        # the page lies in a cell of a table of its own: what is in no row of an inner table is no cell of it
        if self.rows and self.rows[-1] and len([tag for tag in self.open if tag == "table"]) > 2:
            self.rows[-1][-1] += data


def read(text: str) -> dict[str, list[str]]:
    cells = Cells()
    cells.feed(text)
    assert cells.open == []
    return {row[0]: row[1:] for row in cells.rows if row}


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as changed:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            changed.setenv(name, "testing")
        changed.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with mock_aws():
            client = boto3.client("s3", region_name="us-east-1")
            client.create_bucket(Bucket=BUCKET)
            yield client


@pytest.fixture(scope="module")
def report(s3: Any) -> Any:
    s3.put_object(Bucket=BUCKET, Key="findings/latest.json", Body=bills.answers().encode())
    return handler.reported(GIVEN, "111122223333", bills.TODAY, bills.cost_explorer(), bills.hub(), s3)


@pytest.fixture(scope="module")
def shown(report: Any) -> str:
    return str(page.page(report))


def amount(cell: str) -> float:
    return float(cell.removesuffix(" USD").replace(",", ""))


def test_the_week_is_the_last_that_cost_explorer_knows_whole(report: Any) -> None:
    assert (report.costs.first, report.costs.last) == (date(2026, 11, 23), date(2026, 11, 29))


def test_families_and_environments_each_add_up_to_all_that_was_tagged_or_not(report: Any) -> None:
    now, before = (sum(7 * pair[week] for pair in bills.BY_TAGS.values()) for week in (1, 0))
    for changes in (report.families, report.environments):
        assert sum(change.now for change in changes) == pytest.approx(now)
        assert sum(change.before for change in changes) == pytest.approx(before)
        assert [change.now for change in changes] == sorted((change.now for change in changes), reverse=True)


def test_a_family_is_the_sum_of_its_modules_in_all_environments(report: Any) -> None:
    families = {change.name: change for change in report.families}
    assert families["observability"].now == pytest.approx(7 * (62.85 + 54.30 + 18.95 + 12.60))
    assert families["secrets"].before == pytest.approx(7 * (29.60 + 9.85))
    assert families["untagged"].now == pytest.approx(7 * 33.70)
    # of a service that no family has
    assert families["other"].now == pytest.approx(7 * 3.10)
    assert {change.name for change in report.environments} == {"prod", "staging", "dev", "untagged"}


def test_movers_are_those_that_changed_most_up_or_down(report: Any) -> None:
    movers = report.costs.movers(8, 1.0)
    assert [change.name for change in movers] == [
        "Amazon Elastic Compute Cloud - Compute",
        "AmazonCloudWatch",
        "Amazon Simple Storage Service",
        "Amazon Relational Database Service",
        "AWS Backup",
    ]
    assert movers[0].difference == pytest.approx(7 * 23.30)
    assert movers[1].percent == pytest.approx(100 * (14.90 - 19.60) / 19.60)


def test_a_change_of_nothing_is_new_and_has_no_percentage() -> None:
    assert Change("mimir", 3.0, 0.0).percent is None
    assert Change("mimir", 0.0, 3.0).percent == -100


def test_the_page_shows_what_was_found_and_is_whole(report: Any, shown: str) -> None:
    rows = read(shown)
    for change in (*report.families, *report.environments, *report.costs.movers(8, 1.0)):
        now, before, difference, _ = rows[change.name]
        assert amount(now) == pytest.approx(change.now, abs=0.005)
        assert amount(before) == pytest.approx(change.before, abs=0.005)
        assert amount(difference) == pytest.approx(change.difference, abs=0.005)
    assert rows["NAT gateways that nothing goes through"] == ["2", "65.70 USD"]
    assert rows["all"] == ["707.15 USD"]
    assert any("prod-kong" in name and "db.r6g.large, Multi-AZ" in name for name in rows)
    assert "up to 839.01 USD" in shown
    assert "23 Nov to 29 Nov 2026" in shown


def test_mail_programs_show_the_page_as_it_is(shown: str) -> None:
    for forbidden in ("<script", "<img", "<link", "<style", "http://", "https://"):
        assert forbidden not in shown
    assert len(shown) < 100_000


def test_a_text_of_the_bill_is_no_markup() -> None:
    hostile = Change("<b>&", 1.0, 0.0)
    assert "&lt;b&gt;&amp;" in page._changes([hostile], SimpleNamespace(costs=SimpleNamespace(currency="USD")))


def test_without_enrolment_waste_or_a_bill_there_is_a_page_that_says_so(s3: Any) -> None:
    s3.delete_object(Bucket=BUCKET, Key="findings/latest.json")
    empty = handler.reported(
        GIVEN, "111122223333", bills.TODAY, bills.cost_explorer({}), bills.hub_that_nobody_enrolled_in(), s3
    )
    text = page.page(empty)
    read(text)
    assert "The account is not enrolled" in text
    assert "Nobody has looked yet." in text
    assert text.count("Cost Explorer says nothing of it yet.") == 2
    assert "new against the week before" in page.summary(empty)


def test_the_page_is_kept_by_its_week_and_each_recipient_gets_a_mail_of_its_own(
    s3: Any, report: Any, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("ses", region_name="us-east-1").verify_email_identity(EmailAddress="costs@example.com")
    monkeypatch.setenv("SETTINGS", json.dumps(SETTINGS))
    monkeypatch.setattr(handler, "reported", lambda *_: report)
    context = SimpleNamespace(
        function_name="f",
        memory_limit_in_mb=256,
        aws_request_id="1",
        invoked_function_arn="arn:aws:lambda:us-east-1:111122223333:function:f",
    )
    assert handler.handle({}, context) == "weekly/2026-11-29.html"
    for key in ("weekly/2026-11-29.html", "weekly/latest.html"):
        kept = s3.get_object(Bucket=BUCKET, Key=key)
        assert kept["ContentType"] == "text/html; charset=utf-8"
        assert kept["Body"].read().decode() == shown
    mails = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    assert [mail.destinations["ToAddresses"] for mail in mails] == [["platform@example.com"], ["finance@example.com"]]
    assert {mail.subject for mail in mails} == {"Costs of 111122223333, week to 29 Nov 2026"}
    (measured,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert measured["MonthlySavings"] == [pytest.approx(839.01)]


def test_settings_of_another_version_of_the_module_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="^SETTINGS: bucket, families, mail: missing or unknown"):
        settings.read({"SETTINGS": json.dumps({"region": "us-east-1"})})
