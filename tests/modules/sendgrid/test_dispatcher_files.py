"""The dispatcher: each mail once, by SendGrid or by SES, whatever goes wrong; a server stands in SendGrid's place."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import boto3
import pytest
import sending
import urllib3
from botocore.exceptions import ClientError, ReadTimeoutError
from dispatcher.dispatch import Dispatcher, Mail
from dispatcher.errors import NotAccepted, Refused, Uncertain, Waits
from dispatcher.ledger import CIRCUIT, Circuit, Ledger
from dispatcher.rendering import BadTemplate, Missing, parse, render
from dispatcher.sendgrid import SendGrid
from hypothesis import given, settings
from hypothesis import strategies as st

MAIL = Mail("mail-1", "claim@1", "Ann@example.com", {"number": "C-1"})


def test_no_mail_is_lost_and_none_is_sent_twice_while_sendgrid_fails_in_every_way() -> None:
    count = 50
    outcome = sending.run(count, share=0.2, outage=(0.3, 0.6))

    taken = outcome.taken()
    wanted = {f"mail-{number}" for number in range(count)} - outcome.suppressed
    assert set(taken) == wanted
    assert set(taken.values()) == {1}
    assert outcome.dead == []
    # both ways were gone, and the way back
    assert outcome.sendgrid
    assert outcome.ses
    assert outcome.times["CircuitOpened"]
    assert outcome.times["CircuitClosed"][-1] > outcome.times["back"][0]
    assert outcome.told["Duplicates"] >= 1


class Ses:
    """In place of SES: what it was asked, and how it answers."""

    def __init__(self) -> None:
        self.sent: list[Mapping[str, Any]] = []
        self.fails: Exception | None = None

    def send_email(self, **said: Any) -> None:
        if self.fails:
            raise self.fails
        self.sent.append(said)


class Way:
    """In place of SendGrid's client: what it was handed, and how it ends."""

    def __init__(self) -> None:
        self.handed: list[Mapping[str, Any]] = []
        self.ends: Exception | None = None

    def send(self, body: Mapping[str, Any]) -> str:
        self.handed.append(body)
        if self.ends:
            raise self.ends
        return "id"


@pytest.fixture(scope="module")
def tables() -> Iterator[Any]:
    with sending.aws():
        sending.tables()
        yield boto3.resource("dynamodb")


class Bench:
    """A dispatcher with everything around it in sight."""

    def __init__(self, resource: Any, *, lease: float = 60, uncertain: float = 60) -> None:
        self.table, self.suppression = resource.Table(sending.LEDGER), resource.Table(sending.SUPPRESSION)
        for item in self.table.scan()["Items"]:
            self.table.delete_item(Key={"id": item["id"]})
        self.table.put_item(
            Item={
                "id": "template#claim@1",
                "subject": "Claim {{number}}",
                "html": "<p>{{number}}</p>",
                "text": "{{number}}",
            }
        )
        self.ses, self.sendgrid = Ses(), Way()
        self.told: Counter[str] = Counter()
        self.dispatcher = Dispatcher(
            ledger=Ledger(self.table, lease_seconds=lease, uncertain_seconds=uncertain, retention_days=30),
            circuit=Circuit(self.table, failures=2, cooldown_seconds=60, believed_seconds=0),
            sendgrid=self.sendgrid,  # type: ignore[arg-type]
            ses=self.ses,
            suppression=self.suppression,
            sender=sending.SENDER,
            configuration_set="prod-ses",
            tell=lambda metric, **_: self.told.update([metric]),
        )

    def deliver(self, mail: Mail = MAIL) -> None:
        self.dispatcher.deliver(mail)

    def cool_down(self) -> None:
        """As if the time was over in which SendGrid is not asked."""
        told = {":now": Decimal(int(time.time()) - 1)}
        self.table.update_item(
            Key={"id": CIRCUIT}, UpdateExpression="SET probe_at = :now", ExpressionAttributeValues=told
        )

    def status(self, id: str = "mail-1") -> Any:
        return self.table.get_item(Key={"id": id}).get("Item", {}).get("status")


