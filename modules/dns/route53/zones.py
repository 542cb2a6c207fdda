"""Zones: public ones with DNSSEC and query logs, private ones with their VPCs, and delegations between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf import TerraformLocal, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.route53_hosted_zone_dnssec import Route53HostedZoneDnssec
from cdktf_cdktf_provider_aws.route53_key_signing_key import Route53KeySigningKey
from cdktf_cdktf_provider_aws.route53_query_log import Route53QueryLog
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route53_vpc_association_authorization import Route53VpcAssociationAuthorization
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone, Route53ZoneVpc
from cdktf_cdktf_provider_aws.route53_zone_association import Route53ZoneAssociation

from groundplan.building import account_id, encryption_key, log_group, logs_use, maker, metric_alarm, partition, tags
from groundplan.framework import (
    Module,
    all_of,
    choose,
    dependable,
    each,
    each_pair,
    flag,
    is_set,
    jsonencode,
    merged,
    negated,
    not_empty,
    part_id,
    present,
    text,
)
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import Text
from groundplan.iam import Principal, allow, document

from . import access
from .inputs import Route53Inputs

__all__ = ["NORTH_VIRGINIA", "Signing", "Zones", "delegations", "query_logs", "signing", "zones"]

NORTH_VIRGINIA = "us-east-1"
"""Where Route 53 has its metrics, and wants its keys and log groups."""
LOG_PREFIX = "/aws/route53/"


@dataclass(frozen=True)
class Zones:
    """Every zone that records may name."""

    ids: Any
    domains: Any
    arns: Any
    public: Any


@dataclass(frozen=True)
class Signing:
    """What signs the public zones that want it."""

    key_arn: str
    keys: Any
    enabled: Any


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


def signing(module: Module[Any, Any], given: Route53Inputs, made: Zones) -> Signing:
    """Signs the public zones that want it, with one key of ours for all of them."""
    wanted = flag("anytrue", each(given.public_zones).documents(lambda _, zone: zone.dnssec))
    own = maker(all_of(wanted, negated(is_set(given.dnssec_kms_key))))
    account, here = account_id(module), partition(module)
    key = own(
        KmsKey,
        module,
        part_id("key", "dnssec"),
        description=f"Signs the keys of the zones of {given.name}",
        # what Route 53 takes; KMS rotates no asymmetric key
        customer_master_key_spec="ECC_NIST_P256",
        key_usage="SIGN_VERIFY",
        enable_key_rotation=False,
        deletion_window_in_days=30,
        policy=jsonencode(
            document(
                allow(
                    "kms:*",
                    on="*",
                    principals=Principal.aws(f"arn:{here}:iam::{account}:root"),
                    sid="AccountAdministration",
                ),
                *access.sign_zones(account, here),
            )
        ),
        region=NORTH_VIRGINIA,
        tags=tags(module, given),
    )
    own(
        KmsAlias,
        module,
        part_id("alias", "dnssec"),
        name=f"alias/{given.name}-dnssec",
        target_key_id=key.key_id,
        region=NORTH_VIRGINIA,
    )
    key_arn = choose(is_set(given.dnssec_kms_key), present(given.dnssec_kms_key).arn, key.arn)
    signed = each(given.public_zones).where(lambda zone: zone.dnssec)
    keys = signed(
        Route53KeySigningKey,
        module,
        "signing",
        hosted_zone_id=made.public.at(signed.key).zone_id,
        key_management_service_arn=key_arn,
        name=text("replace", given.name, "-", "_"),
    )
    enabled = signed(
        Route53HostedZoneDnssec,
        module,
        "signed",
        hosted_zone_id=made.public.at(signed.key).zone_id,
        # Route 53 signs with keys that are there already
        depends_on=[keys.element],
    )
    for id, metric, what in (
        ("dnssec_failure", "DNSSECInternalFailure", "Route 53 cannot sign {}: resolvers that validate will refuse it"),
        (
            "signing_key_action",
            "DNSSECKeySigningKeysNeedingAction",
            "The signing key of {} needs action: see that the KMS key is enabled and its policy is whole",
        ),
    ):
        metric_alarm(
            module,
            id,
            given,
            name=f"{given.name}-{id.replace('_', '-')}-{signed.key}",
            description=what.format(signed.value.domain),
            namespace="AWS/Route53",
            metric=metric,
            dimensions={"HostedZoneId": made.public.at(signed.key).zone_id},
            statistic="Maximum",
            period_seconds=3600,
            in_region=NORTH_VIRGINIA,
            only_when=signed,
        )
    return Signing(key_arn=choose(wanted, key_arn, None), keys=keys, enabled=enabled)  # type: ignore[arg-type]


def query_logs(module: Module[Any, Any], given: Route53Inputs, made: Zones) -> tuple[Any, Any]:
    """Logs the queries of the public zones that want it; gives the logs' key and their ARNs."""
    wanted = flag("anytrue", each(given.public_zones).documents(lambda _, zone: zone.query_logging))
    prefix = f"{LOG_PREFIX}{given.name}/"
    key = encryption_key(
        module,
        "logs",
        given,
        existing=given.kms_key,
        name=f"{given.name}-logs",
        purpose=f"Encrypts the query logs of {given.name}",
        statements=[logs_use(module, prefix, in_region=NORTH_VIRGINIA)],
        region=NORTH_VIRGINIA,
        only_when=wanted,
    )
    part = maker(wanted)
    writing = access.write_query_logs(account_id(module), partition(module), NORTH_VIRGINIA, prefix)
    allowed = part(
        CloudwatchLogResourcePolicy,
        module,
        "query_logs",
        policy_name=f"{given.name}-query-logs",
        policy_document=jsonencode(document(*writing)),
        region=NORTH_VIRGINIA,
    )
    logged = each(given.public_zones).where(lambda zone: zone.query_logging)
    group: Any = log_group(
        module,
        "queries",
        given,
        name=f"{prefix}{logged.value.domain}",
        key=key,
        in_region=NORTH_VIRGINIA,
        only_when=logged,
    )
    logged(
        Route53QueryLog,
        module,
        "queries",
        zone_id=made.public.at(logged.key).zone_id,
        cloudwatch_log_group_arn=group.arn,
        depends_on=[dependable(allowed)],
    )
    arns = MapReference("{for name, made in aws_cloudwatch_log_group.queries : name => made.arn}", Text())
    return choose(wanted, key.arn, None), arns


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
