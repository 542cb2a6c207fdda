"""DNSSEC: the key that signs the public zones that want it, and alarms when one cannot be signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.route53_hosted_zone_dnssec import Route53HostedZoneDnssec
from cdktf_cdktf_provider_aws.route53_key_signing_key import Route53KeySigningKey

from groundplan.building import account_id, global_region, maker, metric_alarm, partition, tags
from groundplan.framework import Module, all_of, choose, each, flag, is_set, jsonencode, negated, part_id, present, text
from groundplan.iam import Principal, allow, document

from . import access
from .inputs import Route53Inputs
from .zones import Zones

__all__ = ["Signing", "signing"]


@dataclass(frozen=True)
class Signing:
    """What signs the public zones that want it."""

    key_arn: str
    keys: Any
    enabled: Any


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
        region=global_region(module),
        tags=tags(module, given),
    )
    own(
        KmsAlias,
        module,
        part_id("alias", "dnssec"),
        name=f"alias/{given.name}-dnssec",
        target_key_id=key.key_id,
        region=global_region(module),
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
            in_region=global_region(module),
            only_when=signed,
        )
    return Signing(key_arn=choose(wanted, key_arn, None), keys=keys, enabled=enabled)  # type: ignore[arg-type]