def test_a_mail_without_an_answer_goes_by_ses_only_when_no_event_told_that_it_was_taken(tables: Any) -> None:
    bench = Bench(tables, uncertain=0)
    bench.sendgrid.ends = Uncertain("no answer")
    with pytest.raises(Waits):
        bench.deliver()
    assert (bench.status(), bench.ses.sent) == ("uncertain", [])
    # nothing was told in time: SES gets it, and SendGrid is not asked a second time
    bench.deliver()
    assert bench.status() == "sent"
    assert (len(bench.sendgrid.handed), len(bench.ses.sent)) == (1, 1)
    assert bench.ses.sent[0]["EmailTags"] == [{"Name": "mail_id", "Value": "mail-1"}]
    assert bench.ses.sent[0]["Content"]["Simple"]["Subject"]["Data"] == "Claim C-1"

    told = Bench(tables, uncertain=0)
    told.sendgrid.ends = Uncertain("no answer")
    with pytest.raises(Waits):
        told.deliver()
    sending._webhook()._taken(told.table, "mail-1")
    told.deliver()
    assert (told.status(), told.ses.sent) == ("sent", [])
    # until then it waits
    waits = Bench(tables)
    waits.sendgrid.ends = Uncertain("no answer")
    for _ in range(2):
        with pytest.raises(Waits):
            waits.deliver()
    assert len(waits.sendgrid.handed) == 1


def test_a_function_that_ends_in_the_middle_sends_no_second_mail(tables: Any) -> None:
    bench = Bench(tables, lease=0, uncertain=0)
    assert bench.dispatcher.ledger.claim("mail-1", "sendgrid", {})
    # whether it was handed over nobody knows: an event may still tell, then SES gets it
    with pytest.raises(Waits):
        bench.deliver()
    assert bench.status() == "uncertain"
    bench.deliver()
    assert (len(bench.sendgrid.handed), len(bench.ses.sent)) == (0, 1)

    by_ses = Bench(tables, lease=0)
    assert by_ses.dispatcher.ledger.claim("mail-1", "ses", {})
    with pytest.raises(Refused, match="nobody knows whether SES took it"):
        by_ses.deliver()
    # two at once: the second is told to wait
    second = Bench(tables)
    assert second.dispatcher.ledger.claim("mail-1", "sendgrid", {})
    with pytest.raises(Waits):
        second.deliver()
    assert second.sendgrid.handed == []


def test_when_ses_fails_too_a_mail_comes_again_and_when_it_does_not_answer_a_person_decides(tables: Any) -> None:
    bench = Bench(tables)
    bench.sendgrid.ends = NotAccepted("500")
    bench.ses.fails = ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "slow"}}, "SendEmail")
    with pytest.raises(Waits):
        bench.deliver()
    bench.ses.fails = None
    bench.deliver()
    assert (bench.status(), len(bench.ses.sent)) == ("sent", 1)

    lost = Bench(tables, lease=0)
    lost.sendgrid.ends = NotAccepted("500")
    lost.ses.fails = ReadTimeoutError(endpoint_url="https://email.us-east-1.amazonaws.com")
    with pytest.raises(Waits):
        lost.deliver()
    with pytest.raises(Refused):
        lost.deliver()
    assert lost.status() == "refused"


def test_the_circuit_opens_after_failures_in_a_row_and_closes_by_one_probe(tables: Any) -> None:
    bench = Bench(tables)
    bench.sendgrid.ends = NotAccepted("500")
    for number in range(5):
        bench.deliver(Mail(f"mail-{number}", "claim@1", "ann@example.com", {"number": "1"}))
    assert (len(bench.sendgrid.handed), len(bench.ses.sent)) == (2, 5)
    assert bench.told["CircuitOpened"] == 1
    bench.cool_down()
    for number in range(5, 8):
        bench.deliver(Mail(f"mail-{number}", "claim@1", "ann@example.com", {"number": "1"}))
    # one tried, failed, and opened it for as long again
    assert (len(bench.sendgrid.handed), bench.told["CircuitOpened"]) == (3, 1)
    bench.cool_down()
    bench.sendgrid.ends = None
    for number in range(8, 11):
        bench.deliver(Mail(f"mail-{number}", "claim@1", "ann@example.com", {"number": "1"}))
    assert (bench.told["SentBySendGrid"], bench.told["CircuitClosed"]) == (3, 1)


def test_who_is_suppressed_gets_nothing_and_what_nobody_can_send_is_refused(tables: Any) -> None:
    bench = Bench(tables)
    bench.suppression.put_item(Item={"address": "ann@example.com", "event": "suppressed"})
    bench.deliver()
    assert (bench.status(), bench.sendgrid.handed, bench.ses.sent) == ("suppressed", [], [])
    bench.suppression.delete_item(Key={"address": "ann@example.com", "event": "suppressed"})
    for mail, message in (
        (Mail("mail-2", "claim@9", "ann@example.com", {}), "there is no template claim@9"),
        (Mail("mail-3", "claim@1", "ann@example.com", {}), "the data has no 'number'"),
    ):
        with pytest.raises(Refused, match=message):
            bench.deliver(mail)
        assert bench.status(mail.id) == "refused"
    assert (bench.sendgrid.handed, bench.ses.sent) == ([], [])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"id": 1, "template": "a@1", "to": "a@b.c"}',
        '{"id": "template#x", "template": "a", "to": "a@b"}',
    ]
    + ['{"id": "1", "template": "a@1", "to": "a"}', '{"id": "1", "template": "a@1", "to": "a@b.c", "data": []}'],
)
def test_a_message_that_is_no_mail_is_refused(body: str) -> None:
    with pytest.raises(Refused, match="the message is no mail"):
        Mail.of(body)


