"""What may be set: the domain and its key, the templates, the way when SendGrid fails, and what is kept of events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from groundplan.building import ServiceInputs
from groundplan.framework import Inputs, Outputs, Rule, field, output
from groundplan.framework.constraints import Arn, Pattern
from groundplan.framework.types import (
    Domain,
    EmailAddress,
    HostedZoneId,
    HttpsUrl,
    KmsKeyArn,
    RoleArn,
    SecretArn,
)
from groundplan.problems import Problem

from . import errors
from .files.dispatcher.dispatcher.rendering import BadTemplate, parse
from .names import domain_of

__all__ = [
    "Analytics",
    "ApiKey",
    "Authentication",
    "Circuit",
    "Fallback",
    "SendgridInputs",
    "SendgridOutputs",
    "Template",
]

Label = Annotated[
    str, Pattern("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", "one label of a domain in lower case, such as em1234")
]
AccountHost = Annotated[
    str,
    Pattern(
        r"u[0-9]+\.wl[0-9]*\.sendgrid\.net", "SendGrid's host of your account, such as u1234567.wl123.sendgrid.net"
    ),
]
TemplateName = Annotated[
    str,
    Pattern(
        "[a-z][a-z0-9-]{0,38}[a-z0-9]@[1-9][0-9]*",
        "a name, an @ and a version, such as claim-received@1: lower-case letters, digits and hyphens",
    ),
]
IdentityArn = Annotated[
    str, Arn("ses", "identity/[a-z0-9.-]+", "arn:aws:ses:us-east-1:111122223333:identity/notify.example.com")
]
ConfigurationSetArn = Annotated[
    str, Arn("ses", "configuration-set/[A-Za-z0-9_-]+", "arn:aws:ses:us-east-1:111122223333:configuration-set/prod-ses")
]
TableArn = Annotated[
    str, Arn("dynamodb", "table/[A-Za-z0-9_.-]+", "arn:aws:dynamodb:us-east-1:111122223333:table/prod-ses-suppression")
]
PublicKey = Annotated[
    str,
    # the DER of a key on P-256 begins with what names the curve, and is 91 bytes long
    # https://datatracker.ietf.org/doc/html/rfc5480
    Pattern(
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==",
        "the verification key as SendGrid shows it, which begins with MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
    ),
]


class ApiKey(Inputs):
    """Where SendGrid's key is: a secret with `{"api_key": "SG...."}`, which the module secrets_manager renews."""

    secret_arn: SecretArn = field("ARN of the secret")
    kms_key_arn: KmsKeyArn = field("ARN of the key that encrypts the secret")


class Authentication(Inputs):
    """What SendGrid wants in the domain's zone, as its page of the authenticated domain says."""

    label: Label = field("label of its first record, below the domain, such as em1234")
    host: AccountHost = field("what that record leads to, such as u1234567.wl123.sendgrid.net")
    hosted_zone_id: HostedZoneId | None = field(
        "id of the Route 53 zone that the records go into; left out, they are made elsewhere, by the output "
        "dns_records",
        default=None,
    )


class Fallback(Inputs):
    """The way when SendGrid fails: what the module ses makes."""

    identity_arn: IdentityArn = field("ARN of the domain's identity in the module's region")
    configuration_set_arn: ConfigurationSetArn = field("ARN of the configuration set in the module's region")
    suppression_table_arn: TableArn = field("ARN of the table of suppressed addresses, which both ways ask")
    kms_key_arn: KmsKeyArn = field("ARN of the key that encrypts that table")


class Template(Inputs):
    """A version of a mail, in the part of Handlebars that both ways fill in: values, #if, else, #each."""

    subject: str = field("its subject", min_length=1, max_length=998)
    html: str = field("its HTML, at most 100,000 characters", min_length=1, max_length=100_000)
    text: str = field("the same for who reads no HTML", min_length=1, max_length=100_000)


class Circuit(Inputs):
    """When SendGrid is not asked any more, and when again."""

    failures: int = field("how many failures in a row open it: all mail goes by SES then", default=5, ge=1, le=100)
    cooldown_seconds: int = field(
        "how long until one mail tries SendGrid again, and until the next one does", default=60, ge=10, le=3600
    )


class Analytics(Inputs):
    """What is kept of SendGrid's events."""

    expire_after_days: int = field("how long events are kept in the bucket, in days", default=400, ge=30, le=3653)
    force_destroy: bool = field("whether the bucket goes with the module, with all that is in it", default=False)


