"""The records that make mail of the domain believed: DKIM, SPF, DMARC, BIMI, and where bounces go."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.route53_record import Route53Record

from groundplan.framework import (
    Module,
    all_of,
    choose,
    concat,
    each,
    expression_of,
    is_set,
    join,
    not_empty,
    present,
    texts,
    when,
)

from . import places
from .inputs import SesInputs

__all__ = ["dns_records", "records"]

TTL_SECONDS = 3600
TOKENS = ("0", "1", "2")
"""Easy DKIM has three keys, of which one signs and the others are there to rotate."""
SPF = "v=spf1 include:amazonses.com -all"
"""Of a MAIL FROM domain, which nobody but SES sends for. https://docs.aws.amazon.com/ses/latest/dg/mail-from.html"""


def _token(where: str, number: str) -> str:
    return f"${{aws_sesv2_email_identity.domain[{expression_of(where)}].dkim_signing_attributes[0].tokens[{number}]}}"


def _dmarc(given: SesInputs) -> str:
    """Signatures must be of the domain itself, the envelope's sender is below it.

    https://datatracker.ietf.org/doc/html/rfc7489#section-6.3
    """
    addresses = join(",", texts("formatlist", "mailto:%s", given.dmarc.report_addresses))
    told = choose(not_empty(given.dmarc.report_addresses), f"; rua={addresses}", "")
    return f"v=DMARC1; p={given.dmarc.policy}; adkim=s; aspf=r{told}"


def _bimi(given: SesInputs) -> str:
    bimi = present(given.bimi)
    mark = choose(is_set(bimi.certificate_url), f" a={present(bimi.certificate_url)}", "")
    return f"v=BIMI1; l={bimi.logo_url};{mark}"


def records(scope: Module[Any, Any], given: SesInputs) -> None:
    """Each in the zone that was given, where one was."""
    zone = present(given.hosted_zone_id)
    wanted = is_set(given.hosted_zone_id)
    regions = each(given.regions).where(lambda _: wanted)
    for number in TOKENS:
        regions(
            Route53Record,
            scope,
            f"dkim_{number}",
            zone_id=zone,
            name=f"{_token(regions.key, number)}._domainkey.{given.domain}",
            type="CNAME",
            ttl=TTL_SECONDS,
            records=[f"{_token(regions.key, number)}.{places.dkim_domain(regions.key)}"],
        )
    sender = f"{regions.value.mail_from}.{given.domain}"
    for id, type, value in (
        ("mail_from_mx", "MX", f"10 {places.feedback_server(regions.key)}"),
        ("mail_from_spf", "TXT", SPF),
    ):
        regions(Route53Record, scope, id, zone_id=zone, name=sender, type=type, ttl=TTL_SECONDS, records=[value])
    for id, prefix, value, part in (
        ("dmarc", "_dmarc", _dmarc(given), when(wanted)),
        ("bimi", "default._bimi", _bimi(given), when(all_of(wanted, is_set(given.bimi)))),
    ):
        part(
            Route53Record,
            scope,
            id,
            zone_id=zone,
            name=f"{prefix}.{given.domain}",
            type="TXT",
            ttl=TTL_SECONDS,
            records=[value],
        )


def dns_records(given: SesInputs) -> Any:
    """The same as lines of a zone file."""
    regions = each(given.regions)

    def key(number: str) -> Any:
        return regions.documents(
            lambda where, _: (
                f"{_token(where, number)}._domainkey.{given.domain}. CNAME "
                f"{_token(where, number)}.{places.dkim_domain(where)}."
            )
        )

    return concat(
        *(key(number) for number in TOKENS),
        regions.documents(lambda where, s: f"{s.mail_from}.{given.domain}. MX 10 {places.feedback_server(where)}."),
        regions.documents(lambda _, s: f'{s.mail_from}.{given.domain}. TXT "{SPF}"'),
        [f'_dmarc.{given.domain}. TXT "{_dmarc(given)}"'],
        texts("compact", [choose(is_set(given.bimi), f'default._bimi.{given.domain}. TXT "{_bimi(given)}"', "")]),
    )