class Answers:
    """A pool that answers as it is told, one after the other."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), []

    def request(self, method: str, url: str, **said: Any) -> Any:
        self.asked.append((method, url, said["headers"]["Authorization"], json.loads(said["body"])))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, headers, body = answer
        return urllib3.HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)


def test_an_answer_says_what_may_be_done_next() -> None:
    def ask(*answers: Any, budget: float = 0.05) -> tuple[Any, Answers]:
        pool = Answers(*answers)
        client = SendGrid("https://x", lambda anew: "new" if anew else "old", rate_budget_seconds=budget, pool=pool)
        try:
            return client.send({}), pool
        except (NotAccepted, Refused, Uncertain) as error:
            return type(error), pool

    taken = (202, {"X-Message-Id": "m"}, b"")
    assert ask(taken)[0] == "m"
    # a key that was rotated is read anew, once
    told, pool = ask((401, {}, b""), taken)
    assert (told, [each[2] for each in pool.asked]) == ("m", ["Bearer old", "Bearer new"])
    assert ask((403, {}, b""), (403, {}, b""))[0] is NotAccepted
    assert ask((429, {"Retry-After": "0.01"}, b""), taken)[0] == "m"
    assert ask((429, {"X-RateLimit-Reset": str(time.time() + 60)}, b""))[0] is NotAccepted
    assert ask((429, {"Retry-After": "soon"}, b""))[0] is NotAccepted
    assert ask((503, {}, b""))[0] is NotAccepted
    assert ask((400, {}, b'{"errors":[]}'))[0] is Refused
    pool_of = urllib3.connectionpool.HTTPSConnectionPool("x")
    assert ask(urllib3.exceptions.ReadTimeoutError(pool_of, "/", "late"))[0] is Uncertain
    assert ask(urllib3.exceptions.ProtocolError("closed"))[0] is Uncertain
    assert ask(urllib3.exceptions.ConnectTimeoutError(None, "never"))[0] is NotAccepted


def test_a_template_is_pushed_as_one_with_an_active_version() -> None:
    pool = Answers((201, {}, b'{"id": "d-7"}'), (201, {}, b'{"id": "v-1"}'))
    assert SendGrid("https://x", lambda _: "k", pool=pool).push_template("claim@1", "s", "h", "t") == "d-7"
    (_, made, _, template), (_, versioned, _, version) = pool.asked
    assert (made, template) == ("https://x/v3/templates", {"name": "claim@1", "generation": "dynamic"})
    assert versioned == "https://x/v3/templates/d-7/versions"
    assert (version["html_content"], version["active"]) == ("h", 1)


def test_templates_are_filled_in_as_handlebars_does() -> None:
    data = {"name": "Ann & <Bob>", "policy": {"number": 7}, "claims": [{"id": 1}, {"id": 2}], "open": True, "none": []}
    text = (
        "{{name}} {{policy.number}}{{#if open}} open{{else}} closed{{/if}}{{#each claims}} {{id}}/{{this.id}}{{/each}}"
    )
    assert render(text, data, escaped=True) == "Ann &amp; &lt;Bob&gt; 7 open 1/1 2/2"
    assert render("{{name}}{{#each none}}x{{else}} -{{/each}}", data, escaped=False) == "Ann & <Bob> -"
    assert render("{{#if gone}}x{{/if}}{{#if none}}y{{/if}}", data, escaped=False) == ""
    with pytest.raises(Missing):
        render("{{gone}}", data, escaped=True)
    for wrong in (
        "{{#if a}}",
        "{{/if}}",
        "{{#with a}}{{/with}}",
        "{{a b}}",
        "{{#if a}}{{/each}}",
        "{{{raw}}}",
        "{{else}}",
    ):
        with pytest.raises(BadTemplate):
            parse(wrong)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=" <>&\"'ab{}", max_size=30), st.text(max_size=20))
def test_nothing_that_people_wrote_becomes_a_tag(around: str, value: str) -> None:
    try:
        parse(around)
    except BadTemplate:
        return
    filled = render("<p>{{value}}</p>", {"value": value}, escaped=True)
    inside = filled.removeprefix("<p>").removesuffix("</p>")
    assert not set("<>\"'") & set(inside)
