"""Delegations: to zones of the module, and to what other name servers answer for."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.route53_record import Route53Record

from groundplan.framework import Module, all_of, each, is_set, not_empty, present

from .inputs import Route53Inputs
from .signing import Signing
from .zones import Zones, full_name

__all__ = ["delegations"]


def delegations(module: Module[Any, Any], given: Route53Inputs, made: Zones, signs: Signing) -> None:
    """Delegates to zones of the module, and to what other name servers answer for."""
    children = each(given.public_zones).where(lambda zone: is_set(zone.parent))
    parent = present(children.value.parent)
    children(
        Route53Record,
        module,
        "child",
        zone_id=made.ids[parent.zone],
        name=children.value.domain,
        type="NS",
        ttl=parent.ttl_seconds,
        records=made.public.at(children.key).name_servers,
    )
    signed = children.where(lambda zone: all_of(zone.dnssec, present(zone.parent).ds_record))
    above = present(signed.value.parent)
    signed(
        Route53Record,
        module,
        "child_signer",
        zone_id=made.ids[above.zone],
        name=signed.value.domain,
        type="DS",
        ttl=above.ttl_seconds,
        records=[signs.keys.at(signed.key).ds_record],
        # a DS record above a zone that does not sign yet makes the zone unreachable
        depends_on=[signs.enabled.element],
    )
    others = each(given.delegations)
    others(
        Route53Record,
        module,
        "delegation",
        zone_id=made.ids[others.value.zone],
        name=full_name(made, others.value),
        type="NS",
        ttl=others.value.ttl_seconds,
        records=others.value.name_servers,
    )
    secured = others.where(lambda delegation: not_empty(delegation.ds_records))
    secured(
        Route53Record,
        module,
        "delegation_signer",
        zone_id=made.ids[secured.value.zone],
        name=full_name(made, secured.value),
        type="DS",
        ttl=secured.value.ttl_seconds,
        records=secured.value.ds_records,
    )
