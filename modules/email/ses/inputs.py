"""What may be set: the domain that mail comes from, the regions that send it, who may, and what others are told."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import ServiceInputs
from groundplan.framework import EachRule, Inputs, Outputs, Rule, distinct, every, field, output, unset
from groundplan.framework.constraints import Arn, Pattern, Unique
from groundplan.framework.types import Domain, EmailAddress, HostedZoneId, RegionName, TopicArn

from .names import domain_of, region_of

__all__ = ["Bimi", "Dmarc", "Sender", "SendingRegion", "SesInputs", "SesOutputs"]

SenderName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,38}[a-z0-9]", "2 to 40 lower-case letters, digits and hyphens, beginning with a letter"),
]
Label = Annotated[
    str,
    Pattern("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", "one label of a domain in lower case, such as bounces"),
]
FromAddress = Annotated[
    str,
    Pattern(
        r"(?:\*|[A-Za-z0-9.!#$%&'+/=^_`{|}~-]{1,64})@[a-z0-9.-]+",
        "an address, or * before the @ for every address of the domain",
    ),
]
StreamArn = Annotated[
    str,
    Arn("firehose", "deliverystream/[A-Za-z0-9_.-]+", "arn:aws:firehose:us-east-1:111122223333:deliverystream/mail"),
]
Event = Literal[
    "BOUNCE", "CLICK", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "OPEN", "REJECT", "RENDERING_FAILURE", "SEND"
]


class SendingRegion(Inputs):
    """A region that sends mail of the domain."""

    mail_from: Label = field(
        "label below domain of the envelope's sender, which SPF is asked about, such as bounces; each region needs "
        "another, since a MAIL FROM domain has one MX record, of one region"
    )
    alarm_topic_arn: TopicArn | None = field(
        "ARN of the SNS topic in that region that its alarms go to; left out, alarm_topic_arn of the module, which is "
        "in the module's own region",
        default=None,
    )
    firehose_stream_arn: StreamArn | None = field(
        "ARN of the Data Firehose stream in that region that every event of every mail goes to; left out, none",
        default=None,
    )


class Dmarc(Inputs):
    """What other mail servers do with mail that claims to come from the domain and does not."""

    policy: Literal["none", "quarantine", "reject"] = field(
        "what they do with it: none only watches, quarantine marks it as spam, reject refuses it", default="reject"
    )
    report_addresses: Annotated[list[EmailAddress], Unique()] = field(
        "where they send a summary every day (rua); left out, nobody is told", default=[], max_length=10
    )


class Bimi(Inputs):
    """The logo that mailbox providers show beside mail of the domain."""

    logo_url: Annotated[str, Pattern(r"https://[!-~]+\.svg", "a URL with https:// of an SVG Tiny PS file")] = field(
        "where the logo is"
    )
    certificate_url: Annotated[str, Pattern(r"https://[!-~]+\.pem", "a URL with https:// of a PEM file")] | None = (
        field(
            "where the mark certificate is (VMC or CMC), without which Gmail and Apple show no logo; left out, none",
            default=None,
        )
    )


class Sender(Inputs):
    """A workload that sends mail: it gets a policy to attach to its role."""

    from_addresses: Annotated[list[FromAddress], Unique()] = field(
        "addresses of the domain that it may send as, such as claims@mail.example.com, or *@mail.example.com for all",
        min_length=1,
    )


class SesInputs(ServiceInputs):
    """A domain that mail is sent from by Amazon SES."""

    domain: Domain = field("domain that mail comes from, in the From that people see")
    hosted_zone_id: HostedZoneId | None = field(
        "id of the public Route 53 zone of domain, or of one above it, where the records go; left out, they are made "
        "elsewhere, by the output dns_records",
        default=None,
    )
    regions: dict[RegionName, SendingRegion] = field(
        "regions that send, by name, the module's own among them; left is for disaster recovery, or for senders there",
        min_length=1,
    )
    dmarc: Dmarc = field("what others do with forged mail of the domain; left out, they refuse it", default=Dmarc())
    bimi: Bimi | None = field("logo that mailboxes show beside its mail; left out, none", default=None)
    senders: dict[SenderName, Sender] = field(
        "workloads that send, by name; each gets an IAM policy to attach; left out, there are none", default={}
    )
    event_bus_events: Annotated[list[Event], Unique()] = field(
        "events that go to each region's default EventBridge bus too; left out, what was not delivered",
        default=["BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE"],
    )
    account_suppression: bool = field(
        "whether the account's suppression list is kept up to date by SES in every region of regions: a setting that "
        "an account has once a region, so another call of the module there has false",
        default=True,
    )
    deliverability_manager: bool = field(
        "whether the Virtual Deliverability Manager watches the account's mail in every region of regions, which costs "
        "by the message; a setting that an account has once a region",
        default=False,
    )
    max_delivery_seconds: int = field(
        "how long SES tries to deliver a mail before it gives up, in seconds: 300 for what is soon worthless, "
        "such as a one-time password",
        default=50400,
        ge=300,
        le=50400,
    )
    feedback_retention_days: int = field(
        "how long each bounce and complaint is kept, in days; that an address is suppressed is kept until somebody "
        "removes it",
        default=400,
        ge=30,
        le=3653,
    )
    deletion_protection: bool = field(
        "whether the table of suppressed addresses is kept from being deleted", default=True
    )

    rules = (
        Rule(
            "regions",
            lambda v: distinct(v.regions, lambda _, s: s.mail_from),
            "must each have a mail_from of their own: a MAIL FROM domain has one MX record, of one region",
        ),
        EachRule(
            "regions",
            lambda v, region, s: (
                (~unset(s.alarm_topic_arn) | (region_of(v.alarm_topic_arn) == region))
                & (unset(s.alarm_topic_arn) | (region_of(s.alarm_topic_arn) == region))
            ),
            "must be a topic in the region that it is given for, left out only in that of alarm_topic_arn: "
            "an alarm does not leave its region",
            inside="alarm_topic_arn",
            shows=("alarm_topic_arn",),
        ),
        EachRule(
            "regions",
            lambda _, region, s: unset(s.firehose_stream_arn) | (region_of(s.firehose_stream_arn) == region),
            "must be a stream in the region that it is given for: SES publishes to streams of its own region",
            inside="firehose_stream_arn",
            shows=("firehose_stream_arn",),
        ),
        # https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/ (7.4)
        Rule(
            "bimi",
            lambda v: unset(v.bimi) | (v.dmarc.policy != "none"),
            "needs a dmarc.policy of quarantine or reject: mailboxes show no logo beside mail that anybody may forge",
        ),
        EachRule(
            "senders",
            lambda v, _, s: every(s.from_addresses, lambda _, one: domain_of(one) == v.domain),
            "must each be an address of domain, which is what SES knows to be yours",
            inside="from_addresses",
            shows=("from_addresses",),
        ),
    )


class SesOutputs(Outputs):
    """What those need who send mail, and those who look after what comes back."""

    domain: str = output("domain that mail comes from")
    identity_arns: dict[str, str] = output("ARN of the domain's identity, by region")
    configuration_set_name: str = output("name of the configuration set that every mail names, the same in each region")
    configuration_set_arns: dict[str, str] = output("ARN of the configuration set, by region")
    dns_records: list[str] = output("the records of the domain as lines of a zone file, for a zone that is elsewhere")
    sender_policy_arns: dict[str, str] = output("ARN of each sender's IAM policy, to attach to its role")
    sender_policies: dict[str, str] = output("the same policies as JSON documents, for roles with inline policies")
    suppression_table_name: str = output("name of the DynamoDB table of suppressed addresses, and of what came back")
    suppression_table_arn: str = output("ARN of that table")
    kms_key_arn: str = output("ARN of the key that encrypts the table, the queue and the logs")
    feedback_function_arn: str = output("ARN of the function that takes bounces and complaints")
    feedback_topic_arns: dict[str, str] = output("ARN of the SNS topic of bounces and complaints, by region")
