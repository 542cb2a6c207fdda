"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.email.ses import Bimi, Dmarc, Sender, SendingRegion, Ses, SesInputs
from tests.modules.ses.examples import FULL, SMALL
from tests.support.planning import refusals

EAST, WEST = FULL.regions["us-east-1"], FULL.regions["us-west-2"]
LOGO = Bimi(logo_url="https://www.example.com/logo.svg")


def sends(*addresses: str) -> SesInputs:
    return SMALL.but(senders={"claims": Sender(from_addresses=list(addresses))})


WRONG: dict[str, tuple[SesInputs, str]] = {
    "no region": (SMALL.but(regions={}), "regions: must have 1 or more entries, got 0"),
    "two regions whose bounces come to one name": (
        SMALL.but(regions={"us-east-1": EAST, "us-west-2": WEST.but(mail_from="bounces")}),
        "regions: must each have a mail_from of their own: a MAIL FROM domain has one MX record, of one region",
    ),
    "a name that is no label": (
        SMALL.but(regions={"us-east-1": SendingRegion(mail_from="bounces.mail")}),
        'regions["us-east-1"].mail_from: must be one label of a domain in lower case, such as bounces, '
        'got "bounces.mail"',
    ),
    "a region whose alarms would go nowhere": (
        SMALL.but(regions={"us-east-1": EAST, "us-west-2": WEST.but(alarm_topic_arn=None)}),
        'regions["us-west-2"].alarm_topic_arn: must be a topic in the region that it is given for, left out only in '
        "that of alarm_topic_arn: an alarm does not leave its region, got "
        "alarm_topic_arn = null",
    ),
    "a topic of another region": (
        SMALL.but(regions={"us-east-1": WEST}),
        'regions["us-east-1"].alarm_topic_arn: must be a topic in the region that it is given for',
    ),
    "a stream of another region": (
        SMALL.but(regions={"us-east-1": EAST.but(firehose_stream_arn=EAST.firehose_stream_arn.replace("-1:", "-2:"))}),
        'regions["us-east-1"].firehose_stream_arn: must be a stream in the region that it is given for: SES publishes '
        "to streams of its own region",
    ),
    "a logo beside what anybody may forge": (
        SMALL.but(bimi=LOGO, dmarc=Dmarc(policy="none")),
        "bimi: needs a dmarc.policy of quarantine or reject: mailboxes show no logo beside mail that anybody may forge",
    ),
    "a logo that is no vector": (
        SMALL.but(bimi=LOGO.but(logo_url="https://www.example.com/logo.png")),
        "bimi.logo_url: must be a URL with https:// of an SVG Tiny PS file, got",
    ),
    "a sender of another domain": (
        sends("claims@notify.example.com", "claims@example.com"),
        'senders["claims"].from_addresses: must each be an address of domain, which is what SES knows to be yours',
    ),
    "a sender that is no address": (
        sends("notify.example.com"),
        'senders["claims"].from_addresses[0]: must be an address, or * before the @ for every address of the domain',
    ),
    "a mail that is given up before it is tried": (
        SMALL.but(max_delivery_seconds=60),
        "max_delivery_seconds: must be 300 to 50400, got 60",
    ),
}


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    (told,) = [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]
    assert told.startswith(message)


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    calls = {name: inputs for name, (inputs, _) in WRONG.items()}
    elsewhere = SMALL.but(regions={"us-west-2": WEST})
    told = refusals(Ses, {**calls, "called elsewhere": elsewhere}, tmp_path)
    assert {name: (message, told[name]) for name, (_, message) in WRONG.items() if message not in told[name]} == {}
    assert "regions: must have us-east-1, where the module is called" in told["called elsewhere"]
