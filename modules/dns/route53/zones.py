"""Zones: public ones, private ones with their VPCs, and what others need to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf import TerraformLocal, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.route53_vpc_association_authorization import Route53VpcAssociationAuthorization
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone, Route53ZoneVpc
from cdktf_cdktf_provider_aws.route53_zone_association import Route53ZoneAssociation

from groundplan.building import tags
from groundplan.framework import Module, choose, each, each_pair, is_set, merged
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import Text

from .inputs import Route53Inputs

__all__ = ["Zones", "full_name", "local", "zones"]


@dataclass(frozen=True)
class Zones:
    """Every zone that records may name."""

    ids: Any
    domains: Any
    arns: Any
    public: Any


def local(module: Module[Any, Any], name: str, value: Any) -> Any:
    """A map of texts that several resources look into."""
    TerraformLocal(module, name, str(value))
    return MapReference(f"local.{name}", Text())


def full_name(made: Zones, entry: Any) -> str:
    """The full name of something with `zone` and `name`: the zone's domain when it has no name."""
    domain: str = made.domains[entry.zone]
    return choose(is_set(entry.name), f"{entry.name}.{domain}", domain)


def zones(module: Module[Any, Any], given: Route53Inputs) -> Zones:
    """Makes the zones, and finds the existing ones."""
    public = each(given.public_zones)
    made = public(
        Route53Zone,
        module,
        "public",
        name=public.value.domain,
        comment=public.value.comment,
        enable_accelerated_recovery=public.value.accelerated_recovery,
        force_destroy=False,
        tags=tags(module, given),
    )
    private = each(given.private_zones)
    hidden = private(
        Route53Zone,
        module,
        "private",
        name=private.value.domain,
        comment=private.value.comment,
        vpc=[Route53ZoneVpc(vpc_id=private.value.vpc.vpc_id, vpc_region=private.value.vpc.region)],
        force_destroy=False,
        # associations made beside the zone would be taken away again
        lifecycle=TerraformResourceLifecycle(ignore_changes=["vpc"]),
        tags=tags(module, given),
    )
    associated = each_pair(given.private_zones, lambda zone: zone.associated_vpcs)
    associated(
        Route53ZoneAssociation,
        module,
        "associated",
        zone_id=hidden.at(associated.value.outer_key).zone_id,
        vpc_id=associated.value.inner.vpc_id,
        vpc_region=associated.value.inner.region,
    )
    authorized = each_pair(given.private_zones, lambda zone: zone.authorized_vpcs)
    authorized(
        Route53VpcAssociationAuthorization,
        module,
        "authorized",
        zone_id=hidden.at(authorized.value.outer_key).zone_id,
        vpc_id=authorized.value.inner.vpc_id,
        vpc_region=authorized.value.inner.region,
    )
    existing = each(given.existing_zones)
    return Zones(
        ids=local(
            module,
            "zone_ids",
            merged(made.all("zone_id"), hidden.all("zone_id"), existing.document(lambda _, zone: zone.zone_id)),
        ),
        domains=local(
            module,
            "zone_domains",
            merged(*(source.document(lambda _, zone: zone.domain) for source in (public, private, existing))),
        ),
        arns=merged(made.all("arn"), hidden.all("arn")),
        public=made,
    )
