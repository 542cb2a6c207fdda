"""The records by which mail that SendGrid sends is the domain's: its envelope, and two keys of its signature."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.route53_record import Route53Record

from groundplan.framework import Module, is_set, present, when

from .inputs import SendgridInputs

__all__ = ["dns_records", "records"]

TTL_SECONDS = 3600


def _records(given: SendgridInputs) -> dict[str, tuple[str, str]]:
    """By id: name and value of each CNAME.

    https://www.twilio.com/docs/sendgrid/ui/account-and-settings/how-to-set-up-domain-authentication
    """
    authentication = given.authentication
    keys = {
        f"dkim_{number}": (f"s{number}._domainkey.{given.domain}", f"s{number}.domainkey.{authentication.host}")
        for number in (1, 2)
    }
    return {"envelope": (f"{authentication.label}.{given.domain}", authentication.host), **keys}


def records(scope: Module[Any, Any], given: SendgridInputs) -> None:
    """Each in the zone that was given, where one was."""
    zone = given.authentication.hosted_zone_id
    for id, (name, value) in _records(given).items():
        when(is_set(zone))(
            Route53Record,
            scope,
            id,
            zone_id=present(zone),
            name=name,
            type="CNAME",
            ttl=TTL_SECONDS,
            records=[value],
        )


def dns_records(given: SendgridInputs) -> list[str]:
    """The same as lines of a zone file."""
    return [f"{name}. CNAME {value}." for name, value in _records(given).values()]
