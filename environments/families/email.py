"""Email: the domain that the environment's mail comes from, the ways it goes, and what becomes of what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from environments.families.dns import Dns
from environments.families.secrets import SENDGRID_KEY, Secrets
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.problems import Problem
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.email.sendgrid import ApiKey, Authentication, Fallback, Sendgrid, SendgridInputs
from modules.email.sendgrid.templates import templates_in
from modules.email.ses import Dmarc, Sender, SendingRegion, Ses, SesInputs
from modules.secrets.secrets_manager import SecretsManagerInputs

__all__ = ["MAILS", "EmailFamily", "unread_key"]

MAILS = Path(__file__).parents[1] / "mails"
"""The templates of mails, a folder each; `make mails` shows them."""


def unread_key(env: Platform, kept: SecretsManagerInputs) -> Iterator[Problem]:
    """A key that is not there, or that the module's roles may not read: all mail would go by SES."""
    where = "secrets.secrets_manager"
    if SENDGRID_KEY not in kept.secrets:
        yield Problem(
            f'{where}.secrets["{SENDGRID_KEY}"]',
            "must be there: email.sendgrid sends by the key in it",
            "Add the secret, of kind api_key, or leave email.sendgrid out.",
        )
        return
    readers = {arn for it in kept.consumers.values() if SENDGRID_KEY in it.secrets for arn in it.role_arns}
    for part in ("dispatcher", "deploy"):
        role = env.role_arn(f"{env.name}-sendgrid-{part}")
        if role not in readers:
            yield Problem(
                f"{where}.consumers",
                f'must have one of the secret "{SENDGRID_KEY}" with the role {role}, by which email.sendgrid reads it',
                "Add the role to the role_arns of a consumer of that secret.",
            )


class EmailFamily(PlatformFamily):
    """Who sends mail, as whom, and who gets none."""

    ses: SesInputs = field("mail by Amazon SES")
    sendgrid: SendgridInputs | None = field(
        "mail by SendGrid, and by SES when it does not take it: needs an account there, whose key is the secret "
        "sendgrid; left out, workloads send by SES themselves",
        default=None,
    )

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """The claims service writes as the environment's own domain, by SES."""
        domain = f"notify.{env.public_domain}"
        return cls(
            sendgrid=None,
            ses=SesInputs(
                domain=domain,
                regions={env.region: SendingRegion(mail_from="bounces")},
                dmarc=Dmarc(report_addresses=["dmarc@example.com"]),
                senders={"claims": Sender(from_addresses=[f"claims@{domain}"])},
            ),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """Suppressed addresses of people who try things out."""
        return cls(ses=SesInputs(deletion_protection=False, feedback_retention_days=30))

    @classmethod
    def full(cls, env: Platform) -> Self:
        """Mail goes by SendGrid, and by SES out of the other region too, and AWS watches how that arrives."""
        elsewhere = SendingRegion(mail_from="bounces-dr", alarm_topic_arn=env.dr_alarm_topic_arn)
        return cls(
            ses=SesInputs(regions={env.dr_region: elsewhere}, deliverability_manager=True),
            # the environment's own file says by which account
            sendgrid=SendgridInputs(sender=f"claims@notify.{env.public_domain}", templates=templates_in(MAILS)),
        )

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

    def compose(self, stack: Stack, env: Platform, dns: Dns, secrets: Secrets) -> None:
        """The stack `<environment>-email`."""
        zone = dns.route53.outputs.zone_ids["public"] if dns.serves_public_names else None
        ses = Ses(stack, "ses", stack.wired(self.ses, SesInputs(hosted_zone_id=zone))).outputs
        if self.sendgrid is None:
            return
        for problem in unread_key(env, secrets.kept):
            stack.refuse(problem)
        manager = secrets.manager.outputs
        wanted = SendgridInputs(
            domain=self.ses.domain,
            api_key=ApiKey(secret_arn=manager.secret_arns[SENDGRID_KEY], kms_key_arn=manager.kms_key_arn),
            authentication=Authentication(hosted_zone_id=zone),
            fallback=Fallback(
                identity_arn=ses.identity_arns[env.region],
                configuration_set_arn=ses.configuration_set_arns[env.region],
                suppression_table_arn=ses.suppression_table_arn,
                kms_key_arn=ses.kms_key_arn,
            ),
            # the service of whose claims the mails tell
            producer_role_arns=[env.role_arn("claims-api")],
        )
        sendgrid = Sendgrid(stack, "sendgrid", stack.wired(self.sendgrid, wanted)).outputs
        stack.tell(sendgrid, "queue_url", "producer_policy", "webhook_url")
