"""Mail of a domain: from two regions with everything switched on, and from one with nothing besides."""

from __future__ import annotations

from modules.email.ses import Bimi, Dmarc, Sender, SendingRegion, SesInputs

ACCOUNT = "111122223333"

SMALL = SesInputs(
    name="dev-ses",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:dev-alarms",
    domain="notify.example.com",
    regions={"us-east-1": SendingRegion(mail_from="bounces")},
)
FULL = SesInputs(
    name="prod-ses",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-alarms",
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    domain="notify.example.com",
    hosted_zone_id="Z0123456789EXAMPLE",
    regions={
        "us-east-1": SendingRegion(
            mail_from="bounces",
            firehose_stream_arn=f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/prod-mail",
        ),
        "us-west-2": SendingRegion(
            mail_from="bounces-west", alarm_topic_arn=f"arn:aws:sns:us-west-2:{ACCOUNT}:prod-alarms"
        ),
    },
    dmarc=Dmarc(report_addresses=["dmarc@example.com"]),
    bimi=Bimi(
        logo_url="https://www.example.com/mail/logo.svg", certificate_url="https://www.example.com/mail/logo.pem"
    ),
    senders={
        "claims": Sender(from_addresses=["claims@notify.example.com"]),
        "dispatcher": Sender(from_addresses=["*@notify.example.com"]),
    },
    deliverability_manager=True,
)
