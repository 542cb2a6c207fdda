"""Where things are: ARNs made of names and so known when Terraform plans, and the names that SES has in each region."""

from __future__ import annotations

from typing import Any

from groundplan.building import account_id, partition, region
from groundplan.framework import Module, text

from .inputs import SesInputs

__all__ = ["configuration_set_arn", "dkim_domain", "feedback_server", "identity_arn", "queue_arn", "topic_arn"]

DKIM_DOMAINS = {
    name: f"dkim.{name}.amazonses.com"
    for name in (
        "af-south-1",
        "ap-northeast-3",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-5",
        "ca-west-1",
        "eu-central-2",
        "eu-south-1",
        "il-central-1",
        "me-central-1",
        "us-gov-east-1",
    )
}
"""Where the keys of Easy DKIM are in regions that have a domain of their own for them.

https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains
"""


def dkim_domain(where: str) -> str:
    """Below which a region publishes the keys that mail is signed with."""
    return text("lookup", DKIM_DOMAINS, where, "dkim.amazonses.com")


def feedback_server(where: str) -> str:
    """Where bounces go that come to a MAIL FROM domain of a region.

    https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
    """
    return f"feedback-smtp.{where}.amazonses.com"


def _arn(scope: Module[Any, Any], service: str, where: str, rest: str) -> str:
    return f"arn:{partition(scope)}:{service}:{where}:{account_id(scope)}:{rest}"


def identity_arn(scope: Module[Any, Any], given: SesInputs, where: str) -> str:
    """The domain, as SES of a region knows it."""
    return _arn(scope, "ses", where, f"identity/{given.domain}")


def configuration_set_arn(scope: Module[Any, Any], given: SesInputs, where: str) -> str:
    """The configuration set of a region."""
    return _arn(scope, "ses", where, f"configuration-set/{given.name}")


def topic_arn(scope: Module[Any, Any], given: SesInputs, where: str) -> str:
    """The topic of a region that bounces and complaints go to."""
    return _arn(scope, "sns", where, f"{given.name}-feedback")


def queue_arn(scope: Module[Any, Any], given: SesInputs) -> str:
    """The queue that all of them end in, where the module is."""
    return _arn(scope, "sqs", region(scope), f"{given.name}-feedback")
