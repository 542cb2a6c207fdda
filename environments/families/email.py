"""Email: the domain that the environment's mail comes from, and what becomes of what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from environments.families.dns import Dns
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.email.ses import Dmarc, Sender, SendingRegion, Ses, SesInputs

__all__ = ["EmailFamily"]


class EmailFamily(PlatformFamily):
    """Who sends mail, as whom, and who gets none."""

    ses: SesInputs = field("mail by Amazon SES")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """The claims service writes as the environment's own domain."""
        domain = f"notify.{env.public_domain}"
        return cls(
            ses=SesInputs(
                domain=domain,
                regions={env.region: SendingRegion(mail_from="bounces")},
                dmarc=Dmarc(report_addresses=["dmarc@example.com"]),
                senders={"claims": Sender(from_addresses=[f"claims@{domain}"])},
            )
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """Suppressed addresses of people who try things out."""
        return cls(ses=SesInputs(deletion_protection=False, feedback_retention_days=30))

    @classmethod
    def full(cls, env: Platform) -> Self:
        """Mail goes out of the other region too, and AWS watches how it arrives."""
        elsewhere = SendingRegion(mail_from="bounces-dr", alarm_topic_arn=env.dr_alarm_topic_arn)
        return cls(ses=SesInputs(regions={env.dr_region: elsewhere}, deliverability_manager=True))

    def made_once(self, _env: Platform) -> Iterable[Once]:
        """Settings of the account in each region.

        https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutAccountSuppressionAttributes.html
        https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutAccountVdmAttributes.html
        """
        for region in self.ses.regions:
            if self.ses.account_suppression:
                yield Once(
                    "SES's suppression list of the account",
                    region,
                    "ses.account_suppression",
                    "Set ses.account_suppression to False in one of the two: the list is one for both.",
                )
            if self.ses.deliverability_manager:
                yield Once(
                    "SES's Virtual Deliverability Manager of the account",
                    region,
                    "ses.deliverability_manager",
                    "Set ses.deliverability_manager to False in one of the two: it watches the mail of both.",
                )

    def compose(self, stack: Stack, _env: Platform, dns: Dns) -> None:
        """The stack `<environment>-email`."""
        zone = dns.route53.outputs.zone_ids["public"] if dns.serves_public_names else None
        Ses(stack, "ses", stack.wired(self.ses, SesInputs(hosted_zone_id=zone)))