def _templates_are_written_in_what_is_known(given: SendgridInputs) -> Iterator[Problem]:
    """With the parser that fills them in later: what it does not know, the deploy step would refuse."""
    for name, template in given.templates.items():
        for part in ("subject", "html", "text"):
            try:
                parse(getattr(template, part))
            except BadTemplate as bad:
                yield errors.template_not_known(name, part, str(bad))


class SendgridInputs(ServiceInputs):
    """Mail that goes out by SendGrid, and by SES when SendGrid does not take it."""

    domain: Domain = field("domain that mail comes from, in the From that people see")
    sender: EmailAddress = field("address of the domain that mail comes from")
    api_key: ApiKey = field("where SendGrid's key is")
    api_url: HttpsUrl = field(
        "where SendGrid's API is; https://api.eu.sendgrid.com for a subuser of the European Union",
        default="https://api.sendgrid.com",
    )
    authentication: Authentication = field("what proves the domain to others, for mail that SendGrid sends")
    fallback: Fallback = field("the way when SendGrid fails")
    webhook_public_key: PublicKey = field(
        "key that SendGrid signs its events with, from the settings of its event webhook; it is no secret"
    )
    webhook_tolerance_seconds: int = field(
        "how long ago events may have been signed, in seconds", default=600, ge=60, le=3600
    )
    templates: dict[TemplateName, Template] = field(
        "mails by name and version, such as claim-received@1; another content needs another version, and one that "
        "somebody still sends stays",
        min_length=1,
    )
    producer_role_arns: list[RoleArn] = field(
        "ARNs of the roles of the account that put mail into the queue; left out, whoever a policy of its own allows",
        default=[],
    )
    circuit: Circuit = field(
        "when SendGrid is not asked any more; left out, after 5 failures, for a minute", default=Circuit()
    )
    timeout_seconds: int = field("how long an answer of SendGrid is waited for, in seconds", default=10, ge=2, le=15)
    rate_budget_seconds: int = field(
        "how long a mail waits when SendGrid says that it has too many (429), before it goes by SES, in seconds",
        default=5,
        ge=0,
        le=15,
    )
    uncertain_seconds: int = field(
        "how long a mail without an answer waits for SendGrid's event that it was taken, before it goes by SES, in "
        "seconds: events come within seconds as a rule, and what comes later is a mail sent twice",
        default=900,
        ge=60,
        le=43200,
    )
    oldest_mail_alarm_seconds: int = field(
        "from how old a mail in the queue an alarm rings, in seconds; more than uncertain_seconds",
        default=1800,
        ge=120,
        le=86400,
    )
    ledger_retention_days: int = field(
        "how long it is known what became of a mail, in days: an id that comes again later is a new mail",
        default=30,
        ge=15,
        le=3653,
    )
    analytics: Analytics = field("what is kept of events; left out, 400 days", default=Analytics())
    deletion_protection: bool = field("whether the table of mails is kept from being deleted", default=True)

    rules = (
        Rule(
            "sender",
            lambda v: domain_of(v.sender) == v.domain,
            "must be an address of domain, which is what SendGrid and SES know to be yours",
            shows=("sender", "domain"),
        ),
        Rule(
            "oldest_mail_alarm_seconds",
            lambda v: v.oldest_mail_alarm_seconds > v.uncertain_seconds,
            "must be more than uncertain_seconds: a mail without an answer waits that long, and nothing is wrong",
            shows=("oldest_mail_alarm_seconds", "uncertain_seconds"),
        ),
    )

    checks = (_templates_are_written_in_what_is_known,)


class SendgridOutputs(Outputs):
    """What those need who want mail to be sent, and who look after it."""

    queue_url: str = output('URL of the queue of mails, each `{"id", "template", "to", "data"}`')
    queue_arn: str = output("ARN of the queue of mails")
    producer_policy: str = output("policy, as JSON, of who puts mail into the queue")
    webhook_url: str = output("what SendGrid's event webhook is set to")
    dns_records: list[str] = output("the records of the domain as lines of a zone file, for a zone that is elsewhere")
    ledger_table_name: str = output("name of the table that knows what became of each mail")
    dispatcher_role_arn: str = output("ARN of the dispatcher's role, which must be let read the API key")
    events_bucket_name: str = output("name of the bucket of SendGrid's events")
    events_table: str = output("Athena table of SendGrid's events, as database.table")
    kms_key_arn: str = output("ARN of the key that encrypts the queue, the table, the events and the logs")
