"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.email.sendgrid import Sendgrid, SendgridInputs, Template
from tests.modules.sendgrid.examples import FULL, PUBLIC_KEY, SMALL
from tests.support.planning import refusals

WRONG: dict[str, tuple[SendgridInputs, str]] = {
    "a sender of another domain": (
        SMALL.but(sender="claims@example.com"),
        "sender: must be an address of domain, which is what SendGrid and SES know to be yours, "
        'got sender = "claims@example.com", domain = "notify.example.com"',
    ),
    "an alarm on mail that only waits for its event": (
        SMALL.but(oldest_mail_alarm_seconds=1700, uncertain_seconds=3600),
        "oldest_mail_alarm_seconds: must be more than uncertain_seconds: a mail without an answer waits that long, and "
        "nothing is wrong, got oldest_mail_alarm_seconds = 1700, uncertain_seconds = 3600",
    ),
    "a key that is another's": (
        SMALL.but(webhook_public_key=PUBLIC_KEY.replace("MFkw", "MIIB")),
        "webhook_public_key: must be the verification key as SendGrid shows it",
    ),
    "a host that is not SendGrid's": (
        SMALL.but(authentication=SMALL.authentication.but(host="u123.example.com")),
        "authentication.host: must be SendGrid's host of your account, such as u1234567.wl123.sendgrid.net",
    ),
    "a template without a version": (
        SMALL.but(templates={"claim": SMALL.templates["claim-received@1"]}),
        'templates["claim"]: its name must be a name, an @ and a version, such as claim-received@1',
    ),
    "no template": (SMALL.but(templates={}), "templates: must have 1 or more entries, got 0"),
}
UNKNOWN = SMALL.but(
    templates={"claim@1": Template(subject="{{#with a}}", html="{{{raw}}}", text="{{#if a}}x{{/if}} {{ok.too}}")}
)


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    (told,) = [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]
    assert told.startswith(message)


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Sendgrid, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: (message, told[name]) for name, (_, message) in WRONG.items() if message not in told[name]} == {}


def test_a_template_that_only_sendgrid_could_fill_in_is_refused_before_it_is_deployed() -> None:
    told = {problem.path: problem.message for problem in problems_of(UNKNOWN)}
    assert told == {
        'templates["claim@1"].subject': "must be written in what both ways fill in: {{#with}} is not known here: only "
        "#if and #each are",
        'templates["claim@1"].html': "must be written in what both ways fill in: {{{raw}} is no name: letters, digits, "
        "_ and dots between them",
    }
